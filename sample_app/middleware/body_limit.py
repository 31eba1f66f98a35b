"""Says that a body is too large in the app's own words: pure ASGI, because it changes the answer before it is sent."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sample_app.core.errors import RequestTooLargeError
from sample_app.core.problems import app_error_answer


class BodyLimitAnswerMiddleware:
    """Puts a problem document in the place of Starlette's plain text.

    Starlette holds the limits (`max_body_size=`), and answers by itself when `Content-Length` tells at once that the
    body is too large.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = False

        async def send_problem(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and _is_plain_refusal(message):
                replaced = True
                error = RequestTooLargeError("Send less.")
                await app_error_answer(Request(scope, receive), error)(scope, receive, send)
            elif not replaced:
                await send(message)

        await self._app(scope, receive, send_problem if scope["type"] == "http" else send)


def _is_plain_refusal(message: Message) -> bool:
    plain = Headers(raw=message["headers"]).get("content-type", "").startswith("text/plain")
    return plain and message["status"] == RequestTooLargeError.status
