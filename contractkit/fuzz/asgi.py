"""Calls an ASGI app in this process: one event loop for all requests, as under a server, and no sockets.

ASGI 3.0 (asgi.readthedocs.io, HTTP and lifespan specifications 2.x). The loop lives as long as the driver, so that what
the app binds to a loop in its startup (connection pools, locks, background tasks) works as it does in production.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from contractkit.fuzz.driver import MAX_BODY, MAX_STREAM_SECONDS, NoAnswerError, StartupError
from contractkit.fuzz.message import Crash, Headers, Request, Response
from contractkit.fuzz.own import OwnCode
from contractkit.fuzz.talk import steps_of

if TYPE_CHECKING:
    from contractkit.fuzz.socket_asgi import AsgiTalk

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]

_HOST = "testserver"
_SHUTDOWN_SECONDS = 1.0
"""The process that ran the app ends soon after; how well it does tells nothing of the contract."""


class AsgiDriver:
    """Runs an app's startup and sends it requests.

    Args:
        app: the ASGI app.
        own: which code is the app's own, for naming places in it.
        timeout: seconds that a request may take.
        startup_timeout: seconds that the startup may take.

    Raises:
        StartupError: the startup failed.
    """

    def __init__(self, app: App, own: OwnCode, *, timeout: float = 10.0, startup_timeout: float = 60.0) -> None:
        self._app = app
        self._own = own
        self._timeout = timeout
        self._state: dict[str, Any] = {}
        self._ahead = 0.0
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda _loop, _context: None)
        self._to_app: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._from_app: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._lifespan: asyncio.Task[None] | None = None
        self._life = self._loop.create_task(self._live(startup_timeout))
        try:
            self._loop.run_until_complete(self._life)
        except RuntimeError:
            if self._life.done():
                raise

    def send(self, request: Request, credentials: Headers = ()) -> Response:
        """Send one request and wait for the app to be done with it, background tasks included."""
        if request.is_talk:
            return self.listen(request, credentials, lambda: None)
        with self._clock():
            return self._loop.run_until_complete(self._exchange(request, credentials))

    def listen(self, request: Request, credentials: Headers, meanwhile: Callable[[], None]) -> Response:
        """Hold a conversation over a WebSocket; see `Driver`."""
        with self._clock():
            talk = self._loop.run_until_complete(self._begun(request, credentials))
        meanwhile()
        with self._clock():
            return self._loop.run_until_complete(talk.finish())

    async def _begun(self, request: Request, credentials: Headers) -> AsgiTalk:
        from contractkit.fuzz.socket_asgi import AsgiTalk

        handshake = self._scope(replace(request, body=None), credentials)
        scope = {
            **{key: handshake[key] for key in handshake if key != "method"},
            "type": "websocket",
            "scheme": "ws",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "subprotocols": [],
            "extensions": {"websocket.http.response": {}},
        }
        steps = steps_of(request)
        talk = AsgiTalk(self._app, scope, steps, timeout=self._timeout, crash_of=partial(crash_of, own=self._own))
        await talk.begin()
        return talk

    def advance(self, seconds: float) -> bool:
        """Set the wall clock on, as the app sees it; what measures durations (`time.monotonic`) goes on as it is."""
        self._ahead += seconds
        return True

    def in_thread(self, function: Callable[..., object], *arguments: object) -> None:
        """Call a function in the thread that the next handler without `async` will run in, and wait for it."""
        from anyio.to_thread import run_sync

        self._loop.run_until_complete(run_sync(function, *arguments))

    def close(self) -> None:
        """Run the app's shutdown, as long as it takes no more than a moment, and close the loop."""
        if self._loop.is_closed():
            return
        with contextlib.suppress(Exception):
            self._loop.run_until_complete(asyncio.wait_for(self._stop(), _SHUTDOWN_SECONDS))
        with contextlib.suppress(Exception):
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _live(self, timeout: float) -> None:
        """Start the app and stay, as a server's main task does, while the loop is stopped and run for each request.

        anyio ties its worker threads to the task that the loop was first run for. Were that the task of one request,
        each request to a handler without `async` would begin a thread of its own.
        """
        import anyio.to_thread

        await self._start(timeout)
        await anyio.to_thread.run_sync(int)
        self._loop.stop()
        await self._loop.create_future()

    def _clock(self) -> contextlib.AbstractContextManager[object]:
        if not self._ahead:
            return contextlib.nullcontext()
        import time_machine

        return time_machine.travel(time.time() + self._ahead, tick=True)

    async def _start(self, timeout: float) -> None:
        self._lifespan = asyncio.ensure_future(self._run_lifespan())
        await self._to_app.put({"type": "lifespan.startup"})
        answer = asyncio.ensure_future(self._from_app.get())
        done, _ = await asyncio.wait({self._lifespan, answer}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        if answer in done:
            message = answer.result()
            if message["type"] == "lifespan.startup.failed":
                raise StartupError(_first_words(message.get("message", "")) or "the app's startup failed")
            return
        answer.cancel()
        if not done:
            raise StartupError(f"the app's startup took longer than {timeout:g} s")
        # An app without a lifespan raises at the first message, and is served all the same.
        self._lifespan = None

    async def _run_lifespan(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self._state}
        started = False

        async def send(message: dict[str, str]) -> None:
            nonlocal started
            started = True
            await self._from_app.put(message)

        try:
            await self._app(scope, self._to_app.get, send)
        except Exception as error:
            if started:
                await self._from_app.put({"type": "lifespan.startup.failed", "message": last_line(error)})

    async def _stop(self) -> None:
        if self._lifespan is None or self._lifespan.done():
            return
        await self._to_app.put({"type": "lifespan.shutdown"})
        await self._from_app.get()
        await self._lifespan

    async def _exchange(self, request: Request, credentials: Headers) -> Response:
        call = _Call(request.body or b"")
        started = time.perf_counter()
        task = asyncio.ensure_future(self._app(self._scope(request, credentials), call.receive, call.send))
        crash: Crash | None = None
        try:
            await self._wait(task, call, started)
        except NoAnswerError:
            raise
        except Exception as error:
            crash = crash_of(error, self._own)
        seconds = (call.ended or time.perf_counter()) - started
        if call.status is None:
            if crash is None:
                raise NoAnswerError("the app returned without an answer")
            return Response(500, (), b"", seconds, crash)
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in call.headers)
        return Response(call.status, headers, bytes(call.body), seconds, crash, call.cut)

    async def _wait(self, task: asyncio.Future[None], call: _Call, started: float) -> None:
        """Wait until the app is done; close a body that is too long or has no end."""
        task.add_done_callback(lambda _: call.news.set())
        try:
            while not task.done():
                streaming = call.status is not None and not call.ended
                limit = MAX_STREAM_SECONDS if streaming else self._timeout
                left = limit - (time.perf_counter() - (call.began if streaming else started))
                if call.cut or (streaming and left <= 0):
                    call.cut = True
                    await _ended(task, call)
                    break
                if left <= 0 and call.ended:
                    break  # a background task that goes on: under a server the next request would not wait either
                if left <= 0:
                    raise NoAnswerError(f"no answer within {self._timeout:g} s", timeout=True)
                call.news.clear()
                timer = self._loop.call_later(left, call.news.set)
                await call.news.wait()
                timer.cancel()
            if task.done() and not task.cancelled():
                task.result()
        finally:
            if not task.done() and not call.ended:
                task.cancel()

    def _scope(self, request: Request, credentials: Headers) -> Scope:
        names = {name.lower() for name, _ in request.headers}
        rows = [("host", _HOST), ("accept", "*/*"), ("user-agent", "contractkit")]
        headers = [(name, value) for name, value in rows if name not in names]
        headers += [(name.lower(), value) for name, value in (*request.headers, *credentials)]
        if request.body is not None or request.method in ("POST", "PUT", "PATCH"):
            headers.append(("content-length", str(len(request.body or b""))))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": unquote_to_bytes(request.path).decode("utf-8", "replace"),
            "raw_path": request.path.encode("latin-1", "replace"),
            "query_string": request.query.encode("latin-1", "replace"),
            "root_path": "",
            "headers": [
                (name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in headers
            ],
            "client": ("127.0.0.1", 50000),
            "server": (_HOST, 80),
            "state": dict(self._state),
        }


