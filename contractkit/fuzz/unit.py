"""A unit of work: some operations, explored in a run of the app of their own, and what they claim tried again.

Each begins with a fresh app: so the same seed gives the same findings however the units are spread.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

from contractkit.fuzz import prefix
from contractkit.fuzz.asgi import AsgiDriver
from contractkit.fuzz.budget import NEVER, Slices, part_end
from contractkit.fuzz.claim import Claim, slim
from contractkit.fuzz.driver import Driver
from contractkit.fuzz.explore import OVER, Explorer, Tested
from contractkit.fuzz.generator import Generated, Generator
from contractkit.fuzz.http import HttpDriver
from contractkit.fuzz.identities import Identities, LoginError, SignedIn
from contractkit.fuzz.maker import Maker
from contractkit.fuzz.message import Exchange, Request
from contractkit.fuzz.operation import Api
from contractkit.fuzz.options import AppTarget, Options
from contractkit.fuzz.own import OwnCode, own_code
from contractkit.fuzz.resources import Resources
from contractkit.fuzz.session import Session
from contractkit.fuzz.talks import Talks
from contractkit.fuzz.trial import Confirmer, Trial, Tried
from contractkit.fuzz.truth import Run, Tribunal


@dataclass(frozen=True)
class Task:
    """A unit to work on.

    Attributes:
        keys: its operations.
        until: when its time is over (`time.monotonic`).
    """

    keys: tuple[str, ...]
    until: float = NEVER


class Errand(ABC):
    """Something else to do with the app or server of a run; it goes to a worker's process and back (`pickle`)."""

    @abstractmethod
    def run(self, bench: Workbench, skipped: frozenset[Request]) -> object:
        """Do it, in a process that has the app as it was imported, and return what came of it.

        Args:
            bench: gives sessions, and makers of requests.
            skipped: requests that are not sent, because they ended the app's process before.
        """


@dataclass(frozen=True)
class Done:
    """What came of an errand."""

    value: object


Job = Task | Trial | Errand
"""What a worker does: work on a unit, try findings, or run an errand."""

_RUN, _WANDER, _FINISH = 7, 1, 2
"""How the time of an exploration is shared by its operations, their sequences, and the checks that come last."""
_AFTER_WANDERING = 2
"""The turn of operations whose time ran out that comes after the sequences; one comes after all others before that."""
_TRUTH = 0.25
"""The part of a unit's time that is kept for trying claims again."""

T = TypeVar("T")


