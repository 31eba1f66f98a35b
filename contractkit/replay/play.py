"""Plays a cassette on a running app: sends its requests in their order, with what they carry on filled in."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote_plus

from contractkit.fuzz.cookies import with_cookies
from contractkit.fuzz.driver import NoAnswerError
from contractkit.fuzz.identities import Identities, LoginError
from contractkit.fuzz.message import ABSENT, FORM, Exchange, Headers, Request, Response, dumped, header
from contractkit.fuzz.operation import Api, Operation
from contractkit.fuzz.session import NO_ANSWER, Session
from contractkit.replay.carry import captured, filled, filled_json, names_in
from contractkit.replay.cassette import Cassette, Step
from contractkit.replay.masking import Masks

PACE = 1.0
"""Seconds that the app's clock goes on from one request to the next."""
_UNAUTHORISED = 401


class Clock(Protocol):
    """The app's wall clock."""

    def tick(self) -> None:
        """Let it go on by the pace of a cassette."""
        ...


class _RealClock:
    def tick(self) -> None:
        """Leave it as it is."""


class _SetClock:
    """A wall clock that says the same at the same request in every play; what measures durations goes on as it is."""

    def __init__(self, start: float) -> None:
        import time_machine

        self._next = start
        self._travel = time_machine.travel(start, tick=True)
        self._coordinates = self._travel.start()

    def tick(self) -> None:
        """Set it to the time of the next request, and never back: a token would be one of the future."""
        self._next += PACE
        while self._next <= time.time():
            self._next += PACE
        self._coordinates.move_to(self._next)

    def stop(self) -> None:
        """Give the process its own time back."""
        self._travel.stop()


@contextlib.contextmanager
def clock(start: float | None) -> Iterator[Clock]:
    """Set the clock of this process while an app runs in it.

    Args:
        start: what it says at the beginning, in seconds since 1970; None to leave it alone.
    """
    if start is None:
        yield _RealClock()
        return
    own = _SetClock(start)
    try:
        yield own
    finally:
        own.stop()


@dataclass
class Played:
    """A step that was played.

    Attributes:
        step: the step.
        exchange: what was sent, and what came back; None where it could not be sent.
        missing: what it carries on that no answer gave.
        values: what was carried on by then, by name.
    """

    step: Step
    exchange: Exchange | None = None
    missing: str = ""
    values: dict[str, str | int] = field(default_factory=dict)


def played(cassette: Cassette, session: Session, masks: Masks, now: Clock) -> Iterator[Played]:
    """Yield the steps of a cassette, each after it was played.

    Args:
        cassette: the cassette.
        session: the app, not used for anything else.
        masks: knows the secrets that placeholders stand for.
        now: the app's clock.
    """
    sender = _Sender(session)
    values: dict[str, str | int] = {}
    for step in cassette.steps:
        request = request_of(step, values, masks)
        missing = next((name for name in wanted(step) if name not in values and "." not in name), "")
        if missing:
            yield Played(step, missing=missing, values=values)
            continue
        now.tick()
        exchange = Exchange(step.operation, request, sender.send(step, request))
        for capture in step.captures:
            value = captured(capture, exchange)
            if value is not None:
                values[capture.name] = value
        yield Played(step, exchange, values=values)


def wanted(step: Step) -> Iterator[str]:
    """Yield the names of what the request of a step carries on."""
    yield from names_in(step.target)
    for _, value in step.headers:
        yield from names_in(value)
    if step.text is not None:
        yield from names_in(step.text)
    elif step.json is not ABSENT:
        yield from _wanted_json(step.json)


def _wanted_json(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if "{{" in value:
            yield from names_in(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _wanted_json(item)
    elif isinstance(value, list):
        for item in value:
            yield from _wanted_json(item)


def request_of(step: Step, values: dict[str, str | int], masks: Masks) -> Request:
    """Return the request of a step as it is sent, with the values that it carries on."""
    headers = tuple((name, filled(masks.revealed(value), values)) for name, value in step.headers)
    body = step.data
    if step.json is not ABSENT:
        body = dumped(filled_json(_revealed(step.json, masks), values))
    elif step.text is not None:
        is_form = header(headers, "content-type").partition(";")[0].strip().lower() == FORM
        body = filled(masks.revealed(step.text, quote_plus if is_form else str), values, encoded=is_form).encode()
    return Request(step.method, filled(step.target, values, encoded=True), headers, body, step.user)


def _revealed(value: Any, masks: Masks) -> Any:
    if isinstance(value, dict):
        return {key: _revealed(item, masks) for key, item in value.items()}
    if isinstance(value, list):
        return [_revealed(item, masks) for item in value]
    return masks.revealed(value) if isinstance(value, str) and "{{" in value else value


class _Sender:
    """Sends requests with what their users show; as `Session.send` does, but for what that learns."""

    def __init__(self, session: Session) -> None:
        self._api: Api = session.api
        self._identities: Identities = session.identities
        self._session = session
        self._let_in: set[str] = set()

    def send(self, step: Step, request: Request) -> Response:
        """Send a request; a user whose token is not good any more signs in once more, in every play alike."""
        operation = self._api.all.get(step.operation)
        response = self._answer(operation, request)
        name = request.identity
        if name is None:
            return response
        if response.status == _UNAUTHORISED and name in self._let_in:
            self._let_in.discard(name)
            if self._identities.forget(name):
                response = self._answer(operation, request)
        if response.is_success:
            self._let_in.add(name)
        return response

    def _answer(self, operation: Operation | None, request: Request) -> Response:
        name, cookies = request.identity, dict[str, str]()
        sent, credentials = request, Headers()
        if name is not None:
            cookies = self._identities.cookies(name, operation)
            sent, credentials = with_cookies(request, cookies)
            if not credentials:
                with contextlib.suppress(LoginError):
                    credentials = self._identities.credentials(name)
        if request in self._session.skipped:
            return Response(NO_ANSWER, (), b"this request ended the app's process")
        self._session.announce(request)
        try:
            response = self._session.driver.send(sent, credentials)
        except NoAnswerError as error:
            return Response(NO_ANSWER, (), str(error).encode("utf-8", "replace"))
        if name is not None and cookies:
            self._identities.sessions.keep(name, response)
        return response
