"""Talks to a WebSocket of an ASGI app in this process (asgi.readthedocs.io, WebSocket specification 2.4)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

from contractkit.fuzz.driver import MAX_BODY, MAX_STREAM_SECONDS, NoAnswerError
from contractkit.fuzz.message import OPENED, Crash, Response
from contractkit.fuzz.talk import MAX_MESSAGES, PATIENCE, Step, answer, content_of

_QUIET = 0.03
"""Seconds without a message after which no more is waited for, where nobody knows whether one comes."""
_READING = 2.0
"""Seconds after which an app that did not ask for a message is taken for one that never does."""
_LINGERING = 0.2
_BROKEN, _NORMAL, _WENT = 1011, 1000, 1005
"""What a server closes with when the app raises, when it returns, and what it sees of a client that gives no code."""


class AsgiTalk:
    """One conversation.

    Args:
        app: the ASGI app.
        scope: the connection's scope.
        steps: what the client does once the socket is open.
        timeout: seconds for the answer to the handshake, and for the app to be done once the client has closed.
        crash_of: tells what is worth knowing of an exception.
    """

    def __init__(
        self,
        app: Callable[..., Any],
        scope: dict[str, Any],
        steps: Sequence[Step],
        *,
        timeout: float,
        crash_of: Callable[[BaseException], Crash],
    ) -> None:
        self._steps = steps
        self._timeout = timeout
        self._crash_of = crash_of
        self._news = asyncio.Event()
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._asks, self._gone = False, False
        self._status: int | None = None
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = bytearray()
        self._messages: list[str | bytes] = []
        self._heard, self._size = 0, 0
        self._code: int | None = None
        self._reason = ""
        self._refused = False
        self._to_app.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.ensure_future(app(scope, self._receive, self._send))
        self._task.add_done_callback(lambda _: self._news.set())

    async def begin(self) -> None:
        """Open the socket and do the steps.

        Raises:
            NoAnswerError: the handshake is not answered in time.
        """
        answered = await self._until(lambda: self._status is not None or self._task.done(), self._timeout)
        if not answered:
            self._task.cancel()
            raise NoAnswerError(f"the handshake is not answered within {self._timeout:g} s", timeout=True)
        if self._status != OPENED:
            return
        reads = await self._until(lambda: self._asks or self._is_over, _READING)
        for step in self._steps:
            if self._is_over:
                return
            if "wait" in step:
                await self._wait(step["wait"])
                continue
            content = content_of(step)
            if content is None:
                continue
            self._asks = False
            self._to_app.put_nowait(
                {"type": "websocket.receive", "bytes" if isinstance(content, bytes) else "text": content}
            )
            if reads:
                reads = await self._until(lambda: self._asks or self._is_over, _READING)

    async def finish(self) -> Response:
        """Let come what is on its way, close the socket, and return what the app did."""
        if self._status == OPENED:
            quiet = await self._settle()
        else:
            quiet = True
            await self._until(lambda: self._refused or self._task.done(), self._timeout)
        seen = self._status in (None, OPENED) and self._code is None and self._task.done()
        crash = self._crash() if seen else None
        if self._status == OPENED and self._code is None and self._task.done():
            self._code = _NORMAL if crash is None else _BROKEN
        ended = await self._end()
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in self._headers)
        if self._status is None:
            return Response(500, crash=crash)  # which is what a server answers for an app that does not
        if self._status != OPENED:
            return Response(self._status, headers, bytes(self._body), crash=crash)
        headers, body = answer(headers, self._messages, self._code, self._reason, ended=ended, quiet=quiet)
        return Response(OPENED, headers, body, crash=crash)

    @property
    def _is_over(self) -> bool:
        return self._code is not None or self._task.done()

    def _crash(self) -> Crash | None:
        error = None if self._task.cancelled() else self._task.exception()
        return None if error is None else self._crash_of(error)

    async def _wait(self, what: object) -> None:
        if what == "close":
            await self._until(lambda: self._is_over, PATIENCE)
        elif isinstance(what, int):
            await self._until(lambda: self._is_over or len(self._messages) >= what, PATIENCE)

    async def _settle(self) -> bool:
        """Let come what is on its way; return whether there was an end to it in the time that a stream is given."""
        loop = asyncio.get_running_loop()
        end = loop.time() + MAX_STREAM_SECONDS
        count = -1

        def moved() -> bool:
            return self._is_over or self._heard > count

        while not self._is_over and loop.time() < end:
            count = self._heard
            if not await self._until(moved, _QUIET):
                return True
        return self._is_over

    async def _end(self) -> bool:
        """Close the socket from the client's side; return whether the app was done with it in time."""
        was_over, self._gone = self._is_over, True
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": _WENT, "reason": ""})
        ended = await self._until(self._task.done, _LINGERING if was_over else self._timeout)
        if not ended:
            self._task.cancel()
            with contextlib.suppress(Exception, asyncio.CancelledError):
                await asyncio.wait({self._task}, timeout=_LINGERING)
        elif not self._task.cancelled():
            self._task.exception()  # seen: an app may well raise when its client has gone
        return ended or was_over

    async def _until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Wait until something holds; return whether it does, after so many seconds at most."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not holds():
            left = end - loop.time()
            if left <= 0:
                return False
            self._news.clear()
            timer = loop.call_later(left, self._news.set)
            await self._news.wait()
            timer.cancel()
        return True

    async def _receive(self) -> dict[str, Any]:
        if self._to_app.empty():
            self._asks = True
            self._news.set()
        message = await self._to_app.get()
        if message["type"] == "websocket.disconnect":
            self._to_app.put_nowait(message)  # whoever asks again gets the same
        return message

    async def _send(self, message: dict[str, Any]) -> None:
        self._news.set()
        kind = message["type"]
        if kind == "websocket.accept":
            self._status = OPENED
            self._headers = list(message.get("headers", ()))
        elif kind == "websocket.http.response.start":
            self._status, self._headers = message["status"], list(message.get("headers", ()))
        elif kind == "websocket.http.response.body":
            self._body += message.get("body", b"")[: MAX_BODY - len(self._body)]
            self._refused = not message.get("more_body", False)
        elif kind == "websocket.close" and self._status is None:
            self._status, self._refused = 403, True
        elif self._gone or self._code is not None:
            raise OSError("the client has gone")  # as the specification has it, since 2.4
        elif kind == "websocket.close":
            self._code, self._reason = message.get("code", _NORMAL) or _NORMAL, message.get("reason") or ""
            self._to_app.put_nowait({"type": "websocket.disconnect", "code": self._code, "reason": self._reason})
        else:
            self._keep(message)

    def _keep(self, message: dict[str, Any]) -> None:
        text = message.get("text")
        content = text if text is not None else message.get("bytes") or b""
        self._heard += 1
        self._size += len(content)
        if len(self._messages) < MAX_MESSAGES and self._size <= MAX_BODY:
            self._messages.append(content)
