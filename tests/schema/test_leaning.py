"""What leans on a pair that is still being compared is settled with it, however many pairs hand it on."""

from typing import Any

import pytest

from contractkit.schema.leaning import Leaning
from contractkit.schema.node import TRUE
from contractkit.schema.result import JSON, Result

Memo = dict[tuple[Any, ...], Result]


def ended(
    name: str, depth: int, *, on: tuple[int, ...] = (), in_union: tuple[int, ...] = (), ok: bool = True
) -> Result:
    """Return the result of a pair that took those of some depths for granted."""
    result = Result((name,), (), TRUE, JSON, ok=ok, depth=depth)
    result.leaned, result.leaned_in_union = sum(1 << one for one in on), sum(1 << one for one in in_union)
    return result


def settled(*results: Result) -> tuple[Leaning, Memo]:
    """Settle results in the order in which they end; each is kept before the next one ends."""
    leaning, memo = Leaning(), dict[tuple[Any, ...], Result]()
    for result in results:
        leaning.settle(result, memo)
        memo[result.key] = result
    for result in results:
        leaning.renew(result)
    return leaning, memo


@pytest.mark.parametrize("between", [(), (3,), (3, 2)])
def test_what_leans_on_a_pair_that_fails_is_withdrawn_whoever_handed_it_on(between: tuple[int, ...]) -> None:
    depths = (4, *between)
    handed = [ended(f"handed {one}", one, on=(other,)) for one, other in zip(depths, (*depths[1:], 1), strict=True)]
    beside = ended("beside", 5, on=(1, 4))
    settled(beside, *handed, ended("fails", 1, ok=False))
    assert [one.ok for one in (beside, *handed)] == [False] * (1 + len(handed))
    assert [one.leaned for one in (beside, *handed)] == [0] * (1 + len(handed))


def test_what_leans_on_a_pair_that_holds_leans_on_what_that_one_leans_on() -> None:
    inner, outer = ended("inner", 3, on=(2, 1)), ended("outer", 2, on=(0,))
    settled(inner, outer)
    assert (inner.ok, inner.leaned) == (True, 0b011)
    assert (outer.ok, outer.leaned) == (True, 0b001)


def test_what_leans_on_nothing_any_more_is_for_good() -> None:
    inner, outer = ended("inner", 3, on=(2,)), ended("outer", 2)
    leaning, memo = settled(inner, outer)
    leaning.settle(ended("fails", 0, ok=False), memo)
    assert inner.is_certain
    assert memo == {("inner",): inner, ("outer",): outer}


def test_a_union_that_was_decided_by_a_pair_that_fails_is_looked_at_again() -> None:
    union, alternative = ended("union", 3, on=(2,), in_union=(2,)), ended("alternative", 4, on=(2,))
    fails = ended("fails", 2, ok=False)
    _, memo = settled(alternative, union, fails)
    assert memo == {("alternative",): alternative, ("fails",): fails}
    assert (union.ok, alternative.ok) == (True, False)
    assert fails.leaned_in_union == 0b100


def test_what_took_a_decided_union_for_granted_is_looked_at_again_too() -> None:
    union, above = ended("union", 3, on=(2,), in_union=(2,)), ended("above", 2, on=(0,))
    fails = ended("fails", 0, ok=False)
    _, memo = settled(union, above, fails)
    assert memo == {("above",): above, ("fails",): fails}
    assert (above.ok, fails.leaned_in_union) == (False, 0b1)
