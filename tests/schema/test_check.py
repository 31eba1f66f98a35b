"""A schema as a validator: which keyword refuses a value, and where."""

from typing import Any

import pytest

from contractkit.model.change import Direction
from contractkit.model.contract import Contract
from contractkit.schema.check import Check, Violation
from contractkit.schema.confirm import TOO_DEEP
from contractkit.schema.document import Document, Side
from contractkit.schema.lift import Lift

NULL = {"type": "null"}
SHORT = {"type": "string", "maxLength": 3}
TEA = {"type": "object", "required": ["name"], "properties": {"name": SHORT, "grams": {"type": "integer"}}}


def check_of(schema: Any) -> Check:
    contract = Contract("t", {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}})
    return Check(Lift(Document(contract, Side.REVISION), Direction.REQUEST).node(schema))


def refusals(schema: Any, value: Any, *, text: bool = False) -> list[tuple[str, str]]:
    check = check_of(schema)
    return [(one.place, one.keyword) for one in check.violations(value, text=text)]


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (SHORT, "long", [("", "maxLength")]),
        ({"anyOf": [SHORT, NULL]}, "long", [("", "maxLength")]),
        ({"oneOf": [NULL, SHORT]}, 7, [("", "type")]),
        ({"anyOf": [TEA, NULL]}, {"grams": "x"}, [("/grams", "type"), ("", "required")]),
        ({"anyOf": [{"anyOf": [SHORT, NULL]}, NULL]}, "long", [("", "maxLength")]),
        ({"items": {"anyOf": [TEA, NULL]}}, [None, {"name": "long"}], [("/1/name", "maxLength")]),
        ({"anyOf": [SHORT, {"type": "integer"}, NULL]}, "long", [("", "anyOf")]),
        ({"oneOf": [SHORT, {"type": ["string", "null"]}]}, "abc", [("", "oneOf")]),
    ],
)
def test_what_refuses_a_value(schema: Any, value: Any, expected: list[tuple[str, str]]) -> None:
    assert sorted(refusals(schema, value)) == sorted(expected)


def test_text_is_read_as_comes_nearest_to_the_schema() -> None:
    few = {"type": "integer", "maximum": 9}
    assert refusals({"anyOf": [few, NULL]}, "10", text=True) == [("", "maximum")]
    assert refusals({"anyOf": [few, NULL]}, "ten", text=True) == [("", "type")]


def test_a_long_value_leaves_room_for_what_is_wrong_with_it() -> None:
    (violation,) = check_of(SHORT).violations("a" * 1000)
    assert violation.text == f'"{"a" * 79}…{"a" * 191}" is longer than 3 characters'


def test_what_is_nested_deeper_than_the_validator_tells_errors_is_refused_as_a_whole() -> None:
    deep: Any = {"name": "tea"}
    for _ in range(300):
        deep = {"below": deep}
    check = check_of({"type": "object", "required": ["name"]})
    assert list(check.violations(deep)) == [Violation("", "schema", TOO_DEEP, deep)]
    assert list(check.violations({**deep, "name": "tea"})) == []
