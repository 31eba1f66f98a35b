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
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from contractkit.fuzz.claim import Claim
from contractkit.fuzz.driver import StartupError
from contractkit.fuzz.explore import Tested
from contractkit.fuzz.generator import warm_up
from contractkit.fuzz.message import Crash, Exchange, Request, Response
from contractkit.fuzz.options import AppTarget, Options
from contractkit.fuzz.trial import Tried
from contractkit.fuzz.unit import Failed, Job, UnitResult, Workbench

_BOARD = 1 << 20
_DEATHS = 3
"""How often a unit is begun again after its process died."""
_STALLED = 3.0
"""Times the limit of a request after which a child that sends nothing is ended."""
_GRACE = 20.0


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


def main(descriptors: Sequence[int]) -> None:
    """Serve units until the parent closes the connections, in a process of its own for each of them.

    The parent sends `Options` over the first, then jobs over all. The answers are `"ready"` or `Failed`, then for each
    job numbers of requests sent (progress) and what came of it, or `Failed`.
    """
    parents = [Connection(descriptor) for descriptor in descriptors]
    _quiet()
    options: Options = parents[0].recv()
    try:
        app = _import(options.target) if isinstance(options.target, AppTarget) else None
        bench = Workbench(options, app)
    except _RefusedError as refused:
        parents[0].send(Failed(refused.problem, refused.mend, refused.detail))
        return
    warm_up()
    gc.collect()
    gc.freeze()
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
        parent.send(_work(bench, board, job, parent))


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


def _work(bench: Workbench, board: Board, job: Job, parent: Connection) -> UnitResult | Tried | Failed:
    skipped: frozenset[Request] = frozenset()
    deaths: list[Claim] = []
    for _ in range(_DEATHS):
        answer = _in_child(bench, board, job, skipped, parent) if hasattr(os, "fork") else _here(bench, job, skipped)
        if not isinstance(answer, _Death):
            if isinstance(answer, UnitResult):
                answer.confirmed += deaths
            return answer
        if answer.request is None:
            return Failed(f"a worker {answer.how} before it sent a request", "", "")
        skipped |= {answer.request}
        deaths.append(_death_claim(bench, answer))
    again = "the app's process died again and again"
    if not isinstance(job, tuple):
        return Failed(again, "`contractkit fuzz` names the requests that end it", "")
    return UnitResult([Tested(key, reason=again) for key in job], deaths, [], board.sent)


@dataclass(frozen=True)
class _Death:
    how: str
    request: Request | None


def _death_claim(bench: Workbench, death: _Death) -> Claim:
    assert death.request is not None
    operation = bench.api.find(death.request.method, death.request.path)
    key = operation.key if operation is not None else f"{death.request.method} {death.request.path}"
    crash = Crash("ProcessDied", death.how)
    exchange = Exchange(key, death.request, Response(0, crash=crash))
    return Claim("server-error", key, death.how, f"the app's process {death.how} on this request", (exchange,))


def _here(bench: Workbench, job: Job, skipped: frozenset[Request]) -> UnitResult | Tried | Failed:
    try:
        return bench.do(job, skipped)
    except StartupError as error:
        return Failed(str(error), "", "")


def _in_child(
    bench: Workbench, board: Board, job: Job, skipped: frozenset[Request], parent: Connection
) -> UnitResult | Tried | Failed | _Death:
    """Do a job in a forked child and watch over it."""
    board.clear()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _child(bench, job, skipped, writer)
    os.close(writer)
    data = bytearray()
    sent, moved = board.sent, time.monotonic()
    limit = bench.options.timeout * _STALLED + _GRACE
    try:
        while True:
            ready, _, _ = select.select([reader], [], [], 0.2)
            if ready:
                chunk = os.read(reader, 1 << 16)
                if not chunk:
                    break
                data += chunk
                moved = time.monotonic()
                continue
            if board.sent != sent:
                parent.send(board.sent - sent)
                sent, moved = board.sent, time.monotonic()
            elif time.monotonic() - moved > limit:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return _Death("hung", board.last)
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.close(reader)
    _, status = os.waitpid(child, 0)
    if data:
        answer = pickle.loads(bytes(data))
        if isinstance(answer, UnitResult | Tried | Failed):
            return answer
    code = os.waitstatus_to_exitcode(status)
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended itself with exit code {code}"
    return _Death(how, board.last)


def _child(bench: Workbench, job: Job, skipped: frozenset[Request], writer: int) -> None:
    """The child's whole life; it never returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = 1
    try:
        answer: UnitResult | Tried | Failed
        try:
            answer = bench.do(job, skipped)
        except StartupError as error:
            answer = Failed(str(error), "", "")
        except MemoryError:
            raise
        except Exception:
            answer = Failed("an error in contractkit itself", "please report it", traceback.format_exc())
        data = pickle.dumps(answer)
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(data)
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]])
