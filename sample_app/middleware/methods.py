"""Answers HEAD and OPTIONS for every path: pure ASGI, because it changes the request on its way in."""

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sample_app.core.methods import allow, routed_methods


class MethodsMiddleware:
    """HEAD is GET without the body (RFC 9110, section 9.3.2); OPTIONS tells the methods of a path (section 9.3.7).

    A route that has HEAD of its own is left alone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        methods = routed_methods(scope)
        if scope["method"] == "OPTIONS" and methods:
            await Response(status_code=204, headers={"Allow": allow(methods)})(scope, receive, send)
        elif scope["method"] == "HEAD" and "GET" in methods and "HEAD" not in methods:
            asked = {**scope, "method": "GET"}
            try:
                await self._app(asked, receive, _without_body(send))
            finally:
                scope["endpoint"] = asked.get("endpoint")  # what is around this one wants to know it too
        else:
            await self._app(scope, receive, send)


def _without_body(send: Send) -> Send:
    async def send_without_body(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return send_without_body
