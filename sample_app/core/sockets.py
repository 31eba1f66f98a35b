"""A WebSocket (RFC 6455) of this app: JSON texts both ways, a bounded queue out, and the codes it is closed with."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from enum import IntEnum, StrEnum
from typing import Literal

from fastapi import WebSocket
from pydantic import BaseModel, Field
from starlette.websockets import WebSocketDisconnect

from sample_app import faults
from sample_app.core.problems import InvalidPart

logger = logging.getLogger(__name__)

_FAREWELL_SECONDS = 10.0

OnText = Callable[[str], Awaitable[None]]


class CloseCode(IntEnum):
    """Why the app closes a socket: RFC 6455, section 7.4.1; from 4000 on its own (section 7.4.2).

    The server itself has reasons of its own: see `CLOSE_CODES`.
    """

    BROKEN = 1011
    """The app failed; its log tells more."""
    NOT_AUTHENTICATED = 4401
    """The token has expired, or its login was ended."""
    TOO_SLOW = 4408
    """The client did not read fast enough, so it has missed messages."""


CLOSE_CODES = {
    1009: "A message was too long even to be looked at.",
    CloseCode.BROKEN: "The app failed.",
    1012: "The server ends or is restarted; connect again.",
    CloseCode.NOT_AUTHENTICATED: "The token has expired, or its login was ended.",
    CloseCode.TOO_SLOW: "The client read too slowly, and has missed messages.",
}
"""All that a socket may be closed with, for clients."""


class ErrorCode(StrEnum):
    """What was wrong with a message of the client."""

    INVALID = "invalid"
    TOO_LARGE = "too_large"
    NOT_JOINED = "not_joined"


class ErrorMessage(BaseModel):
    """A message of the client was refused; the socket goes on."""

    type: Literal["error"] = "error"
    code: ErrorCode
    detail: str = Field(description="What was wrong, for people.")
    errors: Sequence[InvalidPart] = Field(default=(), description="The refused parts, where there are any.")


class Socket:
    """An accepted WebSocket. What is pushed waits in a queue, so that a slow client holds nobody up.

    Args:
        websocket: accepted.
        max_bytes: the longest message of the client that is looked at.
        queue_size: how many messages may wait for the client; one more, and it is dropped.
    """

    def __init__(self, websocket: WebSocket, *, max_bytes: int, queue_size: int) -> None:
        self._websocket = websocket
        self._max_bytes = max_bytes
        self._waiting: asyncio.Queue[str] = asyncio.Queue(queue_size)
        self._code: asyncio.Future[CloseCode] = asyncio.get_running_loop().create_future()

    def push(self, message: str) -> None:
        """Let the client have a message in its turn; one that is too slow is dropped."""
        try:
            self._waiting.put_nowait(message)
        except asyncio.QueueFull:
            self.close(CloseCode.TOO_SLOW)

    def refuse(self, code: ErrorCode, detail: str, errors: Sequence[InvalidPart] = ()) -> None:
        """Tell the client that its message was refused."""
        self.push(ErrorMessage(code=code, detail=detail, errors=errors).model_dump_json())

    def close(self, code: CloseCode) -> None:
        """End the conversation; the first reason counts."""
        if not self._code.done():
            self._code.set_result(code)

    async def put(self, message: str) -> None:
        """Let the client have a message in its turn, and wait while too many wait already."""
        await self._waiting.put(message)

    async def converse(self, on_text: OnText, *beside: Coroutine[None, None, None]) -> CloseCode | None:
        """Take and send messages until the client goes, or is to go, or something fails.

        Args:
            on_text: gets each text of the client, one after the other.
            beside: runs meanwhile, without end.

        Returns:
            Why to close the socket; None if the client has gone.
        """
        tasks = [asyncio.create_task(work) for work in (self._receive(on_text), self._send(), *beside)]
        try:
            ends: list[asyncio.Future[CloseCode] | asyncio.Task[None]] = [self._code, *tasks]
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self._code in done:
            return self._code.result()
        failed = next((error for task in done if (error := task.exception())), None)
        if failed is None or isinstance(failed, WebSocketDisconnect):
            return None
        logger.error("a socket was ended by a failure", exc_info=failed)
        return CloseCode.BROKEN

    async def end(self, code: CloseCode | None) -> None:
        """Close the socket, for one of the reasons of :meth:`converse`. What still waits is not sent."""
        if code is None:
            return
        # It may have gone meanwhile; and one that does not read may not take the farewell either.
        with suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
            await asyncio.wait_for(self._websocket.close(code, code.name.lower()), _FAREWELL_SECONDS)

    async def _receive(self, on_text: OnText) -> None:
        while True:
            received = await self._websocket.receive()
            if received["type"] == "websocket.disconnect":
                return
            text = received.get("text")
            if faults.is_on("socket-dies-of-malformed-message"):
                json.loads(text or "")
            if text is None:
                self.refuse(ErrorCode.INVALID, "Send texts, not bytes.")
            elif len(text.encode()) > self._max_bytes and faults.is_on("large-message-closes-undeclared"):
                await self._websocket.close(4413, "too_large")
                return
            elif len(text.encode()) > self._max_bytes:
                self.refuse(ErrorCode.TOO_LARGE, f"A message has at most {self._max_bytes} bytes.")
            else:
                await on_text(text)

    async def _send(self) -> None:
        while True:
            await self._websocket.send_text(await self._waiting.get())
