"""The oracle itself, on pairs whose answer is plain to see."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.soundness.generators import Generator
from tests.soundness.oracle import Exemption, Judge, Values, applied, text_of
from tests.soundness.places import Pair, Side, is_productive
from tests.soundness.shrink import shrunk
from tests.soundness.trials import Failure
from tests.soundness.wire import readings


def test_values_hold_what_stands_just_outside_a_bound() -> None:
    values = Values(Random(1), Side({"maximum": 7}), Side({"minLength": 3})).all()
    assert {6, 7, 8, "aa", "aaa", "aaaa"} <= {value for value in values if isinstance(value, int | str)}


def test_values_hold_objects_that_one_of_two_schemas_refuses() -> None:
    sender = Side({"type": "object", "properties": {"a": {"enum": ["x", "y"]}}, "required": ["a"]})
    receiver = Side({"type": "object", "properties": {"a": {"enum": ["x"]}}, "required": ["a"]})
    judges = Judge(sender), Judge(receiver)
    refused = [
        one for one in Values(Random(1), sender, receiver).all() if judges[0].quick(one) and not judges[1].quick(one)
    ]
    assert {one["a"] for one in refused} == {"y"}


@pytest.mark.parametrize(
    ("sender", "receiver", "value", "sent"),
    [
        ({"properties": {"a": {}}}, {"properties": {"a": {"type": "null"}}}, {"a": 1}, True),
        ({"type": "object"}, {"properties": {"a": {"type": "null"}}}, {"a": 1}, False),
        ({"type": "object"}, {"additionalProperties": False}, {"zz": 1}, True),
        ({"required": ["a"]}, {"properties": {"a": {"type": "null"}}}, {"a": 1}, True),
        ({"additionalProperties": {"type": "integer"}}, {"properties": {"a": {"type": "null"}}}, {"a": 1}, True),
        ({"anyOf": [{"properties": {"a": {}}}, {"type": "object"}]}, {"properties": {"a": {}}}, {"a": 1}, True),
        (
            {"anyOf": [{"properties": {"a": {"type": "null"}}}, {"type": "object"}]},
            {"properties": {"a": {}}},
            {"a": 1},
            False,
        ),
        ({"properties": {"b": {}}}, {"properties": {"b": {"properties": {"a": {}}}}}, {"b": {"a": 1}}, False),
        ({"items": {"properties": {"a": {}}}}, {"properties": {"a": {}}}, [{"a": 1}], True),
    ],
)
def test_a_value_is_surely_sent(sender: Any, receiver: Any, value: Any, sent: bool) -> None:
    assert Exemption(Side(sender), Side(receiver)).surely_sent(value) is sent


@pytest.mark.parametrize(
    ("sender", "receiver", "value", "exempt"),
    [
        ({"type": "object"}, {"properties": {"a": {"type": "null"}}}, {"a": 1}, True),
        ({"properties": {"a": {}}}, {"properties": {"a": {"type": "null"}}}, {"a": 1}, False),
        ({"enum": [{"a": 1}]}, {"properties": {"a": {"type": "null"}}}, {"a": 1}, False),
        ({"type": "object"}, {"anyOf": [{"properties": {"a": {}}}]}, {"a": 1}, False),
    ],
)
def test_a_value_is_surely_exempt(sender: Any, receiver: Any, value: Any, exempt: bool) -> None:
    assert Exemption(Side(sender), Side(receiver)).surely_exempt(value) is exempt


def test_what_is_never_sent_is_impossible_for_the_sender_and_free_for_the_receiver() -> None:
    side = Side(
        {"properties": {"a": {"$ref": "#/components/schemas/A"}}, "required": ["a", "b"]}, {"A": {"readOnly": True}}
    )
    assert applied(side, "request", sends=True).root == {"properties": {"a": False}, "required": ["b"]}
    assert applied(side, "request", sends=False).root == {"properties": {"a": True}, "required": ["b"]}
    assert applied(side, "response", sends=True).root == side.root


def test_readings_of_a_parameter() -> None:
    assert readings("7") == ["7", 7, ["7"], [7]]
    assert readings(True) == ["true", True, ["true"], [True]]
    assert readings(["a", 1]) == [["a", "1"], ["a", 1]]
    assert readings([1]) == ["1", 1, ["1"], [1]]


def test_a_schema_that_bounds_only_numbers_reads_a_number() -> None:
    assert readings("7", Side({"maximum": 5})) == [7, ["7"], [7]]
    assert readings("7", Side({"items": {"maximum": 5}})) == ["7", 7, [7]]
    assert readings("a", Side({"maximum": 5})) == ["a", ["a"]]
    for schema in (
        {"maximum": 5, "type": "string"},
        {"maximum": 5, "pattern": "7"},
        {"anyOf": [{"maximum": 5}, {"const": "7"}]},
    ):
        assert readings("7", Side(schema)) == ["7", 7, ["7"], [7]]


def test_equal_values_have_one_text() -> None:
    texts = [text_of(value) for value in (1, 1.0, True, "1", {"a": 1, "b": [2.0]}, {"b": [2], "a": 1.0})]
    assert texts == ["1", "1", "true", '"1"', '{"a":1,"b":[2]}', '{"a":1,"b":[2]}']


@pytest.mark.parametrize(
    ("kind", "said", "untrue"),
    [
        ("unsound", "compatible", True),
        ("moved-by-order", "compatible, then breaking", True),
        ("moved-by-order", "undecided, then breaking", False),
        ("not-silent-texts", "breaking: body type witness", True),
        ("not-silent-texts", "undecided: body type undecided", False),
        ("not-silent-on-itself", "compatible: body type contained", True),
        ("hang", "", False),
    ],
)
def test_a_missing_answer_is_no_untrue_one(kind: str, said: str, untrue: bool) -> None:
    assert Failure(kind, Pair(Side(True), Side(True)), "request", said).is_untrue() is untrue


def test_shrinking_keeps_what_fails() -> None:
    pair = Generator(Random(7)).pair()
    noisy = Pair(
        Side({"allOf": [pair.base.root, {"type": "integer", "minimum": 1}]}, pair.base.components),
        Side({"anyOf": [pair.revision.root, {"multipleOf": 4}]}, pair.revision.components),
    )
    small = shrunk(noisy, lambda one: '"minimum": 1}' in one.base.text() and "multipleOf" in one.revision.text())
    assert (small.base, small.revision) == (Side({"minimum": 1}), Side({"multipleOf": 4}))


def test_a_circle_without_a_property_is_not_productive() -> None:
    ref = {"$ref": "#/components/schemas/A"}
    assert not is_productive(Side(ref, {"A": {"allOf": [ref]}}))
    assert is_productive(Side(ref, {"A": {"properties": {"a": ref}}}))
    assert not is_productive(Side(ref, {}))
