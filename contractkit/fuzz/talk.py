"""A conversation over a WebSocket, as requests and responses hold it.

The body of a `Request` whose method is `WS` is what the client does once the socket is open, a JSON list of steps:

- `{"json": ...}` sends a JSON text, `{"text": "..."}` any text (`"times"` of it), `{"base64": "..."}` a binary message;
- `{"wait": n}` waits until the server has sent `n` messages in all, `{"wait": "close"}` until it has closed the socket.

The body of the `Response` is what the server did: `messages` in their order, the `code` that it closed the socket with
(null where it left that to the client) and its `reason`, and `ended`: whether it was done soon after the client closed.
Where it went on sending until nobody waited any longer, `quiet` is false.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from contractkit.fuzz.message import ABSENT, OPENED, Request, Response, dumped
from contractkit.model.change import SOCKET

Step = dict[str, Any]

BYTES = "base64"
"""What a binary message stands under."""
PATIENCE = 5.0
"""Seconds that a step waits for what it waits for."""
MAX_TEXT = 1 << 20
"""Characters of a message that is sent."""
MAX_MESSAGES = 200
"""Messages of the server that are kept."""
TRANSCRIPT = ("content-type", "application/json")
"""The header field that is added to the answer to a handshake for what follows it."""


@dataclass(frozen=True)
class Transcript:
    """What the server did once the socket was open.

    Attributes:
        messages: what it sent, each as `{"json": ...}`, `{"text": "..."}` or `{"base64": "..."}`.
        code: the code that it closed the socket with (RFC 6455, section 7.4), None where the client closed it.
        reason: its words for that.
        ended: whether it was done soon after the client had closed.
        quiet: whether it had said what it had to say when the client closed.
    """

    messages: tuple[Step, ...] = ()
    code: int | None = None
    reason: str = ""
    ended: bool = True
    quiet: bool = True


def talk(target: str, steps: Iterable[Step], *, headers: Sequence[tuple[str, str]] = ()) -> Request:
    """Return a conversation as a request.

    Args:
        target: path and query of the handshake.
        steps: what the client does.
        headers: header fields of the handshake.
    """
    return Request(SOCKET, target, tuple(headers), dumped(list(steps)))


def steps_of(request: Request) -> list[Step]:
    """Return what the client does in a conversation; what is no step is left out."""
    rows = request.json
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def with_steps(request: Request, steps: Iterable[Step]) -> Request:
    """Return a conversation that begins with the same handshake and goes on otherwise."""
    return talk(request.target, steps, headers=request.headers).of(request.identity)


def content_of(step: Step) -> str | bytes | None:
    """Return the message that a step sends, None where it sends none."""
    if "json" in step:
        return dumped(step["json"]).decode()
    if isinstance(step.get("text"), str):
        times = step.get("times", 1)
        text = step["text"] * times if isinstance(times, int) else step["text"]
        # A text message is UTF-8 (RFC 6455, section 5.6), which has no lone surrogates.
        return str(text[:MAX_TEXT].encode("utf-8", "replace").decode())
    if isinstance(step.get(BYTES), str):
        try:
            return base64.b64decode(step[BYTES])
        except binascii.Error:
            return None
    return None


def decoded(text: str) -> str:
    """Return the text that a binary message holds, as far as it holds one; empty for what is no base64."""
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except ValueError:
        return ""


def shown(message: str | bytes) -> Step:
    """Return a message of the server as a transcript has it."""
    if isinstance(message, bytes):
        return {BYTES: base64.b64encode(message).decode()}
    try:
        return {"json": json.loads(message)}
    except (ValueError, RecursionError):
        return {"text": message}


def answer(
    headers: Sequence[tuple[str, str]],
    messages: Iterable[str | bytes],
    code: int | None,
    reason: str,
    *,
    ended: bool = True,
    quiet: bool = True,
) -> tuple[tuple[tuple[str, str], ...], bytes]:
    """Return header fields and body of the response that holds what the server did."""
    told = {"messages": [shown(one) for one in messages], "code": code, "reason": reason, "ended": ended}
    told |= {} if quiet else {"quiet": False}
    return (*((name, value) for name, value in headers if name.lower() != TRANSCRIPT[0]), TRANSCRIPT), dumped(told)


def transcript_of(response: Response) -> Transcript | None:
    """Return what the server did, None where the socket was not opened."""
    value = response.json
    if response.status != OPENED or value is ABSENT or not isinstance(value, dict):
        return None
    rows = value.get("messages")
    messages = tuple(row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
    return Transcript(
        messages,
        value.get("code"),
        str(value.get("reason", "")),
        ended=value.get("ended") is not False,
        quiet=value.get("quiet") is not False,
    )
