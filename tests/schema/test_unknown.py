"""References that lead nowhere: what differs there is undecided, and all around them is compared as ever."""

from typing import Any

import pytest

from contractkit.model.change import Direction
from contractkit.schema.document import Side
from contractkit.schema.engine import SchemaEngine
from tests.schema.points import (
    INTEGER,
    NULL,
    STRING,
    Schema,
    both_ways,
    document,
    lines,
    obj,
    point,
    request,
    response,
)

A: Schema = {"$ref": "https://example.com/a.json#/A"}
B: Schema = {"$ref": "#/components/schemas/Nowhere"}
WHOLE = obj("a", a=INTEGER)


def unknown(place: str, schema: Schema) -> str:
    return f"{place} schema changed: undecided (what stands at `$ref: {schema['$ref']}` is not known)"


@pytest.mark.parametrize("schema", [A, B])
@pytest.mark.parametrize("other", [WHOLE, STRING, {"anyOf": [STRING, NULL]}, {"enum": ["x"]}])
def test_nobody_can_tell_what_replaced_it_or_what_it_replaced(schema: Schema, other: Schema) -> None:
    assert both_ways(schema, other) == ([unknown("body", schema)],) * 4


def test_one_is_not_the_other() -> None:
    assert request(A, B) == [unknown("body", B)]
    assert response(A, B) == [unknown("body", A)]
    assert request(obj(a=A, b=STRING), obj(a=B, b=INTEGER)) == [
        unknown("body.a", B),
        'body.b type changed: witness {"b":""}',
    ]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda schema: obj(a=schema),
        lambda schema: {"type": "array", "items": schema},
        lambda schema: {"anyOf": [schema, NULL]},
        lambda schema: {"allOf": [schema, obj(b=STRING)]},
        lambda schema: {"type": "object", "additionalProperties": schema},
        lambda schema: {"not": schema},
        lambda schema: {**schema, "maxLength": 3},
    ],
)
def test_the_same_reference_says_the_same_and_another_does_not(wrap: Any) -> None:
    assert both_ways(wrap(A), wrap(A)) == ([], [], [], [])
    assert [[" undecided (" in line for line in found] for found in both_ways(wrap(A), wrap(B))] == [[True]] * 4


def test_what_stands_beside_it_breaks_with_a_witness() -> None:
    assert request(obj("a", a=A, b=STRING), obj("a", a=A, b=INTEGER)) == ['body.b type changed: witness {"a":0,"b":""}']
    assert request(obj(a=A), obj("a", a=A)) == ["body.a required added: witness {}"]
    own = {"allOf": [A, obj(b=STRING)]}
    assert request(own, {"allOf": [A, obj(b=INTEGER)]}) == ['body.b type changed: witness {"b":""}']


def test_what_is_added_or_dropped_beside_it() -> None:
    assert request({"anyOf": [A, NULL]}, {"anyOf": [A, NULL, STRING]}) == ["body anyOf added: contained"]
    assert request({"anyOf": [A, NULL, STRING]}, {"anyOf": [A, NULL]}) == [unknown("body", A)]
    assert request({"allOf": [A, obj(b=STRING)]}, obj(b=STRING)) == ["body schema changed: contained"]
    assert response({"allOf": [A, obj(b=STRING)]}, obj(b=STRING)) == [unknown("body", A)]
    assert both_ways(obj(a=A), obj()) == (
        ["body.a property removed: contained"],
        ["body.a property removed: contained"],
        ["body.a property added: contained"],
        ["body.a property added: contained"],
    )


def test_the_order_of_alternatives_says_nothing() -> None:
    assert both_ways({"oneOf": [A, B, STRING]}, {"oneOf": [STRING, B, A]}) == ([], [], [], [])


def test_it_is_noted_once() -> None:
    sides = document(Side.BASE, None, "3.1.0"), document(Side.REVISION, None, "3.1.0")
    found = SchemaEngine(*sides).changes([point(obj(a=B, b=B), obj(a=B, b=B, c=STRING), Direction.RESPONSE)])
    assert lines(found) == ["body.c property added: contained"]
    for side in sides:
        assert [(notice.place, notice.text) for notice in side.notices.values()] == [
            (B["$ref"], "nothing stands at this $ref; what should stand there is not compared")
        ]


def test_a_circle_of_references_means_nothing_either() -> None:
    components = {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}
    circle = {"$ref": "#/components/schemas/A"}
    sides = document(Side.BASE, components, "3.1.0"), document(Side.REVISION, components, "3.1.0")
    assert lines(SchemaEngine(*sides).changes([point(STRING, circle)])) == [
        "body schema changed: undecided (what stands at `$ref: #/components/schemas/A` is not known)"
    ]
    assert ["leads back to itself" in notice.text for notice in sides[1].notices.values()] == [True]
    assert both_ways(obj(a=circle), obj(a=circle), components=components) == ([], [], [], [])
