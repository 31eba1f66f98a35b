"""Serves the review page to one person on this machine.

Nothing is shown or done without the cookie, which is given once, for a token that only the printed URL holds. Host and
Origin are checked, so that no other site can reach the page through the browser (DNS rebinding, cross-site requests).
"""

from __future__ import annotations

import hmac
import secrets
import socket
import webbrowser
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from contractkit.model.errors import InputError
from contractkit.review.page import Desk, Texts, render_review

if TYPE_CHECKING:
    from starlette.requests import Request

    from contractkit.report.view import Report

_COOKIE = "contractkit-review"
_MOST = 64 * 1024
"""The largest form that is read, in bytes."""
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with `no-referrer`, browsers send forms with `Origin: null`
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Source(Protocol):
    """What the page shows and does."""

    def reports(self) -> list[Report]:
        """Return the reports as they stand now."""
        ...

    def definitions(self) -> dict[str, tuple[str, str]]:
        """Return the definitions before and after, by finding."""
        ...

    def approve(self, finding: str, by: str, reason: str, until: str = "", operation: str = "") -> str:
        """Sign, and return what was done."""
        ...

    def revoke(self, finding: str) -> str:
        """Take back, and return what was done."""
        ...


class ReviewApp:
    """The page and its two actions, as an ASGI application in `app`.

    Args:
        source: what is shown and done.
        person: who signs.
        host: the only `Host` that is answered: address and port.
    """

    def __init__(self, source: Source, person: str, host: str) -> None:
        self._source = source
        self._person = person
        self._host = host
        self._once: str | None = secrets.token_urlsafe(32)
        self._cookie = secrets.token_urlsafe(32)
        self._form = secrets.token_urlsafe(32)
        self._said: tuple[str, bool] = ("", False)
        self._texts = {key: Texts(*texts) for key, texts in source.definitions().items()}
        self.app = Starlette(
            routes=[
                Route("/", self._page),
                Route("/approve", self._approve, methods=["POST"]),
                Route("/revoke", self._revoke, methods=["POST"]),
            ]
        )

    @property
    def url(self) -> str:
        """The address that lets one browser in, once."""
        return f"http://{self._host}/?token={self._once}"

    async def _page(self, request: Request) -> Response:
        if request.headers.get("host") != self._host:
            return _refused("another host was asked for")
        given = request.query_params.get("token")
        if given is not None and request.method == "GET":  # a HEAD, as link checkers send it, must not use it up
            return self._let_in(given)
        if not self._known(request):
            return _refused("open the address that `contractkit review` printed; it can be used once")
        (said, is_error), self._said = self._said, ("", False)
        page = render_review(self._source.reports(), self._texts, Desk(self._person, self._form, said, is_error))
        return HTMLResponse(page, headers=_HEADERS)

    def _let_in(self, given: str) -> Response:
        """Exchange the token for the cookie; the token is worth nothing afterwards."""
        if self._once is None or not hmac.compare_digest(given.encode(), self._once.encode()):
            return _refused("this address was used already, or is another run's")
        self._once = None
        answer = RedirectResponse("/", status_code=303, headers=_HEADERS)
        answer.set_cookie(_COOKIE, self._cookie, httponly=True, samesite="strict", path="/")
        return answer

    async def _approve(self, request: Request) -> Response:
        def act(form: Mapping[str, str]) -> str:
            values = (form.get("reason", ""), form.get("until", ""), form.get("operation", ""))
            return self._source.approve(form.get("id", ""), self._person, *values)

        return await self._act(request, act)

    async def _revoke(self, request: Request) -> Response:
        return await self._act(request, lambda form: self._source.revoke(form.get("id", "")))

    async def _act(self, request: Request, act: Callable[[Mapping[str, str]], str]) -> Response:
        """Do what a form of ours asks for, and show the page again."""
        if request.headers.get("host") != self._host or request.headers.get("origin") != f"http://{self._host}":
            return _refused("the form came from elsewhere")
        if not self._known(request):
            return _refused("open the address that `contractkit review` printed; it can be used once")
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST:
                return PlainTextResponse("the form is too large\n", 413, _HEADERS)
        try:
            form = {name: values[-1] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        except ValueError:
            return PlainTextResponse("this is no form\n", 400, _HEADERS)
        if not hmac.compare_digest(form.get("token", "").encode(), self._form.encode()):
            return _refused("the form came from elsewhere")
        try:
            self._said = (act(form), False)
        except InputError as error:
            self._said = (str(error), True)
        identifier = form.get("id", "")
        place = f"#{identifier}" if identifier.isascii() and identifier.replace("-", "").isalnum() else ""
        return RedirectResponse(f"/{place}", status_code=303, headers=_HEADERS)

    def _known(self, request: Request) -> bool:
        return hmac.compare_digest(request.cookies.get(_COOKIE, "").encode(), self._cookie.encode())


def _refused(why: str) -> Response:
    return PlainTextResponse(f"Not for you: {why}.\n", 403, _HEADERS)


def serve(source: Source, person: str, *, port: int, browser: bool, tell: Callable[[str], None]) -> None:
    """Serve the page on 127.0.0.1 until Ctrl-C.

    Args:
        source: what is shown and done.
        person: who signs.
        port: the port; 0 for a free one.
        browser: whether to open the page in the browser.
        tell: told the address.

    Raises:
        InputError: the port is taken.
    """
    import contextlib

    import uvicorn

    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen()  # who comes before the server runs waits for it
    except OSError as error:
        listener.close()
        raise InputError(
            f"--port {port}", f"cannot be used ({error.strerror})", "leave it out for a free one"
        ) from None
    host = f"127.0.0.1:{listener.getsockname()[1]}"
    review = ReviewApp(source, person, host)
    config = uvicorn.Config(review.app, log_level="error", access_log=False, lifespan="off", server_header=False)
    tell(review.url)
    if browser:
        webbrowser.open(review.url)
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
