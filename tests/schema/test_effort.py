"""Searches are bounded by counted steps, over one contract point and over all of them."""

import itertools

import pytest

from contractkit.model.change import Proof
from contractkit.schema import contain
from contractkit.schema.effort import Effort
from tests.schema.points import INTEGER, STRING, changes, obj


def test_a_point_may_take_a_number_of_steps_and_the_next_as_many_again() -> None:
    effort = Effort(10, light=5, heavy=100)
    spent = []
    for _ in range(2):
        effort.start()
        for _ in range(2):
            effort.spend(6)
            spent.append(effort.is_spent())
    assert spent == [False, True, False, True]


def test_after_many_heavy_points_each_further_one_may_take_little() -> None:
    effort = Effort(10, light=5, heavy=15)
    limits = []
    for taken in (5, 9, 9, 5, 9):
        effort.start()
        effort.spend(6)
        limits.append(5 if effort.is_spent() else 10)
        effort.spend(taken - 6)
    assert limits == [10, 10, 10, 5, 5]


def test_steps_that_others_take_count_from_the_start_of_a_point() -> None:
    counter = itertools.count(100, 4)
    effort = Effort(10, light=5, heavy=100, elsewhere=lambda: next(counter))
    effort.start()
    assert [effort.is_spent() for _ in range(4)] == [False, False, True, True]


def test_what_is_left_when_the_steps_are_spent_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contain, "STEP_BUDGET", 30)
    names = "abcdefgh"
    base, revision = (obj(**{name: obj(x=kind) for name in names}) for kind in (INTEGER, STRING))
    found = changes(base, revision)
    assert {change.reason for change in found if change.proof is Proof.UNDECIDED} == {
        "more steps than one contract point may take"
    }
