"""How many steps a validator takes: schemas that meet again and again in one place may take more than anyone waits for.

A validator looks at a schema once for every way that leads to it. Where each of forty schemas names the next one twice
(`allOf: [{$ref}, {$ref}]`), that is 2^40 times; the schemas themselves are few.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contractkit.schema.branch import found_in
from contractkit.schema.node import Node

MANY = 10**12
"""Steps of what does not end."""
HEAVY = 1_000
"""How much longer `jsonschema_rs` takes for a schema where `unevaluated...` sees what other schemas evaluate."""
MAX_NAMES = 50
"""Names of an object that are told apart."""
_DEFINITIONS = "#/$defs/"


class Toll:
    """What bounds the steps for any value, so that most values need no count.

    Args:
        nodes: the schemas that are written in a schema.

    Attributes:
        ways: how many of them are looked at for one value without what it holds, each as often as a way leads to it;
            that of the schema where they are the most. `MANY` where one leads back to itself.
        reach: how many of them a schema leads to for one value that its value holds, each as often.
        names: as `ways`, of the schemas for names.
        weight: how much longer a validator looks at each: for `unevaluated...` it goes through all again and again.
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._ways: dict[int, int] = {}
        self._known: dict[int, tuple[dict[str, int], int, int]] = {}
        self.ways = max(map(self._ways_of, nodes), default=1)
        self.reach = max(map(self._reach_of, nodes), default=1)
        self.weight = HEAVY if any(map(_is_heavy, nodes)) else 1
        self.names = max((self._ways_of(one.property_names) for one in nodes if one.property_names), default=0)

    def _ways_of(self, node: Node) -> int:
        known = self._ways.get(id(node))
        if known is None:
            self._ways[id(node)] = MANY
            known = self._ways[id(node)] = min(MANY, 1 + sum(map(self._ways_of, _in_place(node))))
        return known

    def _reach_of(self, node: Node) -> int:
        members, others, items = self._below(node)
        return min(MANY, max([items, others, *members.values()]))

    def _below(self, node: Node) -> tuple[dict[str, int], int, int]:
        """Return how many schemas are asked of the value under each name, under any other name, and of an item."""
        known = self._known.get(id(node))
        if known is not None:
            return known
        self._known[id(node)] = {}, MANY, MANY
        members = {
            name: 1 + sum(found_in(pattern, name) for pattern in node.pattern_properties) for name in node.properties
        }
        others = max(len(node.pattern_properties), _count(node.additional, node.unevaluated_properties))
        items = _count(node.items, node.unevaluated_items) * (1 if node.only_closes() else 2)
        items = max(items, 1 if node.prefix_items else 0) + _count(node.contains)
        for below, rest, more in map(self._below, _in_place(node)):
            names = members.keys() | below.keys()
            members = {name: members.get(name, others) + below.get(name, rest) for name in names}
            others, items = others + rest, items + more
            if len(members) > MAX_NAMES:
                members, others = {}, max(others, *members.values())
        self._known[id(node)] = members, others, items
        return members, others, items


def _is_heavy(node: Node) -> bool:
    return not node.only_closes() and _count(node.unevaluated_properties, node.unevaluated_items) > 0


def _count(*nodes: Node | None) -> int:
    return sum(node is not None for node in nodes)


def _in_place(node: Node) -> list[Node]:
    if not node.applies_in_place() and not node.dependent_schemas:
        return []
    once = {id(part): part for part in (*node.all_of, *(node.any_of or ()))}.values()
    parts = [*once, *(node.one_of or ()), *node.dependent_schemas.values()]
    return [*parts, *(one for one in (node.not_, node.if_, node.then, node.else_) if one is not None)]


def takes_no_more(schema: dict[str, Any] | bool, value: Any, most: int, toll: Toll) -> bool:
    """Whether a validator looks at no more schemas for a value than so many.

    Args:
        schema: as `contractkit.schema.dump` writes it: every `$ref` names one of its `$defs`.
        value: the JSON value.
        most: the steps.
        toll: that of the schema.
    """
    return (toll.ways <= most and _bound(value, toll, most) <= most) or steps(schema, value) <= most


