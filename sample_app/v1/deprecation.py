"""The end of version 1: announced in headers (RFC 9745, RFC 8594) and in the document."""

from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sample_app import faults
from sample_app.core.errors import AppError
from sample_app.core.problems import RouteResponses, problem_responses
from sample_app.core.rate_limits import RateLimitedError

PREFIX = "/v1"
DEPRECATED_SINCE = datetime(2026, 7, 1, tzinfo=UTC)
SUNSET = datetime(2027, 6, 30, 23, 59, 59, tzinfo=UTC)

HEADERS = {
    "Deprecation": f"@{int(DEPRECATED_SINCE.timestamp())}",
    "Sunset": format_datetime(SUNSET, usegmt=True),
}

OPENAPI_EXTRA: dict[str, Any] = {"x-sunset": SUNSET.date().isoformat()}

_HEADERS_IN_DOCUMENT = {
    "Deprecation": {
        "description": "Since when it is deprecated, as `@` and seconds since 1970 (RFC 9745).",
        "required": True,
        "schema": {"type": "string", "pattern": "^@[0-9]+$"},
    },
    "Sunset": {
        "description": "When it will be gone, as an HTTP date (RFC 8594).",
        "required": True,
        "schema": {"type": "string"},
    },
}


class DeprecationMiddleware:
    """Adds the headers to every answer below `/v1`, errors included, which a route's own response never sees."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            forgotten = faults.is_on("v1-errors-without-deprecation") and message.get("status", 0) >= 400
            if message["type"] == "http.response.start" and not forgotten:
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        deprecated = scope["type"] == "http" and (path == PREFIX or path.startswith(f"{PREFIX}/"))
        await self._app(scope, receive, send_with_headers if deprecated else send)


def deprecated_responses(
    success: HTTPStatus, *errors: type[AppError], headers: dict[str, Any] | None = None
) -> RouteResponses:
    """The `responses=` of a v1 route: what it answers, each with the two headers.

    Args:
        success: the status when all is well.
        errors: what else can happen, beside too many requests.
        headers: more header objects for the successful answer.
    """
    responses: RouteResponses = {
        success.value: {"headers": headers or {}},
        **problem_responses(*errors, RateLimitedError),
    }
    for response in responses.values():
        response["headers"] = {**response.get("headers", {}), **_HEADERS_IN_DOCUMENT}
    return responses
