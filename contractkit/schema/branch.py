"""The sender as a union of branches: one kind of value each, every `allOf` merged, every union decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import gcd
from typing import Any

from contractkit.schema.evaluate import CannotSayError, accepts, matches_pattern
from contractkit.schema.node import BOOLEAN, FALSE, KINDS, NULL, NUMBER, OBJECT, STRING, Node, kind_of, negation, number
from contractkit.schema.static import closing_layers

MAX_BRANCHES = 400
"""A sender that splits into more branches than this is not decided."""


STEP_BUDGET = 20_000
"""Expansions for one contract point; beyond, what is left is undecided."""
MAX_DEPENDENT = 3
"""Entries of one `dependentSchemas` up to which the sender is split by them."""


class TooManyError(Exception):
    """The sender splits into too many branches."""


@dataclass(eq=False)
class Branch:
    """All values of one kind that every one of `sources` accepts and none of `nots` (a superset is allowed).

    Attributes:
        kind: the one kind.
        sources: the schemas that hold, in the order in which they were met; the first is the one to name.
        nots: schemas that do not accept the values.
        values: all values, where they are few and listed.
    """

    kind: int
    sources: tuple[Node, ...]
    nots: tuple[Node, ...] = ()
    values: tuple[Any, ...] | None = None
    minimum: Fraction | None = None
    minimum_open: bool = False
    maximum: Fraction | None = None
    maximum_open: bool = False
    integer: bool = False
    multiple_of: Fraction | None = None
    min_length: int = 0
    max_length: int | None = None
    min_items: int = 0
    max_items: int | None = None
    unique_items: bool = False
    required: set[str] = field(default_factory=set)
    min_properties: int = 0
    max_properties: int | None = None

    @cached_property
    def patterns(self) -> list[str]:
        """The patterns that all texts match."""
        return list(dict.fromkeys(node.pattern for node in self.sources if node.pattern is not None))

    @cached_property
    def formats(self) -> list[str]:
        """The formats that all texts have."""
        return list(dict.fromkeys(node.format for node in self.sources if node.format is not None))

    @cached_property
    def is_simple(self) -> bool:
        """Whether values made of valid parts within the bounds surely belong to the branch."""
        if self.nots or (
            self.kind == STRING and (self.patterns or (self.formats and (self.min_length or self.max_length)))
        ):
            return False
        return len(self.formats) < 2 and not any(_is_tricky(node) for node in self.sources)

    @cached_property
    def tags(self) -> dict[str, Any]:
        """The properties that have one possible value."""
        found: dict[str, Any] = {}
        for name in self.names if not self.nots else ():
            values = next((node.enum for node in self.at(name) if node.enum is not None), ())
            if len(values) == 1:
                found[name] = values[0]
        return found

    @cached_property
    def object_layers(self) -> list[Node]:
        """The schemas that say something about what stands under which name."""
        return [
            node for node in self.sources if node.properties or node.pattern_properties or node.additional is not None
        ]

    @cached_property
    def array_layers(self) -> list[Node]:
        """The schemas that say something about items."""
        return [node for node in self.sources if node.prefix_items or node.items is not None]

    @cached_property
    def names(self) -> list[str]:
        """All names that a layer declares, or that are required."""
        found = dict.fromkeys(name for layer in self.object_layers for name in layer.properties)
        return list(found | dict.fromkeys(sorted(self.required)))

    def declares(self, name: str) -> bool:
        """Whether the sender says anything about this name (a map declares every name)."""
        if name in self.required:
            return True
        for layer in self.object_layers:
            if name in layer.properties or any(found_in(pattern, name) for pattern in layer.pattern_properties):
                return True
            if layer.additional is not None and not layer.additional.never and not layer.additional.is_anything():
                return True
        return False

    def at(self, name: str) -> tuple[Node, ...]:
        """Return what holds for the value under a name: one schema for each layer that says something."""
        found: dict[int, Node] = {}
        for layer in self.object_layers:
            said = [layer.properties[name]] if name in layer.properties else []
            said += [node for pattern, node in layer.pattern_properties.items() if found_in(pattern, name)]
            if not said and layer.additional is not None:
                said = [layer.additional]
            found |= {id(node): node for node in said if not node.is_anything()}
        return tuple(found.values())

    def elsewhere(self) -> tuple[Node, ...]:
        """Return what holds under a name that no layer declares."""
        extra = {id(layer.additional): layer.additional for layer in self.object_layers if layer.additional is not None}
        return tuple(node for node in extra.values() if not node.is_anything())

    def has_room(self, name: str) -> bool:
        """Whether `maxProperties` leaves room for a name beside the required ones."""
        return name in self.required or self.max_properties is None or len(self.required) < self.max_properties

    def is_closed(self) -> bool:
        """Whether no name may be sent but the declared ones (pattern properties aside)."""
        return any(node.never for node in self.elsewhere())

    def item(self, index: int) -> tuple[Node, ...]:
        """Return what holds for the item at an index."""
        found: dict[int, Node] = {}
        for layer in self.array_layers:
            node = layer.prefix_items[index] if index < len(layer.prefix_items) else layer.items
            if node is not None and not node.is_anything():
                found[id(node)] = node
        return tuple(found.values())

    def prefix_length(self) -> int:
        """Return from which index on all items are alike."""
        return max((len(layer.prefix_items) for layer in self.array_layers), default=0)

    def longest(self) -> int | None:
        """Return the largest number of items, None where there is no limit."""
        limits = [] if self.max_items is None else [self.max_items]
        for index in range(self.prefix_length() + 1):
            if any(node.never for node in self.item(index)):
                limits.append(index)
                break
        return min(limits) if limits else None

    def lowest(self) -> tuple[Fraction | None, bool]:
        """Return the lower bound, moved onto the grid of `integer` and `multipleOf` (then never open)."""
        return _on_grid(self.minimum, self.minimum_open, self.step, up=True)

    def highest(self) -> tuple[Fraction | None, bool]:
        """Return the upper bound, moved onto the grid."""
        return _on_grid(self.maximum, self.maximum_open, self.step, up=False)

    @property
    def step(self) -> Fraction | None:
        """The grid that all numbers lie on, None for any number."""
        if self.integer:
            return lcm(Fraction(1), self.multiple_of) if self.multiple_of is not None else Fraction(1)
        return self.multiple_of

    def is_empty(self) -> bool:
        """Whether a plain look shows that there is no value (False does not prove that there is one)."""
        if self.values is not None:
            return not self.values
        if self.kind == NUMBER:
            (low, low_open), (high, high_open) = self.lowest(), self.highest()
            return low is not None and high is not None and (low > high or (low == high and (low_open or high_open)))
        if self.kind == STRING:
            return self.max_length is not None and self.max_length < self.min_length
        longest = self.longest()
        if longest is not None and longest < self.min_items:
            return True
        if any(any(node.never for node in self.at(name)) for name in self.required):
            return True
        most = self.max_properties
        return most is not None and most < max(self.min_properties, len(self.required))


def found_in(pattern: str, name: str) -> bool:
    """Whether a property pattern matches a name; one that cannot be read matches nothing here."""
    try:
        return matches_pattern(pattern, name)
    except CannotSayError:
        return False


def lcm(one: Fraction, other: Fraction) -> Fraction:
    """Return the smallest positive number that is a multiple of both."""
    top = one.numerator * other.denominator * other.numerator * one.denominator
    bottom = one.denominator * other.denominator
    first, second = one.numerator * other.denominator, other.numerator * one.denominator
    return Fraction(top // gcd(first, second), bottom)


def _on_grid(bound: Fraction | None, is_open: bool, step: Fraction | None, *, up: bool) -> tuple[Fraction | None, bool]:
    if bound is None or step is None:
        return bound, is_open
    count = -((-bound) // step) if up else bound // step
    if is_open and count * step == bound:
        count += 1 if up else -1
    return count * step, False


class Branches:
    """Expands conjunctions into branches, once each.

    Args:
        conditional: whether `if` and `dependentSchemas` split a sender too; where they do not, they are left aside.
    """

    def __init__(self, *, conditional: bool = True) -> None:
        self._conditional = conditional
        self._known: dict[tuple[int, ...], list[Branch]] = {}
        self._negations: dict[int, Node] = {}
        self._alive: list[Sequence[Node]] = []
        self._branches_alive: list[Branch] = []
        self._steps = 0
        self._requiring: dict[str, Node] = {}
        self._lacking: dict[str, Node] = {}
        self._layers: dict[int, list[Node]] = {}

    def negated(self, node: Node) -> Node:
        """Return the one node that says `not` of this node."""
        found = self._negations.get(id(node))
        if found is None:
            found = self._negations[id(node)] = negation(node)
            self._alive.append((node,))
        return found

    def requiring(self, name: str) -> Node:
        """Return the one schema of objects that have a property of this name."""
        if name not in self._requiring:
            self._requiring[name] = Node(kinds=OBJECT, required=(name,), raw={"required": [name]})
        return self._requiring[name]

    def lacking(self, name: str) -> Node:
        """Return the one schema of objects that have no property of this name."""
        if name not in self._lacking:
            self._lacking[name] = Node(kinds=OBJECT, properties={name: FALSE}, raw={"properties": {name: False}})
        return self._lacking[name]

    def _closing(self, node: Node) -> list[Node]:
        if id(node) not in self._layers:
            self._layers[id(node)] = closing_layers(node)
            self._alive.append((node,))
        return self._layers[id(node)]

    def of(self, conjunction: Sequence[Node]) -> list[Branch]:
        """Return the branches of all values that every node accepts. Raises TooManyError."""
        key = tuple(id(node) for node in conjunction)
        found = self._known.get(key)
        if found is None:
            self._alive.append(tuple(conjunction))
            found = []
            for kind in KINDS:
                if all(node.kinds & kind for node in conjunction):
                    self._choose(kind, list(reversed(conjunction)), {}, [], found)
            self._known[key] = found
        return found

    def refine(self, branch: Branch, also: Sequence[Node], refused: Sequence[Node] = ()) -> list[Branch]:
        """Return what is left of a branch when more schemas hold, or do not. Raises TooManyError."""
        key = (id(branch), *(id(node) for node in also), 0, *(id(node) for node in refused))
        found = self._known.get(key)
        if found is None:
            self._alive.append((*also, *refused))
            self._branches_alive.append(branch)
            found = []
            held = {id(node): node for node in branch.sources}
            nots = [*branch.nots, *refused]
            if not any(node.is_anything() or id(node) in held for node in refused):
                self._choose(branch.kind, list(reversed(also)), held, nots, found)
            self._known[key] = found
        return found

    def start(self) -> None:
        """Begin a new contract point: the steps of its expansions are counted afresh."""
        self._steps = 0

    def _choose(self, kind: int, todo: list[Node], held: dict[int, Node], nots: list[Node], out: list[Branch]) -> None:
        self._steps += 1
        if self._steps > STEP_BUDGET:
            raise TooManyError
        while todo:
            node = todo.pop()
            if id(node) in held or node.is_anything():
                continue
            if node.never or not node.kinds & kind or any(node is other for other in nots):
                return
            held[id(node)] = node
            todo.extend(reversed(node.all_of))
            if node.unevaluated_properties is not None or node.unevaluated_items is not None:
                todo.extend(self._closing(node))
            if node.not_ is not None:
                if node.not_.is_anything() or id(node.not_) in held:
                    return
                nots.append(node.not_)
            options = self._options(node, kind)
            if options is None:
                continue
            for picked, refused in options:
                if any(one is other for one in picked for other in refused):
                    continue
                self._choose(kind, [*todo, *reversed(picked)], dict(held), [*nots, *refused], out)
            return
        branch = self._branch(kind, tuple(held.values()), tuple(nots))
        if branch is not None:
            out.append(branch)
            if len(out) > MAX_BRANCHES:
                raise TooManyError

    def _options(self, node: Node, kind: int) -> list[tuple[list[Node], list[Node]]] | None:
        """The ways to satisfy the node's own unions and conditions: what then holds and what does not."""
        ways: list[tuple[list[Node], list[Node]]] = [([], [])]
        if node.any_of is not None:
            ways = [([part], []) for part in node.any_of if part.kinds & kind]
        if node.one_of is not None:
            one_of = node.one_of
            # Alternatives count by their place: `oneOf: [true, true]` accepts nothing.
            single = [
                ([part], [other for place, other in enumerate(one_of) if place != index and other.kinds & kind])
                for index, part in enumerate(one_of)
                if part.kinds & kind
            ]
            ways = [([*a, *c], [*b, *d]) for a, b in ways for c, d in single]
        if self._conditional and kind == OBJECT and 0 < len(node.dependent_schemas) <= MAX_DEPENDENT:
            for name, schema in node.dependent_schemas.items():
                has, lacks = self.requiring(name), self.lacking(name)
                ways = [(way[0] + more, way[1]) for way in ways for more in ([has, schema], [lacks])]
        if self._conditional and node.if_ is not None:
            then = [node.then] if node.then is not None else []
            other = [node.else_] if node.else_ is not None else []
            ways = [
                (way[0] + more[0], way[1] + more[1])
                for way in ways
                for more in (([node.if_, *then], []), (other, [node.if_]))
            ]
        if len(ways) == 1 and ways[0] == ([], []):
            return None
        return ways

    def _branch(self, kind: int, sources: tuple[Node, ...], nots: tuple[Node, ...]) -> Branch | None:
        branch = Branch(kind, sources, nots)
        for node in sources:
            _narrow(branch, node)
        listed = next((node.enum for node in sources if node.enum is not None), None)
        if listed is not None or kind in (NULL, BOOLEAN):
            candidates = listed if listed is not None else ((None,) if kind == NULL else (False, True))
            branch.values = tuple(value for value in candidates if self._is_in(branch, value))
        elif kind == NUMBER and branch.multiple_of is not None:
            branch.values = self._few_multiples(branch)
        return None if branch.is_empty() else branch

    def _few_multiples(self, branch: Branch) -> tuple[Any, ...] | None:
        """Return all values of a number branch where a grid leaves only a handful."""
        low, high, step = branch.lowest()[0], branch.highest()[0], branch.step
        if low is None or high is None or step is None or step <= 1 or (high - low) / step > 8:
            return None
        count = int((high - low) / step) + 1
        return tuple(value for index in range(count) if self._is_in(branch, value := number(low + index * step)))

    def _is_in(self, branch: Branch, value: Any) -> bool:
        """Whether a listed value belongs to the branch; one that cannot be judged stays in (a superset)."""
        if kind_of(value) != branch.kind:
            return False
        try:
            if not all(accepts(node, value) for node in branch.sources):
                return False
        except CannotSayError:
            pass
        try:
            return not any(accepts(node, value) for node in branch.nots)
        except CannotSayError:
            return True