@dataclass
class UnitResult:
    """What came of a unit.

    Attributes:
        tested: its operations.
        confirmed: claims that held when they were tried again.
        unstable: claims that did not.
        untried: how many of those there was no time for.
        requests: how many requests were sent while exploring.
        seconds: how long that took.
        logins: users who could not sign in, and why.
        prefix: where the API was found, if that is not where its document says.
        seen: how often each status came from each operation, those of other units too.
    """

    tested: list[Tested] = field(default_factory=list)
    confirmed: list[Claim] = field(default_factory=list)
    unstable: list[Claim] = field(default_factory=list)
    untried: int = 0
    requests: int = 0
    seconds: float = 0.0
    logins: dict[str, str] = field(default_factory=dict)
    prefix: str | None = None
    seen: dict[str, Counter[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Failed:
    """The app could not be loaded or started: the problem, the mend, the traceback."""

    problem: str
    mend: str
    detail: str


@dataclass
class _Explored:
    """What an exploration leaves for the claims to be tried; nothing where there are none."""

    result: UnitResult
    claims: list[Claim] = field(default_factory=list)
    log: list[Exchange] = field(default_factory=list)
    unique: dict[str, str] = field(default_factory=dict)
    generated: Generated | None = None
    signed_in: SignedIn = field(default_factory=SignedIn)


class Isolated(Protocol):
    """Calls a function, in a process of its own where that can be."""

    def __call__(self, task: Callable[[], T], /) -> T:
        """Return what the function returns; it must be possible to pickle that."""
        ...


def called(task: Callable[[], T], /) -> T:
    """Call a function in this process: the isolation there is where the system cannot fork."""
    return task()


class Workbench:
    """What all units of a process share: the contract, the generators, the imported app.

    Attributes:
        announce: told of each request before it is sent.

    Args:
        options: the run.
        app: the imported app; None where a server is called.
    """

    def __init__(self, options: Options, app: Any) -> None:
        self.announce: Callable[[Request], None] = lambda _: None
        self.options = options
        self.api = Api(options.contract, options.base_path, response_limit=options.response_limit)
        self._app = app
        self._unit, self._starts, self._restarts = "", 0, 0
        self._skipped: frozenset[Request] = frozenset()
        self._isolated: Isolated = called
        self._signed_in = SignedIn()
        self._there: Workbench | None = None
        self.resources = Resources(self.api)

    @cached_property
    def talks(self) -> Talks:
        """What makes conversations over WebSockets."""
        return Talks(self.api, self.options.seed)

    @cached_property
    def generator(self) -> Generator:
        """What makes requests; an errand that needs none does without what it imports."""
        return Generator(dict(self.options.contract.document), self.api.base_path)

    def do(
        self, job: Job, skipped: frozenset[Request] = frozenset(), isolated: Isolated = called
    ) -> UnitResult | Tried | Done:
        """Do a job: work on a unit, try the findings of a comparison, or run an errand.

        Args:
            job: the unit, the findings or the errand.
            skipped: requests that are not sent.
            isolated: calls a function, in a process of its own where that can be, and returns what it returns.

        Raises:
            StartupError: the app's startup failed.
        """
        self._skipped, self._isolated = skipped, isolated
        if isinstance(job, Task) and time.monotonic() >= job.until:
            return UnitResult([Tested(key, reason=OVER, partial=True) for key in job.keys])
        there = self._where_it_is()
        if isinstance(job, Errand):
            return isolated(lambda: Done(job.run(there, skipped)))
        if there is not self:
            done = there.do(job, skipped, isolated)
            if isinstance(done, UnitResult):
                done.prefix = there.api.base_path
            return done
        return isolated(lambda: self._confirm(job)) if isinstance(job, Trial) else self.run(job.keys, job.until)

    def _where_it_is(self) -> Workbench:
        """Return this one, or one that sends its requests where the API is, if that is not where its document says."""
        if self._there is None:
            self._there = self
            others = prefix.candidates(self.api, self.options.target, self._app)
            place = None
            if others and not self.options.base_path:  # a server named without a path says nothing of one
                places = [self.api.base_path, *others]
                place, _ = self._isolated(lambda: self._on_fresh(lambda run: prefix.found(run.session, places)))
            if place is not None and place != self.api.base_path:
                self._there = Workbench(replace(self.options, base_path=place), self._app)
                self._there.announce = self.announce
        return self._there

    def run(self, keys: Sequence[str], until: float = NEVER) -> UnitResult:
        """Work on a unit, until a time (`time.monotonic`); see `do`."""
        self._unit, self._starts, self._restarts = " ".join(keys), 0, 0
        self.generator.forget()
        for socket in (self.api.sockets[key] for key in keys if key in self.api.sockets):
            self.talks.generated(socket)  # made here, it is there in all forks
        kept = self._kept(keys)
        again = self._tried(kept, {}, part_end(until, _TRUTH))
        self._starts = 0  # what is kept must not change what is found
        exploring = part_end(until, 1 - _TRUTH)
        explored = self._isolated(lambda: self._explored(keys, again, exploring))
        self.generator.recall(explored.generated)
        self._remain(explored.signed_in)
        found = Tribunal(self._apart, explored.log, explored.unique, until).sort(explored.claims)
        known = {*(claim.key for claim in again), *(claim.key for claim in found.confirmed)}
        # What was created by the earlier run may be there still: only now is it known which values must be new.
        missed = self._tried([claim for claim in kept if claim.key not in known], explored.unique, until)
        result = explored.result
        if time.monotonic() >= until:  # what was kept was perhaps not tried, which does not mend it
            untried = {claim.operation for claim in kept if claim not in (*again, *missed)}
            for one in result.tested:
                one.partial = one.partial or one.key in untried
        result.confirmed = [*again, *found.confirmed, *missed]
        result.unstable, result.untried = found.unstable, found.untried
        return result

    def _explored(self, keys: Sequence[str], again: Sequence[Claim], until: float) -> _Explored:
        """Explore all operations of a unit in one run of the app."""
        result = UnitResult()
        tested: dict[str, Tested] = {}
        operations = [self.api.all[key] for key in keys]
        started = time.perf_counter()
        run = self._start()
        run.explorer.claims.update({claim.key: claim for claim in again})
        try:
            result.logins = self._sign_in(run)
            finish = _FINISH if any(map(run.explorer.has_last, operations)) else 0
            weight = _RUN + _WANDER + finish
            slices = Slices(until, weight * len(keys))
            ends = [until, *(part_end(until, part / weight) for part in (_RUN, _RUN + _WANDER))]
            for turn, end in enumerate(ends):  # what comes later keeps its share; what is left before that is given
                if turn == _AFTER_WANDERING:
                    run.explorer.wander(operations, slices.next(_WANDER * len(keys)))
                left = [one for one in operations if not turn or tested[one.key].partial]
                shares = Slices(end, _RUN * len(left)) if turn else slices
                for operation in left:
                    share = shares.next(_RUN)
                    if turn and share <= time.monotonic():
                        continue
                    if self._is_locked_out(run, result):
                        run.session.close()
                        run = self._restarted(run)
                    tested[operation.key] = run.explorer.run(operation, share)
            for one in operations if finish else ():
                whole = run.explorer.finish(one, slices.next(finish))
                tested[one.key].partial = tested[one.key].partial or not whole
            result.tested, result.seen = [tested[key] for key in keys], run.session.statuses
        finally:
            run.session.close()
        result.requests, result.seconds = run.session.sent, time.perf_counter() - started
        claims = [claim for claim in run.explorer.claims.values() if claim not in again]
        signed_in = run.session.identities.signed_in
        if not claims:
            return _Explored(result, signed_in=signed_in)
        log = slim(run.session.log, claims)
        return _Explored(result, claims, log, run.explorer.unique, self.generator.remembered(), signed_in)

    def _apart(self, task: Callable[[Run], T]) -> T:
        """Do something on a fresh run of the app; see `Apart`."""
        self._starts += 1
        done, signed_in = self._isolated(lambda: self._on_fresh(task))
        self._remain(signed_in)
        return done

    def _on_fresh(self, task: Callable[[Run], T]) -> tuple[T, SignedIn]:
        run = self._start()
        try:
            return task(run), run.session.identities.signed_in
        finally:
            run.session.close()

    def _remain(self, signed_in: SignedIn) -> None:
        """Let users stay signed in to a server for what follows; an app that is started anew knows them no more."""
        if not isinstance(self.options.target, AppTarget):
            self._signed_in = signed_in

    def _confirm(self, trial: Trial) -> Tried:
        session = self.session(self._skipped)
        try:
            maker = Maker(session, self.generator, self.resources, self.options.seed, "confirm")
            confirmer = Confirmer(session, maker, Api(trial.base, self.api.base_path))
            return Tried(tuple(confirmer.confirm(finding) for finding in trial.findings))
        finally:
            session.close()

    def _kept(self, keys: Sequence[str]) -> list[Claim]:
        """Return the claims of earlier runs that are about these operations and can be tried again."""
        found = []
        users = {None, *(user.name for user in self.options.users)}
        for claim in self.options.kept:
            operations = {claim.scenario, *(step.operation for step in claim.steps)} - {""}
            senders = {step.request.identity for step in claim.steps}
            if claim.operation in keys and self.options.enabled(claim.check, claim.operation):
                found += [claim] if operations <= set(self.api.all) and senders <= users else []
        return found

    def _tried(self, claims: Sequence[Claim], unique: Mapping[str, str], until: float) -> list[Claim]:
        """Try the claims of earlier runs, until a time at most, and return those that hold."""
        found = []
        for claim in claims:
            found += Tribunal(self._apart, claim.steps, unique, until).sort([claim]).confirmed
        return found

    def _start(self) -> Run:
        session = self.session(self._skipped)
        maker = Maker(session, self.generator, self.resources, self.options.seed, self._novelty())
        explorer = Explorer(session, self.generator, maker, self.options, lambda: self.talks)
        return Run(session, explorer, self._own)

    @cached_property
    def _own(self) -> OwnCode | None:
        target = self.options.target
        return own_code(Path(target.folder), target.module) if isinstance(target, AppTarget) else None

    def session(self, skipped: frozenset[Request] = frozenset()) -> Session:
        """Start the app, or go to the server, and return a session with it."""
        options, driver = self.options, self._driver()
        identities = Identities(self.api, driver, options.users, self._signed_in)
        session = Session(self.api, driver, identities, self.announce)
        session.skipped = skipped
        return session

    def _driver(self) -> Driver:
        target, timeout = self.options.target, self.options.timeout
        if isinstance(target, AppTarget):
            assert self._own is not None
            return AsgiDriver(self._app, self._own, timeout=timeout)
        return HttpDriver(target.base_url, timeout=timeout)

    def _novelty(self) -> str:
        """Return what no other start of the app has: what is created must have other names, if the app remembers."""
        self._restarts += 1
        return f"{self._unit} {self._starts} {self._restarts}"

    def _restarted(self, old: Run) -> Run:
        """Start the app anew in the middle of a unit, keeping what was found."""
        run = self._start()
        run.explorer.claims.update(old.explorer.claims)
        run.session.log[:0] = old.session.log
        run.session.sent = old.session.sent
        run.session.statuses.update(old.session.statuses)
        return run

    def _sign_in(self, run: Run) -> dict[str, str]:
        failed = {}
        for name in run.session.identities.names:
            try:
                run.session.identities.credentials(name)
            except LoginError as error:
                failed[name] = str(error)
        return failed

    def _is_locked_out(self, run: Run, result: UnitResult) -> bool:
        """Whether the main user, who could sign in at first, no longer can: an operation closed the account."""
        name = run.session.identities.main
        if name is None or name in result.logins or not isinstance(self.options.target, AppTarget):
            return False
        if not run.session.identities.signs_in(name) or not run.session.changed_since_asked():
            return False  # a login is dear, and what only reads closes no account
        run.session.identities.forget(name)
        try:
            run.session.identities.credentials(name)
        except LoginError:
            return True
        return False
