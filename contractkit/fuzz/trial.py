"""Tries the findings of `diff` on the running app: does a client meet the break that the documents show?

A request is sent as the witness has it, with identifiers that exist where the break does not concern them. That it is
refused says something only where the app takes another request of that operation. For a response the operation is
called and what comes back is held against the base contract.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from contractkit.fuzz.check import Judged, checks
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.edit import with_pairs
from contractkit.fuzz.findings import Veil
from contractkit.fuzz.maker import Maker
from contractkit.fuzz.message import Exchange, Request
from contractkit.fuzz.operation import Api, Operation
from contractkit.fuzz.session import NO_ANSWER, Session
from contractkit.fuzz.wire import request_of
from contractkit.model.change import SOCKET, Change, Direction
from contractkit.model.confirmation import Answer, Confirmation
from contractkit.model.contract import Contract
from contractkit.model.finding import Finding

_REFUSED = frozenset({400, 405, 406, 411, 413, 414, 415, 416, 417, 422, 428, 431})
"""Statuses that say that the request itself is not taken (RFC 9110, section 15.5; RFC 6585)."""
_ABSENT = frozenset({404, 405, 410, 501})
_UNAUTHORISED = frozenset({401, 403})
_RESPONSE_CHECKS = ("response-body", "response-header", "undeclared-media-type", "undeclared-status")
_REPLACED = {"response": "undeclared-status", "media-type": "undeclared-media-type"}
"""What is seen in place of a status or media type that is gone: another one, which the base does not know."""
_CALLS = 6
"""Further requests of an operation that reads."""


@dataclass(frozen=True)
class Trial:
    """What is to be tried.

    Attributes:
        base: the contract that clients were built on.
        findings: the findings that a running app can say something to.
    """

    base: Contract
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Tried:
    """What became of the findings of a trial, in their order."""

    confirmations: tuple[Confirmation, ...]


class Confirmer:
    """Tries findings in one session.

    Args:
        session: sends the requests; its contract is the revision.
        maker: makes requests that the app takes.
        base: the operations that clients were built on, below the same base path.
    """

    def __init__(self, session: Session, maker: Maker, base: Api) -> None:
        self._session = session
        self._maker = maker
        self._base = base
        self._user = session.identities.main
        self._called: dict[str, list[Exchange]] = {}

    @cached_property
    def _veil(self) -> Veil:
        cookies = {key: one.cookies for key, one in self._session.api.operations.items()}
        return Veil(tuple(self._session.identities.users.values()), cookies)

    def confirm(self, finding: Finding) -> Confirmation:
        """Try one finding."""
        change = finding.change
        if not change.operation:
            return Confirmation(Answer.UNCLEAR, "it concerns no single operation")
        if change.operation.startswith(f"{SOCKET} "):
            return Confirmation(Answer.UNCLEAR, "it is said over a WebSocket, and those are not tried")
        if change.operation not in self._base.operations:
            return Confirmation(Answer.UNCLEAR, "the server sends it: only its receiver can tell")
        if change.direction is Direction.RESPONSE:
            return self._response(change)
        if change.witness is not None and change.witness.method is not None:
            return self._request(change)
        if change.area == "security":
            return self._security(change)
        return Confirmation(Answer.UNCLEAR, "there is no request that shows it")

    def _request(self, change: Change) -> Confirmation:
        witness = change.witness
        assert witness is not None
        request = request_of(witness, self._session.api.base_path, self._user)
        operation = self._session.api.find(request.method, request.path)
        control: Exchange | None = None
        if operation is not None:
            control = self._maker.accepted(operation, self._user)
            request = self._fitted(operation, request, change)
        exchange = self._session.send(operation, request)
        return self._told(change, exchange, operation is None, control)

    def _fitted(self, operation: Operation, request: Request, change: Change) -> Request:
        """Return the request with identifiers that exist, and a precondition that holds, where the break is not."""
        self._maker.prepare(operation, self._user)
        place = change.location
        rng = random.Random(f"confirm {operation.key}")
        request = self._maker.grounded(
            operation, request, rng, path=not place.startswith("path."), body=not place.startswith("body")
        )
        return request if place.startswith("header.") else self._maker.matching(operation, request)

    def _told(self, change: Change, exchange: Exchange, is_gone: bool, control: Exchange | None) -> Confirmation:
        status, step = exchange.response.status, self._veil.step(exchange)
        if status == NO_ANSWER:
            return Confirmation(Answer.UNCLEAR, self._veil.text(f"no answer came: {exchange.response.text}"), step)
        if 200 <= status < 400:
            return Confirmation(Answer.ACCEPTED, f"the app takes it and answers {status}: its document says no", step)
        if is_gone and status in _ABSENT:
            if status != 404 or "{" not in self._base.operations[change.operation].template:
                return Confirmation(Answer.CONFIRMED, f"the app answers {status}", step)
            return Confirmation(Answer.UNCLEAR, "404, as it also is for what does not exist", step)
        if status in _UNAUTHORISED:
            known = "" if self._user is None else " with these credentials"
            return Confirmation(Answer.UNCLEAR, f"{status}: the app does not let it in{known}", step)
        if status not in _REFUSED:
            return Confirmation(Answer.UNCLEAR, f"{status}, which is no answer to how the request is written", step)
        if control is None:
            return Confirmation(Answer.UNCLEAR, f"{status}, but no other request of it is taken either", step)
        return Confirmation(Answer.CONFIRMED, f"the app refuses it: {status}", step)

    def _security(self, change: Change) -> Confirmation:
        """Call what asks for credentials now without any."""
        operation = self._session.api.operations.get(change.operation)
        if operation is None or self._base.operations[change.operation].security:
            return Confirmation(Answer.UNCLEAR, "there is no request that shows it")
        pool = self._maker.pool(operation)
        if not pool:
            return Confirmation(Answer.UNCLEAR, "no request could be generated")
        exchange = self._session.send(operation, pool[0].of(None))
        status, step = exchange.response.status, self._veil.step(exchange)
        if status in _UNAUTHORISED:
            return Confirmation(Answer.CONFIRMED, f"the app refuses it without credentials: {status}", step)
        if exchange.response.is_success:
            return Confirmation(Answer.ACCEPTED, f"the app answers {status} without credentials", step)
        return Confirmation(Answer.UNCLEAR, f"{status}, which does not tell", step)

    def _response(self, change: Change) -> Confirmation:
        """Call the operation and hold the answers against the base contract at the place of the change."""
        operation = self._session.api.operations.get(change.operation)
        if operation is None:
            return Confirmation(Answer.UNCLEAR, "the operation is called otherwise now")
        answers = self._answers(operation)
        if not answers:
            return Confirmation(Answer.UNCLEAR, "no request of the operation was taken")
        for exchange in answers:
            for claim in self._broken(change.operation, exchange):
                replaced = change.action == "removed" and _REPLACED.get(change.area) == claim.check
                if replaced or is_at(claim.place, change.location):
                    note = self._veil.text(f"what the app answers breaks clients of the base: {claim.message}")
                    return Confirmation(Answer.CONFIRMED, note, self._veil.step(exchange))
        return Confirmation(Answer.UNCLEAR, "the app may answer so, but did not", self._veil.step(answers[-1]))

    def _answers(self, operation: Operation) -> list[Exchange]:
        """Return some exchanges in which the app took a request; what is read has something in it, if it can."""
        if operation.key in self._called:
            return self._called[operation.key]
        resource = self._maker.resources.of(operation)
        reads = operation.method in ("GET", "HEAD")
        if reads and resource is not None and resource.create is not None:
            self._maker.make(resource, self._user)
        first = self._maker.accepted(operation, self._user)
        found = [] if first is None else [first]
        if first is not None and reads:
            further = [_bare(operation, first.request), *self._maker.pool(operation)[:_CALLS]]
            rng = random.Random(f"confirm {operation.key}")
            grounded = [self._maker.grounded(operation, one.of(self._user), rng) for one in further]
            answers = [self._session.send(operation, one) for one in grounded]
            found += [one for one in answers if one.response.is_success]
        self._called[operation.key] = found
        return found

    def _broken(self, key: str, exchange: Exchange) -> Iterator[Claim]:
        judged = Judged(self._base, self._base.operations[key], exchange)
        for name in _RESPONSE_CHECKS:
            judge = checks()[name].judge
            assert judge is not None
            yield from judge(judged)


def _bare(operation: Operation, request: Request) -> Request:
    """Return a request without the optional parts of its query, which often choose little or nothing."""
    needed = {one.name for one in operation.parameters if one.where == "query" and one.parameter.required}
    return with_pairs(request, [(name, value) for name, value in request.pairs if name in needed])


def is_at(place: str, location: str) -> bool:
    """Whether a claim (`200.body/items/*/qty`) is at the place of a change (`200.body.items[].qty`), or around it."""
    claimed, changed = _tokens(place), _tokens(location)
    shorter = min(len(claimed), len(changed))
    return shorter > 0 and claimed[:shorter] == changed[:shorter]


def _tokens(place: str) -> list[str]:
    return [token.lower() for token in re.split(r"[./]", place.replace("[]", "/*")) if token]
