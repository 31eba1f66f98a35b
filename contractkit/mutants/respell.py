"""Ways to write a schema differently that mean the same; each leaves alone what it does not fit.

A rewrite takes one schema object and returns another that accepts the same values (JSON Schema 2020-12, core section 10
and validation section 6), or None where it does not apply. It may keep parts of what it is given.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from contractkit.mutants.schemas import IN_PLACE_LISTS, inner

Json = Any
Rewrite = Callable[[dict[str, Any], Random], Json | None]

_UNDEFINED_FORMATS = ("int32", "password", "binary", "int64", "float")


def wrap_all_of(schema: dict[str, Any], rng: Random) -> Json:
    """The schema as the only part of an `allOf`, with texts beside it or none."""
    return {"allOf": [schema], **rng.choice(({}, {"title": "T"}, {"description": "d", "default": None}))}


def wrap_any_of(schema: dict[str, Any], rng: Random) -> Json:
    """The schema as the only alternative."""
    return {rng.choice(("anyOf", "oneOf")): [schema]}


def duplicate_all_of(schema: dict[str, Any], rng: Random) -> Json:
    """The schema twice in an `allOf`."""
    return {"allOf": [schema, copy.deepcopy(schema)]}


def duplicate_any_of(schema: dict[str, Any], rng: Random) -> Json:
    """The schema twice in an `anyOf`."""
    return {"anyOf": [schema, copy.deepcopy(schema)]}


def negate_twice(schema: dict[str, Any], rng: Random) -> Json:
    """What is not what the schema is not."""
    return {"not": {"not": schema}}


def split_types(schema: dict[str, Any], rng: Random) -> Json | None:
    """`type: [a, b]` as `anyOf` of both."""
    kinds = schema.get("type")
    if not isinstance(kinds, list) or len(kinds) < 2 or {"integer", "number"} <= set(kinds):
        return None
    return {rng.choice(("anyOf", "oneOf")): [{**copy.deepcopy(schema), "type": kind} for kind in kinds]}


def null_beside(schema: dict[str, Any], rng: Random) -> Json | None:
    """`type: [x, null]` as pydantic 2 writes it."""
    kinds = schema.get("type")
    if (
        not isinstance(kinds, list)
        or "null" not in kinds
        or {"enum", "const", *IN_PLACE_LISTS, "not", "if"} & set(schema)
    ):
        return None
    if len(kinds) < 2 or "$ref" in schema:
        return None
    rest = [kind for kind in kinds if kind != "null"]
    return {"anyOf": [{**schema, "type": rest[0] if len(rest) == 1 else rest}, {"type": "null"}]}


def enum_of_const(schema: dict[str, Any], rng: Random) -> Json | None:
    """`const` as an `enum` of one value."""
    if "const" not in schema or "enum" in schema:
        return None
    return {**{key: one for key, one in schema.items() if key != "const"}, "enum": [schema["const"]]}


def const_beside_enum(schema: dict[str, Any], rng: Random) -> Json | None:
    """An `enum` of one value as `const`, or beside it."""
    if len(schema.get("enum", ())) != 1 or "const" in schema:
        return None
    rest = {key: one for key, one in schema.items() if key != "enum" or rng.random() < 0.5}
    return {**rest, "const": schema["enum"][0]}


def any_of_constants(schema: dict[str, Any], rng: Random) -> Json | None:
    """`enum` as `anyOf` of constants."""
    if "enum" not in schema or set(schema) & {*IN_PLACE_LISTS, "const"}:
        return None
    rest = {key: one for key, one in schema.items() if key != "enum"}
    return {**rest, "anyOf": [{"const": value} for value in schema["enum"]]}


def spelled_types(schema: dict[str, Any], rng: Random) -> Json | None:
    """`boolean` and `null` as lists of their values."""
    if schema.get("type") == "boolean" and not {"enum", "const"} & set(schema):
        return {
            **{key: one for key, one in schema.items() if key != "type"},
            "enum": rng.choice(([True, False], [False, True])),
        }
    if schema.get("type") == "null" and not {"enum", "const"} & set(schema):
        return {**{key: one for key, one in schema.items() if key != "type"}, "const": None}
    return None


def whole_bounds(schema: dict[str, Any], rng: Random) -> Json | None:
    """`exclusiveMinimum: 0` as `minimum: 1` on integers, and the reverse."""
    if schema.get("type") not in ("integer", ["integer"], ["integer", "null"]):
        return None
    made = dict(schema)
    for closed, opened, step in (("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1)):
        if opened in made and closed not in made and isinstance(made[opened], int):
            made[closed] = made.pop(opened) + step
        elif closed in made and opened not in made and isinstance(made[closed], int):
            made[opened] = made.pop(closed) - step
    return made if made != schema else None


def integer_as_multiple(schema: dict[str, Any], rng: Random) -> Json | None:
    """`integer` as a number that is a multiple of 1."""
    if schema.get("type") == "integer" and "multipleOf" not in schema:
        return {**schema, "type": "number", "multipleOf": rng.choice((1, 1.0))}
    return None


def float_numbers(schema: dict[str, Any], rng: Random) -> Json | None:
    """`1` as `1.0`, in bounds and enumerations."""
    made = dict(schema)
    for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "const", "minLength", "maxItems"):
        if type(made.get(keyword)) is int:
            made[keyword] = float(made[keyword])
    if "enum" in made:
        made["enum"] = [float(value) if type(value) is int else value for value in made["enum"]]
    return made if any(type(made[key]) is not type(schema[key]) or key == "enum" for key in made) else None


def texts(schema: dict[str, Any], rng: Random) -> Json:
    """A title, a description, examples or an extension beside the rest."""
    more: tuple[dict[str, Any], ...] = (
        {"title": "Some Title"},
        {"description": "what it is for"},
        {"default": None},
        {"examples": [1]},
        {"example": {"a": 1}},
        {"x-order": 3},
        {"$comment": "old"},
        {"deprecated": False},
    )
    return {**schema, **rng.choice(more)}


def idle_keywords(schema: dict[str, Any], rng: Random) -> Json | None:
    """Keywords with the value that they have when absent."""
    more: tuple[dict[str, Any], ...] = (
        {"minLength": 0},
        {"minItems": 0},
        {"minProperties": 0},
        {"uniqueItems": False},
        {"required": []},
        {"properties": {}},
        {"patternProperties": {}},
        {"additionalProperties": True},
        {"additionalProperties": {}},
        {"items": True},
        {"propertyNames": True},
        {"pattern": ""},
        {"allOf": [{}]},
        {"dependentRequired": {}},
        {"format": rng.choice(_UNDEFINED_FORMATS)},
        {"not": False},
        {"if": True},
        {"then": {"type": "string"}},
        {"minContains": 2},
    )
    added = rng.choice(more)
    if {"minContains", "if", "then"} & set(added) and {"contains", "if", "then", "else"} & set(schema):
        return None
    return {**added, **schema}


def binary(schema: dict[str, Any], rng: Random) -> Json | None:
    """A format that says nothing of values as a media type, or left out."""
    if schema.get("format") not in _UNDEFINED_FORMATS:
        return None
    made = {key: one for key, one in schema.items() if key != "format"}
    return {**made, "contentMediaType": "application/octet-stream"} if rng.random() < 0.5 else made


def trivial(schema: dict[str, Any], rng: Random) -> Json | None:
    """The empty schema as `true`."""
    return True if schema == {} else None


def any_of_disjoint(schema: dict[str, Any], rng: Random) -> Json | None:
    """`oneOf` whose branches have different types as `anyOf`, and the reverse."""
    keyword = "oneOf" if "oneOf" in schema else "anyOf"
    if keyword not in schema or {"oneOf", "anyOf"} <= set(schema):
        return None
    seen: set[str] = set()
    for branch in schema[keyword]:
        kinds = branch.get("type") if isinstance(branch, dict) else None
        names = {
            "number" if kind == "integer" else kind for kind in ([kinds] if isinstance(kinds, str) else kinds or ())
        }
        if not names or names & seen:
            return None
        seen |= names
    other = "anyOf" if keyword == "oneOf" else "oneOf"
    return {other if key == keyword else key: one for key, one in schema.items()}


def nest_union(schema: dict[str, Any], rng: Random) -> Json | None:
    """Two of the branches of an `anyOf` (or parts of an `allOf`) as one of their own."""
    for keyword in ("anyOf", "allOf"):
        if len(schema.get(keyword, ())) > 1:
            first, second, *rest = schema[keyword]
            return {**schema, keyword: [{keyword: [first, second]}, *rest]}
    return None


def part_of_all(schema: dict[str, Any], rng: Random) -> Json | None:
    """Some keywords moved into an `allOf` part."""
    free = [
        key for key in ("type", "minimum", "maximum", "minLength", "maxLength", "required", "minItems") if key in schema
    ]
    if not free or "allOf" in schema or "enum" in schema or "const" in schema:
        return None
    moved = rng.choice(free)
    return {**{key: one for key, one in schema.items() if key != moved}, "allOf": [{moved: schema[moved]}]}


def looser_beside(schema: dict[str, Any], rng: Random) -> Json | None:
    """A second bound that says less than the first."""
    if isinstance(schema.get("minimum"), int | float) and "exclusiveMinimum" not in schema:
        return {**schema, "exclusiveMinimum": schema["minimum"] - 2}
    if isinstance(schema.get("exclusiveMaximum"), int | float) and "maximum" not in schema:
        return {**schema, "maximum": schema["exclusiveMaximum"] + 1}
    return None


def dependent_schemas(schema: dict[str, Any], rng: Random) -> Json | None:
    """`dependentRequired` as `dependentSchemas`."""
    if "dependentRequired" not in schema or "dependentSchemas" in schema:
        return None
    made = {key: one for key, one in schema.items() if key != "dependentRequired"}
    made["dependentSchemas"] = {name: {"required": names} for name, names in schema["dependentRequired"].items()}
    return made


def shuffled(schema: dict[str, Any], rng: Random) -> Json:
    """Other orders of keys and of lists whose order says nothing."""

    def deep(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: deep(value[key]) for key in rng.sample(list(value), len(value))}
        return [deep(one) for one in value] if isinstance(value, list) else value

    made: dict[str, Any] = deep(schema)
    for one in inner(made):
        if isinstance(one, dict):
            for keyword in (*IN_PLACE_LISTS, "enum", "required", "type"):
                if isinstance(one.get(keyword), list):
                    rng.shuffle(one[keyword])
    return made


RESPELLINGS: tuple[Rewrite, ...] = (
    wrap_all_of,
    wrap_any_of,
    duplicate_all_of,
    duplicate_any_of,
    negate_twice,
    split_types,
    null_beside,
    enum_of_const,
    const_beside_enum,
    any_of_constants,
    spelled_types,
    whole_bounds,
    integer_as_multiple,
    float_numbers,
    texts,
    idle_keywords,
    binary,
    trivial,
    any_of_disjoint,
    nest_union,
    part_of_all,
    looser_beside,
    dependent_schemas,
    shuffled,
)
HIDING = frozenset([negate_twice, idle_keywords])
"""They change what an `unevaluated...` keyword around them sees."""
