"""Names of properties: patterns, `propertyNames`, and what a receiver alone declares."""

from __future__ import annotations

from typing import Any

import pytest

from tests.schema.points import breaks, obj, request, response

STRING = {"type": "string"}
INTEGER = {"type": "integer"}


def test_a_name_pattern_holds_for_declared_names_too() -> None:
    received = {"properties": {"c": True}, "patternProperties": {"^[a-z]+$": INTEGER}}
    assert breaks(response(received, {"properties": {"c": True}, "additionalProperties": False})) == [
        'body.c type removed: witness {"c":null}'
    ]


@pytest.mark.parametrize("names", [{"maxLength": 2}, {"enum": ["ab"]}, {"pattern": "^x"}])
def test_names_that_are_limited_are_still_open(names: dict[str, Any]) -> None:
    sent = {"type": "object", "propertyNames": names}
    assert len(breaks(request(sent, {"type": "object", "additionalProperties": STRING}))) == 1


def test_names_that_are_the_same_beside_other_types() -> None:
    """`propertyNames` may list what is no string: no name is refused or allowed by that."""
    base = {"type": "object", "propertyNames": {"enum": ["a", 2]}}
    assert breaks(request(base, {"type": "object", "propertyNames": {"enum": ["a", 3]}})) == []


def test_an_alternative_that_is_never_sent_does_not_overlap() -> None:
    """A sender of `Team` does not send `group`, which only the other alternative declares."""
    team, group = obj("id", id=INTEGER), obj("id", "group", id=INTEGER, group=STRING)
    changed = {**group, "properties": {**group["properties"], "kind": {"enum": ["a"]}}}
    assert breaks(response({"oneOf": [team, group]}, {"oneOf": [team, changed]})) == []


def test_bounds_of_another_kind_leave_the_rest_open() -> None:
    """`minItems` above `maxItems` refuses every array, and nothing else."""
    sent = {"minItems": 1, "maxItems": 0}
    assert breaks(response({"properties": {"b": INTEGER}, "type": "object"}, sent)) != []


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        # A pattern that says nothing, or nothing new, beside others.
        ({"^a": True, "b$": {"format": "date"}}, {"b$": {"format": "date"}}),
        ({"^[a-z]+$": {"type": "number"}, "^ab": INTEGER}, {"^ab": INTEGER, "^[a-z]+$": {"type": "number"}}),
        ({"^[a-z]+$": {"type": "boolean"}, "^ab": True}, {"^ab[a-z]$": {"type": ["boolean", "null"]}}),
        ({"^a": INTEGER, "^x": STRING}, {"^ab": INTEGER, "^xy": STRING}),
        # One of two patterns always matches, and no name matches both.
        ({"^[a-m]": INTEGER, "^[^a-m]": STRING}, {"^a": INTEGER, "^z": STRING}),
    ],
)
def test_overlapping_patterns_hold_together(sent: dict[str, Any], received: dict[str, Any]) -> None:
    sender, receiver = {"patternProperties": sent}, {"patternProperties": received}
    assert breaks(request(sender, receiver)) == []


@pytest.mark.parametrize(
    ("sent", "received", "broken"),
    [
        ({"^a": True, "b$": INTEGER}, {"^a": INTEGER, "b$": INTEGER}, 'witness {"a":null}'),
        ({"^[a-z]+$": INTEGER, "c": STRING}, {"c": {"type": "null"}}, 'witness {"c0":""}'),
        ({"^ab": INTEGER}, {"^a": INTEGER}, 'witness {"a":null}'),
    ],
)
def test_a_pattern_breaks_where_no_other_helps(sent: dict[str, Any], received: dict[str, Any], broken: str) -> None:
    found = breaks(request({"patternProperties": sent}, {"patternProperties": received}))
    assert [one[-len(broken) :] for one in found] == [broken]


def test_what_additional_properties_mean_beside_patterns_of_another_part() -> None:
    """`additionalProperties` sees the patterns of its own schema only (2020-12 core, 10.3.2.3)."""
    pattern = {"patternProperties": {"^[a-z]+$": INTEGER}}
    beside = {"allOf": [pattern], "additionalProperties": False}
    assert breaks(response({"type": "object", "maxProperties": 0}, {"type": "object", **beside})) == []
    assert len(breaks(request({"type": "object", **pattern}, {"type": "object", **beside}))) == 1


def test_names_that_no_pattern_and_rule_leave() -> None:
    sent = {"type": "object", "patternProperties": {"c": INTEGER}, "propertyNames": {"enum": ["a", "b"]}}
    assert breaks(request(sent, {"type": "object", "patternProperties": {"c": STRING}})) == []
    assert breaks(request(sent, {"type": "object", "properties": {"c": STRING}})) == []


def test_a_closed_object_still_takes_the_names_of_its_patterns() -> None:
    sent = {"type": "object", "patternProperties": {"^a": True}, "additionalProperties": False}
    assert breaks(request(sent, {"propertyNames": {"pattern": "b"}})) == [
        'body propertyNames added: witness {"a":null}'
    ]
    assert breaks(request(sent, {"propertyNames": {"pattern": "^[a-z]"}})) == []
    apart = {"allOf": [{"patternProperties": {"^a": True}}], "additionalProperties": False, "type": "object"}
    assert breaks(request(apart, {"propertyNames": {"pattern": "b"}})) == []
