"""The description of WebSocket endpoints."""

import gc
import re
import subprocess
import sys
import weakref
from enum import IntEnum
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Query, WebSocket
from fastapi.testclient import TestClient
from pydantic import BaseModel

import contractkit
from contractkit.sources.live import contract_of
from contractkit.websocket import messages, serve_docs


class Code(IntEnum):
    NOT_AUTHENTICATED = 4401
    BROKEN = 1011


def test_an_endpoint_stays_what_it_is() -> None:
    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(await websocket.receive_text())
        await websocket.close(4000)

    described = contractkit.websocket.messages(receive=int, send=int, close={4000: "done"})(echo)
    assert described is echo
    app = FastAPI()
    app.websocket("/echo")(described)
    with TestClient(app).websocket_connect("/echo") as socket:
        socket.send_text("not a number")
        assert socket.receive_text() == "not a number"
        assert socket.receive() == {"type": "websocket.close", "code": 4000, "reason": ""}


@pytest.mark.parametrize("code", [999, 1004, 1005, 1006, 1015, 5000])
def test_a_code_that_cannot_be_sent_is_refused(code: int) -> None:
    with pytest.raises(ValueError, match=rf"{code} is no code that an endpoint may close a WebSocket with \(RFC 6455"):
        messages(close={code: "why"})


@pytest.mark.parametrize(
    ("close", "kept"),
    [
        (Code, {1011: "broken", 4401: "not authenticated"}),
        ([4401, Code.BROKEN], {1011: "broken", 4401: ""}),
        ({4401: "the token has expired", 1011: "it failed"}, {1011: "it failed", 4401: "the token has expired"}),
        ((), {}),
    ],
)
def test_codes_are_kept_in_their_order(close: dict[int, str], kept: dict[int, str]) -> None:
    @messages(send=str, close=close)
    async def endpoint(websocket: WebSocket) -> None: ...

    described = vars(endpoint)["__contractkit_messages__"]
    assert described == {"receive": None, "send": str, "close": kept, "once": {}, "reply": {}, "refusal": None}
    assert list(described["close"]) == list(kept)


def test_what_comes_once_stands_in_the_document() -> None:
    app = FastAPI()

    @app.websocket("/said")
    @messages(send=Say | int, once={Say: "text"})
    async def said(websocket: WebSocket) -> None: ...

    found = contract_of(app, sockets=True).sockets
    assert found is not None
    rows = found["channels"]["said"]["messages"]
    assert {name: row.get("x-once") for name, row in rows.items()} == {"Say": "text", "Integer": None}


def test_what_is_answered_stands_in_the_document() -> None:
    app = FastAPI()

    @app.websocket("/said")
    @messages(receive=Say | int, send=Said | Refused, reply={Say: Said | Refused}, refusal=Refused)
    async def said(websocket: WebSocket) -> None: ...

    contract = contract_of(app, sockets=True)
    found = contract.sockets
    assert found is not None
    here: dict[str, Any] = {"channel": {"$ref": "#/channels/said"}}
    say, integer, answer, refusal = (
        {"$ref": f"#/channels/said/messages/{name}"} for name in ("Say", "Integer", "Said", "Refused")
    )
    assert found["operations"] == {
        "said.receive": {"action": "receive", **here, "messages": [integer]},
        "said.receive.Say": {
            "action": "receive",
            **here,
            "messages": [say],
            "reply": {**here, "messages": [answer, refusal]},
        },
        "said.send": {"action": "send", **here, "messages": [answer, refusal]},
    }
    assert found["channels"]["said"]["x-refusal"] == ["Refused"]


def test_answers_that_are_not_sent_and_what_is_not_received_are_told() -> None:
    app = FastAPI()

    @app.websocket("/said")
    @messages(receive=int, send=Said, reply={Say: Said}, refusal=Refused)
    async def said(websocket: WebSocket) -> None: ...

    contract = contract_of(app, sockets=True)
    found = contract.sockets
    assert found is not None
    assert sorted(found["operations"]) == ["said.receive", "said.send"]
    assert "x-refusal" not in found["channels"]["said"]
    assert contract.hints == (
        "`WS /said` does not `send` Refused, its refusal; that is left out",
        "`WS /said` does not `receive` Say; what replies to it is left out",
    )


