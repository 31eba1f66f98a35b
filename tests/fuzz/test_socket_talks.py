"""One conversation: what an app does over ASGI, and what is made of it."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contractkit.fuzz.asgi import AsgiDriver
from contractkit.fuzz.driver import NoAnswerError
from contractkit.fuzz.message import Response
from contractkit.fuzz.operation import Api
from contractkit.fuzz.own import OwnCode
from contractkit.fuzz.talk import Step, Transcript, talk, transcript_of
from contractkit.fuzz.talks import Talks
from contractkit.sources.live import contract_of
from tests.fuzz.conftest import app_of

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Handler = Callable[[Receive, Send], Awaitable[None]]


async def refuses(_receive: Receive, send: Send) -> None:
    await send({"type": "websocket.close", "code": 1008})


async def explains(_receive: Receive, send: Send) -> None:
    await send({"type": "websocket.http.response.start", "status": 429, "headers": [(b"retry-after", b"3")]})
    await send({"type": "websocket.http.response.body", "body": b"later"})


async def returns(_receive: Receive, _send: Send) -> None:
    return


async def waits(_receive: Receive, _send: Send) -> None:
    await asyncio.Event().wait()


async def ticks(_receive: Receive, send: Send) -> None:
    await send({"type": "websocket.accept"})
    for number in range(1_000_000):
        await send({"type": "websocket.send", "text": str(number)})
        await asyncio.sleep(0.001)


async def stays(receive: Receive, send: Send) -> None:
    await send({"type": "websocket.accept", "headers": [(b"x-room", b"tea")]})
    while (await receive())["type"] != "websocket.disconnect":
        await send({"type": "websocket.send", "bytes": b"\x00"})
    await asyncio.Event().wait()


async def farewell(receive: Receive, send: Send) -> None:
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": "[1]"})
    await receive()
    await send({"type": "websocket.close", "code": 4000, "reason": "enough"})


async def stumbles(_receive: Receive, send: Send) -> None:
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": 4001})
    raise RuntimeError("the socket is closed already")


async def complains(receive: Receive, send: Send) -> None:
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass
    raise RuntimeError("the client has gone")


async def fails(receive: Receive, send: Send) -> None:
    await send({"type": "websocket.accept"})
    while "text" in await receive():
        pass
    raise RuntimeError("this is no text")


Held = Callable[..., Response]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    """Hold a conversation with a handler."""
    drivers: list[AsgiDriver] = []

    def hold(handler: Handler, *steps: Step, timeout: float = 30.0) -> Response:
        async def app(scope: Any, receive: Receive, send: Send) -> None:
            if scope["type"] != "websocket":
                raise RuntimeError("no lifespan")
            assert (await receive())["type"] == "websocket.connect"
            await handler(receive, send)

        drivers.append(AsgiDriver(app, OwnCode(tmp_path), timeout=timeout))
        return drivers[-1].send(talk("/", steps))

    yield hold
    for driver in drivers:
        driver.close()


def test_a_handshake_that_is_refused(held: Held) -> None:
    assert held(refuses).status == 403
    answer = held(explains)
    assert (answer.status, answer.headers, answer.body) == (429, (("retry-after", "3"),), b"later")
    assert transcript_of(answer) is None
    assert held(returns).status == 500


def test_a_handshake_without_an_answer(held: Held) -> None:
    with pytest.raises(NoAnswerError, match="not answered within"):
        held(waits, timeout=0.2)


def test_a_handler_that_only_sends_ends_when_its_client_has_gone(held: Held) -> None:
    transcript = transcript_of(held(ticks, {"wait": 2}))
    assert transcript is not None
    assert transcript.messages[:2] == ({"json": 0}, {"json": 1})
    assert (transcript.code, transcript.ended) == (None, True)


def test_a_handler_that_stays(held: Held) -> None:
    answer = held(stays, {"text": "a"}, timeout=0.2)
    assert answer.header("x-room") == "tea"
    assert transcript_of(answer) == Transcript(({"base64": "AA=="},), ended=False)


def test_a_server_that_closes(held: Held) -> None:
    answer = held(farewell, {"wait": 1}, {"json": {}}, {"wait": "close"}, {"text": "never heard"})
    assert transcript_of(answer) == Transcript(({"json": [1]},), 4000, "enough")


def test_only_what_a_client_sees_is_a_failure(held: Held) -> None:
    assert held(complains, {"text": "a"}).crash is None
    answer = held(stumbles)
    assert (answer.crash, transcript_of(answer)) == (None, Transcript((), 4001))
    answer = held(fails, {"text": "a", "times": 3}, {"base64": "AA=="})
    assert answer.crash is not None
    assert (answer.crash.kind, answer.crash.text) == ("RuntimeError", "this is no text")
    assert transcript_of(answer) == Transcript((), 1011)


SHOP = """
from typing import Literal

