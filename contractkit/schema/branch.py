"""One branch of a sender: all values of one kind that several schemas accept together."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from math import gcd
from typing import Any

from contractkit.model.records import field, record
from contractkit.schema.evaluate import CannotSayError, accepts, matches_pattern
from contractkit.schema.node import ARRAY, NUMBER, OBJECT, STRING, Node, in_place

MAX_DEPENDENT = 3
"""Entries of one `dependentSchemas` up to which a sender is split into the branches with and without each name."""


@record(eq=False)
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
    def content(self) -> dict[str, str]:
        """What all texts are packed as (see `Node.packed_as`)."""
        return {name: value for node in self.sources if node.content for name, value in node.packed_as().items()}

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
    def refusing_layers(self) -> list[Node]:
        """The object layers that refuse some name, whatever stands under it: most of many layers refuse none."""
        return [
            layer
            for layer in self.object_layers
            if (layer.additional is not None and layer.additional.never)
            or any(node.never for node in layer.properties.values())
            or any(node.never for node in layer.pattern_properties.values())
        ]

    @cached_property
    def array_layers(self) -> list[Node]:
        """The schemas that say something about items."""
        return [node for node in self.sources if node.prefix_items or node.items is not None]

    @cached_property
    def names(self) -> list[str]:
        """All names that a layer declares, or that are required; sorted, as the order of keys says nothing."""
        return sorted({name for layer in self.object_layers for name in layer.properties}.union(self.required))

    @cached_property
    def name_rules(self) -> list[Node]:
        """What the schemas ask of all names (`propertyNames`)."""
        return [node.property_names for node in self.sources if node.property_names is not None]

    def refuses_name(self, name: str) -> bool:
        """Whether `propertyNames` surely refuses a name."""
        try:
            return bool(self.name_rules) and not all(accepts(rule, name) for rule in self.name_rules)
        except CannotSayError:
            return False

    def declares(self, name: str) -> bool:
        """Whether the sender says anything about this name (a map declares every name)."""
        if name in self.required:
            return True
        for layer in self.object_layers:
            if name in layer.properties or any(found_in(pattern, name) for pattern in layer.pattern_properties):
                return True
            if layer.additional is not None and not layer.additional.never and not layer.additional.is_anything():
                return True
        return name in self._mentioned

    @cached_property
    def _mentioned(self) -> frozenset[str]:
        """The names that no layer declares but another keyword writes down."""
        rules = [rule.enum for rule in self.name_rules if rule.enum is not None]
        found = {one for listed in rules for one in listed if isinstance(one, str)}
        for node in self.sources:
            found.update(node.dependent_required, *node.dependent_required.values(), node.dependent_schemas)
            if len(node.dependent_schemas) > MAX_DEPENDENT:  # else this branch holds what applies to it
                found.update(*(below.properties for below in in_place([*node.dependent_schemas.values()])))
        return frozenset(found)

    def at(self, name: str) -> tuple[Node, ...]:
        """Return what holds for the value under a name: one schema for each layer that says something."""
        layers = self.object_layers
        if len(layers) == 1 and not layers[0].pattern_properties:
            only = layers[0].properties.get(name, layers[0].additional)
            return () if only is None or only.is_anything() else (only,)
        found: dict[int, Node] = {}
        for layer in layers:
            found |= {id(node): node for node in _said(layer, name) if not node.is_anything()}
        return tuple(found.values())

    def elsewhere(self) -> tuple[Node, ...]:
        """Return what holds under a name that no layer declares."""
        extra = {id(layer.additional): layer.additional for layer in self.object_layers if layer.additional is not None}
        return tuple(node for node in extra.values() if not node.is_anything())

    def under_names_like(self, patterns: Sequence[str]) -> tuple[Node, ...]:
        """Return what holds under a name that no layer declares and that of all patterns matches just these."""
        found: dict[int, Node] = {}
        for layer in self.object_layers:
            said = [layer.pattern_properties[one] for one in patterns if one in layer.pattern_properties]
            if not said and layer.additional is not None:
                said = [layer.additional]
            found |= {id(node): node for node in said if not node.is_anything()}
        return tuple(found.values())

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

    @cached_property
    def longest(self) -> int | None:
        """The largest number of items, None where there is no limit."""
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
        if self.kind == ARRAY:
            longest = self.longest
            return longest is not None and longest < self.min_items
        if self.kind != OBJECT:
            return False
        if any(node.never for layer in self.refusing_layers for name in self.required for node in _said(layer, name)):
            return True
        most = self.max_properties
        return most is not None and most < max(self.min_properties, len(self.required))


def _said(layer: Node, name: str) -> list[Node]:
    """Return what one layer says of the value under a name."""
    said = [layer.properties[name]] if name in layer.properties else []
    if layer.pattern_properties:
        said += [node for pattern, node in layer.pattern_properties.items() if found_in(pattern, name)]
    if not said and layer.additional is not None:
        said = [layer.additional]
    return said


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


def _is_tricky(node: Node) -> bool:
    """Whether a schema says something that the bounds of a branch do not hold."""
    return bool(
        node.opaque
        or node.content_schema is not None
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


def least(one: int | None, other: int | None) -> int | None:
    """Return the smaller limit; None is no limit."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
