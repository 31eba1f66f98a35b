"""Spreads units over worker processes and gathers what comes back, in the order of the units."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from contractkit.fuzz.budget import NEVER
from contractkit.fuzz.options import Options, Target
from contractkit.fuzz.rounds import Rounds, Turn, Unit
from contractkit.fuzz.trial import Trial, Tried
from contractkit.fuzz.unit import Done, Errand, Failed, Task, UnitResult
from contractkit.model.errors import InputError


@dataclass
class Progress:
    """How far a run is.

    Attributes:
        units: how many units there are.
        done: how many are done.
        operations: operations in the units that are done.
        requests: requests sent so far.
        findings: claims confirmed so far.
    """

    units: int
    done: int = 0
    operations: int = 0
    requests: int = 0
    findings: int = 0

    def note(self, turn: Turn, results: Sequence[UnitResult]) -> None:
        """Count what came of a unit's turn, of all results so far."""
        if not turn.again:
            self.done += 1
            self.operations += len(turn.keys)
        self.findings = sum(len(one.confirmed) for one in results)


@dataclass
class _Worker:
    connection: Connection
    unit: int | None = None
    turn: Turn | None = None


def _cache() -> str:
    """Return the folder for what Hypothesis works out once for all runs; left alone, it makes one where the user is.

    It is where the XDG Base Directory Specification has the data of programs that can be made again.
    """
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "contractkit", "hypothesis")


class Crew:
    """The workers: forks of one process, which imports the app once for all of them.

    It may be made before it is known what there is to do: it imports the generator meanwhile, and the app once the gate
    is open. Two processes that import an app at the same moment may be in each other's way.

    Attributes:
        gate: a descriptor; the gate opens when something is written there, or with `begin`.

    Args:
        target: what is called.
        size: how many workers.
        verbose: whether what the app prints is shown.
        generating: whether requests will be made, and not only sent.
        hash_seed: what PYTHONHASHSEED is there: another one gives sets another order.
    """

    def __init__(
        self, target: Target, size: int, *, verbose: bool = False, generating: bool = True, hash_seed: int = 0
    ) -> None:
        pairs = [socket.socketpair() for _ in range(size)]
        theirs = [pair[1].fileno() for pair in pairs]
        opened, self.gate = os.pipe()
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "contractkit.fuzz.worker"),
                *("generate" if generating else "send", str(opened), *map(str, theirs)),
            ],
            env={"HYPOTHESIS_STORAGE_DIRECTORY": _cache(), **os.environ, "PYTHONHASHSEED": str(hash_seed)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if verbose else subprocess.DEVNULL,
            pass_fds=(opened, *theirs),
            start_new_session=True,
        )
        os.close(opened)
        for _, other in pairs:
            other.close()
        self.workers = [_Worker(Connection(ours.detach())) for ours, _ in pairs]
        self.workers[0].connection.send(target)

    @property
    def process(self) -> int:
        """The id of the process that imports the app."""
        return self._process.pid

    def begin(self, options: Options) -> None:
        """Let the workers get ready for a run; a second time nothing is done."""
        if self.gate < 0:
            return
        self._open()
        with contextlib.suppress(OSError):  # it has ended already, and said why
            self.workers[0].connection.send(options)

    def _open(self) -> None:
        if self.gate >= 0:
            os.close(self.gate)
            self.gate = -1

    def end(self) -> None:
        """End the workers and all that they started; a second time nothing is done."""
        self._open()
        for worker in self.workers:
            worker.connection.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def do(options: Options, job: Trial) -> Tried:
    """Try findings in a process of its own; see `work`.

    Raises:
        InputError: the app cannot be loaded or started.
    """
    crew = Crew(options.target, 1, verbose=options.verbose)
    try:
        crew.begin(options)
        connection = crew.workers[0].connection
        while True:
            answer = connection.recv()
            if isinstance(answer, Failed):
                raise InputError(_subject(options), answer.problem, answer.mend, detail=answer.detail)
            if answer == "ready":
                connection.send(job)
            elif isinstance(answer, Tried):
                return answer
    except (EOFError, OSError):
        raise InputError(_subject(options), "its process was ended from outside", "run it again") from None
    finally:
        crew.end()


