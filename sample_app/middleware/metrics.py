"""Counts every request: pure ASGI, because a request is over only when its whole answer is sent."""

import time

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sample_app.core.metrics import Metrics

# A client can make up any number of methods and paths, and each pair would be a time series: these stand for all that
# the app does not have.
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_NONE = "none"


class MetricsMiddleware:
    """Counts requests by method, template of the path and status, and how long they take."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._templates: dict[object, str] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500  # of a request that ends by an exception
        method = scope["method"] if scope["method"] in _METHODS else _NONE
        started = time.perf_counter()

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            seconds = time.perf_counter() - started
            self._metrics.count_request(method=method, route=self._template(scope), status=status, seconds=seconds)

    def _template(self, scope: Scope) -> str:
        """Such as `/v2/products/{sku}`; the router has noted in the scope which function it took."""
        if self._templates is None:
            app: FastAPI = scope["app"]
            self._templates = {
                context.endpoint: context.path
                for context in iter_route_contexts(app.routes)
                if context.endpoint and context.path
            }
        return self._templates.get(scope.get("endpoint"), _NONE)
