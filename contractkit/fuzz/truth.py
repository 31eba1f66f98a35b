"""Tries a claim again before it is reported: on a fresh app, with the smallest request that still shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from contractkit.fuzz.check import Judged, checks
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.explore import Explorer
from contractkit.fuzz.message import Exchange, Request
from contractkit.fuzz.reduce import reduced
from contractkit.fuzz.replay import differences, history, needed, replay, substituted
from contractkit.fuzz.session import Session
from contractkit.fuzz.trace import raised_in

_HISTORY = 200
_MAX_CLAIMS = 60
_TIMES = 3
_SHOWN = 6
"""Changes before a request that is only shown to fail by a play."""
_REDUCTIONS = 60
_FEW_REDUCTIONS = 12
"""For what takes seconds each time."""


@dataclass(frozen=True)
class Run:
    """A fresh run of the app, with what plays need."""

    session: Session
    explorer: Explorer
    folder: Path | None


@dataclass
class Sorted:
    """What became of the claims.

    Attributes:
        confirmed: claims that held again, with the exchanges of that time.
        unstable: claims that did not.
    """

    confirmed: list[Claim]
    unstable: list[Claim]


class Tribunal:
    """Tries claims again.

    Args:
        fresh: starts the app anew; the run before it is closed by then.
        log: all exchanges of the exploration, for what a claim may depend on.
        renew: gives a request that creates a value that was not used, where the app takes each only once: an app may
            remember what was created before it was started anew.
    """

    def __init__(
        self, fresh: Callable[[], Run], log: Sequence[Exchange], renew: Callable[[str, Request], Request]
    ) -> None:
        self._fresh = fresh
        self._log = log
        self._renewed_request = renew
        self._run: Run | None = None

    def sort(self, claims: Sequence[Claim]) -> Sorted:
        """Try all claims again, the first ones of each check and operation first."""
        result = Sorted([], [])
        for claim in claims[:_MAX_CLAIMS]:
            again = self._played(claim) if claim.scenario else self._replayed(claim) or self._seen_again(claim)
            if again is None:
                result.unstable.append(claim)
            else:
                result.confirmed.append(again)
        result.unstable += claims[_MAX_CLAIMS:]
        self.close()
        return result

    def close(self) -> None:
        """Close the run that is open."""
        if self._run is not None:
            self._run.session.close()
            self._run = None

    def _renewed(self) -> Run:
        self.close()
        self._run = self._fresh()
        return self._run

    def _played(self, claim: Claim) -> Claim | None:
        """Play the check again."""
        run = self._renewed()
        operation = run.session.api.operations.get(claim.scenario)
        play = checks()[claim.check].play
        if operation is None or play is None:
            return None
        found = play(run.explorer.scene(claim.check, operation))
        again = next((one for one in found if one.key == claim.key), None)
        self.close()  # a play may have changed what other claims are tried on: users, the clock
        return again

    def _seen_again(self, claim: Claim) -> Claim | None:
        """Play again what a claim was seen in, where sending requests again does not show it: it takes the sequence."""
        if claim.seen_in is None:
            return None
        check, key = claim.seen_in
        run = self._renewed()
        operation, play = run.session.api.operations.get(key), checks()[check].play
        if operation is None or play is None:
            return None
        for _ in play(run.explorer.scene(check, operation)):
            pass  # what it claims itself is tried by itself
        again = run.explorer.claims.get(claim.key)
        self.close()
        if again is None:
            return None
        last, log = again.steps[-1], run.session.log
        before = [*needed(log, last), *history(log, last, _SHOWN)]
        return replace(again, steps=(*(one for one in log if any(one is other for other in before)), *again.steps))

    def _replayed(self, claim: Claim) -> Claim | None:
        """Send the last request again: alone, then after what its values come from, then after all changes before."""
        last = claim.steps[-1]
        run = self._run or self._renewed()
        steps: list[Exchange] = []
        again = self._after(run, claim, steps)
        for before in (needed(self._log, last), history(self._log, last, _HISTORY)):
            if again is not None:
                break
            if before:
                run, steps = self._renewed(), before
                again = self._after(run, claim, steps)
        if again is not None:
            return self._smaller(run, claim, steps, again)
        new = self._renewed_request(last.operation, last.request)
        if new == last.request:
            return None
        run = self._renewed()
        again = self._judged(run, claim, new)
        return None if again is None else self._smaller(run, again, [], again, renews=True)

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
        operation = run.session.api.operations[claim.steps[-1].operation]
        check = checks()[claim.check]
        if check.review is not None:
            usual = [one for one in self._log if one.operation == operation.key and one.request != request][:40]
            held: Claim | None = None
            for _ in range(times):
                exchange = run.session.send(operation, request)
                held = next((one for one in check.review(operation, [*usual, exchange]) if one.key == claim.key), None)
                if held is None or held.steps[-1] is not exchange:
                    return None
            return held
        if check.judge is None:
            return None
        with raised_in(run.folder if claim.check == "undeclared-status" else None, run.session.in_thread) as raised:
            exchange = run.session.send(operation, request)
        if raised.place:
            exchange = replace(exchange, response=replace(exchange.response, origin=raised.place))
        found = check.judge(Judged(run.session.api, operation, exchange))
        return next((one for one in found if one.key == claim.key), None)

    def _smaller(
        self, run: Run, claim: Claim, before: Sequence[Exchange], held: Claim, *, renews: bool = False
    ) -> Claim:
        """Reduce the last request; what was reduced must hold on a fresh app too, else the whole one is kept."""
        whole = held.steps[-1].request

        def shows(candidate: Request) -> bool:
            if renews:
                candidate = self._renewed_request(claim.steps[-1].operation, candidate)
            return self._judged(run, claim, candidate) is not None

        smallest = reduced(whole, shows, limit=_REDUCTIONS if checks()[claim.check].review is None else _FEW_REDUCTIONS)
        if smallest == whole and not before:
            return held
        *earlier, last = held.steps
        if renews:
            smallest = self._renewed_request(last.operation, smallest)
        smaller = replace(held, steps=(*earlier, replace(last, request=smallest)))
        return self._after(self._renewed(), smaller, earlier) or held
