"""How the time of a run is spread: over its units as they are begun, and in a unit over what is done there.

All times are of `time.monotonic`, which the processes of a machine share; infinity where there is no limit.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

NEVER = float("inf")
_LEAST_SECONDS = 15.0
"""What a unit should have where there is a limit."""


class TimeIsUpError(Exception):
    """A request was about to be sent after the time for it was over."""


def joined(units: Sequence[tuple[str, ...]], seconds: float, workers: int) -> list[tuple[str, ...]]:
    """Return units joined with their neighbours, so that each has time for more than its beginning.

    Each starts the app, lets users sign in and finds out how things are made, which takes seconds.

    Args:
        units: the keys of the operations of each.
        seconds: that the run has.
        workers: how many units are worked on at a time.
    """
    most = max(workers, int(seconds * workers / _LEAST_SECONDS))
    total = sum(map(len, units))
    groups: dict[int, tuple[str, ...]] = {}
    done = 0
    for unit in units:
        group = done * most // total
        groups[group] = (*groups.get(group, ()), *unit)
        done += len(unit)
    return list(groups.values())


def unit_end(now: float, end: float, busy: Sequence[float], operations: int, waiting: int) -> float:
    """Return when the time of a unit is over that is begun now.

    It gets what its operations make of all that wait, of the time that all workers have until the end of the run. What
    the units before it did not use, or took beyond theirs, is shared by those that are left.

    Args:
        now: the time.
        end: when the run's time is over.
        busy: for each other worker, when the time of its unit is over; in the past for one that has none.
        operations: how many operations the unit has.
        waiting: how many there are in this unit and in those that are not begun.
    """
    if end == NEVER:
        return NEVER
    own = max(0.0, end - now)
    others = sum(max(0.0, end - max(now, until)) for until in busy)
    return now + min(own, (own + others) * operations / waiting)


def part_end(end: float, part: float, now: float | None = None) -> float:
    """Return when a part of the time from now to an end is over."""
    now = time.monotonic() if now is None else now
    return max(now, now + (end - now) * part)


class Slices:
    """Cuts the time until an end into slices by weight; what one leaves is for those that follow.

    Args:
        end: when the last slice is over.
        weight: of all slices together.
    """

    def __init__(self, end: float, weight: int) -> None:
        self._end = end
        self._left = weight

    def next(self, weight: int, now: float | None = None) -> float:
        """Return when the slice that begins now is over."""
        part = weight / self._left
        self._left -= weight
        return part_end(self._end, part, now)
