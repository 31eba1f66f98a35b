"""Malformed keywords: noted, left out, and the rest is compared; what is new among them is undecided."""

import json
import math
from typing import Any

import pytest

from contractkit.schema.document import Side
from contractkit.schema.engine import SchemaEngine
from tests.schema.points import INTEGER, STRING, Schema, both_ways, document, lines, obj, point, request


def noticed(schema: Schema, base: Schema = STRING) -> tuple[list[str], list[str]]:
    """What is found against a base, and the texts noted in the revision."""
    sides = document(Side.BASE, None, "3.1.0"), document(Side.REVISION, None, "3.1.0")
    found = SchemaEngine(*sides).changes([point(base, schema)])
    return lines(found), [notice.text for notice in sides[1].notices.values()]


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("minimum", "3"),
        ("minimum", True),
        ("maximum", [1]),
        ("exclusiveMinimum", "1"),
        ("multipleOf", 0),
        ("multipleOf", -2),
        ("minLength", -1),
        ("minLength", 1.5),
        ("maxLength", "2"),
        ("maxItems", math.inf),
        ("pattern", 5),
        ("enum", "a"),
        ("required", "a"),
        ("properties", [1]),
        ("properties", {"a": 5}),
        ("patternProperties", "x"),
        ("additionalProperties", "x"),
        ("items", "x"),
        ("prefixItems", {"a": 1}),
        ("allOf", {"a": 1}),
        ("anyOf", []),
        ("oneOf", "x"),
        ("dependentRequired", {"a": "b"}),
    ],
)
def test_the_keyword_is_left_out_and_noted_by_its_name(keyword: str, value: Any) -> None:
    bad = {**STRING, keyword: value}
    found, notices = noticed(bad, bad)
    assert found == []
    assert len(notices) == 1
    assert keyword in notices[0] or "a schema was expected" in notices[0]


def test_what_is_no_schema_under_not_or_if_is_left_out() -> None:
    bad = {**STRING, "not": 5}
    found, notices = noticed(bad, bad)
    assert found == []
    assert len(notices) == 1
    bad = {**STRING, "if": 5, "then": False}
    assert noticed(bad, bad)[0] == []


@pytest.mark.parametrize("schema", ["text", 5, [], ["type"]])
def test_what_is_no_schema_is_noted_and_all_around_it_compared(schema: Any) -> None:
    found, notices = noticed(obj(a=schema, b=INTEGER), obj(a=schema, b=STRING))
    assert found == ['body.b type changed: witness {"b":""}']
    assert len(notices) == 1
    assert notices[0].startswith("a schema was expected")


@pytest.mark.parametrize("name", ["strnig", 5, [], ["string", 5], {"a": 1}])
def test_a_type_that_is_none_is_compared_by_its_text(name: Any) -> None:
    found, notices = noticed({"type": name})
    assert len(notices) == 1
    assert notices[0].startswith("`type` cannot be")
    assert [line.partition(" (")[0] for line in found] == ["body schema changed: undecided"]
    assert noticed({"type": name}, {"type": name, "title": "same"})[0] == []


@pytest.mark.parametrize(
    "schema",
    [
        {**STRING, "maxLength": 3.0},
        {**STRING, "required": True},
        {**STRING, "format": 5},
        {**STRING, 5: 6},
    ],
)
def test_what_is_harmless_is_no_reason_to_stop(schema: Schema) -> None:
    found, _ = noticed(schema)
    assert [line for line in found if "undecided" in line] == []


def test_a_whole_number_may_be_written_with_a_fraction() -> None:
    assert noticed({**STRING, "maxLength": 3.0}, {**STRING, "maxLength": 3}) == ([], [])


def test_the_rest_of_a_malformed_schema_is_compared() -> None:
    bad = {**INTEGER, "minimum": "3"}
    found, notices = noticed({**bad, "maximum": 5}, bad)
    assert found == ["body maximum added: witness 6"]
    assert len(notices) == 1
    assert noticed({**bad, "maximum": 5}, INTEGER)[0] == [
        "body maximum added: witness 6",
        'body schema changed: undecided (minimum "3")',
    ]


