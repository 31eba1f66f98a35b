"""Expands conjunctions of schemas into branches: every `allOf` merged, every union decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from contractkit.schema.branch import MAX_DEPENDENT, Branch, lcm, least
from contractkit.schema.effort import Effort
from contractkit.schema.evaluate import CannotSayError, accepts
from contractkit.schema.node import (
    BOOLEAN,
    FALSE,
    KINDS,
    NULL,
    NUMBER,
    OBJECT,
    UNSENT,
    Node,
    in_place,
    kind_of,
    negation,
    number,
)
from contractkit.schema.static import closing_layers

MAX_BRANCHES = 400
"""A sender that splits into more branches than this is not decided."""
STEP_BUDGET = 20_000
"""Expansions for one contract point; beyond, what is left is undecided."""
TIERS = ((2_000, 40_000), (200, 80_000))
"""What each further point may take at the most, once all have taken so many expansions beyond that."""
HELD_PER_STEP = 16
"""Schemas that hold already, or do not, which make an expansion count for one more: each of them is looked at again."""


class TooManyError(Exception):
    """The sender cannot be split into branches; the text says why."""

    def __init__(self, reason: str = "a union of too many branches") -> None:
        super().__init__(reason)


class OutOfStepsError(TooManyError):
    """The steps of this contract point are used up: at another one the same may be split."""


class Branches:
    """Expands conjunctions into branches, once each.

    Args:
        conditional: whether `if` and `dependentSchemas` split a sender too; where they do not, they are left aside.
    """

    def __init__(self, *, conditional: bool = True) -> None:
        self._conditional = conditional
        self._known: dict[tuple[int, ...], list[Branch]] = {}
        self._too_many: dict[tuple[int, ...], str] = {}
        self._negations: dict[int, Node] = {}
        self._alive: list[Sequence[Node]] = []
        self._branches_alive: list[Branch] = []
        self._effort = Effort(STEP_BUDGET, TIERS)
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
            kinds = [kind for kind in KINDS if all(node.kinds & kind for node in conjunction)]
            self._alive.append(tuple(conjunction))
            found = self._expanded(key, kinds, conjunction, (), ())
        return found

    def refine(self, branch: Branch, also: Sequence[Node], refused: Sequence[Node] = ()) -> list[Branch]:
        """Return what is left of a branch when more schemas hold, or do not. Raises TooManyError."""
        key = (id(branch), *(id(node) for node in also), 0, *(id(node) for node in refused))
        found = self._known.get(key)
        if found is None:
            self._alive.append((*also, *refused))
            self._branches_alive.append(branch)
            held = {id(node) for node in branch.sources}
            kept = not any(node.is_anything() or id(node) in held for node in refused)
            found = self._expanded(key, [branch.kind] if kept else [], also, branch.sources, (*branch.nots, *refused))
        return found

    def _expanded(
        self,
        key: tuple[int, ...],
        kinds: Sequence[int],
        todo: Sequence[Node],
        held: Sequence[Node],
        nots: Sequence[Node],
    ) -> list[Branch]:
        """Expand what is asked for by `key` for the first time; that it cannot be done is remembered too."""
        if key in self._too_many:
            raise TooManyError(self._too_many[key])
        found: list[Branch] = []
        try:
            for kind in kinds:
                self._choose(kind, list(reversed(todo)), _by_id(held), _by_id(nots), found)
        except OutOfStepsError:
            raise
        except TooManyError as error:
            self._too_many[key] = str(error)
            raise
        self._known[key] = found
        return found

    def start(self) -> None:
        """Begin a new contract point: the steps of its expansions are counted afresh."""
        self._effort.start()

    def _choose(
        self, kind: int, todo: list[Node], held: dict[int, Node], nots: dict[int, Node], out: list[Branch]
    ) -> None:
        self._effort.spend(1 + (len(held) + len(nots)) // HELD_PER_STEP)
        if self._effort.is_spent():
            raise OutOfStepsError
        while todo:
            node = todo.pop()
            if id(node) in held or node.is_anything():
                continue
            if node.never or not node.kinds & kind or id(node) in nots:
                return
            held[id(node)] = node
            todo.extend(reversed(node.all_of))
            if node.unevaluated_properties is not None or node.unevaluated_items is not None:
                todo.extend(self._closing(node))
            if node.not_ is not None:
                if node.not_.is_anything() or id(node.not_) in held:
                    return
                nots[id(node.not_)] = node.not_
            options = self._options(node, kind)
            if options is None:
                continue
            for picked, refused in options:
                if any(one is other for one in picked for other in refused):
                    continue
                self._choose(kind, [*todo, *reversed(picked)], dict(held), {**nots, **_by_id(refused)}, out)
            return
        branch = self._branch(kind, tuple(held.values()), tuple(nots.values()))
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
            if any(below is node for below in in_place([node.if_])):
                raise TooManyError("a condition that refers to itself")
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
        if branch.kind == OBJECT and any(
            node.properties.get(name) is UNSENT for node in branch.sources for name in value
        ):
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


def _by_id(nodes: Iterable[Node]) -> dict[int, Node]:
    return {id(node): node for node in nodes}


def without_anything(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Return the nodes that say something, each once."""
    return tuple(_by_id(node for node in nodes if not node.is_anything()).values())
