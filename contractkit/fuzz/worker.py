"""The processes that work on units: the first imports the app once and forks the others; each forks a child a unit.

A fork is what makes units independent and cheap: each child starts the app's lifespan in memory that nobody has used,
and an app that dies or hangs takes a child with it, not the run. Where the system cannot fork, units run in this
process one after the other.
"""

from __future__ import annotations

import contextlib
import gc
import mmap
import os
import pickle
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any, Protocol, TypeVar

from contractkit.fuzz.claim import Claim
from contractkit.fuzz.driver import StartupError
from contractkit.fuzz.explore import Tested
from contractkit.fuzz.generator import warm_up
from contractkit.fuzz.message import Crash, Exchange, Request, Response
from contractkit.fuzz.options import AppTarget, Options, Target
from contractkit.fuzz.trial import Tried
from contractkit.fuzz.unit import Done, Failed, Isolated, Job, Task, UnitResult, Workbench, called

T = TypeVar("T")

_BOARD = 1 << 20
_DEATHS = 3
"""How often a unit is begun again after its process died."""
_STALLED = 3.0
"""Times the limit of a request after which a child that sends nothing is ended."""
_GRACE = 20.0


_PICKLED_CALLS = 10_000
"""Calls inside each other that a pickle may take besides."""


class Board:
    """Memory shared with a child: the request that it is about to send, and how many it sent."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _BOARD)

    def announce(self, request: Request) -> None:
        """Write down a request, so that it can be named if it ends the process."""
        data = pickle.dumps(request)
        if len(data) > _BOARD - 16:
            data = pickle.dumps(Request(request.method, request.target, request.headers, None, request.identity))
        count = int.from_bytes(self._memory[8:16], "little") + 1
        self._memory[:16] = len(data).to_bytes(8, "little") + count.to_bytes(8, "little")
        self._memory[16 : 16 + len(data)] = data

    def clear(self) -> None:
        """Forget the request, keep the count."""
        self._memory[:8] = bytes(8)

    @property
    def sent(self) -> int:
        """How many requests were announced."""
        return int.from_bytes(self._memory[8:16], "little")

    @property
    def last(self) -> Request | None:
        """The request announced last."""
        size = int.from_bytes(self._memory[:8], "little")
        if not size:
            return None
        found = pickle.loads(self._memory[16 : 16 + size])
        return found if isinstance(found, Request) else None


def main(gate: int, descriptors: Sequence[int], *, generating: bool = True) -> None:
    """Serve units until the parent closes the connections, in a process of its own for each of them.

    The parent sends a `Target` and `Options` over the first, then jobs over all. The answers are `"ready"` or `Failed`,
    then for each job numbers of requests sent (progress) and what came of it, or `Failed`.

    Args:
        gate: a descriptor; the app is imported once something can be read there, or its other end is closed.
        descriptors: the connections.
        generating: whether requests will be made, and what makes them is to be imported at once.
    """
    gc.disable()  # what is imported and read here stays
    parents = [Connection(descriptor) for descriptor in descriptors]
    _quiet()
    target: Target = parents[0].recv()
    if generating:
        warm_up()
    os.read(gate, 1)
    os.close(gate)
    try:
        app = _import(target) if isinstance(target, AppTarget) else None
    except _RefusedError as refused:
        parents[0].send(Failed(refused.problem, refused.mend, refused.detail))
        return
    try:
        options: Options = parents[0].recv()
    except EOFError:
        return
    bench = Workbench(options, app)
    if generating:
        bench.generator  # noqa: B018  (made here, it is there in all forks)
    gc.freeze()
    gc.enable()
    for parent in parents[1:]:
        if os.fork() == 0:
            _alone(parent, parents)
            _serve(bench, parent)
            os._exit(0)
    _alone(parents[0], parents)
    _serve(bench, parents[0])


def _alone(parent: Connection, parents: Sequence[Connection]) -> None:
    """Close what belongs to the other workers: their parent must see that they are gone."""
    for other in parents:
        if other is not parent:
            other.close()


def _serve(bench: Workbench, parent: Connection) -> None:
    board = Board()
    bench.announce = board.announce
    parent.send("ready")
    while True:
        try:
            job = parent.recv()
        except EOFError:
            return
        parent.send_bytes(_pickled(work_on(job, bench, board, parent)))


class _RefusedError(Exception):
    def __init__(self, problem: str, mend: str = "", detail: str = "") -> None:
        super().__init__(problem)
        self.problem, self.mend, self.detail = problem, mend, detail


def _import(target: AppTarget) -> Any:
    from contractkit.sources.child import RefusedError, find_app

    os.chdir(target.folder)
    sys.path.insert(0, target.folder)
    try:
        return find_app(target.module, target.attribute)
    except RefusedError as refused:
        raise _RefusedError(refused.problem, refused.mend, refused.detail) from refused


def _quiet() -> None:
    """Keep what the app prints away from the report on stdout."""
    os.dup2(2, 1)


class Listener(Protocol):
    """Whoever is told how many requests were sent."""

    def send(self, obj: int, /) -> object:
        """Take a number of requests."""
        ...


def work_on(job: Job, bench: Workbench, board: Board, parent: Listener) -> UnitResult | Tried | Done | Failed:
    """Do a job, each run of the app in a fork of this process, which has the app but never starts it.

    Args:
        job: the job.
        bench: what it is done with; it announces its requests on `board`.
        board: where the children say which request they are about to send.
        parent: told how many were sent.
    """
    skipped: frozenset[Request] = frozenset()
    deaths: list[Claim] = []
    isolated: Isolated = _Isolation(bench.options.timeout, board, parent) if hasattr(os, "fork") else called
    for _ in range(_DEATHS):
        try:
            answer = bench.do(job, skipped, isolated)
        except _DiedError as death:
            if death.request is None:
                return Failed(f"a worker {death} before it sent a request", "", "")
            skipped |= {death.request}
            deaths.append(_death_claim(bench, str(death), death.request))
            continue
        except StartupError as error:
            return Failed(str(error), "", "")
        except MemoryError:
            raise
        except Exception as error:
            detail = str(error) if isinstance(error, _FaultError) else traceback.format_exc()
            return Failed("an error in contractkit itself", "please report it", detail)
        if isinstance(answer, UnitResult):
            answer.confirmed += deaths
        return answer
    again = "the app's process died again and again"
    if not isinstance(job, Task):
        return Failed(again, "`contractkit fuzz` names the requests that end it", "")
    return UnitResult([Tested(key, reason=again) for key in job.keys], deaths, [], board.sent)


class _DiedError(Exception):
    """A child ended before it gave an answer; the message says how."""

    def __init__(self, how: str, request: Request | None) -> None:
        super().__init__(how)
        self.request = request


class _FaultError(Exception):
    """A child found an error of contractkit's own; the message is its traceback."""


