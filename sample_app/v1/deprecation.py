"""The end of version 1: announced in headers (RFC 9745, RFC 8594) and in the document."""

from http import HTTPStatus
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sample_app import faults
from sample_app.core.deprecation import VERSION_1, deprecation_headers
from sample_app.core.errors import AppError
from sample_app.core.problems import RouteResponses, problem_responses
from sample_app.core.rate_limits import RateLimitedError

PREFIX = "/v1"

OPENAPI_EXTRA: dict[str, Any] = {"x-sunset": VERSION_1.sunset.date().isoformat()}


class DeprecationMiddleware:
    """Adds the headers to every answer below `/v1`, errors included, which a route's own response never sees."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            forgotten = faults.is_on("v1-errors-without-deprecation") and message.get("status", 0) >= 400
            if message["type"] == "http.response.start" and not forgotten:
                MutableHeaders(scope=message).update(VERSION_1.headers)
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
        response["headers"] = {**response.get("headers", {}), **deprecation_headers(required=True)}
    return responses
