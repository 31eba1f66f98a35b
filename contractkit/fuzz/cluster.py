"""Spreads units over the workers of a Dask cluster and gathers what comes back, in the order of the units.

A task is some neighbouring units, and does on a worker what `contractkit.fuzz.pool` does here: a process of its own
imports the app, and each unit has a fresh one. So it does not matter where a unit is worked on, or how often: Dask
gives the tasks of a worker that is lost to others, and carries all that is said between them.
"""

from __future__ import annotations

import logging
import platform
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from contractkit.fuzz.budget import NEVER
from contractkit.fuzz.options import Options
from contractkit.fuzz.part import BEAT, PATIENCE, LostError, Part, Sealed, do_part
from contractkit.fuzz.pool import Progress
from contractkit.fuzz.rounds import Unit
from contractkit.fuzz.unit import UnitResult
from contractkit.model.errors import InputError

if TYPE_CHECKING:
    from distributed import Client, Future

_CONNECT = 10.0
"""Seconds in which a cluster must be reached and have a worker."""
_PARTS = 4
"""Tasks for each place of the cluster: so many that none waits long for the last; each begins with a new process."""
_RETRIES = 2
"""How often a task is begun again whose process was ended by others (Dask itself counts the workers that are lost)."""
_LOOK = 0.1
_STALLED, _GRACE = 3.0, 30.0
"""What a task may take beyond its time: so many times the limit of a request, and seconds to start and stop the app."""
_DRAWING = ("hypothesis", "schemathesis")
"""Packages of which other versions make other requests."""