def _death_claim(bench: Workbench, how: str, request: Request) -> Claim:
    operation = bench.api.find(request.method, request.path)
    key = operation.key if operation is not None else f"{request.method} {request.path}"
    exchange = Exchange(key, request, Response(0, crash=Crash("ProcessDied", how)))
    check = "socket-failure" if request.is_talk else "server-error"
    return Claim(check, key, how, f"the app's process {how} on this request", (exchange,))


class _Isolation:
    """Calls functions in forked children and watches over them.

    The process that forks never starts the app, so that each child has it as it was imported: what a module keeps
    (an engine, a cache, a global table) is new as well.

    Args:
        timeout: seconds that a request may take.
        board: where the children say which request they are about to send.
        parent: told how many were sent.
    """

    def __init__(self, timeout: float, board: Board, parent: Listener) -> None:
        self._limit = timeout * _STALLED + _GRACE
        self._board = board
        self._parent = parent

    def __call__(self, task: Callable[[], T], /) -> T:
        """Return what a function returns in a child.

        Raises:
            StartupError: the app's startup failed.
            _DiedError: the child ended or hung.
            _FaultError: an error of contractkit's own.
        """
        self._board.clear()
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            _child(task, writer)
        os.close(writer)
        data = self._watched(child, reader)
        _, status = os.waitpid(child, 0)
        if not data:
            code = os.waitstatus_to_exitcode(status)
            how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended itself with exit code {code}"
            raise _DiedError(how, self._board.last)
        error, value = pickle.loads(data)
        if error is not None:
            raise error
        answer: T = value
        return answer

    def _watched(self, child: int, reader: int) -> bytes:
        """Return what a child writes, and tell the parent how many requests it sends meanwhile."""
        data = bytearray()
        sent, moved = self._board.sent, time.monotonic()
        try:
            while True:
                ready, _, _ = select.select([reader], [], [], 0.2)
                if ready:
                    chunk = os.read(reader, 1 << 16)
                    if not chunk:
                        return bytes(data)
                    data += chunk
                    moved = time.monotonic()
                if self._board.sent != sent:
                    self._parent.send(self._board.sent - sent)
                    sent, moved = self._board.sent, time.monotonic()
                elif time.monotonic() - moved > self._limit:
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, 0)
                    raise _DiedError("hung", self._board.last)
        except _DiedError:
            raise
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            raise
        finally:
            if self._board.sent != sent:
                self._parent.send(self._board.sent - sent)
            os.close(reader)


def _pickled(value: object) -> bytes:
    """Return a pickle of a value; answers in it may be nested as deep as JSON is read, and a level takes some calls."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + _PICKLED_CALLS)
    try:
        return pickle.dumps(value)
    finally:
        sys.setrecursionlimit(limit)


def _child(task: Callable[[], object], writer: int) -> None:
    """The child's whole life; it never returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = 1
    try:
        answer: tuple[Exception | None, object]
        try:
            answer = (None, task())
        except StartupError as error:
            answer = (StartupError(str(error)), None)
        except MemoryError:
            raise
        except Exception:
            answer = (_FaultError(traceback.format_exc()), None)
        data = _pickled(answer)
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(data)
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    main(int(sys.argv[2]), [int(argument) for argument in sys.argv[3:]], generating=sys.argv[1] == "generate")
