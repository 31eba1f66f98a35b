"""What sends requests: to an app in this process, or to a server over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from contractkit.fuzz.message import Headers, Request, Response

MAX_BODY = 1 << 20
"""Bytes of a response that are read; a longer one is cut, its connection closed."""
MAX_STREAM_SECONDS = 2.0
"""How long a body that comes in pieces is read; an endless one (server-sent events) is judged by its first pieces."""


class Driver(Protocol):
    """Sends requests, one after the other."""

    def send(self, request: Request, credentials: Headers = ()) -> Response:
        """Send a request, with header fields added that carry the credentials of its identity.

        Raises:
            NoAnswerError: nothing came back.
        """
        ...

    def listen(self, request: Request, credentials: Headers, meanwhile: Callable[[], None]) -> Response:
        """Hold a conversation over a WebSocket, and let others be sent to before it ends.

        Args:
            request: the conversation.
            credentials: header fields for the handshake.
            meanwhile: called when the client has done all that it does; it may send other requests.

        Raises:
            NoAnswerError: the handshake was not answered.
        """
        ...

    def advance(self, seconds: float) -> bool:
        """Let the app's clock run on by so many seconds, for all requests from now on; False where it cannot be done.

        In process the wall clock is set on while the app handles a request. Over HTTP a short time is waited for.
        """
        ...

    def in_thread(self, function: Callable[..., object], *arguments: object) -> None:
        """Call a function in the thread that the app's next handler without `async` will run in, and wait for it.

        Over HTTP the app has no thread here, and nothing is called.
        """
        ...

    def close(self) -> None:
        """Release what it holds; in process, run the app's shutdown."""
        ...


class NoAnswerError(Exception):
    """A request got no answer: refused connection, timeout, an answer that is no HTTP."""

    def __init__(self, reason: str, *, timeout: bool = False) -> None:
        super().__init__(reason)
        self.timeout = timeout


class NotSentError(NoAnswerError):
    """A request that cannot stand on the wire, such as a line break in a header field (RFC 9112, section 5)."""


class StartupError(Exception):
    """The app's startup failed, or the server cannot be reached at all."""
