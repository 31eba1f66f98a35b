"""Counts every request: pure ASGI, because a request is over only when its whole answer is sent."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sample_app.core.metrics import Metrics
from sample_app.middleware.templates import NONE, RouteTemplates

# A client can make up any number of methods and paths, and each pair would be a time series: these stand for all that
# the app does not have.
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class MetricsMiddleware:
    """Counts requests by method, template of the path and status, and how long they take."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._templates = RouteTemplates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500  # of a request that ends by an exception
        method = scope["method"] if scope["method"] in _METHODS else NONE
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
            self._metrics.count_request(method=method, route=self._templates.of(scope), status=status, seconds=seconds)
