"""Talks to a WebSocket of a server over the network (RFC 6455)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from contractkit.fuzz.driver import MAX_BODY, MAX_STREAM_SECONDS, NoAnswerError, NotSentError
from contractkit.fuzz.message import OPENED, Headers, Response
from contractkit.fuzz.talk import MAX_MESSAGES, PATIENCE, Step, answer, content_of

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

_QUIET = 0.15
"""Seconds without a message after which no more is waited for, where nobody knows whether one comes."""
_FORBIDDEN = 403
_ABNORMAL, _WITHOUT = 1006, 1005
"""What stands for a connection that ends without a close frame, and for a frame without a code (section 7.4.1)."""


class ClientTalk:
    """One conversation.

    Args:
        url: the address, `ws:` or `wss:`.
        headers: header fields of the handshake.
        steps: what the client does once the socket is open.
        timeout: seconds for the answer to the handshake, and for the server to close once the client has closed.
    """

    def __init__(self, url: str, headers: Headers, steps: Sequence[Step], *, timeout: float) -> None:
        self._url = url
        self._headers = headers
        self._steps = steps
        self._timeout = timeout
        self._messages: list[str | bytes] = []
        self._size = 0
        self._refusal: Response | None = None
        self._connection: ClientConnection | None = None

    def begin(self) -> None:
        """Open the socket and do the steps.

        Raises:
            NoAnswerError: the handshake is not answered in time, or not by an answer.
        """
        from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
        from websockets.sync.client import connect

        try:
            self._connection = connect(
                self._url,
                additional_headers=self._headers,
                user_agent_header="contractkit",
                open_timeout=self._timeout,
                close_timeout=self._timeout,
                ping_interval=None,
                compression=None,
                max_size=MAX_BODY,
                proxy=None,
            )
        except InvalidStatus as error:
            got = error.response
            self._refusal = _refusal(got.status_code, tuple(got.headers.raw_items()), bytes(got.body or b""))
            return
        except TimeoutError as error:
            reason = f"the handshake is not answered within {self._timeout:g} s"
            raise NoAnswerError(reason, timeout=True) from error
        except InvalidURI as error:
            raise NotSentError(str(error)) from error
        except (InvalidHandshake, OSError, EOFError) as error:
            raise NoAnswerError(str(error) or type(error).__name__) from error
        try:
            for step in self._steps:
                self._do(step)
        except ConnectionClosed:
            return

    def _do(self, step: Step) -> None:
        assert self._connection is not None
        wait, content = step.get("wait"), content_of(step)
        if wait == "close":
            end = time.monotonic() + PATIENCE
            while self._read(end - time.monotonic()):
                pass
        elif isinstance(wait, int):
            end = time.monotonic() + PATIENCE
            while len(self._messages) < wait and self._read(end - time.monotonic()):
                pass
        elif content is not None:
            self._connection.send(content)

    def finish(self) -> Response:
        """Let come what is on its way, close the socket, and return what the server did."""
        from websockets.exceptions import ConnectionClosed

        if self._refusal is not None:
            return self._refusal
        assert self._connection is not None
        assert self._connection.response is not None
        code, reason, ended, quiet = None, "", True, True
        end = time.monotonic() + MAX_STREAM_SECONDS
        try:
            while self._read(_QUIET):
                if time.monotonic() >= end:
                    quiet = False
                    break
            self._connection.close()
            # Without an answer to its close frame the client ends the connection itself, which is no proper end.
            ended = self._connection.close_code != _ABNORMAL
        except ConnectionClosed as closed:
            frame = closed.rcvd
            if frame is not None:
                code, reason = frame.code, frame.reason
            elif closed.sent is None:  # otherwise it is the client that ended it, because of a message too long for it
                code = _ABNORMAL
        if code == _WITHOUT:
            code = 1000
        headers = tuple(self._connection.response.headers.raw_items())
        headers, body = answer(headers, self._messages, code, reason, ended=ended, quiet=quiet)
        return Response(OPENED, headers, body)

    def _read(self, seconds: float) -> bool:
        """Read one message; return whether one came in so many seconds.

        Raises:
            ConnectionClosed: the server closed the socket.
        """
        assert self._connection is not None
        if seconds <= 0:
            return False
        try:
            message = self._connection.recv(timeout=seconds)
        except TimeoutError:
            return False
        self._size += len(message)
        if len(self._messages) < MAX_MESSAGES and self._size <= MAX_BODY:
            self._messages.append(message)
        return True


def _refusal(status: int, headers: Headers, body: bytes) -> Response:
    """Return the answer to a handshake that is refused.

    For an app that closes before it accepts, the server itself answers 403, without a body and with a type that no app
    has said (ASGI, WebSocket specification, "Close").
    """
    is_own = status == _FORBIDDEN and not body
    return Response(status, tuple(row for row in headers if not is_own or row[0].lower() != "content-type"), body)