def _is_tricky(node: Node) -> bool:
    """Whether a schema says something that the bounds of a branch do not hold."""
    return bool(
        node.opaque
        or node.enum is not None
        or node.one_of is not None
        or node.not_ is not None
        or node.if_ is not None
        or node.contains is not None
        or node.unevaluated_items is not None
        or node.unevaluated_properties is not None
        or node.property_names is not None
        or node.max_properties is not None
        or node.unique_items
        or node.dependent_required
        or node.dependent_schemas
    )


def _narrow(branch: Branch, node: Node) -> None:
    """Intersect the branch with what a node says itself."""
    if node.minimum is not None and (branch.minimum is None or node.minimum >= branch.minimum):
        branch.minimum_open = node.minimum_open or (node.minimum == branch.minimum and branch.minimum_open)
        branch.minimum = node.minimum
    if node.maximum is not None and (branch.maximum is None or node.maximum <= branch.maximum):
        branch.maximum_open = node.maximum_open or (node.maximum == branch.maximum and branch.maximum_open)
        branch.maximum = node.maximum
    branch.integer = branch.integer or node.integer
    if node.multiple_of is not None:
        branch.multiple_of = (
            node.multiple_of if branch.multiple_of is None else lcm(branch.multiple_of, node.multiple_of)
        )
    branch.min_length = max(branch.min_length, node.min_length)
    branch.max_length = least(branch.max_length, node.max_length)
    branch.min_items = max(branch.min_items, node.min_items)
    branch.max_items = least(branch.max_items, node.max_items)
    branch.unique_items = branch.unique_items or node.unique_items
    branch.required |= set(node.required)
    branch.min_properties = max(branch.min_properties, node.min_properties)
    branch.max_properties = least(branch.max_properties, node.max_properties)
    if node.contains is not None:
        branch.min_items = max(branch.min_items, node.min_contains)


def least(one: int | None, other: int | None) -> int | None:
    """Return the smaller limit; None is no limit."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def without_anything(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Return the nodes that say something, each once."""
    return tuple({id(node): node for node in nodes if not node.is_anything()}.values())