from fastapi import FastAPI, WebSocket
from pydantic import BaseModel

from contractkit.websocket import messages

app = FastAPI()


class Join(BaseModel):
    type: Literal["join"]
    room: int


class Said(BaseModel):
    said_id: int
    text: str


@app.websocket("/rooms/{room}")
@messages(receive=Join | str, send=Said, close={4400: "what was that?"}, once={Said: "said_id"})
async def chat(websocket: WebSocket, room: int, limit: int = 3) -> None: ...


@app.websocket("/strict")
@messages(receive=Join)
async def strict(websocket: WebSocket) -> None: ...


@app.websocket("/unknown")
async def unknown(websocket: WebSocket) -> None: ...
"""


@pytest.fixture(scope="module")
def api() -> Api:
    return Api(contract_of(app_of(SHOP), "shop:app", sockets=True), "/base")


def test_what_the_contract_says_of_sockets(api: Api) -> None:
    assert list(api.operations) == []
    assert list(api.sockets) == ["WS /rooms/{}", "WS /strict", "WS /unknown"]
    room, unknown = api.sockets["WS /rooms/{}"], api.sockets["WS /unknown"]
    assert (room.template, room.label, room.codes) == ("/base/rooms/{room}", "WS /rooms/{room}", frozenset({4400}))
    assert [one.name for one in room.receive or ()] == ["Join", "String"]
    assert [(one.name, one.once) for one in room.send or ()] == [("Said", "said_id")]
    assert (unknown.receive, unknown.send) == (None, None)
    assert api.find("WS", "/base/rooms/7") is room


@pytest.mark.parametrize(
    ("step", "allowed"),
    [
        ({"json": {"type": "join", "room": 1}}, True),
        ({"text": '{"type": "join", "room": 1}'}, True),
        ({"json": {"type": "leave", "room": 1}}, False),
        ({"json": {"type": "join", "room": "tea"}}, False),
        ({"text": "{"}, False),
        ({"base64": "AA=="}, False),
        ({"base64": base64.b64encode(b'{"type": "join", "room": 1}').decode()}, None),
        ({"wait": 1}, None),
    ],
)
def test_which_messages_a_client_may_send(api: Api, step: Step, allowed: bool | None) -> None:
    assert api.sockets["WS /strict"].is_allowed(step) is allowed
    assert api.sockets["WS /unknown"].is_allowed(step) is None


def test_messages_that_are_made_are_what_they_are_made_for(api: Api) -> None:
    socket = api.sockets["WS /strict"]
    talks = Talks(api, 1)
    made = talks.generated(socket)
    assert [socket.is_allowed(step) for row in made.valid for step in row] == [True] * len(made.valid[0])
    wrong = [step for row in made.invalid for step in row] + talks.malformed(socket)
    assert True not in {socket.is_allowed(step) for step in wrong}
    texts = [step for step in wrong if "text" in step]
    tags = [step["json"].get("type") for step in wrong if isinstance(step.get("json"), dict)]
    assert {"text": "contractkit"} in texts
    assert "contractkit" in tags
    assert any(step.get("times", 1) > 10_000 for step in wrong)
    assert any("base64" in step for step in wrong)
    assert made == Talks(api, 1).generated(socket)
