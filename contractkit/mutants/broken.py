"""An app that breaks its contract in one way: the user's own, with its messages changed on the way in or out.

`app` is made from the environment, so that the worker processes of `contractkit fuzz` can import it: `VARIABLE` holds
the module, the attribute and the breakage, and a file that gets a byte for each message that was really changed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from contractkit.mutants.behaviour import BODY, HEADER, REQUEST, STATUS, Breakage

VARIABLE = "CONTRACTKIT_BROKEN"
_TEMPLATE = re.compile(r"\{[^{}]*\}")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class BrokenApp:
    """An ASGI app around another (ASGI 3.0, HTTP connection scope); all but one operation passes through untouched.

    Args:
        inner: the app.
        breakage: what it does.
        changed: called for each message that was changed.
    """

    def __init__(self, inner: Any, breakage: Breakage, changed: Callable[[], None]) -> None:
        self._inner = inner
        self._breakage = breakage
        self._changed = changed
        parts = _TEMPLATE.split(breakage.path)
        self._path = re.compile(".*" + "[^/]+".join(map(re.escape, parts)) + "$", re.DOTALL)

    def openapi(self) -> dict[str, Any]:
        """Return the document of the app, which knows nothing of this."""
        found: dict[str, Any] = self._inner.openapi()
        return found

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer a request, or pass on what is none for the broken operation."""
        method = self._breakage.method
        if scope["type"] != "http" or scope["method"] != method or not self._path.match(scope["path"]):
            await self._inner(scope, receive, send)
        elif self._breakage.part == REQUEST:
            body = await _whole(receive)
            made = self._request(body)
            headers = _with_length(scope["headers"], len(made))
            await self._inner({**scope, "headers": headers}, _once(made, receive), send)
        else:
            answer = _Answer()
            await self._inner(scope, receive, answer.take)
            for message in self._answered(answer):
                await send(message)

    def _request(self, body: bytes) -> bytes:
        try:
            value = json.loads(body)
        except ValueError:
            return body
        made = _at(value, self._breakage.steps, lambda holder, key: _limited(holder, key, self._breakage.change))
        if not made:
            return body
        self._changed()
        return json.dumps(value).encode()

    def _answered(self, answer: _Answer) -> list[Message]:
        start, body = answer.start, b"".join(answer.body)
        if start is None or not 200 <= start["status"] < 300:
            return answer.messages
        headers = list(start["headers"])
        breakage = self._breakage
        if breakage.part == STATUS:
            self._changed()
            return [{**start, "status": breakage.change["status"]}, *answer.messages[1:]]
        if breakage.part == HEADER:
            kept = [(name, value) for name, value in headers if name.decode().lower() != breakage.steps[0].lower()]
            if len(kept) < len(headers):
                self._changed()
            return [{**start, "headers": kept}, *answer.messages[1:]]
        assert breakage.part == BODY
        try:
            value = json.loads(body)
        except ValueError:
            return answer.messages
        if not _at(value, breakage.steps, lambda holder, key: _changed(holder, key, breakage.change)):
            return answer.messages
        self._changed()
        made = json.dumps(value).encode()
        return [
            {**start, "headers": _with_length(headers, len(made))},
            {"type": "http.response.body", "body": made, "more_body": False},
        ]


class _Answer:
    """What an app sends in answer to one request."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def take(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def start(self) -> Message | None:
        return next((one for one in self.messages if one["type"] == "http.response.start"), None)

    @property
    def body(self) -> list[bytes]:
        return [one.get("body", b"") for one in self.messages if one["type"] == "http.response.body"]


async def _whole(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return b"".join(parts)


def _once(body: bytes, receive: Receive) -> Receive:
    waiting = [body]

    async def next_message() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return next_message


def _with_length(headers: Any, length: int) -> list[tuple[bytes, bytes]]:
    """Return headers that tell the length of another body, where they told one (RFC 9110, section 8.6)."""
    return [(name, str(length).encode() if name.lower() == b"content-length" else value) for name, value in headers]


def _at(value: Any, steps: tuple[str, ...], change: Callable[[Any, Any], bool]) -> bool:
    """Change the values at the end of a way, all of a list; whether any was."""
    if not steps:
        return False
    step, rest = steps[0], steps[1:]
    keys: list[Any] = []
    if step == "[]" and isinstance(value, list):
        keys = list(range(len(value)))
    elif isinstance(value, dict) and step in value:
        keys = [step]
    done = [_at(value[key], rest, change) if rest else change(value, key) for key in keys]
    return any(done)  # after all of them: each is to be changed


def _changed(holder: Any, key: Any, change: Mapping[str, Any]) -> bool:
    if change.get("drop"):
        del holder[key]
        return True
    holder[key] = change["value"]
    return True


def _limited(holder: Any, key: Any, limits: Mapping[str, Any]) -> bool:
    """Bring a value into its limits, so that the app never sees that they were broken."""
    value = made = holder[key]
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        made = max(made, limits.get("minimum", made))
        made = min(made, limits.get("maximum", made))
    elif isinstance(value, str):
        made = made.ljust(limits.get("minLength", 0), "a")
        made = made[: limits.get("maxLength", len(made))]
    holder[key] = made
    return bool(made != value)


def configured() -> BrokenApp:
    """Return the app that the environment describes.

    Raises:
        KeyError: the environment describes none.
        RefusedError: the app cannot be imported.
    """
    from contractkit.sources.child import find_app

    told = json.loads(os.environ[VARIABLE])
    marks: str = told["marks"]

    def changed() -> None:
        with open(marks, "ab") as file:
            file.write(b".")

    return BrokenApp(find_app(told["module"], told["attribute"]), Breakage.read(told["breakage"]), changed)


def __getattr__(name: str) -> Any:
    """Make `app` when it is asked for: whoever only reads this module has no app to break."""
    if name == "app":
        app = globals()["app"] = configured()
        return app
    raise AttributeError(name)
