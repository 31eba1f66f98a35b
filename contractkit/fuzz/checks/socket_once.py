"""A message that is sent once is not sent again over the same WebSocket.

Who resumes, or asks for what it missed, must not get again what it has had: a client that adds up, books or rings a
bell for each message does so twice. Which messages are sent once is for the app to say, by the property that tells one
from another: `contractkit.websocket.messages(send=News, once={News: "id"})`, which is `x-once` of the message in the
AsyncAPI document. Nothing is checked of messages that it does not say this of.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check, Judged
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.message import dumped
from contractkit.fuzz.sockets import Socket
from contractkit.fuzz.talk import transcript_of


def judge(judged: Judged) -> Iterator[Claim]:
    """Claim where a message comes twice in one conversation."""
    socket, transcript = judged.operation, transcript_of(judged.exchange.response)
    if not isinstance(socket, Socket) or transcript is None:
        return
    seen: set[tuple[str, bytes]] = set()
    for step in transcript.messages:
        kind, value = socket.kind_of(step), step.get("json")
        if kind is None or kind.once is None or not isinstance(value, dict) or kind.once not in value:
            continue
        known = (kind.name, dumped(value[kind.once]))
        if known in seen:
            message = f"the same {kind.name} comes twice on one socket, told by its `{kind.once}`"
            place = f"send.{kind.name}.{kind.once}"
            yield Claim("socket-once", socket.key, kind.name, message, (judged.exchange,), place=place)
            return
        seen.add(known)


_APP = """
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ValidationError

from contractkit.websocket import messages

app = FastAPI()


class Resume(BaseModel):
    after: int


class News(BaseModel):
    number: int


class Refused(BaseModel):
    reason: str


@app.websocket("/news")
@messages(receive=Resume, send=News | Refused, once={News: "number"})
async def news(websocket: WebSocket) -> None:
    await websocket.accept()
    had: set[int] = set()
    while True:
        received = await websocket.receive()
        if received["type"] == "websocket.disconnect":
            return
        try:
            Resume.model_validate_json(received.get("text") or "")
        except ValidationError:
            await websocket.send_text(Refused(reason="say where to resume").model_dump_json())
            continue
        for number in (1, 2):
            if number not in HAD:
                had.add(number)
                await websocket.send_text(News(number=number).model_dump_json())
"""

CHECK = Check(
    id="socket-once",
    summary="what a WebSocket gets once does not come twice",
    judge=judge,
    of_sockets=True,
    slow=True,
    breaks=_APP.replace("HAD", "()"),
    holds=_APP.replace("HAD", "had"),
)
