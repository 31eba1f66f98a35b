"""Writes one line a request: a `BaseHTTPMiddleware` class, because request and response are all that it looks at."""

import time
from collections.abc import Collection
from urllib.parse import quote

import structlog
from fastapi import Request, Response
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.types import ASGIApp

_log = structlog.stdlib.get_logger("sample_app.access")


class AccessLogMiddleware(BaseHTTPMiddleware):
    """Logs method, path, status and time. The query is left out: it may hold a token.

    Args:
        app: what it wraps.
        leave_out: paths that are asked for all the time and say nothing.
    """

    def __init__(self, app: ASGIApp, leave_out: Collection[str] = ()) -> None:
        super().__init__(app)
        self._leave_out = frozenset(leave_out)

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        if request.url.path in self._leave_out:
            return await call_next(request)
        started = time.perf_counter()
        try:
            response = await call_next(request)
        except Exception:
            self._write(request, 500, started)
            raise
        self._write(request, response.status_code, started)
        return response

    def _write(self, request: Request, status: int, started: float) -> None:
        _log.info(
            "request",
            method=request.method,
            path=quote(request.scope["path"]),  # so that no character of it changes the line or the terminal
            status=int(status),
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
            client=request.client.host if request.client else None,
        )
