"""The limit on all requests of an address: pure ASGI, because it refuses a request before anything else is done for it.

It also writes the header fields for the limits that routes count themselves (`core/dependencies.py`), so that they
stand on errors too.
"""

from collections.abc import Collection

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sample_app.core.problems import app_error_answer
from sample_app.core.rate_limits import Limit, Quota, RateLimitedError, RateLimiter, network_of, rate_limit_headers


class RateLimitMiddleware:
    """Counts requests by address, except for the paths to leave out."""

    def __init__(self, app: ASGIApp, *, leave_out: Collection[str]) -> None:
        self._app = app
        self._leave_out = leave_out

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limiter: RateLimiter | None = scope["app"].state.rate_limiter if scope["type"] == "http" else None
        if limiter is None or scope["path"].removeprefix(scope.get("root_path", "")) in self._leave_out:
            await self._app(scope, receive, send)
            return
        quotas: list[Quota] = scope.setdefault("state", {}).setdefault("quotas", [])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(rate_limit_headers(quotas))
            await send(message)

        request = Request(scope, receive)
        quota = await limiter.hit(Limit.ADDRESS, network_of(request.client.host if request.client else None))
        quotas.append(quota)
        if quota.allowed:
            await self._app(scope, receive, send_with_headers)
        else:
            await app_error_answer(request, RateLimitedError(quota))(scope, receive, send_with_headers)
