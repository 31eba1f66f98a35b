"""Whose turn is next in a run with a limit. No test looks at the clock: the times are numbers here."""

from __future__ import annotations

from collections import Counter

import pytest

from contractkit.fuzz.budget import NEVER
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.explore import OVER
from contractkit.fuzz.explore import Tested as Outcome
from contractkit.fuzz.rounds import Rounds, Turn
from contractkit.fuzz.unit import UnitResult

UNITS = [("a", "b"), ("c",), ("d", "e", "f")]
CUT = frozenset("ad")


def result_of(keys: tuple[str, ...], cut: frozenset[str] = frozenset()) -> UnitResult:
    return UnitResult([Outcome(key, 1, Counter({200: 1}), partial=key in cut) for key in keys])


def turns_of(end: float, taken: dict[int, float], cut: frozenset[str] = CUT) -> list[tuple[int, str, float, float]]:
    """Let one worker work on all units; unit i takes `taken[i]` times what it is given, in all of its turns.

    Returns:
        The number of the unit, the operations, the beginning and the end of each turn.
    """
    rounds, now, found = Rounds(UNITS, end), 0.0, []
    while (turn := rounds.next(now, ())) is not None:
        found.append((turn.unit, "".join(turn.keys), round(turn.begun, 6), round(turn.until, 6)))
        now += 0.0 if end == NEVER else (turn.until - now) * taken[turn.unit]
        rounds.took(turn, result_of(turn.keys, cut), now)
    assert rounds.whole
    return found


@pytest.mark.parametrize(
    ("end", "taken", "cut", "turns"),
    [
        # all time is used: nobody has more
        (60.0, {0: 1.0, 1: 1.0, 2: 1.0}, CUT, [(0, "ab", 0.0, 20.0), (1, "c", 20.0, 30.0), (2, "def", 30.0, 60.0)]),
        # what the last left is for those that were cut short, each once
        (
            60.0,
            {0: 1.0, 1: 1.0, 2: 0.1},
            CUT,
            [
                *((0, "ab", 0.0, 20.0), (1, "c", 20.0, 30.0), (2, "def", 30.0, 60.0)),
                *((2, "d", 33.0, 46.5), (0, "a", 34.35, 60.0)),
            ],
        ),
        # nothing was cut short
        (
            60.0,
            {0: 0.1, 1: 0.1, 2: 0.1},
            frozenset(),
            [(0, "ab", 0.0, 20.0), (1, "c", 2.0, 16.5), (2, "def", 3.45, 60.0)],
        ),
        # less than twice what they had is not worth a new beginning
        (60.0, {0: 1.0, 1: 1.0, 2: 0.5}, CUT, [(0, "ab", 0.0, 20.0), (1, "c", 20.0, 30.0), (2, "def", 30.0, 60.0)]),
        (NEVER, {}, CUT, [(0, "ab", 0.0, NEVER), (1, "c", 0.0, NEVER), (2, "def", 0.0, NEVER)]),
    ],
)
def test_what_units_leave_is_for_what_was_cut_short(
    end: float, taken: dict[int, float], cut: frozenset[str], turns: list[tuple[int, str, float, float]]
) -> None:
    assert turns_of(end, taken, cut) == turns


def test_workers_that_are_free_share_what_is_left() -> None:
    rounds = Rounds(UNITS, 60.0)
    first = rounds.next(0.0, [0.0])
    assert first == Turn(0, ("a", "b"), 0.0, 40.0)
    second = rounds.next(0.0, [40.0])
    assert second == Turn(1, ("c",), 0.0, 20.0)
    rounds.took(second, result_of(("c",)), 5.0)
    third = rounds.next(5.0, [40.0])
    assert third == Turn(2, ("d", "e", "f"), 5.0, 60.0)
    rounds.took(first, result_of(("a", "b"), CUT), 10.0)
    assert rounds.next(10.0, [60.0]) == Turn(0, ("a",), 10.0, 60.0, again=True)
    assert rounds.next(10.0, [60.0]) is None


def test_nothing_is_begun_after_a_stop() -> None:
    rounds = Rounds(UNITS, 60.0)
    turn = rounds.next(0.0, ())
    assert turn is not None
    rounds.took(turn, result_of(turn.keys, CUT), 1.0)
    rounds.stop()
    assert (rounds.next(1.0, ()), rounds.whole, len(rounds.results)) == (None, False, 1)


def test_what_two_turns_gave_is_one_result() -> None:
    def claim(operation: str, cause: str, message: str = "") -> Claim:
        return Claim("server-error", operation, cause, message, ())

    first = UnitResult(
        [
            Outcome("a", 0, reason=OVER, partial=True),
            Outcome("b", 4, Counter({200: 4})),
            Outcome("c", 2, Counter({404: 2}), "only 404 seen", True),
            Outcome("d", 1, Counter({200: 1}), partial=True),
        ],
        confirmed=[claim("b", "1"), claim("c", "1", "first")],
        unstable=[claim("c", "2"), claim("d", "1")],
        untried=2,
        requests=9,
        seconds=3.0,
        seen={"z": Counter({200: 1})},
    )
    again = UnitResult(
        [
            Outcome("a", 3, Counter({200: 3})),
            Outcome("c", 5, Counter({200: 5})),
            Outcome("d", 0, reason=OVER, partial=True),
        ],
        confirmed=[claim("c", "1", "again"), claim("c", "2"), claim("a", "1")],
        requests=8,
        seconds=4.0,
        seen={"z": Counter({200: 1, 500: 1}), "b": Counter({200: 1})},
    )
    rounds = Rounds([("a", "b", "c", "d")], 60.0)
    turn = rounds.next(0.0, ())
    assert turn is not None
    rounds.took(turn, first, 3.0)
    turn = rounds.next(3.0, ())
    assert turn == Turn(0, ("a", "c", "d"), 3.0, 60.0, again=True)
    rounds.took(turn, again, 7.0)
    assert rounds.results == [
        UnitResult(
            [
                Outcome("a", 3, Counter({200: 3})),
                Outcome("b", 4, Counter({200: 4})),
                Outcome("c", 7, Counter({404: 2, 200: 5})),
                Outcome("d", 1, Counter({200: 1}), partial=True),
            ],
            confirmed=[claim("b", "1"), claim("c", "1", "again"), claim("c", "2"), claim("a", "1")],
            unstable=[claim("d", "1")],
            untried=1,
            requests=17,
            seconds=7.0,
            seen={"z": Counter({200: 2, 500: 1}), "b": Counter({200: 1})},
        )
    ]