def _bound(value: Any, toll: Toll, most: int) -> int:
    """Return about what the steps for a value do not exceed; anything above `most` stands for all of that."""
    if toll.reach <= 1 and not toll.names:
        return toll.ways  # and what the value itself takes, whatever the schema
    total, each = toll.ways, 1
    for layer in _layers(value):
        each *= toll.reach
        total += each * len(layer) * (toll.ways + toll.names)
        if total > most:
            break
    return total


def is_deeper(value: Any, levels: int) -> bool:
    """Whether a value holds values inside each other by more than so many levels."""
    return any(level >= levels for level, _ in enumerate(_layers(value)))


def _layers(value: Any) -> Iterator[list[Any]]:
    """Yield what stands in a value, then what stands in that, and so on."""
    layer = [value]
    while True:
        below = (one.values() if isinstance(one, dict) else one for one in layer if isinstance(one, dict | list))
        layer = [item for items in below for item in items]
        if not layer:
            return
        yield layer


def steps(schema: dict[str, Any] | bool, value: Any) -> int:
    """Return how many schemas a validator looks at for a value, at the most, each as often as a way leads to it.

    Args:
        schema: as `contractkit.schema.dump` writes it: every `$ref` names one of its `$defs`.
        value: the JSON value.
    """
    definitions = schema.get("$defs", {}) if isinstance(schema, dict) else {}
    (whole,) = schema["allOf"] if isinstance(schema, dict) and "$defs" in schema else (schema,)
    return _Counter(definitions).count(whole, value)


class _Counter:
    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._known: dict[tuple[int, int], int] = {}

    def count(self, schema: Any, value: Any) -> int:
        if not isinstance(schema, dict):
            return 1
        if "$ref" in schema:
            return self.count(self._definitions[schema["$ref"].removeprefix(_DEFINITIONS)], value)
        # Schema and value live as long as this does, so their ids are good.
        key = (id(schema), id(value))
        known = self._known.get(key)
        if known is not None:
            return known
        self._known[key] = MANY  # as long as it is open: what leads back to itself does not end
        total = 1 + sum(self.count(part, value) for part in self._in_place(schema, value))
        if isinstance(value, dict):
            total += self._members(schema, value)
        elif isinstance(value, list):
            total += self._items(schema, value)
        self._known[key] = min(total, MANY)
        return self._known[key]

    def _in_place(self, schema: dict[str, Any], value: Any) -> list[Any]:
        parts = [part for keyword in ("allOf", "anyOf", "oneOf") for part in schema.get(keyword, ())]
        parts += [schema[keyword] for keyword in ("not", "if", "then", "else") if keyword in schema]
        if isinstance(value, dict):
            parts += [part for name, part in schema.get("dependentSchemas", {}).items() if name in value]
        return parts

    def _members(self, schema: dict[str, Any], value: dict[str, Any]) -> int:
        """Count what is asked of the names and of what stands under them; whether a pattern matches is not asked."""
        named = schema.get("properties", {})
        patterns = [*schema.get("patternProperties", {}).values()]
        rest = [schema[one] for one in ("additionalProperties", "unevaluatedProperties") if one in schema]
        total = 0
        for name, item in value.items():
            asked = [*patterns, *([named[name]] if name in named else rest)]
            total += sum(self.count(part, item) for part in asked)
            if "propertyNames" in schema:
                total += self.count(schema["propertyNames"], name)
        return total

    def _items(self, schema: dict[str, Any], value: list[Any]) -> int:
        prefix = schema.get("prefixItems", [])
        rest = [schema["items"]] if "items" in schema else []
        rest += [schema["unevaluatedItems"]] * 2 if "unevaluatedItems" in schema else []  # `jsonschema_rs` looks twice
        every = [schema["contains"]] if "contains" in schema else []
        asked = ((*every, *([prefix[index]] if index < len(prefix) else rest)) for index in range(len(value)))
        return sum(self.count(part, item) for parts, item in zip(asked, value, strict=True) for part in parts)