def test_importing_it_imports_nothing_heavy() -> None:
    code = "import contractkit.websocket, sys; print({'fastapi', 'pydantic', 'starlette', 'typer'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


class Said(BaseModel):
    by: str


class Refused(BaseModel):
    reason: str


class Say(BaseModel):
    """Say <b>it</b>."""

    text: str
    to: list[int] | None = None


def chat_app() -> FastAPI:
    app = FastAPI(title="Chat & <more>", version="1")

    @app.websocket("/chat/{room}")
    @messages(receive=Say, send=str, close={4401: "the <token> has expired"})
    async def chat(websocket: WebSocket, room: str, size: Annotated[int, Query(description="How <large>.")]) -> None:
        """Talk."""

    @app.websocket("/raw")
    async def raw(websocket: WebSocket) -> None: ...

    return app


def test_the_document_and_the_page_are_served_and_no_part_of_the_api() -> None:
    app = chat_app()
    before = app.openapi()
    app.openapi_schema = None
    serve_docs(app)
    assert app.openapi() == before
    client = TestClient(app, root_path="/behind")
    document = client.get("/behind/asyncapi.json")
    assert (document.status_code, document.headers["content-type"]) == (200, "application/json")
    assert document.json() == contract_of(app, sockets=True).sockets
    page = client.get("/behind/asyncapi")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert re.findall(r'(?:src|href|action|srcset|data)="([^"]*)"', page.text) == [
        "/behind/asyncapi.json",
        "#model-Say",
    ]
    assert re.findall(r"<script|https?:|//|@import|url\(", page.text) == []


def test_the_page_tells_all_and_shows_it_as_text() -> None:
    app = chat_app()
    serve_docs(app, document_url="/sockets.json", page_url="/sockets")
    text = TestClient(app).get("/sockets").text
    shown = re.sub(r"<style>.*?</style>|<pre>.*?</pre>", "", text, flags=re.DOTALL)
    words = [" ".join(line.split()) for line in re.sub(r"<[^>]*>", " ", shown).splitlines()]
    assert [line for line in words if line] == [
        "Chat &amp; &lt;more&gt; 1: WebSockets",
        "Chat &amp; &lt;more&gt; 1: WebSockets",
        "The AsyncAPI document",
        "/chat/{room}",
        "Talk.",
        "Parameters",
        "Where Name Required What Description",
        "address room yes string",
        "query size yes integer How &lt;large&gt;.",
        "From the client",
        "Message What Type",
        "Say Say application/json",
        "From the server",
        "Message What Type",
        "Text string text/plain",
        "Closed with",
        "Code Why",
        "4401 the &lt;token&gt; has expired",
        "/raw",
        "Its messages are not described.",
        "Models",
        "Say",
        "Say &lt;b&gt;it&lt;/b&gt;.",
        "Field Required What Description",
        "text yes string",
        "to no list of integer or null",
        "JSON Schema",
    ]


def test_the_page_is_sent_with_a_policy_that_allows_its_own_style_alone() -> None:
    import base64
    import hashlib

    app = FastAPI()
    serve_docs(app)
    page = TestClient(app).get("/asyncapi")
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert page.headers["content-security-policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert "style=" not in page.text
    assert "<p>The app has no WebSocket.</p>" in page.text


def test_an_app_that_nobody_needs_any_more_goes() -> None:
    """Tests make apps by the hundred, and FastAPI remembers the endpoints of all."""
    app = FastAPI()
    serve_docs(app)
    inner = FastAPI()
    serve_docs(inner)

    @inner.websocket("/inner")
    async def endpoint(websocket: WebSocket) -> None: ...

    app.mount("/below", inner)
    client = TestClient(app)
    for path, address in (("/asyncapi.json", "/below/inner"), ("/below/asyncapi.json", "/inner")):
        assert [one["address"] for one in client.get(path).json()["channels"].values()] == [address]
    assert client.get("/below/asyncapi").text.count("/below/asyncapi.json") == 1
    left = [weakref.ref(app), weakref.ref(inner)]
    del app, inner, client, endpoint
    gc.collect()
    assert [one() for one in left] == [None, None]
