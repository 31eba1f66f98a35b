"""One run of an app: sends requests, keeps what came back, and learns from it."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable

from contractkit.fuzz.budget import NEVER, TimeIsUpError
from contractkit.fuzz.cookies import with_cookies
from contractkit.fuzz.driver import Driver, NoAnswerError, NotSentError
from contractkit.fuzz.identities import Identities, LoginError
from contractkit.fuzz.knowledge import Knowledge
from contractkit.fuzz.message import SAFE, Exchange, Headers, Request, Response
from contractkit.fuzz.operation import Api, Operation

_CONFLICT = 409
NO_ANSWER = 0
"""The status of a response that stands for none."""
NOT_SENT = b"not sent: "
"""How the body of one begins where the request never left."""


class Session:
    """Sends requests to one running app.

    Attributes:
        api: the contract.
        driver: what sends.
        announce: told of each request before it is sent, so that what kills the process can be named.
        identities: the users.
        knowledge: what answers have told.
        log: the exchanges so far, in order, as long as they are kept.
        statuses: how often each status came, by operation.
        sent: how many requests were sent.
        creating: for each POST the request that was taken last, or the first that was refused as a conflict (409).
        observe: told of each exchange of an operation of the contract.
        skipped: requests that are not sent, because they ended the app's process before.
        until: the time (`time.monotonic`) after which nothing is sent any more.

    Args:
        api: the contract.
        driver: what sends.
        announce: told of each request before it is sent, so that what kills the process can be named.
        identities: the users.
        announce: told of each request before it is sent, so that what kills the process can be named.
    """

    def __init__(
        self,
        api: Api,
        driver: Driver,
        identities: Identities,
        announce: Callable[[Request], None] = lambda _: None,
    ) -> None:
        self.api = api
        self.identities = identities
        self.knowledge = Knowledge(api)
        self.log: list[Exchange] = []
        self.statuses: dict[str, Counter[int]] = {}
        self.sent = 0
        self.creating: dict[str, Request] = {}
        self.observe: Callable[[Operation, Exchange], None] = lambda _operation, _exchange: None
        self.skipped: frozenset[Request] = frozenset()
        self.until = NEVER
        self.driver = driver
        self.announce = announce
        self._accepted: set[str] = set()
        self._else_refused: set[str] = set()
        self._asked = 0

    def send(
        self,
        operation: Operation | None,
        request: Request,
        credentials: Headers | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> Exchange:
        """Send a request and remember what came back; no answer is a response of status 0 that says why.

        Args:
            operation: the operation that it is meant for, None for one that the contract does not name.
            request: the request.
            credentials: header fields to send in place of the user's own.
            meanwhile: for a conversation over a WebSocket, what is done before it ends; see `Driver.listen`.

        Raises:
            TimeIsUpError: it is too late for it.
        """
        if self.is_over:
            raise TimeIsUpError
        name = request.identity
        response = self._answer(operation, request, credentials, meanwhile)
        if response.status == 401 and credentials is None and name is not None and self._may_be_over(name, operation):
            # A token that was good before may have run out; only a fresh one tells.
            self._accepted.discard(name)
            if self.identities.forget(name):
                self.knowledge.forget_forms(name)
                response = self._answer(operation, request, None, meanwhile)
                if operation is not None and response.status == 401 and not operation.security:
                    self._else_refused.add(operation.key)
        if response.is_success and name is not None and credentials is None:
            self._accepted.add(name)
        exchange = Exchange("" if operation is None else operation.key, request, response)
        self.log.append(exchange)
        if operation is not None:
            self.statuses.setdefault(operation.key, Counter())[response.status] += 1
            self.knowledge.learn(operation, exchange)
            self.knowledge.spend(operation, name)
            is_new = response.status == _CONFLICT and operation.key not in self.creating
            if operation.method == "POST" and (response.is_success or is_new):
                self.creating[operation.key] = request
            if request not in self.skipped:
                self.observe(operation, exchange)
        return exchange

    def changed_since_asked(self) -> bool:
        """Return whether anything was taken that may change something, but for logins, since this was last asked."""
        new, self._asked = self.log[self._asked :], len(self.log)
        taken = [one for one in new if one.request.method not in SAFE and not 400 <= one.response.status < 500]
        operations = [self.api.all.get(one.operation) for one in taken]
        return any(operation is None or not self.identities.is_sign_in(operation) for operation in operations)

    @property
    def is_over(self) -> bool:
        """Whether the time for requests is over."""
        return time.monotonic() >= self.until

    def _may_be_over(self, name: str, operation: Operation | None) -> bool:
        """Whether a refusal may be for what the user holds, rather than for what the request says.

        It is for the latter where users sign in, and where the contract asks for no credentials and new ones did not
        help.
        """
        if operation is not None and (self.identities.is_sign_in(operation) or operation.key in self._else_refused):
            return False
        return name in self._accepted or self.identities.may_be_over(name)

    def _answer(
        self,
        operation: Operation | None,
        request: Request,
        credentials: Headers | None,
        meanwhile: Callable[[], None] | None,
    ) -> Response:
        name, cookies, sent = request.identity, dict[str, str](), request
        if credentials is None:
            cookies = self.identities.cookies(name, operation)
            sent, credentials = with_cookies(request, cookies)
            credentials = credentials or self._credentials(name)
        if request in self.skipped:
            return Response(NO_ANSWER, (), b"this request ended the app's process before")
        self.announce(request)
        self.sent += 1
        try:
            if meanwhile is None:
                response = self.driver.send(sent, credentials)
            else:
                response = self.driver.listen(sent, credentials, meanwhile)
        except NotSentError as error:
            return Response(NO_ANSWER, (), NOT_SENT + str(error).encode("utf-8", "replace"))
        except NoAnswerError as error:
            kind = b"timeout: " if error.timeout else b""
            return Response(NO_ANSWER, (), kind + str(error).encode("utf-8", "replace"))
        if name is not None and cookies and self.identities.sessions.keep(name, response):
            self.knowledge.forget_forms(name)
        return response

    def _credentials(self, name: str | None) -> Headers:
        try:
            return self.identities.credentials(name)
        except LoginError:
            return ()  # who cannot sign in sends what needs no signing in

    def sign_in(self, operation: Operation, name: str | None) -> None:
        """See to it that a user is signed in for an operation, as far as that is possible."""
        if not self.identities.cookies(name, operation):
            self._credentials(name)

    def advance(self, seconds: float) -> bool:
        """Let the app's clock run on, and all users sign in anew when they are needed; see `Driver.advance`."""
        if not self.driver.advance(seconds):
            return False
        self.identities.forget_all()
        return True

    def in_thread(self, function: Callable[..., object], *arguments: object) -> None:
        """Call a function in the thread of the app's handlers; see `Driver.in_thread`."""
        self.driver.in_thread(function, *arguments)

    def close(self) -> None:
        """Close the driver."""
        with contextlib.suppress(Exception):
            self.driver.close()