class _Call:
    """One request on its way through the app."""

    def __init__(self, body: bytes) -> None:
        self.status: int | None = None
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()
        self.began = 0.0
        self.ended: float | None = None
        self.cut = False
        self.news = asyncio.Event()
        self.closed = asyncio.Event()
        self._request_body: bytes | None = body

    async def receive(self) -> dict[str, Any]:
        if self._request_body is not None:
            body, self._request_body = self._request_body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self.closed.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status, self.began = message["status"], time.perf_counter()
            self.headers = list(message.get("headers", ()))
        elif message["type"] == "http.response.body" and not self.cut:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                self.ended = time.perf_counter()
                self.closed.set()
            elif len(self.body) >= MAX_BODY:
                self.cut = True
                self.news.set()
            else:
                self.news.set()  # from now on the stream's own limit counts


async def _ended(task: asyncio.Future[None], call: _Call) -> None:
    """Let the app see that the client has gone, and end it where it does not care."""
    call.closed.set()
    with contextlib.suppress(Exception, asyncio.CancelledError):
        await asyncio.wait({task}, timeout=0.2)
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=1.0)


def crash_of(error: BaseException, own: OwnCode) -> Crash:
    """Return what is worth knowing of an exception; the innermost frame in the app's own code is its place."""
    while isinstance(error, BaseExceptionGroup) and error.exceptions:
        error = error.exceptions[0]
    kind, text = type(error).__name__, str(error).strip().splitlines()
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        name = own.name(frame.filename)
        if name is not None:
            return Crash(kind, text[0][:300] if text else "", name, frame.lineno or 0, frame.name)
    return Crash(kind, text[0][:300] if text else "")


def _first_words(text: str) -> str:
    """Return the first line of what an app said; of a traceback (Starlette sends it), the line that names the error."""
    whole, _, _ = text.partition("+-+-")  # where the exceptions of a group begin
    lines = [re.sub(r"^  [|+] ", "", line) for line in whole.splitlines() if line.strip()]
    if lines and "Traceback (most recent call last)" in lines[0]:
        frames = [number for number, line in enumerate(lines) if line.startswith(" ")]
        lines = lines[frames[-1] + 1 :] if frames else lines[1:]
    return lines[0].strip() if lines else ""


def last_line(error: BaseException) -> str:
    """Return an exception in one line, as Python prints it."""
    return "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
