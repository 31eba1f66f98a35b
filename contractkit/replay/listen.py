"""Listens to the requests that a project's own tests send to an app in their process.

They go through starlette's `TestClient`, or through the `ASGITransport` of httpx; the one method of each that sends a
request is wrapped, for as long as it is asked for.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from contractkit.fuzz.message import Exchange, Request, Response

Heard = Callable[[Exchange], None]
_SYNC = (("starlette.testclient", "_TestClientTransport", "handle_request"),)
_ASYNC = tuple((module, "ASGITransport", "handle_async_request") for module in ("httpx", "httpx2"))
_TRANSPORT = frozenset({"host", "accept-encoding", "connection", "user-agent", "content-length", "transfer-encoding"})
"""Header fields that the client makes by itself."""


@contextlib.contextmanager
def listening(heard: Heard) -> Iterator[None]:
    """Tell of every exchange with an app in this process until the end of the block."""
    with contextlib.ExitStack() as stack:
        for place in _SYNC:
            stack.enter_context(_wrapped(*place, lambda method: _sync(method, heard)))
        for place in _ASYNC:
            stack.enter_context(_wrapped(*place, lambda method: _async(method, heard)))
        yield


@contextlib.contextmanager
def _wrapped(module: str, owner: str, name: str, wrap: Callable[[Any], Any]) -> Iterator[None]:
    """Wrap a method of a library, where that is installed."""
    try:
        found = getattr(importlib.import_module(module), owner)
    except (ImportError, AttributeError, RuntimeError):  # starlette says RuntimeError where its client lacks httpx
        yield
        return
    method = getattr(found, name)
    setattr(found, name, wrap(method))
    try:
        yield
    finally:
        setattr(found, name, method)


def _sync(method: Callable[[Any, Any], Any], heard: Heard) -> Callable[[Any, Any], Any]:
    @functools.wraps(method)
    def send(transport: Any, request: Any) -> Any:
        body = request.read()
        response = method(transport, request)
        heard(_exchange(request, body, response, response.read()))
        return response

    return send


def _async(method: Callable[[Any, Any], Awaitable[Any]], heard: Heard) -> Callable[[Any, Any], Awaitable[Any]]:
    @functools.wraps(method)
    async def send(transport: Any, request: Any) -> Any:
        body = await request.aread()
        response = await method(transport, request)
        heard(_exchange(request, body, response, await response.aread()))
        return response

    return send


def _exchange(request: Any, body: bytes, response: Any, content: bytes) -> Exchange:
    headers = tuple((name, value) for name, value in request.headers.multi_items() if name.lower() not in _TRANSPORT)
    sent = Request(request.method, request.url.raw_path.decode("ascii", "replace"), headers, body or None)
    came = Response(response.status_code, tuple(response.headers.multi_items()), content)
    return Exchange("", sent, came)
