"""A part of a run on a Dask cluster: what goes to a worker, what the worker does, and what comes back.

What goes there holds passwords. It is one sealed thing, whose look in logs and on Dask's dashboard says nothing of it.
"""

from __future__ import annotations

import os
import pickle
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from contractkit.fuzz.http import ensure_reachable
from contractkit.fuzz.options import AppTarget, Options, Target, UrlTarget
from contractkit.fuzz.pool import Progress, work
from contractkit.fuzz.rounds import Unit
from contractkit.fuzz.unit import UnitResult
from contractkit.model.errors import InputError

BEAT = 5.0
"""Seconds between two signs of life of the run, and two looks of a part for them."""
PATIENCE = 60.0
"""Seconds without a sign of life after which nobody wants the work of a part, or no worker is left for the run."""


class Sealed:
    """The options of a run on their way to a worker; looked at, they show nothing.

    Args:
        options: the run.
    """

    def __init__(self, options: Options) -> None:
        self._data = zlib.compress(pickle.dumps(options))

    def __repr__(self) -> str:
        return "<a run of contractkit fuzz>"

    def open(self) -> Options:
        """Return the options."""
        options: Options = pickle.loads(zlib.decompress(self._data))
        return options


@dataclass(frozen=True)
class Part:
    """What came of a task.

    Attributes:
        results: what came of its units, in their order.
        refused: what the `InputError` says that ended it: subject, problem, mend and detail; None if there was none.
        unwanted: whether it was ended because the run was.
    """

    results: tuple[UnitResult, ...] = field(default=(), repr=False)
    refused: tuple[str, str, str, str] | None = None
    unwanted: bool = False


class LostError(Exception):
    """The process that works on the units was ended by others; a task that says so is begun again."""


class _UnwantedError(Exception):
    """The run that a task belongs to is over."""


def do_part(sealed: Sealed, units: Sequence[Unit], seconds: float | None, line: str, number: int) -> Part:
    """Work on some units: the task that runs on a worker.

    Args:
        sealed: the run.
        units: the units.
        seconds: that they have; None for no limit.
        line: the name under which the run is heard of, and hears how far this is.
        number: which part this is.

    Raises:
        LostError: the process was ended by others.
    """
    from distributed import get_worker

    options = sealed.open()
    options = replace(options, target=_here(options.target), time_limit=seconds, verbose=False)
    try:
        if isinstance(options.target, UrlTarget):
            ensure_reachable(options.target.base_url, options.timeout)
        results, whole = work(options, units, 1, _Line(line, number))
    except _UnwantedError:
        return Part(unwanted=True)
    except InputError as error:
        subject = f"{error.subject} on the worker {get_worker().address}"
        return Part(refused=(subject, error.problem, error.mend, error.detail))
    if not whole and not (options.exit_first and any(one.confirmed for one in results)):
        raise LostError("the process that works on the units was ended from outside")
    return Part(tuple(results))


def _here(target: Target) -> Target:
    """Return where an app is on this machine: in the folder of that name, or where the worker was started."""
    if isinstance(target, AppTarget) and not os.path.isdir(target.folder):
        return replace(target, folder=os.getcwd())
    return target


class _Line:
    """Tells the run how far a task is, and ends the task when the run is over or gone."""

    def __init__(self, name: str, number: int) -> None:
        self._name, self._number = name, number
        self._told = self._asked = self._alive = time.monotonic()
        self._beat: object = None

    def __call__(self, state: Progress) -> None:
        from distributed import Variable, get_worker

        now = time.monotonic()
        if now - self._told >= 1:
            self._told = now
            far = [state.done, state.operations, state.requests, state.findings]
            get_worker().log_event(self._name, {"part": self._number, "far": far})
        if now - self._asked >= BEAT:
            self._asked = now
            try:
                beat = Variable(self._name).get(timeout=BEAT)
            except TimeoutError:
                raise _UnwantedError from None  # the run takes the variable away when it ends
            if beat != self._beat:
                self._beat, self._alive = beat, now
            elif now - self._alive > PATIENCE:
                raise _UnwantedError
