"""What is learned from several values, and what may take its place afterwards."""

import json
from typing import Any

import pytest

from contractkit.replay.marks import fits, merged
from contractkit.replay.template import Learner, Template, expanded, shortened

ONE, TWO = "0b1c5e1e-6a0e-4b53-9a3c-0a1d2c3b4a59", "9d2f7c1a-1b2c-4d3e-8f90-a1b2c3d4e5f6"


def template(*values: Any) -> Template:
    learner = Learner(values[0])
    for value in values[1:]:
        learner.add(value)
    return learner.template


def is_same(expected: Template, value: Any) -> bool:
    return expected.accepts(expected.settled(json.loads(json.dumps(value))))


@pytest.mark.parametrize(
    ("one", "other", "mark"),
    [
        (ONE, TWO, "<uuid>"),
        ("2026-01-02T03:04:05Z", "2026-01-02T04:04:05.5Z", "<date-time>"),
        ("Order 17 is placed", "Order 4 is placed", "Order <digits> is placed"),
        (f"/orders/{ONE}", f"/orders/{TWO}", "/orders/<uuid>"),
        ("aB3_xY-9", "Zz7-qQ_1", "<word>"),
        ("ab/cd+ef==", "xy/zz+11==", "<text>"),
        ("1", "2.5", "<decimal>"),
        ('"4f3a09"', '"49c1d2"', "<text>"),
        ('"4f3a09"', '"70bb12"', "<text>"),
        ("tag 4f3a09 is 17", "tag 49c1d2 is 18", "tag <word> is <digits>"),
    ],
)
def test_two_texts_are_one_with_marks(one: str, other: str, mark: str) -> None:
    assert merged(one, other) == mark
    assert fits(mark, one)
    assert fits(mark, other)


def test_what_is_equal_stays_and_what_differs_is_known_by_its_shape() -> None:
    learned = template({"id": ONE, "n": 1, "sku": "TEA"}, {"id": TWO, "n": 2, "sku": "TEA"})
    assert learned == Template({"id": "<uuid>", "n": "<integer>", "sku": "TEA"}, frozenset({"/id", "/n"}))
    assert is_same(learned, {"sku": "TEA", "id": "11111111-1111-4111-8111-111111111111", "n": 77})
    assert not is_same(learned, {"sku": "TEA", "id": "17", "n": 77})
    assert not is_same(learned, {"sku": "TEA", "id": ONE, "n": "77"})
    assert not is_same(learned, {"sku": "TEA", "id": ONE})
    assert not is_same(learned, {"sku": "tea", "id": ONE, "n": 1})
    assert not is_same(template(1), True)


def test_a_list_in_another_order_is_a_set() -> None:
    learned = template({"tags": ["red", "black"], "rank": [1, 2]}, {"tags": ["black", "red"], "rank": [1, 2]})
    assert learned.unordered == frozenset({"/tags"})
    assert is_same(learned, {"tags": ["red", "black"], "rank": [1, 2]})
    assert not is_same(learned, {"tags": ["red", "red"], "rank": [1, 2]})
    assert not is_same(learned, {"tags": ["red", "black"], "rank": [2, 1]})


def test_a_member_that_was_there_once_may_be_absent() -> None:
    learned = template({"a": 1}, {"a": 1, "hint": "x"})
    assert learned.optional == frozenset({"/hint"})
    assert is_same(learned, {"a": 1})
    assert is_same(learned, {"a": 1, "hint": "abc"})
    assert not is_same(learned, {"hint": "abc"})


def test_places_in_all_items_are_written_as_one() -> None:
    value = {"items": [{"id": "<uuid>"}, {"id": "<uuid>"}], "first": {"id": "<uuid>"}}
    places = {"/items/0/id", "/items/1/id", "/first/id"}
    assert shortened(value, places) == ["/first/id", "/items/*/id"]
    assert set(expanded(value, ["/first/id", "/items/*/id"])) == places
    assert shortened(value, {"/items/1/id"}) == ["/items/1/id"]
