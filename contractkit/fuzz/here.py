"""Works on units with an app that is in this process already, as in tests: in forks of it, one after the other.

The app stays as it is here, whatever the requests do to it, and its overrides hold. What a fork cannot take along (a
connection, a thread that the process started) is what an app makes in its startup, which each fork runs for itself.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence

from contractkit.fuzz.budget import NEVER, unit_end
from contractkit.fuzz.generator import warm_up
from contractkit.fuzz.options import Options
from contractkit.fuzz.pool import Progress, Unit
from contractkit.fuzz.unit import Failed, Task, UnitResult, Workbench
from contractkit.fuzz.worker import Board, work_on
from contractkit.model.errors import InputError


class _Count:
    """Adds up the requests of a run and tells them on."""

    def __init__(self, state: Progress, progress: Callable[[Progress], None]) -> None:
        self._state, self._progress = state, progress

    def send(self, obj: int, /) -> None:
        """Take a number of requests."""
        self._state.requests += obj
        self._progress(self._state)


def work_here(
    options: Options, app: object, units: Sequence[Unit], progress: Callable[[Progress], None]
) -> tuple[list[UnitResult], bool]:
    """Work on units; see `contractkit.fuzz.pool.work`.

    Raises:
        InputError: the app cannot be started.
    """
    state = Progress(len(units))
    count = _Count(state, progress)
    results: list[UnitResult] = []
    end = NEVER if options.time_limit is None else time.monotonic() + options.time_limit
    warm_up()
    bench, board = Workbench(options, app), Board()
    bench.announce = board.announce
    for index, keys in enumerate(units):
        left = sum(len(unit) for unit in units[index:])
        until = unit_end(time.monotonic(), end, (), len(keys), left)
        with warnings.catch_warnings():
            # Python 3.12 warns of forks beside threads: they may hold a lock. The children need none of theirs.
            warnings.filterwarnings("ignore", r".*fork\(\)", DeprecationWarning)
            answer = work_on(Task(keys, until), bench, board, count)
        if isinstance(answer, Failed):
            raise InputError(options.contract.source, answer.problem, answer.mend, detail=answer.detail)
        assert isinstance(answer, UnitResult)
        results.append(answer)
        state.done += 1
        state.operations += len(keys)
        state.findings += len(answer.confirmed)
        progress(state)
        if options.exit_first and answer.confirmed:
            break
    return results, len(results) == len(units)