class Cluster:
    """A Dask cluster, connected.

    Attributes:
        notes: what is to be said of a run on it.

    Args:
        address: of its scheduler.
        seconds: in which it must be reached and have a worker.

    Raises:
        InputError: Dask is not installed, the cluster cannot be reached, or its workers cannot do the work.
    """

    def __init__(self, address: str, seconds: float = _CONNECT) -> None:
        try:
            from distributed import Client
        except ImportError:
            mend = "install it: pip install 'contractkit[cluster]'"
            raise InputError("--cluster", "needs Dask's package `distributed`", mend) from None
        for name in ("distributed", "distributed.client", "distributed.comm"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is said by this class
        self._address = address
        self.notes: list[str] = []
        try:
            self._client: Client = Client(address, timeout=seconds, set_as_default=False)
        except (OSError, ValueError) as error:  # a TimeoutError is an OSError
            mend = "name the address of its scheduler, such as tcp://10.0.0.5:8786"
            raise InputError(address, f"no Dask cluster can be reached there ({_short(error)})", mend) from None
        try:
            self._client.wait_for_workers(1, timeout=seconds)
            found: Any = self._client.get_versions(packages=["contractkit", *_DRAWING])
            self._check(found["workers"])
        except TimeoutError:
            self.close()
            raise InputError(address, "the cluster has no workers", f"start one: dask worker {address}") from None
        except BaseException:
            self.close()
            raise

    @property
    def size(self) -> int:
        """How many tasks it works on at a time."""
        threads: dict[str, int] = self._client.nthreads()
        return max(1, sum(threads.values()))

    def close(self) -> None:
        """Take leave of it; a second time nothing is done."""
        self._client.close(timeout=BEAT)

    def _check(self, workers: Mapping[str, Mapping[str, Any]]) -> None:
        """Refuse workers without this contractkit; note those that may make other requests."""
        own = version("contractkit")
        here = {"Python": _short_python(platform.python_version()), **{name: version(name) for name in _DRAWING}}
        for address, row in sorted(workers.items()):
            packages = row["packages"]
            found = packages.get("contractkit")
            if found != own:
                problem = f"has contractkit {found}, here is {own}" if found else "has no contractkit"
                mend = f"install it there: pip install 'contractkit=={own}'"
                raise InputError(f"the worker {address}", problem, mend)
            there = {"Python": _short_python(row["host"]["python"]), **{name: packages.get(name) for name in _DRAWING}}
            other = [f"{name} {there[name]} and not {here[name]}" for name in here if there[name] != here[name]]
            if other:
                self.notes.append(f"the worker {address} has {', '.join(other)}: elsewhere other things may be found")

    def work(
        self, options: Options, units: Sequence[Unit], progress: Callable[[Progress], None] = lambda _: None
    ) -> tuple[list[UnitResult], bool]:
        """Work on all units; see `contractkit.fuzz.pool.work`.

        Raises:
            InputError: a worker cannot load or start the app, or cannot do the work at all.
        """
        run = _Run(self._client, self._address, options, parts_of(units, self._count(options)), progress)
        try:
            run.wait()
        except KeyboardInterrupt:
            run.whole = False
        finally:
            run.end()
        self.notes += run.notes
        results = run.results()
        return results, run.whole and len(results) == len(units)

    def _count(self, options: Options) -> int:
        """Return how many parts to make: where the time is limited, each begins at once and has all of it."""
        return self.size if options.time_limit is not None else self.size * _PARTS


def parts_of(units: Sequence[Unit], most: int) -> list[list[Unit]]:
    """Return units in groups of neighbours with about the same number of operations, so many groups at most."""
    total = sum(map(len, units))
    groups: dict[int, list[Unit]] = {}
    done = 0
    for unit in units:
        groups.setdefault(done * most // total, []).append(unit)
        done += len(unit)
    return list(groups.values())


class _Run:
    """The tasks of one run, from when they are handed over until they have come back or are not waited for any more."""

    def __init__(
        self,
        client: Client,
        address: str,
        options: Options,
        parts: Sequence[Sequence[Unit]],
        progress: Callable[[Progress], None],
    ) -> None:
        from distributed import Variable

        self._client, self._address = client, address
        self._options, self._parts, self._progress = options, parts, progress
        self.whole, self.notes, self._lost = True, list[str](), 0
        self._far: dict[int, list[int]] = {}
        self._came: dict[int, Part] = {}
        self._name = f"contractkit-fuzz-{uuid.uuid4().hex}"
        self._end = NEVER
        if options.time_limit is not None:
            self._end = time.monotonic() + options.time_limit + _STALLED * options.timeout + _GRACE
        self._pulse = Variable(self._name, client=client)
        self._beats, self._beaten, self._peopled = 0, 0.0, time.monotonic()
        self._beat(time.monotonic())
        client.subscribe_topic(self._name, self._heard)
        # Each task has all of it: tasks that need what is on one worker would be worked on there, one after the other.
        sealed = Sealed(options)
        self._open: dict[int, Future[Part]] = {
            number: client.submit(
                do_part,
                *(sealed, part, options.time_limit, self._name, number),
                key=(self._name, number),
                pure=False,
                retries=_RETRIES,
            )
            for number, part in enumerate(parts)
        }

    def _heard(self, event: tuple[float, Any]) -> None:
        _, told = event
        self._far[told["part"]] = told["far"]

    def wait(self) -> None:
        """Wait for the tasks."""
        while self._open:
            time.sleep(_LOOK)
            now = time.monotonic()
            for number, future in list(self._open.items()):
                if future.status != "pending":
                    del self._open[number]
                    self._take(number, future)
            self._tell()
            if self._options.exit_first and any(one.confirmed for part in self._came.values() for one in part.results):
                return
            if now > self._end:
                self.whole = False
                self.notes.append("the time was over before all workers had answered")
                return
            if self._open and now - self._beaten > BEAT and not self._beat(now):
                self.whole = False
                return

    def _beat(self, now: float) -> bool:
        """Give a sign of life; whether there is anybody to hear it."""
        self._beaten, self._beats = now, self._beats + 1
        try:
            self._pulse.set(self._beats)
            self._peopled = now if self._client.nthreads() else self._peopled
        except (OSError, RuntimeError, ValueError):
            self.notes.append("the connection to the cluster was lost before all was done")
            return False
        if now - self._peopled > PATIENCE:
            self.notes.append("the cluster has no workers any more")
            return False
        return True

    def _take(self, number: int, future: Future[Part]) -> None:
        from distributed.scheduler import KilledWorker

        if future.status in ("cancelled", "lost"):
            self._miss("the connection to the cluster was lost before all was done")
            return
        if future.status == "error":
            error = future.exception()
            if isinstance(error, KilledWorker | LostError):
                self._miss("some of the work was lost: its workers were ended from outside again and again")
                return
            mend = "look at the log of the worker"
            raise InputError(self._address, f"a worker of the cluster failed ({_short(error)})", mend)
        part = self._came[number] = future.result()
        if part.refused is not None:
            subject, problem, mend, detail = part.refused
            raise InputError(subject, problem, mend, detail=detail)
        self.whole = self.whole and not part.unwanted

    def _miss(self, note: str) -> None:
        self.whole = False
        if note not in self.notes:
            self.notes.append(note)

    def _tell(self) -> None:
        """Tell how far the run is: what has come back, and what the tasks that are under way say of themselves."""
        state = Progress(sum(map(len, self._parts)))
        for number, units in enumerate(self._parts):
            if number in self._came:
                results = self._came[number].results
                requests = max(sum(one.requests for one in results), self._far.get(number, [0, 0, 0])[2])
                far = [len(results), sum(map(len, units)), requests, sum(len(one.confirmed) for one in results)]
            else:
                far = self._far.get(number, [0, 0, 0, 0])
            state.done += far[0]
            state.operations += far[1]
            state.requests += far[2]
            state.findings += far[3]
        self._progress(state)

    def results(self) -> list[UnitResult]:
        """Return what came of the units, in their order."""
        return [one for number in sorted(self._came) for one in self._came[number].results]

    def end(self) -> None:
        """Let go of what has not come back: no task begins any more, and those under way stop."""
        if self._client.status != "running":
            return
        try:
            self._pulse.delete()
            self._client.cancel([*self._open.values()])
            self._client.unsubscribe_topic(self._name)
        except (OSError, RuntimeError, ValueError):
            return  # the cluster is gone, and with it all there was to let go of


def _short_python(text: str) -> str:
    return ".".join(text.split(".")[:2])


def _short(error: BaseException | None) -> str:
    """Return what an error says in one line of a length to read."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 200 else f"{text[:197]}..."
