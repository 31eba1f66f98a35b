"""Malformed keywords: noted, left out, and the rest is compared."""

import math
from typing import Any

import pytest

from contractkit.schema.document import Side
from contractkit.schema.engine import SchemaEngine
from tests.schema.points import INTEGER, STRING, Schema, document, lines, obj, point


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
    found, notices = noticed({**STRING, keyword: value})
    assert found == []
    assert len(notices) == 1
    assert keyword in notices[0] or "a schema was expected" in notices[0]


def test_what_is_no_schema_under_not_or_if_is_left_out() -> None:
    found, notices = noticed({**STRING, "not": 5})
    assert found == []
    assert len(notices) == 1
    assert noticed({**STRING, "if": 5, "then": False})[0] == []


@pytest.mark.parametrize("schema", ["text", 5, [], ["type"]])
def test_what_is_no_schema_accepts_anything_and_is_noted(schema: Any) -> None:
    found, notices = noticed(obj(a=schema), obj(a=True))
    assert found == []
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
    found, notices = noticed({**INTEGER, "minimum": "3", "maximum": 5}, INTEGER)
    assert found == ["body maximum added: witness 6"]
    assert len(notices) == 1
