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
