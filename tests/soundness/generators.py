"""Seeded random schemas of JSON Schema 2020-12, and pairs of them: edits of one another, or strangers."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

from tests.soundness.places import PREFIX, Json, Pair, Side, at, children, is_productive, places, replaced

NAMES = ("a", "b", "ab", "c")
COMPONENTS = ("Apple", "Bean", "Corn")
TRAPS: tuple[Json, ...] = (1, True, 1.0, "1", None, 0, False, "", "a", "ab", "true", 1.5, 2, [], {}, [1], {"a": 1})
PATTERNS = {
    "^a": ("a", "ab", "b"),
    "^a*$": ("", "a", "aa", "ab"),
    "^[ab]{1,3}$": ("a", "ab", "bab", "", "abab", "c"),
    "b": ("b", "ab", "a"),
    "^(a|b)$": ("a", "b", "c"),
    "^[0-9]+$": ("0", "12", "a"),
    ".": ("a", "b", ""),
    "^.{2}$": ("ab", "a", "abc"),
    "^(ab)+$": ("ab", "abab", "aba"),
}
NAME_PATTERNS = ("^a", "^ab", "b$", "^[ab]$", "c", "^[a-z]+$")
FORMATS = {
    "date": ("2024-01-01", "2024-13-01", "a"),
    "uuid": ("00000000-0000-4000-8000-000000000000", "0000"),
    "email": ("a@b.co", "ab"),
    "ipv4": ("127.0.0.1", "1.2.3"),
    "ipv6": ("::1", "1.2.3.4"),
    "int32": ("a",),
    "password": ("a",),
}
_BOUNDS = (-1, 0, 1, 2, 3, 5, 10, 0.5, 1.5, 2.5)
_STEPS = (1, 2, 3, 4, 6, 0.5, 1.5, 0.1)
_SIZES = (0, 1, 1, 2, 2, 3)


def is_flat(schema: Json, *, listed: bool = False) -> bool:
    """Whether no schema speaks of objects, and none of lists in lists."""
    if not isinstance(schema, dict):
        return True
    text = json.dumps([schema.get("type"), schema.get("enum"), schema.get("const")])
    objects = {"properties", "required", "additionalProperties", "$ref"} & schema.keys()
    if "object" in text or "{" in text or objects:
        return False
    if listed and ("items" in schema or "array" in text or "[1]" in text or "[]" in text):
        return False
    return all(is_flat(child, listed=listed or not same) for _, child, same in children(schema))


class Generator:
    """Makes schemas out of one source of randomness.

    Args:
        rng: the source.
        plain: whether only such schemas are made as frameworks write from types: no `not`, `if`, `contains`,
            `dependent...`, `unevaluated...`, no boolean schemas.
        marks: whether properties may be readOnly or writeOnly.
    """

    def __init__(self, rng: Random, *, plain: bool = False, marks: bool = True) -> None:
        self.rng = rng
        self.plain = plain
        self.marks = marks
        self._names: tuple[str, ...] = ()
        self._level = -1

    def side(self) -> Side:
        """A root schema and up to three components, which may refer to each other."""
        components = self.components(COMPONENTS[: self.rng.choice((0, 0, 0, 1, 2, 3))])
        return Side(self.schema(self.rng.choice((1, 2, 2, 3))), components).reachable()

    def components(self, names: tuple[str, ...]) -> dict[str, Json]:
        """Schemas under these names; all schemas made from now on may refer to them."""
        self._names = names
        made: dict[str, Json] = {}
        for level, name in enumerate(names):
            # In place a component refers to later ones only: a circle without a property has no meaning.
            self._level = level
            made[name] = self.schema(2)
        self._level = -1
        return made

    def pair(self) -> Pair:
        """Mostly a schema and an edit of it, sometimes two strangers."""
        while True:
            base = self.side()
            strangers = self.rng.random() < 0.15
            revision = self.side() if strangers else self.edited(base)
            if is_productive(base) and is_productive(revision):
                return Pair(base, revision)

    def parameters(self) -> Pair:
        """A pair such as parameters have: scalars, unions of them, lists of them."""
        while True:
            pair = self.pair()
            if all(
                is_flat(schema)
                for side in (pair.base, pair.revision)
                for schema in (side.root, *side.components.values())
            ):
                return pair

    def schema(self, depth: int, *, crossed: bool = False) -> Json:
        """A schema of at most this many levels; `crossed` where it stands below a property or an item."""
        rng = self.rng
        if self._names and rng.random() < 0.25:
            names = self._names if crossed else self._names[self._level + 1 :]
            if names:
                ref = {"$ref": PREFIX + rng.choice(names)}
                return ref if rng.random() < 0.9 else {**ref, **self.scalar()}
        if depth <= 0:
            return self.leaf()
        make = rng.choices(
            (self.leaf, self.array, self.object, self.union, self.condition, self.mixed),
            (5, 4, 8, 6, 0, 0) if self.plain else (5, 4, 8, 6, 2, 2),
        )[0]
        return make(depth)

    def leaf(self, depth: int = 0) -> Json:
        """A scalar, an enumeration or a boolean schema."""
        draw = self.rng.random()
        if self.plain:
            return self.enumeration() if draw < 0.2 else self.scalar()
        if draw < 0.04:
            return True
        if draw < 0.06:
            return False
        if draw < 0.09:
            return {}
        if draw < 0.3:
            return self.enumeration()
        return self.scalar()

    def enumeration(self) -> dict[str, Any]:
        rng = self.rng
        if rng.random() < 0.35:
            return {"const": copy.deepcopy(rng.choice(TRAPS))}
        made: dict[str, Any] = {"enum": copy.deepcopy(rng.sample(TRAPS, rng.choice((1, 2, 3, 4))))}
        if rng.random() < 0.2:
            made["type"] = self.types()
        return made

    def _some(self, made: dict[str, Any], chance: float, **choices: tuple[Any, ...]) -> None:
        """Add each keyword with this chance, its value drawn from its row."""
        for keyword, row in choices.items():
            if self.rng.random() < chance:
                made[keyword] = self.rng.choice(row)

    def types(self) -> Json:
        names = ("string", "integer", "number", "boolean", "null", "object", "array")
        rng = self.rng
        if rng.random() < 0.5:
            return rng.choice(names[:4])
        return rng.sample(names, rng.choice((2, 2, 3)))

    def scalar(self) -> dict[str, Any]:
        rng = self.rng
        made: dict[str, Any] = {}
        kind = rng.choice(("integer", "number", "string", "string", "boolean", "null", "any"))
        if kind != "any":
            made["type"] = [kind, "null"] if rng.random() < 0.15 and kind != "null" else kind
        if kind in ("integer", "number", "any"):
            self._some(made, 0.35, minimum=_BOUNDS, maximum=_BOUNDS)
            self._some(made, 0.12, exclusiveMinimum=_BOUNDS, exclusiveMaximum=_BOUNDS, multipleOf=_STEPS)
        if kind in ("string", "any"):
            self._some(made, 0.3, minLength=_SIZES, maxLength=_SIZES, pattern=tuple(PATTERNS))
            self._some(made, 0.1, format=tuple(FORMATS))
        return made

    def object(self, depth: int) -> dict[str, Any]:
        rng = self.rng
        made: dict[str, Any] = {"type": "object"} if rng.random() < 0.85 else {}
        names = rng.sample(NAMES, rng.choice((0, 1, 2, 2, 3)))
        if names:
            made["properties"] = {name: self.schema(depth - 1, crossed=True) for name in names}
            if self.marks and rng.random() < 0.06:
                marked = made["properties"][rng.choice(names)]
                if isinstance(marked, dict):
                    marked[rng.choice(("readOnly", "writeOnly"))] = True
        if rng.random() < 0.5:
            made["required"] = sorted(rng.sample(NAMES if rng.random() < 0.3 else names or NAMES, 1))
        draw = rng.random()
        if draw < 0.3:
            made["additionalProperties"] = False
        elif draw < 0.5:
            made["additionalProperties"] = self.schema(depth - 1, crossed=True)
        if self.plain:
            return made
        if rng.random() < 0.15:
            patterns = rng.sample(NAME_PATTERNS, rng.choice((1, 1, 2)))
            made["patternProperties"] = {one: self.schema(depth - 1, crossed=True) for one in patterns}
        if rng.random() < 0.07:
            made["propertyNames"] = self.name_rule()
        self._some(made, 0.08, minProperties=_SIZES, maxProperties=_SIZES)
        if rng.random() < 0.07:
            first, second = rng.sample(NAMES, 2)
            made["dependentRequired"] = {first: [second]}
        if rng.random() < 0.05:
            made["dependentSchemas"] = {rng.choice(NAMES): self.object(0) if depth < 2 else self.object(depth - 1)}
        if rng.random() < 0.04:
            made["unevaluatedProperties"] = rng.choice((False, False, True, {"type": "integer"}))
        return made

    def name_rule(self) -> dict[str, Any]:
        rng = self.rng
        return rng.choice(
            (
                {"pattern": rng.choice(NAME_PATTERNS)},
                {"maxLength": rng.choice((1, 2))},
                {"minLength": rng.choice((1, 2))},
                {"enum": sorted(rng.sample(NAMES, 2))},
            )
        )

    def array(self, depth: int) -> dict[str, Any]:
        rng = self.rng
        made: dict[str, Any] = {"type": "array"} if rng.random() < 0.9 else {}
        if rng.random() < 0.75:
            made["items"] = self.schema(depth - 1, crossed=True)
        if rng.random() < 0.25:
            made["prefixItems"] = [self.schema(depth - 1, crossed=True) for _ in range(rng.choice((1, 2)))]
        self._some(made, 0.2, minItems=_SIZES, maxItems=_SIZES)
        if rng.random() < 0.1:
            made["uniqueItems"] = True
        if self.plain:
            return made
        if rng.random() < 0.1:
            made["contains"] = self.schema(depth - 1, crossed=True)
            self._some(made, 0.4, minContains=_SIZES, maxContains=_SIZES)
        if rng.random() < 0.05:
            made["unevaluatedItems"] = rng.choice((False, False, {"type": "integer"}))
        return made

    def union(self, depth: int) -> dict[str, Any]:
        rng = self.rng
        keyword = rng.choices(("anyOf", "oneOf", "allOf", "not"), (5, 4, 4, 0 if self.plain else 1))[0]
        if keyword == "not":
            made: dict[str, Any] = {"not": self.schema(depth - 1)}
        else:
            made = {keyword: [self.schema(depth - 1) for _ in range(rng.choice((1, 2, 2, 3)))]}
        if rng.random() < 0.2:
            made |= self.object(0) if rng.random() < 0.5 else self.scalar()
        if rng.random() < 0.08 and not self.plain:
            made["unevaluatedProperties"] = False
        return made

    def condition(self, depth: int) -> dict[str, Any]:
        rng = self.rng
        made: dict[str, Any] = {"if": self.schema(depth - 1)}
        for keyword in ("then", "else"):
            if rng.random() < 0.7:
                made[keyword] = self.schema(depth - 1)
        if rng.random() < 0.3:
            made["type"] = self.types()
        return made

    def mixed(self, depth: int) -> dict[str, Any]:
        """Keywords of several kinds side by side."""
        return {**self.scalar(), **self.object(depth - 1), **self.array(depth - 1), "type": self.types()}

    def edited(self, side: Side) -> Side:
        """The side with one to three edits at random places."""
        self._names = tuple(side.components)
        for _ in range(self.rng.choice((1, 1, 1, 2, 3))):
            path = self.rng.choice(places(side))
            self._level = self._names.index(str(path[1])) if path[0] == "components" else -1
            side = replaced(side, path, self._edit(copy.deepcopy(at(side, path))))
        return side.reachable()

    def _edit(self, schema: Json) -> Json:
        rng = self.rng
        if not isinstance(schema, dict) or rng.random() < 0.12:
            return self.schema(1)
        draw = rng.random()
        if draw < 0.12:
            other = self.schema(1)
            return {rng.choice(("anyOf", "oneOf", "allOf")): rng.sample([schema, other], 2)}
        if draw < 0.3 and schema:
            del schema[rng.choice(sorted(schema))]
            return schema
        if draw < 0.5:
            return self._with_more(schema)
        for keyword in rng.sample(sorted(schema), len(schema)):
            if self._tweak(schema, keyword):
                return schema
        return self._with_more(schema)

    def _with_more(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema with a keyword or two of another schema that suits its type."""
        kind = schema.get("type")
        other = (
            self.object(1)
            if kind == "object" or "properties" in schema
            else self.array(1)
            if kind == "array"
            else self.scalar()
        )
        more = [key for key in sorted(other) if key not in ("type", *schema)]
        for key in self.rng.sample(more, min(len(more), self.rng.choice((1, 1, 2)))):
            schema[key] = other[key]
        return schema

    def _tweak(self, schema: dict[str, Any], keyword: str) -> bool:
        """Change the value of one keyword a little; False where there is no little change."""
        rng, value = self.rng, schema[keyword]
        if keyword == "type":
            if value == "integer":
                schema["type"] = "number"
            elif value == "number":
                schema["type"] = "integer"
            elif isinstance(value, str):
                schema["type"] = [value, rng.choice([name for name in ("null", "string", "boolean") if name != value])]
            else:
                schema["type"] = value[0] if len(value) == 1 or rng.random() < 0.5 else value[1:]
        elif isinstance(value, bool):
            schema[keyword] = not value
        elif isinstance(value, int | float) and keyword != "const":
            low = 1 if keyword == "multipleOf" else 0 if keyword.startswith(("min", "max")) else -2
            schema[keyword] = max(low, int(value) + rng.choice((-1, 1)))
        elif keyword in ("enum", "required"):
            pool = TRAPS if keyword == "enum" else NAMES
            if len(value) > 1 and rng.random() < 0.5:
                value.pop(rng.randrange(len(value)))
            else:
                fresh = copy.deepcopy(rng.choice(pool))
                schema[keyword] = (
                    value if any(type(one) is type(fresh) and one == fresh for one in value) else [*value, fresh]
                )
        elif keyword in ("anyOf", "oneOf", "allOf", "prefixItems"):
            if len(value) > 1 and rng.random() < 0.5:
                value.pop(rng.randrange(len(value)))
            else:
                value.insert(rng.randrange(len(value) + 1), self.schema(1, crossed=keyword == "prefixItems"))
        elif keyword == "properties":
            if value and rng.random() < 0.5:
                del value[rng.choice(sorted(value))]
            else:
                value[rng.choice(NAMES)] = self.schema(1, crossed=True)
        elif keyword == "pattern":
            schema[keyword] = rng.choice(tuple(PATTERNS))
        else:
            return False
        return True
