"""Promised answers over WebSockets: after other messages, to what is not allowed, and by closing."""

import pytest

from contractkit.fuzz.check import checks
from tests.fuzz.conftest import Fuzz

APP = """
from typing import Annotated, Literal

from fastapi import FastAPI, WebSocket
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from contractkit.websocket import messages

app = FastAPI()


class Leave(BaseModel):
    type: Literal["leave"]


class Say(BaseModel):
    type: Literal["say"]
    text: str


class Said(BaseModel):
    text: str


class Refused(BaseModel):
    reason: str


Any = Annotated[Leave | Say, Field(discriminator="type")]


@app.websocket("/room")
@messages(receive=Any, send=Said | Refused, close={4000: "go"}, reply={Say: Said | Refused}, refusal=Refused)
async def room(websocket: WebSocket) -> None:
    await websocket.accept()
    inside = True
    while (received := await websocket.receive())["type"] != "websocket.disconnect":
        try:
            said = TypeAdapter(Any).validate_json(received.get("text") or "")
        except ValidationError:
            REFUSE
            continue
        if isinstance(said, Leave):
            inside = False
        elif inside:
            await websocket.send_text(Said(text=said.text).model_dump_json())
        else:
            OUTSIDE
"""
TELL = 'await websocket.send_text(Refused(reason="no").model_dump_json())'
CLOSE = "return await websocket.close(4000)"


@pytest.mark.parametrize(
    ("refuse", "outside", "found"),
    [
        (TELL, TELL, []),
        (CLOSE, CLOSE, []),
        (TELL, "pass", [("socket-reply", "Say is not answered after Leave, where Refused or Said is promised")]),
        (
            "pass",
            TELL,
            [("socket-reply", "a message that is not allowed is not answered, where Refused is promised")],
        ),
    ],
)
def test_an_answer_that_is_promised_comes(fuzz: Fuzz, refuse: str, outside: str, found: list[tuple[str, str]]) -> None:
    app = APP.replace("REFUSE", refuse).replace("OUTSIDE", outside)
    result = fuzz(app, checks=frozenset(name for name in checks() if name.startswith("socket-")))
    assert [(claim.check, claim.message) for claim in result.confirmed] == found
    assert result.unstable == []


LIMITED = """
from typing import Annotated

from fastapi import FastAPI, WebSocket
from pydantic import BaseModel, Field, ValidationError

from contractkit.websocket import messages

app = FastAPI()
LIMIT = {"anyOf": [{"type": "integer", "maximum": 20}, {"type": "null"}]}


class Bid(BaseModel):
    cents: Annotated[int | None, Field(HOLDSjson_schema_extra=LIMIT)] = None


class Taken(BaseModel):
    cents: int | None


class Refused(BaseModel):
    reason: str


@app.websocket("/bids")
@messages(receive=Bid, send=Taken | Refused, refusal=Refused)
async def bids(websocket: WebSocket) -> None:
    await websocket.accept()
    while (received := await websocket.receive())["type"] != "websocket.disconnect":
        try:
            bid = Bid.model_validate_json(received.get("text") or "", strict=True)
        except ValidationError:
            await websocket.send_text(Refused(reason="no").model_dump_json())
        else:
            await websocket.send_text(Taken(cents=bid.cents).model_dump_json())
"""


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        (
            "",
            "a message that is not allowed (cents: 21 is greater than the maximum of 20) is not answered, "
            "where Refused is promised",
        ),
        ("le=20, ", None),
    ],
)
def test_a_message_just_beyond_a_limit_is_refused(fuzz: Fuzz, holds: str, expected: str | None) -> None:
    result = fuzz(LIMITED.replace("HOLDS", holds), checks=frozenset({"socket-reply"}))
    assert [one.message for one in result.confirmed] == ([] if expected is None else [expected])


def test_a_socket_that_takes_nothing_promises_a_refusal_all_the_same(fuzz: Fuzz) -> None:
    app = LIMITED.replace("receive=Bid, ", "").replace("await websocket.send_text(Refused", "str(Refused")
    result = fuzz(app.replace("HOLDS", ""), checks=frozenset({"socket-reply"}))
    assert [one.message for one in result.confirmed] == [
        "a message that is not allowed is not answered, where Refused is promised"
    ]