@pytest.mark.parametrize(
    ("kind", "keyword", "one", "other"),
    [
        ("integer", "minimum", "3", "5"),
        ("number", "exclusiveMaximum", "3", "5"),
        ("integer", "multipleOf", 0, -1),
        ("string", "maxLength", 1.5, 2.5),
        ("string", "pattern", 5, 6),
        ("string", "enum", "a", "b"),
        ("array", "uniqueItems", "yes", "no"),
        ("array", "prefixItems", "a", "b"),
        ("object", "required", "a", "b"),
        ("object", "required", ["x", 1], ["x", 2]),
        ("object", "properties", ["a"], ["b"]),
        ("object", "dependentRequired", "a", "b"),
        ("boolean", "anyOf", "a", "b"),
        ("boolean", "not", "a", "b"),
        ("boolean", "if", "a", "b"),
    ],
)
def test_another_malformed_value_is_undecided_in_both_directions(kind: str, keyword: str, one: Any, other: Any) -> None:
    schemas = [{"type": kind, keyword: value} for value in (one, other)]
    reasons = [json.dumps(value[1:] if keyword == "required" and value[0] == "x" else value) for value in (one, other)]
    first, second = ([f"body schema changed: undecided ({keyword} {reason})"] for reason in reasons)
    assert both_ways(*schemas) == (second, first, first, second)


def test_a_malformed_value_of_a_keyword_for_other_kinds_says_nothing() -> None:
    assert both_ways({**STRING, "minimum": "3"}, {**STRING, "minItems": "5"}) == ([], [], [], [])


@pytest.mark.parametrize("empty", ["", [], {}])
def test_what_is_empty_is_as_good_as_absent(empty: Any) -> None:
    assert both_ways({**INTEGER, "minimum": empty}, {**INTEGER, "enum": empty or ""}) == ([], [], [], [])


def test_a_keyword_that_is_mended_proves_nothing() -> None:
    bad, good = {**INTEGER, "minimum": "3"}, {**INTEGER, "minimum": 3}
    mended, unread = 'body minimum added: undecided (minimum "3")', 'body schema changed: undecided (minimum "3")'
    lost = 'body minimum removed: undecided (minimum "3")'
    assert both_ways(bad, good) == (
        [mended],
        ["body minimum added: contained", unread],
        ["body minimum removed: contained", unread],
        [lost],
    )
    # What it cannot have meant still breaks.
    assert request(bad, {**STRING, "minimum": 3}) == ["body type changed: witness 0"]


def test_a_union_that_is_mended_proves_nothing() -> None:
    bad, good = {"anyOf": {"type": "string"}}, {"anyOf": [STRING, INTEGER]}
    assert request(bad, good) == ['body schema changed: undecided (anyOf {"type":"string"})']


def test_what_is_no_schema_and_becomes_one_is_undecided() -> None:
    assert request(obj(a=3), obj(a=INTEGER)) == ["body.a schema changed: undecided (a schema that is 3)"]
    assert request(obj(a=INTEGER), obj(a=3)) == ["body.a schema changed: undecided (a schema that is 3)"]


def test_a_schema_beside_none_differs_in_no_malformed_keyword() -> None:
    assert request(STRING, {}) == ["body type removed: contained"]


@pytest.mark.parametrize(
    "receiver",
    [
        {"not": {"minimum": "5"}},
        {"if": {"required": "a"}, "then": False},
        {"oneOf": [{**INTEGER, "minimum": "5"}, {**INTEGER, "maximum": 4}]},
    ],
)
def test_what_a_malformed_keyword_might_let_through_is_no_break(receiver: Schema) -> None:
    found = request({}, receiver)
    assert [line for line in found if "witness" in line] == []
    assert [line for line in found if "undecided" in line] != []


@pytest.mark.parametrize(
    ("sender", "receiver"),
    [
        ({**STRING, "enum": "abc"}, {**STRING, "maxLength": 3}),
        ({**STRING, "pattern": 5}, {**STRING, "minLength": 1}),
        ({"type": "number", "multipleOf": "1"}, INTEGER),
        ({"type": "object", "required": "a"}, {"type": "object", "minProperties": 1}),
    ],
)
def test_what_a_malformed_keyword_might_keep_back_is_no_break(sender: Schema, receiver: Schema) -> None:
    assert [line for line in request(sender, receiver) if "witness" in line] == []
