"""What two independent validators and an enumeration of values say about a pair. Shares no code with contractkit.

The exemption (a sender does not send a name that only the receiver declares) is read carefully here: `surely_sent`
answers True only where nothing in either schema could exempt the value, `surely_exempt` only where everything does.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from random import Random
from typing import Any

import jsonschema
import jsonschema_rs

from tests.soundness.generators import FORMATS, NAMES, PATTERNS
from tests.soundness.places import Json, Side, flatten, ref_name, walk

MOST_VALUES = 140
UNSENT = {"request": "readOnly", "response": "writeOnly"}
OBJECT_KEYWORDS = frozenset(
    [
        "properties",
        "patternProperties",
        "required",
        "additionalProperties",
        "propertyNames",
        "minProperties",
        "maxProperties",
        "dependentRequired",
        "dependentSchemas",
        "unevaluatedProperties",
    ]
)
ARRAY_KEYWORDS = frozenset(
    ["items", "prefixItems", "minItems", "maxItems", "contains", "uniqueItems", "unevaluatedItems"]
)


def text_of(value: Json) -> str:
    """One text for equal JSON values: `1.0` as `1`, `true` unlike `1`."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, list):
        return "[" + ",".join(map(text_of, value)) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{text_of(value[key])}" for key in sorted(value)) + "}"
    return json.dumps(value)


def applied(side: Side, direction: str, *, sends: bool, everywhere: bool = False) -> Side:
    """The side with readOnly and writeOnly worked in: what is never sent is impossible here, or of no interest.

    With `everywhere` no schema of the side requires such a name, even where the mark stands in another part.
    """
    unsent = marked_names(side, direction)
    if not unsent:
        return side
    side = side.copy()
    for schema in _objects_of(side):
        table: dict[str, Json] = schema.get("properties", {})
        here = {name for name in table if _is_marked(side, table[name], UNSENT[direction])}
        for name in here:
            table[name] = not sends
        if "required" in schema:
            idle = unsent if everywhere else here
            schema["required"] = [name for name in schema["required"] if name not in idle]
    return side


def may_send(side: Side, direction: str, value: Json) -> bool | None:
    """Whether the sender accepts a value in one reading of `required` beside a mark; None where validators disagree."""
    answers = [Judge(applied(side, direction, sends=True, everywhere=wide)).accepts(value) for wide in (False, True)]
    return True if True in answers else None if None in answers else False


def marked_names(side: Side, direction: str) -> set[str]:
    """The names that are somewhere marked as never sent in this direction."""
    mark = UNSENT[direction]
    if mark not in side.text():
        return set()
    tables = [schema.get("properties", {}) for schema in _objects_of(side)]
    return {name for table in tables for name in table if _is_marked(side, table[name], mark)}


def _objects_of(side: Side) -> Iterator[dict[str, Any]]:
    for root in (side.root, *side.components.values()):
        yield from (schema for schema in walk(root) if isinstance(schema, dict))


def holds_name(value: Json, names: set[str]) -> bool:
    """Whether one of the names stands anywhere in the value."""
    if isinstance(value, dict):
        return bool(value.keys() & names) or any(holds_name(item, names) for item in value.values())
    return isinstance(value, list) and any(holds_name(item, names) for item in value)


def _is_marked(side: Side, schema: Json, mark: str) -> bool:
    for _ in range(9):
        if not isinstance(schema, dict):
            return False
        if schema.get(mark) is True:
            return True
        schema = side.components.get(ref_name(schema))
    return False


class Judge:
    """Both validators for one side."""

    def __init__(self, side: Side) -> None:
        self.schema = side.standalone()
        self.text = side.text()
        self._fast = jsonschema_rs.Draft202012Validator(self.schema, validate_formats=True)

    @cached_property
    def _slow(self) -> Any:
        return jsonschema.Draft202012Validator(
            self.schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        )

    def quick(self, value: Json) -> bool:
        """The answer of the fast validator alone."""
        return bool(self._fast.is_valid(value))

    def accepts(self, value: Json) -> bool | None:
        """Whether both validators accept the value; None where they disagree."""
        one, other = self._fast.is_valid(value), self._slow.is_valid(value)
        return one if one == other else None


