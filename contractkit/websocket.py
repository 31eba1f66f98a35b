"""What a FastAPI app says about its WebSockets, which are no part of OpenAPI.

`messages` describes an endpoint; contractkit makes an AsyncAPI 3 document of what it says, and `serve_docs` serves it.
An app may import this module: that imports the standard library alone, and describing an endpoint changes nothing about
how it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response

_Endpoint = TypeVar("_Endpoint", bound=Callable[..., Any])

_ATTRIBUTE = "__contractkit_messages__"
"""Where an endpoint keeps its description; `contractkit.sources.sockets` reads it there."""

_NEVER_SENT = frozenset({1004, 1005, 1006, 1015})
"""Codes that no endpoint may send (RFC 6455, section 7.4.1)."""


def messages(
    *,
    receive: Any = None,
    send: Any = None,
    close: Mapping[int, str] | Iterable[int] = (),
    once: Mapping[type, str] | None = None,
    reply: Mapping[type, Any] | None = None,
    refusal: Any = None,
) -> Callable[[_Endpoint], _Endpoint]:
    r"""Describe the messages of a WebSocket endpoint; put it below the route's own decorator.

    `receive` and `send` are what pydantic knows: a model, a union (discriminated or not), a `TypeAdapter`, any type.
    Each member of a union is a message of its own. They travel as JSON texts; `str` stands for plain texts and `bytes`
    for binary messages.

    ```python
    @app.websocket("/rooms/{room}")
    @contractkit.websocket.messages(receive=Join | Say, send=Said, close={4401: "the token has expired"})
    async def chat(websocket: WebSocket, room: str) -> None: ...
    ```

    Args:
        receive: what the endpoint takes from the client; nothing if left out.
        send: what it sends to the client; nothing if left out.
        close: the codes that it closes the socket with, and why: a table, or an enumeration (its names are told).
        once: of what is sent, the models whose messages a socket gets once each, with the name of the property that
            tells one from another, as it is sent.
        reply: of what is received, the models whose messages are always answered, with what answers them: one of its
            kinds comes, or the socket is closed.
        refusal: what answers a message that `receive` does not allow, unless the socket is closed.

    Returns:
        A decorator that gives the endpoint back as it is.

    Raises:
        ValueError: a close code is none that an endpoint may send (RFC 6455, section 7.4).
    """
    described = {
        "receive": receive,
        "send": send,
        "close": _codes(close),
        "once": {model.__name__: name for model, name in (once or {}).items()},
        "reply": {model.__name__: kind for model, kind in (reply or {}).items()},
        "refusal": refusal,
    }

    def describe(endpoint: _Endpoint) -> _Endpoint:
        setattr(endpoint, _ATTRIBUTE, described)
        return endpoint

    return describe


def serve_docs(app: FastAPI, *, document_url: str = "/asyncapi.json", page_url: str = "/asyncapi") -> None:
    """Serve the AsyncAPI document of an app's WebSockets, and a page about them that loads nothing.

    Both are made when they are first asked for, of the routes that the app has then; they are no part of its OpenAPI
    document. The page has a Content-Security-Policy of its own.

    Args:
        app: the app.
        document_url: the path of the document.
        page_url: the path of the page.
    """
    from fastapi import Request, Response

    # FastAPI remembers endpoints for good: one that held the app would keep it, too.
    def document(request: Request) -> Response:
        return Response(_text_of(request.app), media_type="application/json")

    def page(request: Request) -> Response:
        import json

        from contractkit.asyncapi.page import page_of

        address = f"{request.scope.get('root_path', '')}{document_url}"
        made = page_of(json.loads(_text_of(request.app)), address)
        return Response(made.html, media_type="text/html", headers={"Content-Security-Policy": made.policy})

    for endpoint in (document, page):
        endpoint.__annotations__["request"] = Request  # the annotation is a text, and the name is known here alone
    app.add_api_route(document_url, document, include_in_schema=False, response_model=None)
    app.add_api_route(page_url, page, include_in_schema=False, response_model=None)


_TEXTS: WeakKeyDictionary[FastAPI, str] = WeakKeyDictionary()
"""The documents that were asked for."""


def _text_of(app: FastAPI) -> str:
    text = _TEXTS.get(app)
    if text is None:
        from contractkit.sources.child import sockets_of

        text = _TEXTS[app] = sockets_of(app)[0]
    return text


def _codes(close: Mapping[int, str] | Iterable[int]) -> dict[int, str]:
    told = close.items() if isinstance(close, Mapping) else ((code, _name(code)) for code in close)
    codes = {int(code): str(why) for code, why in told}
    for code in codes:
        if not 1000 <= code <= 4999 or code in _NEVER_SENT:
            raise ValueError(f"{code} is no code that an endpoint may close a WebSocket with (RFC 6455, section 7.4)")
    return dict(sorted(codes.items()))


def _name(code: int) -> str:
    return code.name.lower().replace("_", " ") if isinstance(code, Enum) else ""
