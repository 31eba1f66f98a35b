"""Works on units one after the other: with a worker that is kept for several runs, or in forks of this very process."""

from __future__ import annotations

import contextlib
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Protocol

from contractkit.fuzz.budget import NEVER
from contractkit.fuzz.failures import id_of
from contractkit.fuzz.options import Options
from contractkit.fuzz.pool import Crew, Progress
from contractkit.fuzz.rounds import Rounds, Unit
from contractkit.fuzz.unit import Failed, Task, UnitResult, Workbench
from contractkit.model.errors import InputError

Told = Callable[[int], None]
"""Told of so many requests more that were sent."""


class Worker(Protocol):
    """Whoever works on units."""

    def do(self, options: Options, task: Task, told: Told) -> UnitResult | Failed:
        """Work on one unit."""
        ...


def work_in_turn(
    options: Options, units: Sequence[Unit], worker: Worker, progress: Callable[[Progress], None]
) -> tuple[list[UnitResult], bool]:
    """Work on units; see `contractkit.fuzz.pool.work`. Ctrl-C ends it as it ends any other call.

    Raises:
        InputError: the app cannot be loaded or started.
    """
    state = Progress(len(units))
    rounds = Rounds(units, NEVER if options.time_limit is None else time.monotonic() + options.time_limit)

    def told(count: int) -> None:
        state.requests += count
        progress(state)

    while (turn := rounds.next(time.monotonic(), ())) is not None:
        answer = worker.do(options, Task(turn.keys, turn.until), told)
        if isinstance(answer, Failed):
            raise InputError(options.contract.source, answer.problem, answer.mend, detail=answer.detail)
        assert isinstance(answer, UnitResult)
        rounds.took(turn, answer, time.monotonic())
        state.note(turn, rounds.results)
        progress(state)
        if options.exit_first and answer.confirmed:
            break
    return rounds.results, rounds.whole


class Here:
    """Works with an app that is in this process already, as in tests.

    The app stays as it is here, whatever the requests do to it, and its overrides hold. What a fork cannot take along
    (a connection, a thread) must not be there yet: an app makes it in its startup, which each fork runs for itself.

    Args:
        app: the app.
    """

    def __init__(self, app: object) -> None:
        self._app = app
        self._bench: Workbench | None = None

    def do(self, options: Options, task: Task, told: Told) -> UnitResult | Failed:
        """Work on one unit."""
        from contractkit.fuzz.generator import warm_up
        from contractkit.fuzz.worker import Board, work_on

        if self._bench is None or self._bench.options is not options:
            warm_up()
            self._bench = Workbench(options, self._app)
        board = Board()
        self._bench.announce = board.announce
        with warnings.catch_warnings():
            # Python 3.12 warns of forks beside threads: they may hold a lock. The children need none of theirs.
            warnings.filterwarnings("ignore", r".*fork\(\)", DeprecationWarning)
            answer = work_on(task, self._bench, board, _Teller(told))
        assert isinstance(answer, UnitResult | Failed)
        return answer


class _Teller:
    def __init__(self, told: Told) -> None:
        self._told = told

    def send(self, obj: int, /) -> None:
        """Take a number of requests."""
        self._told(obj)


class KeptWorker:
    """A process with the app that is kept from run to run, of the same target and with the same options.

    It is begun by the first of them, and anew where failing cases were kept since, which it does not know.
    """

    def __init__(self) -> None:
        self._crew: Crew | None = None
        self._known: frozenset[str] = frozenset()

    def do(self, options: Options, task: Task, told: Told) -> UnitResult | Failed:
        """Work on one unit.

        Raises:
            InputError: its process was ended from outside.
        """
        kept = frozenset(id_of(claim) for claim in options.kept if claim.operation in task.keys)
        if not kept <= self._known:
            self.end()
        begun = self._crew is None
        crew = self._crew = self._crew or Crew(options.target, 1, verbose=options.verbose)
        connection = crew.workers[0].connection
        try:
            if begun:
                self._known = frozenset(map(id_of, options.kept))
                crew.begin(options)
            else:
                connection.send(task)
            while True:
                answer: object = connection.recv()
                if answer == "ready":
                    connection.send(task)
                elif isinstance(answer, int):
                    told(answer)
                elif isinstance(answer, UnitResult | Failed):
                    if isinstance(answer, Failed):
                        self.end()
                    return answer
        except (EOFError, OSError):
            self.end()
            raise InputError(options.contract.source, "its process was ended from outside", "run it again") from None
        except KeyboardInterrupt:
            self.end()
            raise

    @property
    def process(self) -> int | None:
        """The id of the process; None as long as there is none."""
        return None if self._crew is None else self._crew.process

    def end(self) -> None:
        """End the process."""
        crew, self._crew = self._crew, None
        if crew is not None:
            with contextlib.suppress(OSError):
                crew.end()