def errands(
    options: Options,
    jobs: Sequence[Errand],
    workers: int,
    told: Callable[[int], None] = lambda _: None,
    *,
    generating: bool = False,
    hash_seed: int = 0,
) -> list[object]:
    """Run errands, each with the app as it was imported, and return what came of them, in their order.

    Args:
        options: the run.
        jobs: the errands.
        workers: how many processes at most.
        told: told of so many requests more that were sent.
        generating: whether they make requests, and do not only send them.
        hash_seed: what PYTHONHASHSEED is for the app.

    Raises:
        InputError: the app cannot be loaded or started, or its process was ended.
    """
    found: dict[int, object] = {}
    waiting = list(range(len(jobs)))
    size = max(1, min(workers, len(jobs)))
    crew = Crew(options.target, size, verbose=options.verbose, generating=generating, hash_seed=hash_seed)
    busy = list(crew.workers)
    try:
        crew.begin(options)
        while busy:
            ready = wait([worker.connection for worker in busy])
            for worker in [one for one in busy if one.connection in ready]:
                answer = worker.connection.recv()
                if isinstance(answer, Failed):
                    raise InputError(_subject(options), answer.problem, answer.mend, detail=answer.detail)
                if isinstance(answer, int):
                    told(answer)
                    continue
                if isinstance(answer, Done):
                    assert worker.unit is not None
                    found[worker.unit] = answer.value
                if waiting:
                    worker.unit = waiting.pop(0)
                    worker.connection.send(jobs[worker.unit])
                else:
                    busy.remove(worker)
    except (EOFError, OSError):
        raise InputError(_subject(options), "its process was ended from outside", "run it again") from None
    finally:
        crew.end()
    return [found[index] for index in range(len(jobs))]


def work(
    options: Options,
    units: Sequence[Unit],
    workers: int,
    progress: Callable[[Progress], None] = lambda _: None,
    crew: Crew | None = None,
) -> tuple[list[UnitResult], bool]:
    """Work on all units.

    Args:
        options: the run.
        units: the units.
        workers: how many processes at most.
        progress: told how far the run is.
        crew: the workers, where they were made before; they are ended.

    Returns:
        The results in the order of the units, as far as they came, and whether all did.

    Raises:
        InputError: the app cannot be loaded or started.
    """
    state = Progress(len(units))
    rounds = Rounds(units, NEVER if options.time_limit is None else time.monotonic() + options.time_limit)
    crew = crew or Crew(options.target, max(1, min(workers, len(units))), verbose=options.verbose)
    busy = crew.workers[: max(1, min(workers, len(units)))]
    whole = True
    try:
        crew.begin(options)
        while busy:
            ready = wait([worker.connection for worker in busy])
            for worker in [one for one in busy if one.connection in ready]:
                try:
                    answer = worker.connection.recv()
                except (EOFError, OSError):
                    whole = False  # killed from outside: its unit is missing, and the run says so
                    busy.remove(worker)
                    continue
                if isinstance(answer, Failed):
                    raise InputError(_subject(options), answer.problem, answer.mend, detail=answer.detail)
                if isinstance(answer, int):
                    state.requests += answer
                    progress(state)
                    continue
                if isinstance(answer, UnitResult):
                    assert worker.turn is not None
                    rounds.took(worker.turn, answer, time.monotonic())
                    state.note(worker.turn, rounds.results)
                    progress(state)
                    if options.exit_first and answer.confirmed:
                        rounds.stop()
                others = [other.turn.until if other.turn else 0.0 for other in busy if other is not worker]
                worker.turn = rounds.next(time.monotonic(), others)
                if worker.turn is None:
                    busy.remove(worker)
                else:
                    worker.connection.send(Task(worker.turn.keys, worker.turn.until))
    except KeyboardInterrupt:
        whole = False
    finally:
        crew.end()
    return rounds.results, whole and rounds.whole


def _subject(options: Options) -> str:
    from contractkit.fuzz.options import AppTarget

    target = options.target
    return f"{target.module}:{target.attribute}" if isinstance(target, AppTarget) else target.base_url
