"""Hands out the units of a run; where time is left after the last, once more what was cut short in some of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from contractkit.fuzz.budget import NEVER, unit_end
from contractkit.fuzz.explore import Tested, reason_of
from contractkit.fuzz.operation import Api
from contractkit.fuzz.unit import UnitResult

Unit = tuple[str, ...]

_MORE = 2.0
"""So many times what an operation had before is worth beginning it anew."""


@dataclass(frozen=True)
class Turn:
    """A unit whose turn it is.

    Attributes:
        unit: its number.
        keys: its operations, or those of them that were cut short.
        begun: when.
        until: when its time is over.
        again: whether it had a turn before.
    """

    unit: int
    keys: Unit
    begun: float
    until: float
    again: bool = False


class Rounds:
    """Says which unit is the next, and keeps what came of them.

    Args:
        units: the units.
        end: when the time of the run is over (`time.monotonic`).
    """

    def __init__(self, units: Sequence[Unit], end: float) -> None:
        self._units = units
        self._end = end
        self._waiting = list(range(len(units)))
        self._results: dict[int, UnitResult] = {}
        self._had: dict[int, float] = {}

    def next(self, now: float, busy: Sequence[float]) -> Turn | None:
        """Return whose turn it is; None where nothing is left to do, or no time that is worth it.

        Args:
            now: the time.
            busy: for each other worker, when the time of its unit is over; in the past for one that has none.
        """
        if self._waiting:
            left = sum(len(self._units[number]) for number in self._waiting)
            number = self._waiting.pop(0)
            keys = self._units[number]
            return Turn(number, keys, now, unit_end(now, self._end, busy, len(keys), left))
        if self._end == NEVER:
            return None
        cut = {number: _cut(self._results[number]) for number in sorted(self._had)}
        cut = {number: keys for number, keys in cut.items() if keys}
        for number, keys in cut.items():
            until = unit_end(now, self._end, busy, len(keys), sum(map(len, cut.values())))
            if (until - now) / len(keys) >= _MORE * self._had[number]:
                del self._had[number]
                return Turn(number, keys, now, until, again=True)
        return None

    def took(self, turn: Turn, result: UnitResult, now: float) -> None:
        """Keep what came of a unit.

        Args:
            turn: its turn.
            result: what came of it.
            now: the time.
        """
        if turn.again:
            result = _together(self._results[turn.unit], result)
        else:
            self._had[turn.unit] = (now - turn.begun) / len(turn.keys)
        self._results[turn.unit] = result

    def stop(self) -> None:
        """Begin nothing more."""
        self._waiting.clear()
        self._had.clear()

    @property
    def results(self) -> list[UnitResult]:
        """What came of the units, in their order."""
        return [self._results[number] for number in sorted(self._results)]

    @property
    def whole(self) -> bool:
        """Whether all units came."""
        return len(self._results) == len(self._units)


def _cut(result: UnitResult) -> Unit:
    return tuple(one.key for one in result.tested if one.partial)


def _together(first: UnitResult, again: UnitResult) -> UnitResult:
    """Return what came of a unit and of what was done once more of it; the second time counts where it says more."""
    later = {one.key: one for one in again.tested}
    known = {(claim.key, claim.operation) for claim in again.confirmed}
    held = known | {(claim.key, claim.operation) for claim in first.confirmed}
    unstable = {(claim.key, claim.operation): claim for claim in (*first.unstable, *again.unstable)}
    seen = {key: Counter(counts) for key, counts in first.seen.items()}
    for key, counts in again.seen.items():
        seen.setdefault(key, Counter()).update(counts)
    return UnitResult(
        tested=[_both(one, later[one.key]) if one.key in later else one for one in first.tested],
        confirmed=[
            *(claim for claim in first.confirmed if (claim.key, claim.operation) not in known),
            *again.confirmed,
        ],
        unstable=[claim for key, claim in unstable.items() if key not in held],
        untried=min(first.untried + again.untried, len(unstable.keys() - held)),
        requests=first.requests + again.requests,
        seconds=first.seconds + again.seconds,
        logins={**first.logins, **again.logins},
        prefix=again.prefix if first.prefix is None else first.prefix,
        seen=seen,
    )


def _both(first: Tested, later: Tested) -> Tested:
    """Return what became of an operation in two turns."""
    reason = later.reason if first.reason and later.sent else first.reason
    return Tested(first.key, first.sent + later.sent, first.statuses + later.statuses, reason, later.partial)


def with_helpers(results: Sequence[UnitResult], api: Api) -> dict[str, Tested]:
    """Return what became of all operations; one that had no time of its own may have been called for others.

    Args:
        results: what came of the units.
        api: the contract.
    """
    found = {one.key: one for result in results for one in result.tested}
    for key, one in found.items():
        counts = sum((result.seen.get(key, Counter()) for result in results), Counter[int]())
        if one.partial and not one.sent and counts:
            found[key] = replace(one, sent=counts.total(), statuses=counts, reason=reason_of(api.all[key], counts))
    return found
