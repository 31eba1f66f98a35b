"""Schemas without a value, names and items that no value holds: nothing is sent there, so nothing breaks."""

from typing import Any

import pytest

from tests.schema.points import ARRAY, BOOLEAN, INTEGER, NULL, NUMBER, OBJECT, STRING, breaks, closed, obj, ref, request

NONE: dict[str, Any] = {"allOf": [{"type": "string"}, {"type": "integer"}]}


def items(item: Any, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": item, **more}


@pytest.mark.parametrize(
    "nothing",
    [
        {"$ref": "#/components/schemas/Endless"},
        {"$ref": "#/components/schemas/Pair"},
        {"$ref": "#/components/schemas/List"},
        {"$ref": "#/components/schemas/Listed"},
        obj("a", a=ref("Endless")),
        {"type": "array", "minItems": 3, "contains": {}, "maxContains": 2},
        {"type": "array", "contains": STRING, "minContains": 2, "maxContains": 1},
        {**items(STRING), "minItems": 3, "contains": STRING, "maxContains": 2},
        {"type": "array", "prefixItems": [ARRAY], "maxItems": 1, "contains": OBJECT},
        {"type": "array", "prefixItems": [NONE], "minItems": 1},
        {"type": "object", "required": ["ab"], "propertyNames": {"maxLength": 1}},
        {**closed(a=NONE, b=INTEGER), "minProperties": 2},
        {"type": "object", "additionalProperties": NONE, "minProperties": 1},
        {**obj("a", a=INTEGER), "maxProperties": 1, "dependentRequired": {"a": ["b"]}},
        {**closed("a", a=INTEGER), "dependentRequired": {"a": ["b"]}},
        {"type": "object", "required": ["a"], "maxProperties": 0},
    ],
)
def test_a_schema_without_a_value_breaks_nobody(nothing: Any) -> None:
    components = {
        "Endless": obj("n", n=ref("Endless")),
        "Pair": obj("left", left={"anyOf": [ref("Pair"), ref("Endless")]}),
        "List": items(ref("List"), minItems=1),
        "Listed": {"allOf": [items(ref("Listed")), {"type": "array", "minItems": 1}]},
    }
    assert request(nothing, BOOLEAN, components=components) == ["body type changed: contained"]


@pytest.mark.parametrize(
    ("circle", "witness"),
    [
        (obj("n", n={"anyOf": [ref("A"), NULL]}), '{"n":null}'),
        (obj(n=ref("A")), "{}"),
        ({"anyOf": [obj("n", n=ref("A")), {"const": 1}]}, "1"),
        (items(ref("A")), "[]"),
        (items(ref("A"), minItems=1, prefixItems=[NULL]), "[null]"),
    ],
)
def test_a_recursion_with_an_end_has_values(circle: Any, witness: str) -> None:
    found = request(ref("A"), BOOLEAN, components={"A": circle})
    assert [one for one in found if one.endswith(f"witness {witness}")], found


def test_what_was_assumed_of_a_recursion_is_not_remembered() -> None:
    """B is empty only as long as A is, and A is not."""
    either = {**OBJECT, "anyOf": [ref("B"), obj("z", z=INTEGER)]}
    components = {"A": obj("b", b=ref("Either")), "B": obj("a", a=ref("A")), "Either": either}
    lines = request(obj(x=ref("A"), y=ref("Either")), obj(x=BOOLEAN, y=obj(a=BOOLEAN)), components=components)
    assert breaks(lines) == [
        'body.x type changed: witness {"x":{"b":{"z":0}}}',
        'body.y.a type changed: witness {"y":{"a":{"b":{"z":0}}}}',
    ]


@pytest.mark.parametrize(
    ("sender", "receiver"),
    [
        # Behind an item that cannot be there, there are none.
        ({"type": "array", "prefixItems": [NONE], "items": STRING}, items(INTEGER)),
        (items(STRING, contains=STRING, maxContains=1), {"type": "array", "maxItems": 1}),
        ({"type": "array", "items": NONE}, {"type": "array", "maxItems": 0}),
        # Names that `propertyNames` refuses, that bring along what cannot be there, or that have no value.
        ({**obj(ab=STRING), "propertyNames": {"maxLength": 1}}, obj(ab=INTEGER)),
        ({**closed(a=STRING), "dependentRequired": {"a": ["b"]}}, obj(a=INTEGER)),
        ({**obj("b", a=STRING), "maxProperties": 2, "dependentRequired": {"a": ["c"]}}, obj(a=INTEGER)),
        (closed(a={"allOf": [{"const": {"a": 1}}, STRING]}), {"additionalProperties": False}),
        (obj(a=ref("Endless")), obj(a={"type": ["integer", "null"]})),
    ],
)
def test_what_no_value_holds_is_not_compared(sender: Any, receiver: Any) -> None:
    found = request(sender, receiver, components={"Endless": obj("n", n=ref("Endless"))})
    assert [one for one in found if not one.endswith(": contained")] == []


def test_names_and_items_that_may_be_there_are_compared() -> None:
    assert 'body.b type changed: witness {"b":""}' in request(
        {**obj(ab=STRING, b=STRING), "propertyNames": {"maxLength": 1}}, obj(ab=INTEGER, b=INTEGER)
    )
    assert 'body.a type changed: witness {"a":"","b":null}' in request(
        {**obj(a=STRING), "dependentRequired": {"a": ["b"]}}, obj(a=INTEGER)
    )
    assert 'body[] type changed: witness [null,""]' in request(
        {"type": "array", "prefixItems": [NULL], "items": STRING}, items(NUMBER, prefixItems=[NULL])
    )
