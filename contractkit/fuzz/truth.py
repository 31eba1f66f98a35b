"""Tries a claim again before it is reported: on a fresh app, with the smallest request that still shows it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, TypeVar

from contractkit.fuzz.budget import NEVER, TimeIsUpError, part_end
from contractkit.fuzz.check import Judged, checks
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.explore import Explorer
from contractkit.fuzz.findings import Veil
from contractkit.fuzz.message import Exchange, Request
from contractkit.fuzz.own import OwnCode
from contractkit.fuzz.reduce import reduced
from contractkit.fuzz.replay import differences, history, needed, replay, substituted
from contractkit.fuzz.session import Session
from contractkit.fuzz.trace import raised_in

_HISTORY = 200
_MAX_CLAIMS = 60
_TIMES = 3
_SHOWN = 6
"""Changes before a request that is only shown to fail by a play."""
_REDUCING = 0.5
"""The part of the time in which requests are made smaller."""
_FAILED = 400
"""From this status on an answer may be what was raised; before another one the app handled that itself."""
_REDUCTIONS = 60
_FEW_REDUCTIONS = 12
"""For what takes seconds each time."""


@dataclass(frozen=True)
class Run:
    """A fresh run of the app, with what plays need."""

    session: Session
    explorer: Explorer
    own: OwnCode | None


T = TypeVar("T")
ClaimKey = tuple[str, str, str]


class Apart(Protocol):
    """Does something on a fresh run of the app, in a process that has not run it before if the app is run here."""

    def __call__(self, task: Callable[[Run], T], /) -> T:
        """Return what the task returns; it must be possible to pickle that."""
        ...


@dataclass
class Sorted:
    """What became of the claims.

    Attributes:
        confirmed: claims that held again, with the exchanges of that time.
        unstable: claims that did not.
        untried: how many of those there was no time for.
    """

    confirmed: list[Claim]
    unstable: list[Claim]
    untried: int = 0


@dataclass(frozen=True)
class _Held:
    """A claim that held again, and the smallest request that showed it then."""

    claim: Claim
    smallest: Request

    @property
    def is_smaller(self) -> bool:
        return self.smallest != self.claim.steps[-1].request


def is_contention(claim: Claim) -> bool:
    """Whether the app failed because another process holds its database: other workers of the run do, perhaps."""
    crash = claim.steps[-1].response.crash
    return crash is not None and "database is locked" in crash.text


class Tribunal:
    """Tries claims again.

    Args:
        apart: does something on a fresh run of the app and returns what came of it.
        log: all exchanges of the exploration, for what a claim may depend on.
        unique: where requests that create must have a value that was not used, by the operation's key: an app may
            remember what was created before it was started anew.
        until: the time (`time.monotonic`) after which nothing is tried any more.
    """

    def __init__(
        self,
        apart: Apart,
        log: Sequence[Exchange],
        unique: Mapping[str, str],
        until: float = NEVER,
    ) -> None:
        self._start = apart
        self._log = log
        self._unique = unique
        self._until = until
        self._reduce_until = until

    def sort(self, claims: Sequence[Claim]) -> Sorted:
        """Try all claims again, the first ones of each check and operation first."""
        result = Sorted([], [])
        result.unstable += [claim for claim in claims if is_contention(claim)]
        claims = [claim for claim in claims if not is_contention(claim)]
        tried = claims[:_MAX_CLAIMS]
        self._reduce_until = part_end(self._until, _REDUCING)
        held = self._alone([claim for claim in tried if not claim.scenario])
        for claim in tried:
            again = held.get(claim.key)
            if again is None:
                again = self._played(claim) if claim.scenario else self._replayed(claim) or self._seen_again(claim)
            if again is None:
                result.unstable.append(claim)
                result.untried += time.monotonic() >= self._until
            else:
                result.confirmed.append(again)
        result.unstable += claims[_MAX_CLAIMS:]
        return result

    def _apart(self, task: Callable[[Run], T | None]) -> T | None:
        """Do something on a fresh run of the app, or what there is time for; None where that is too little."""
        if time.monotonic() >= self._until:
            return None

        def in_time(run: Run) -> T | None:
            run.session.until = self._until
            try:
                return task(run)
            except TimeIsUpError:
                return None

        return self._start(in_time)

    def _played(self, claim: Claim) -> Claim | None:
        """Play the check again."""

        def play(run: Run) -> Claim | None:
            operation = run.session.api.all.get(claim.scenario)
            found = checks()[claim.check].play
            if operation is None or found is None:
                return None
            return next(
                (one for one in found(run.explorer.scene(claim.check, operation)) if one.key == claim.key), None
            )

        return self._apart(play)

    def _seen_again(self, claim: Claim) -> Claim | None:
        """Play again what a claim was seen in, where sending requests again does not show it: it takes the sequence."""
        if claim.seen_in is None:
            return None
        check, key = claim.seen_in

        def play(run: Run) -> Claim | None:
            operation, found = run.session.api.all.get(key), checks()[check].play
            if operation is None or found is None:
                return None
            for _ in found(run.explorer.scene(check, operation)):
                pass  # what it claims itself is tried by itself
            again = run.explorer.claims.get(claim.key)
            if again is None:
                return None
            last, log = again.steps[-1], run.session.log
            before = [*needed(log, last), *history(log, last, _SHOWN)]
            steps = (*(one for one in log if any(one is other for other in before)), *again.steps)
            return replace(again, steps=steps)

        return self._apart(play)

    def _alone(self, claims: Sequence[Claim]) -> dict[ClaimKey, Claim]:
        """Send the last request of each claim again, all on one run: most need nothing else.

        The smaller requests are tried on a second run. An app may take seconds to start.
        """

        def attempt(run: Run) -> list[_Held]:
            found = []
            with contextlib.suppress(TimeIsUpError):
                for claim in claims:
                    held = self._attempt(run, claim, ())
                    found += [] if held is None else [held]
            return found

        def confirm(run: Run) -> list[Claim]:
            found = []
            with contextlib.suppress(TimeIsUpError):
                for one in smaller:
                    again = self._confirmed(run, one, renews=False)
                    found += [] if again is None else [again]
            return found

        held = (self._apart(attempt) if claims else None) or []
        smaller = [one for one in held if one.is_smaller]
        again = (self._apart(confirm) if smaller else None) or []
        confirmed = {one.key: one for one in again}
        return {one.claim.key: confirmed.get(one.claim.key, one.claim) for one in held}

    def _replayed(self, claim: Claim) -> Claim | None:
        """Send the last request again: alone, then after what its values come from, then after all changes before."""
        last = claim.steps[-1]
        before: Sequence[Exchange] = ()
        held = self._apart(partial(self._attempt, claim=claim, before=()))  # others may have been in its way before
        for before_it in (needed(self._log, last), history(self._log, last, _HISTORY)):
            if held is None and before_it:
                before = before_it
                held = self._apart(partial(self._attempt, claim=claim, before=before))
        renews = held is None and last.operation in self._unique
        if renews:
            before = ()
            held = self._apart(partial(self._attempt, claim=claim, before=(), renews=True))
        if held is None:
            return None
        if not held.is_smaller and not before:
            return held.claim
        return self._apart(partial(self._confirmed, held=held, renews=renews)) or held.claim

    def _attempt(self, run: Run, claim: Claim, before: Sequence[Exchange], renews: bool = False) -> _Held | None:
        """Send a sequence and the claim's request, and make the request smaller if it shows the same again."""
        if renews:
            new = self._renewed(run, claim, claim.steps[-1].request)
            again = None if new == claim.steps[-1].request else self._judged(run, claim, new)
        else:
            again = self._after(run, claim, before)
        if again is None:
            return None

        def shows(candidate: Request) -> bool:
            if time.monotonic() >= self._reduce_until:
                return False
            if renews:
                candidate = self._renewed(run, claim, candidate)
            return self._judged(run, again, candidate) is not None

        whole = again.steps[-1].request
        check = checks()[claim.check]
        limit = _REDUCTIONS if check.review is None and not check.slow else _FEW_REDUCTIONS
        hides = Veil(tuple(run.session.identities.users.values())).hides
        return _Held(again, reduced(whole, shows, limit=limit, whole=hides))

    def _confirmed(self, run: Run, held: _Held, renews: bool) -> Claim | None:
        """Try the smaller request: it must show the same on a fresh app too."""
        *earlier, last = held.claim.steps
        smallest = self._renewed(run, held.claim, held.smallest) if renews else held.smallest
        return self._after(run, replace(held.claim, steps=(*earlier, replace(last, request=smallest))), earlier)

    def _renewed(self, run: Run, claim: Claim, request: Request) -> Request:
        operation = claim.steps[-1].operation
        return run.explorer.renewed(operation, request, self._unique[operation])

    def _after(self, run: Run, claim: Claim, before: Sequence[Exchange]) -> Claim | None:
        """Send a sequence and the claim's request; return the claim with what came back, if it holds again."""
        done = replay(run.session, before)
        values: dict[str, str] = {}
        for old, new in zip(before, done, strict=True):
            values.update(differences(old, new))
        found = self._judged(run, claim, substituted(claim.steps[-1].request, values), times=_TIMES)
        return None if found is None else replace(found, steps=(*done, *found.steps))

    def _judged(self, run: Run, claim: Claim, request: Request, *, times: int = 1) -> Claim | None:
        """Send one request and return the claim as it holds for it, None where it does not.

        What compares answers (their times) must hold each of so many times.
        """
        operation = run.session.api.all[claim.steps[-1].operation]
        check = checks()[claim.check]
        if check.review is not None:
            usual = [one for one in self._log if one.operation == operation.key and one.request != request][:40]
            held: Claim | None = None
            for _ in range(times):
                exchange = run.session.send(operation, request)
                found = check.review(run.session.api, operation, [*usual, exchange])
                held = next((one for one in found if one.key == claim.key), None)
                if held is None or held.steps[-1] is not exchange:
                    return None
            return held
        if check.judge is None:
            return None
        run.session.sign_in(operation, request.identity)  # what that raises is not what this request does
        with raised_in(run.own if claim.check == "undeclared-status" else None, run.session.in_thread) as raised:
            exchange = run.session.send(operation, request)
        if raised.place and exchange.response.status >= _FAILED:
            exchange = replace(exchange, response=replace(exchange.response, origin=raised.place))
        claims = check.judge(Judged(run.session.api, operation, exchange))
        return next((one for one in claims if one.key == claim.key), None)
