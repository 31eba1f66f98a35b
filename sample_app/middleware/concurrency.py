"""The limit on how much is under way at once: pure ASGI, because a request is over only when its whole answer is sent.

What is above the limit is refused at once and does not wait: a queue would only make everybody wait, and a client that
has given up leaves its request in it. Work for after the answer belongs to its request, so it is bounded too.
"""

from collections.abc import Collection

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sample_app.core.errors import OverloadedError
from sample_app.core.metrics import Metrics
from sample_app.core.problems import app_error_answer


class ConcurrencyLimitMiddleware:
    """Refuses requests (503) while as many as `limit` are under way. WebSockets are no requests in this sense.

    Args:
        app: what it wraps.
        limit: how many.
        metrics: where they are counted.
        leave_out: paths that must answer however busy the process is.
    """

    def __init__(self, app: ASGIApp, *, limit: int, metrics: Metrics, leave_out: Collection[str]) -> None:
        self._app = app
        self._limit = limit
        self._leave_out = leave_out
        self._under_way = 0
        metrics.add_gauge("http_requests_under_way", "Requests that are being answered.", lambda: self._under_way)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].removeprefix(scope.get("root_path", "")) in self._leave_out:
            await self._app(scope, receive, send)
            return
        if self._under_way >= self._limit:
            error = OverloadedError("Too many requests are under way; try again in a moment.")
            await app_error_answer(Request(scope, receive), error)(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1
