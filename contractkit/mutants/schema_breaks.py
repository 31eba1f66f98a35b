"""Breaks inside schemas: requests that take less than before, responses that hold more or other than before.

Each is a break by construction: there is a value that was good before and that the other side may now refuse
(JSON Schema 2020-12 validation, sections 6.1 to 6.5; for the direction, OpenAPI 3.1.1 section 4.8.14 and 4.8.17).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

from contractkit.mutants.edit import REMOVED, Edit, followed, value_at
from contractkit.mutants.kinds import Find, Kind
from contractkit.mutants.survey import Spot, Survey, whole

_OTHER_TYPE = {"string": "integer", "integer": "string", "number": "string", "boolean": "string"}
_TEXT = frozenset(
    {"minLength", "maxLength", "pattern", "format", "contentMediaType", "contentEncoding", "contentSchema"}
)
_NUMBER = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"})
_NEW = "contractkit_new"

Change = Callable[[Spot], Mapping[str, Any] | None]
"""Returns the keywords that a schema is to have instead, or None where the change is not for it."""


def _set(spot: Spot, changed: Mapping[str, Any]) -> tuple[tuple[tuple[str | int, ...], Any], ...]:
    return (
        (
            spot.at,
            {key: value for key, value in {**spot.schema, **changed}.items() if value is not REMOVED},
        ),
    )


def _requests(change: Change) -> Find:
    """Make the finder of a change that narrows what a request may hold."""
    return lambda survey, _: _edits(survey.request, change)


def _responses(change: Change) -> Find:
    """Make the finder of a change that widens what a response may hold."""
    return lambda survey, _: _edits(survey.response, change)


def _edits(spots: list[Spot], change: Change) -> Iterator[Edit]:
    for spot in spots:
        changed = change(spot)
        if changed is not None:
            yield Edit(spot.where, _set(spot, changed))


def _free_text(spot: Spot) -> bool:
    return spot.plain and spot.type == "string" and not (_TEXT - {"minLength", "maxLength"}) & set(spot.schema)


def _free_number(spot: Spot) -> bool:
    return spot.plain and spot.type == "integer" and not (_NUMBER - {"minimum", "maximum"}) & set(spot.schema)


def _bounds(spot: Spot, low: str, high: str, start: int | None) -> tuple[int | None, int | None] | None:
    """Return the bounds of a schema; None where they are no whole numbers or hold no two values."""
    least, most = whole(spot.schema.get(low, start)), whole(spot.schema.get(high))
    if (least is None and low in spot.schema) or (most is None and high in spot.schema):
        return None
    if least is not None and most is not None and least >= most:
        return None
    return least, most


def _lower(low: str, high: str, start: int | None, fits: Callable[[Spot], bool], ample: int) -> Change:
    """The most that is taken becomes one less, or a bound where there was none."""

    def change(spot: Spot) -> Mapping[str, Any] | None:
        if not fits(spot) or (bounds := _bounds(spot, low, high, start)) is None:
            return None
        least, most = bounds
        return {high: most - 1 if most is not None else max(least or 0, 0) + ample}

    return change


def _raise(low: str, high: str, start: int | None, fits: Callable[[Spot], bool]) -> Change:
    """The least that is taken becomes one more, or a bound where there was none."""

    def change(spot: Spot) -> Mapping[str, Any] | None:
        if not fits(spot) or (bounds := _bounds(spot, low, high, start)) is None:
            return None
        least, most = bounds
        return {low: least + 1 if least is not None else min(0, most if most is not None else 0)}

    return change


def _unbound(keyword: str, fits: Callable[[Spot], bool]) -> Find:
    """Make the finder of a bound of a response that is gone."""
    return _responses(
        lambda spot: {keyword: REMOVED} if fits(spot) and whole(spot.schema.get(keyword)) is not None else None
    )


def _is_array(spot: Spot) -> bool:
    return spot.plain and spot.type == "array" and "uniqueItems" not in spot.schema


def _pattern(spot: Spot) -> Mapping[str, Any] | None:
    return {"pattern": "^[a-z]+$"} if _free_text(spot) and spot.schema.get("maxLength", 1) != 0 else None


def _format(spot: Spot) -> Mapping[str, Any] | None:
    return {"format": "uuid"} if _free_text(spot) else None


def _multiple(spot: Spot) -> Mapping[str, Any] | None:
    is_free = _free_number(spot) and "minimum" not in spot.schema and "maximum" not in spot.schema
    return {"multipleOf": 7} if is_free else None


def _whole_only(spot: Spot) -> Mapping[str, Any] | None:
    is_free = spot.plain and spot.type == "number" and not _NUMBER & set(spot.schema)
    return {"type": "integer"} if is_free else None


def _number(spot: Spot) -> Mapping[str, Any] | None:
    is_free = spot.plain and spot.type == "integer" and not _NUMBER & set(spot.schema)
    return {"type": "number"} if is_free else None


def _other_type(spot: Spot) -> Mapping[str, Any] | None:
    other = _OTHER_TYPE.get(spot.type)
    if other is None or not spot.plain:
        return None
    return {**dict.fromkeys((_TEXT | _NUMBER) & set(spot.schema), REMOVED), "type": other}


def _unique(spot: Spot) -> Mapping[str, Any] | None:
    most = whole(spot.schema.get("maxItems", 2))
    items = spot.schema.get("items")
    is_free = _is_array(spot) and most is not None and most >= 2
    return {"uniqueItems": True} if is_free and isinstance(items, Mapping) and items.get("type") == "string" else None


def _fewer_values(spot: Spot) -> Mapping[str, Any] | None:
    values = _listed(spot)
    return {"enum": values[:-1]} if len(values) > 1 else None


def _more_values(spot: Spot) -> Mapping[str, Any] | None:
    values = _listed(spot)
    return {"enum": [*values, _NEW]} if values and _NEW not in values else None


def _listed(spot: Spot) -> list[Any]:
    """Return the values of a list of texts, empty where there is none or more is said."""
    values = spot.schema.get("enum")
    says = set(spot.schema) - {"title", "description", "default", "examples", "example", "deprecated", "$comment"}
    if says != {"type", "enum"} or spot.type != "string" or not isinstance(values, list):
        return []
    return values if all(isinstance(value, str) for value in values) and len(set(values)) == len(values) else []


def _list_values(spot: Spot) -> Mapping[str, Any] | None:
    return {"enum": ["a", "b"]} if _free_text(spot) else None


def _no_list(spot: Spot) -> Mapping[str, Any] | None:
    return {"enum": REMOVED} if _listed(spot) else None


def _require_new(spot: Spot) -> Mapping[str, Any] | None:
    properties = spot.schema.get("properties", {})
    if not spot.plain or spot.type != "object" or not isinstance(properties, Mapping) or _NEW in properties:
        return None
    return {"properties": {**properties, _NEW: {"type": "string"}}, "required": [*_required(spot), _NEW]}


def _required(spot: Spot) -> list[Any]:
    names = spot.schema.get("required", [])
    return names if isinstance(names, list) else []


def _require_known(survey: Survey, rng: Random) -> Iterator[Edit]:
    """A property of a request that could be left out must be sent."""
    by_place = {spot.at: spot for spot in survey.request}
    for spot in survey.request:
        owner = by_place.get(spot.owner) if spot.owner is not None else None
        if owner is not None and owner.plain and spot.name not in _required(owner):
            yield Edit(spot.where, _set(owner, {"required": [*_required(owner), spot.name]}))


def _lose(survey: Survey, rng: Random) -> Iterator[Edit]:
    """A property that a response always held is gone from it."""
    for spot, owner, names in _promised(survey):
        properties = {key: value for key, value in owner.schema["properties"].items() if key != spot.name}
        yield Edit(spot.where, _set(owner, {"properties": properties, "required": names}))


def _leave_out(survey: Survey, rng: Random) -> Iterator[Edit]:
    """A property that a response always held may be missing."""
    for spot, owner, names in _promised(survey):
        yield Edit(spot.where, _set(owner, {"required": names}))


def _promised(survey: Survey) -> Iterator[tuple[Spot, Spot, list[Any]]]:
    """Yield the properties that a response always holds, with their object and the other names that it requires."""
    by_place = {spot.at: spot for spot in survey.response}
    for spot in survey.response:
        owner = by_place.get(spot.owner) if spot.owner is not None else None
        if owner is not None and owner.plain and spot.name in _required(owner):
            yield spot, owner, [name for name in _required(owner) if name != spot.name]


def _refuse_null(survey: Survey, rng: Random) -> Iterator[Edit]:
    """Null is no longer taken where it was."""
    for spot in survey.request:
        kinds = spot.schema.get("type")
        if spot.nullable:
            alone = survey.alone(spot)
            if survey.refuses_null(alone):  # `Any | None` takes null without the word, too
                yield Edit(spot.where, ((spot.outer, value_at(survey.document, alone)),))
        elif survey.is_30 and spot.schema.get("nullable") is True and spot.plain:
            yield Edit(spot.where, _set(spot, {"nullable": REMOVED}))
        elif isinstance(kinds, list) and len(kinds) == 2 and "null" in kinds and spot.typed:
            yield Edit(spot.where, _set(spot, {"type": next(kind for kind in kinds if kind != "null")}))


def _answer_null(survey: Survey, rng: Random) -> Iterator[Edit]:
    """A value of a response may be null, which it never was."""
    for spot in survey.response:
        if (
            spot.plain
            and not spot.nullable
            and spot.type not in ("", "null")
            and spot.schema.get("nullable") is not True
        ):
            yield Edit(spot.where, _set(spot, {"nullable": True} if survey.is_30 else {"type": [spot.type, "null"]}))


def _take_fewer_types(survey: Survey, rng: Random) -> Iterator[Edit]:
    """One of the alternatives of a value in a request, each of a type of its own, is no longer taken."""
    for spot in survey.request:
        for keyword, types in _alternatives(survey, spot):
            fewer = spot.schema[keyword][1:]
            made = (spot.at, {**spot.schema, keyword: fewer})
            yield Edit(f"{spot.where} {types[0]}", (made,))


def _answer_more_types(survey: Survey, rng: Random) -> Iterator[Edit]:
    """A value in a response, one of several types, may be of one more."""
    for spot in survey.response:
        for keyword, types in _alternatives(survey, spot):
            other = next((kind for kind in ("boolean", "array", "object") if kind not in types), None)
            if other is not None:
                more = [*spot.schema[keyword], {"type": other}]
                yield Edit(spot.where, ((spot.at, {**spot.schema, keyword: more}),))


def _alternatives(survey: Survey, spot: Spot) -> Iterator[tuple[str, list[str]]]:
    """Yield the keyword of a schema that is nothing but alternatives, and their types, if no two have the same."""
    words = set(spot.schema) - {"title", "description", "default", "examples", "example", "deprecated"}
    for keyword in words & {"anyOf", "oneOf"} if len(words) == 1 else ():
        types = []
        for index in range(len(spot.schema[keyword])):
            _, one = followed(survey.document, (*spot.at, keyword, index))
            kind = one.get("type") if isinstance(one, Mapping) else None
            types.append("number" if kind == "integer" else kind)
        if len(types) > 1 and all(isinstance(kind, str) for kind in types) and len(set(types)) == len(types):
            yield keyword, [str(kind) for kind in types]


_ITEMS = ("minItems", "maxItems", 0, _is_array)
_LENGTH = ("minLength", "maxLength", 0, _free_text)
_VALUE = ("minimum", "maximum", None, _free_number)


def _kind(name: str, says: str, find: Find) -> Kind:
    return Kind(name, says, True, find)


SCHEMA_BREAKS = (
    _kind("request-property-added-required", "a request needs a new property", _requests(_require_new)),
    _kind("request-property-made-required", "a request needs a property that could be left out", _require_known),
    _kind("request-type-changed", "a value in a request is of another type", _requests(_other_type)),
    _kind("request-number-made-whole", "a number in a request must be whole", _requests(_whole_only)),
    _kind("request-enum-value-removed", "a request may no longer hold a listed value", _requests(_fewer_values)),
    _kind("request-enum-added", "a text in a request is limited to a list", _requests(_list_values)),
    _kind("request-maximum-lowered", "a number in a request may be less than before", _requests(_lower(*_VALUE, 1000))),
    _kind("request-minimum-raised", "a number in a request must be more than before", _requests(_raise(*_VALUE))),
    _kind("request-max-length-lowered", "a text in a request may be shorter only", _requests(_lower(*_LENGTH, 10))),
    _kind("request-min-length-raised", "a text in a request must be longer", _requests(_raise(*_LENGTH))),
    _kind("request-max-items-lowered", "a list in a request may be shorter only", _requests(_lower(*_ITEMS, 10))),
    _kind("request-min-items-raised", "a list in a request must be longer", _requests(_raise(*_ITEMS))),
    _kind("request-unique-items-added", "a list in a request may hold nothing twice", _requests(_unique)),
    _kind("request-pattern-added", "a text in a request must match a pattern", _requests(_pattern)),
    _kind("request-format-added", "a text in a request must have a format", _requests(_format)),
    _kind("request-multiple-of-added", "a number in a request must be a multiple", _requests(_multiple)),
    _kind("request-null-refused", "a request may no longer hold null", _refuse_null),
    _kind("request-alternative-removed", "a request may no longer hold one of several types", _take_fewer_types),
    _kind("response-alternative-added", "a response may hold a further type", _answer_more_types),
    _kind("response-property-removed", "a response lost a property that was always there", _lose),
    _kind("response-property-made-optional", "a property may be missing from a response", _leave_out),
    _kind("response-type-changed", "a value in a response is of another type", _responses(_other_type)),
    _kind("response-whole-made-number", "a whole number in a response may be a fraction", _responses(_number)),
    _kind("response-enum-value-added", "a response may hold a value that was not listed", _responses(_more_values)),
    _kind("response-enum-removed", "a value in a response is no longer one of a list", _responses(_no_list)),
    _kind(
        "response-maximum-removed",
        "a number in a response has no upper bound",
        _unbound("maximum", _free_number),
    ),
    _kind(
        "response-minimum-removed",
        "a number in a response has no lower bound",
        _unbound("minimum", _free_number),
    ),
    _kind(
        "response-max-length-removed",
        "a text in a response may be of any length",
        _unbound("maxLength", _free_text),
    ),
    _kind("response-null-added", "a value in a response may be null", _answer_null),
)
"""The kinds of breaks inside schemas."""
