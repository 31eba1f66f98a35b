"""After a message that was refused, a WebSocket works as before.

A client that sent something wrong, because of a bug or of another version, goes on: it keeps the socket and sends the
next message. A handler that stopped listening, or a task of its own that died of the bad message, leaves a socket that
is open and never answers again, which no client can tell from a quiet one.

Whether an answer is due is read off the app: a valid message that is answered by itself must be answered after an
invalid one, too, as long as the socket is open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.message import Exchange
from contractkit.fuzz.scene import Scene
from contractkit.fuzz.sockets import Socket
from contractkit.fuzz.talk import Step, with_steps

_INVALID = {"text": "not JSON", "json": "of no kind that it takes", "base64": "binary"}


def play(scene: Scene) -> Iterator[Claim]:
    """Send a valid message by itself, and after an invalid one."""
    socket, talks = scene.operation, scene.talks()
    opened = talks.opened(socket, scene.maker, scene.user) if isinstance(socket, Socket) and socket.receive else None
    if opened is None or not isinstance(socket, Socket):
        return
    quiet = socket.heard(opened)
    if quiet is None:
        return
    answered = _answered(scene, socket, opened, quiet)
    for good, alone, due in answered:
        for kind, what in _INVALID.items():
            bad = next((step for step in talks.malformed(socket) if kind in step), None)
            refused = None if bad is None else socket.heard(_said(scene, socket, opened, [bad]))
            if bad is None or refused is None:
                continue  # the socket was closed, which is for others to judge
            both = _said(scene, socket, opened, [bad, good, {"wait": (refused + due).total()}])
            heard = socket.heard(both)
            if heard is not None and not (heard - refused) & due:
                message = f"after an invalid message ({what}) it no longer answers a valid one"
                yield scene.claim(kind, message, [alone, both], place="send")
                return


def _answered(
    scene: Scene, socket: Socket, opened: Exchange, quiet: Counter[str]
) -> Iterator[tuple[Step, Exchange, Counter[str]]]:
    """Yield valid messages that are answered, each with the exchange and what is answered."""
    for good in (step for steps in scene.talks().valid(socket, scene.session).values() for step in steps):
        alone = _said(scene, socket, opened, [good])
        heard = socket.heard(alone)
        due = Counter[str]() if heard is None else heard - quiet
        if due:
            yield good, alone, due


def _said(scene: Scene, socket: Socket, opened: Exchange, steps: Sequence[Step]) -> Exchange:
    return scene.send(socket, with_steps(opened.request, steps))


_APP = """
from fastapi import FastAPI, WebSocket
from pydantic import BaseModel, ValidationError

from contractkit.websocket import messages

app = FastAPI()


class Ping(BaseModel):
    number: int


class Pong(BaseModel):
    number: int


class Refused(BaseModel):
    reason: str


@app.websocket("/ping")
@messages(receive=Ping, send=Pong | Refused)
async def ping(websocket: WebSocket) -> None:
    await websocket.accept()
    listens = True
    while True:
        received = await websocket.receive()
        if received["type"] == "websocket.disconnect":
            return
        if not listens:
            continue
        try:
            said = Ping.model_validate_json(received.get("text") or "")
        except ValidationError:
            listens = AFTERWARDS
            await websocket.send_text(Refused(reason="this is no ping").model_dump_json())
        else:
            await websocket.send_text(Pong(number=said.number).model_dump_json())
"""

CHECK = Check(
    id="socket-recovery",
    summary="after a refused message a WebSocket answers as before",
    play=play,
    of_sockets=True,
    breaks=_APP.replace("AFTERWARDS", "False"),
    holds=_APP.replace("AFTERWARDS", "True"),
)