class Values:
    """Values near what both schemas of a pair say: their constants, one more and one less, small objects and arrays."""

    def __init__(self, rng: Random, one: Side, other: Side) -> None:
        self.rng = rng
        self.sides = (one, other)

    def all(self) -> list[Json]:
        """Different values, many of which one of the two accepts."""
        return self._near(((self.sides[0].root,), (self.sides[1].root,)), 3, MOST_VALUES)

    def _near(self, hints: tuple[Iterable[Json], Iterable[Json]], depth: int, most: int) -> list[Json]:
        flat = [(side, schema) for side, row in zip(self.sides, hints, strict=True) for schema in flatten(side, row)]
        values: list[Json] = [None, True, False, 0, 1, -1, 1.5, "", "a", "ab", [], {}]
        for _, schema in flat:
            values += self._scalars(schema)
        if depth > 0:
            width = 12 if depth < 3 else 40
            values += self._objects(flat, depth, width)
            values += self._arrays(flat, depth, width)
        distinct = {text_of(value): value for value in values}
        if len(distinct) <= most:
            return list(distinct.values())
        return self.rng.sample(list(distinct.values()), most)

    def _scalars(self, schema: dict[str, Any]) -> Iterator[Json]:
        yield from schema.get("enum", ())
        if "const" in schema:
            yield schema["const"]
        for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            if keyword in schema:
                yield from (schema[keyword] + step for step in (-1, -0.5, 0, 0.5, 1))
        if "multipleOf" in schema:
            yield from (schema["multipleOf"] * times for times in (1, 2, 3, 0.5))
        for keyword in ("minLength", "maxLength"):
            if keyword in schema:
                limit = int(schema[keyword])
                for size in (limit - 1, limit, limit + 1):
                    yield from ("a" * size, "ba" * (size // 2) + "b" * (size % 2))
        yield from PATTERNS.get(schema.get("pattern", ""), ())
        yield from FORMATS.get(schema.get("format", ""), ())

    def _objects(self, flat: list[tuple[Side, dict[str, Any]]], depth: int, width: int) -> Iterator[Json]:
        if not any(schema.keys() & OBJECT_KEYWORDS for _, schema in flat):
            return
        pool: dict[str, list[Json]] = {}
        for name in (*NAMES, "zz"):
            below: tuple[list[Json], list[Json]] = ([], [])
            for side, schema in flat:
                table = schema.get("properties", {})
                said = [table[name]] if name in table else []
                said += [one for key, one in schema.get("patternProperties", {}).items() if re.search(key, name)]
                said += [] if said else [schema.get("additionalProperties", True)]
                said += [schema.get("unevaluatedProperties", True)]
                below[self.sides.index(side)].extend(said)
            pool[name] = self._near(below, depth - 1, 24)
        named = {name for _, schema in flat for name in (*schema.get("properties", ()), *schema.get("required", ()))}
        for name in pool:
            yield {name: self.rng.choice(pool[name])}
        for _ in range(width):
            share = self.rng.choice((0.3, 0.6, 0.95))
            chosen = [name for name in pool if self.rng.random() < (share if name in named else 0.15)]
            yield {name: self.rng.choice(pool[name]) for name in chosen}

    def _arrays(self, flat: list[tuple[Side, dict[str, Any]]], depth: int, width: int) -> Iterator[Json]:
        if not any(schema.keys() & ARRAY_KEYWORDS for _, schema in flat):
            return
        pools: list[list[Json]] = []
        for index in range(4):
            below: tuple[list[Json], list[Json]] = ([], [])
            for side, schema in flat:
                prefix = schema.get("prefixItems", [])
                said = [prefix[index] if index < len(prefix) else schema.get("items", True)]
                said += [schema[keyword] for keyword in ("contains", "unevaluatedItems") if keyword in schema]
                below[self.sides.index(side)].extend(said)
            pools.append(self._near(below, depth - 1, 24))
        for _ in range(width):
            made = [self.rng.choice(pools[index]) for index in range(self.rng.choice((1, 1, 2, 2, 3, 4)))]
            yield made
            if len(made) > 1 and self.rng.random() < 0.3:
                yield [made[0]] * len(made)


class Exemption:
    """The careful reading of the exemption for one sender and receiver."""

    def __init__(self, sender: Side, receiver: Side) -> None:
        self.sender = sender
        self.receiver = receiver
        self._receiver_names, self._receiver_patterns = _declared_anywhere(receiver)
        self._sender_names, self._sender_patterns = _declared_anywhere(sender)
        sends = [schema for root in (sender.root, *sender.components.values()) for schema in walk(root)]
        # A map or an enumerated value of the sender may bring any name.
        self._sender_is_free = any(
            isinstance(one, dict)
            and (
                one.get("additionalProperties", True) is not True
                or one.get("unevaluatedProperties", True) is not True
                or "enum" in one
                or "const" in one
            )
            for one in sends
        )

    def surely_sent(self, value: Json) -> bool:
        """Whether no name in the value could be one that only the receiver declares."""
        return self._sent([self.sender.root], value)

    def surely_exempt(self, value: Json) -> bool:
        """Whether the top of the value holds a name that the receiver declares there and the sender nowhere."""
        if not isinstance(value, dict) or self._sender_is_free:
            return False
        always = _always(self.receiver, [self.receiver.root])
        declared = {name for schema in always for name in schema.get("properties", ())}
        return any(
            name in declared - self._sender_names
            and not any(re.search(pattern, name) for pattern in self._sender_patterns)
            for name in value
        )

    def _sent(self, schemas: list[Json], value: Json) -> bool:
        if not isinstance(value, dict | list):
            return True
        conjunction = _always(self.sender, schemas)
        for schema in conjunction:
            for keyword in ("anyOf", "oneOf"):
                if keyword in schema:
                    rest = [one for one in conjunction if one is not schema]
                    rest.append({key: one for key, one in schema.items() if key != keyword})
                    return any(
                        self._sent([*rest, branch], value)
                        for branch in schema[keyword]
                        if Judge(Side(branch, self.sender.components)).quick(value)
                    )
        if isinstance(value, list):
            return all(self._sent(_items_at(conjunction, index), item) for index, item in enumerate(value))
        return all(
            (_declares(conjunction, name) or not self._receiver_speaks_of(name))
            and self._sent(_at(conjunction, name), item)
            for name, item in value.items()
        )

    def _receiver_speaks_of(self, name: str) -> bool:
        return name in self._receiver_names or any(re.search(one, name) for one in self._receiver_patterns)


def _declared_anywhere(side: Side) -> tuple[set[str], set[str]]:
    names: set[str] = set()
    patterns: set[str] = set()
    for schema in itertools.chain(walk(side.root), *map(walk, side.components.values())):
        if isinstance(schema, dict):
            names |= {*schema.get("properties", ()), *schema.get("required", ())}
            names |= _mentioned(schema)
            patterns |= {*schema.get("patternProperties", ())}
    return names, patterns


def _always(side: Side, schemas: Iterable[Json]) -> list[dict[str, Any]]:
    """The schemas that hold for every value of a conjunction: through references and `allOf` only."""
    found: dict[int, dict[str, Any]] = {}
    todo = list(schemas)
    while todo:
        schema = todo.pop()
        if isinstance(schema, dict) and id(schema) not in found:
            found[id(schema)] = schema
            todo += schema.get("allOf", [])
            if ref_name(schema):
                todo.append(side.components.get(ref_name(schema)))
    # What they lead to stands in the list for itself.
    return [{key: one for key, one in schema.items() if key not in ("allOf", "$ref")} for schema in found.values()]


def _is_map(schema: dict[str, Any]) -> bool:
    """Whether the schema says of all other names what stands under them, without any doubt."""
    other = schema.get("additionalProperties")
    return isinstance(other, dict) and bool({"type", "enum", "const"} & other.keys())


def _mentioned(schema: dict[str, Any]) -> set[str]:
    """The names that a keyword other than `properties` and `required` writes down."""
    needed = schema.get("dependentRequired", {})
    rules = schema.get("propertyNames")
    listed = rules.get("enum", []) if isinstance(rules, dict) else []
    return {*needed, *itertools.chain(*needed.values()), *schema.get("dependentSchemas", ()), *listed}


def _declares(conjunction: list[dict[str, Any]], name: str) -> bool:
    return any(
        name in schema.get("properties", ())
        or name in schema.get("required", ())
        or name in _mentioned(schema)
        or _is_map(schema)
        or any(re.search(pattern, name) for pattern in schema.get("patternProperties", ()))
        for schema in conjunction
    )


def _at(conjunction: list[dict[str, Any]], name: str) -> list[Json]:
    found: list[Json] = []
    for schema in conjunction:
        said = [schema["properties"][name]] if name in schema.get("properties", ()) else []
        said += [one for key, one in schema.get("patternProperties", {}).items() if re.search(key, name)]
        found += said or [schema.get("additionalProperties", True)]
    return found


def _items_at(conjunction: list[dict[str, Any]], index: int) -> list[Json]:
    found: list[Json] = []
    for schema in conjunction:
        prefix = schema.get("prefixItems", [])
        found.append(prefix[index] if index < len(prefix) else schema.get("items", True))
    return found
