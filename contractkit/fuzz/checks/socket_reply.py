"""What a WebSocket promises to answer is answered, and what it does not allow is refused as it says.

A client that waits for an answer waits for good when none comes. It happens where an endpoint swallows what it does not
understand, where one message is forgotten in a `match`, or where the answer is sent to everybody else.

Which messages are answered is for the app to say: `contractkit.websocket.messages(reply={Ask: Answer | Refused})` is
`reply` of the operation in the AsyncAPI document, and `refusal=Refused`, for what is not allowed, is `x-refusal` of the
channel. An answer may also be that the socket is closed. Nothing is checked of messages that it does not say this of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.message import Exchange
from contractkit.fuzz.scene import Scene
from contractkit.fuzz.sockets import Socket, nearest
from contractkit.fuzz.talk import Step, transcript_of, with_steps

_BEFORE = 4
"""Kinds of messages after which each answer is waited for, too."""


def play(scene: Scene) -> Iterator[Claim]:
    """Send each message that is answered, by itself and after others, and some that are not allowed."""
    socket, talks = scene.operation, scene.talks()
    if not isinstance(socket, Socket) or not (socket.refusals or any(one.replies for one in socket.receive or ())):
        return
    opened = talks.opened(socket, scene.maker, scene.user)
    quiet = None if opened is None else socket.heard(opened)
    if opened is None or quiet is None:
        return
    valid = talks.valid(socket, scene.session, each=2)
    before: list[tuple[list[Step], Counter[str]]] = [([], quiet)]
    for steps in list(valid.values())[:_BEFORE]:
        heard = socket.heard(scene.send(socket, with_steps(opened.request, steps[:1])))
        if steps and heard is not None:
            before.append((steps[:1], heard))
    for kind in socket.receive or ():
        for step in valid[kind.name] if kind.replies else ():
            for earlier, heard in before:
                exchange = _said(scene, opened, [*earlier, step], heard)
                if not _answered(socket, exchange, heard, kind.replies):
                    where = f" after {_name(socket, earlier[0])}" if earlier else ""
                    message = f"{kind.name} is not answered{where}, where {_any(kind.replies)} is promised"
                    yield scene.claim(kind.name, message, [exchange], place=f"receive.{kind.name}")
                    break
    for step in talks.refused(socket) if socket.refusals else ():
        exchange = _said(scene, opened, [step], quiet)
        if not _answered(socket, exchange, quiet, socket.refusals):
            promised = _any(socket.refusals)
            message = f"a message that is not allowed{_why(socket, step)} is not answered, where {promised} is promised"
            yield scene.claim("refusal", message, [exchange], place="receive")
            return


def _said(scene: Scene, opened: Exchange, steps: list[Step], heard: Counter[str]) -> Exchange:
    return scene.send(scene.operation, with_steps(opened.request, [*steps, {"wait": heard.total() + 1}]))


def _answered(socket: Socket, exchange: Exchange, before: Counter[str], names: frozenset[str]) -> bool:
    """Return whether an answer came, or the socket was closed; what fails otherwise is for others to judge."""
    transcript = transcript_of(exchange.response)
    if transcript is None or transcript.code is not None:
        return True
    after = socket.heard(exchange)
    return after is None or any(name in names for name in after - before)


def _name(socket: Socket, step: Step) -> str:
    return next((one.name for one in socket.receive or () if one.takes(step)), "another message")


def _why(socket: Socket, step: Step) -> str:
    """Return what is wrong with a message, in brackets; nothing where it is like none of those that are allowed."""
    if not socket.receive:
        return ""
    _, violations = nearest(socket.receive, step)
    found = next(iter(violations), None)
    return f" ({found.place[1:]}: {found.text})" if found is not None and found.place else ""


def _any(names: frozenset[str]) -> str:
    return " or ".join(sorted(names))


_APP = """
from fastapi import FastAPI, WebSocket
from pydantic import BaseModel, ValidationError

from contractkit.websocket import messages

app = FastAPI()


class Ask(BaseModel):
    number: int


class Told(BaseModel):
    number: int


class Refused(BaseModel):
    reason: str


@app.websocket("/ask")
@messages(receive=Ask, send=Told | Refused, reply={Ask: Told | Refused}, refusal=Refused)
async def ask(websocket: WebSocket) -> None:
    await websocket.accept()
    while True:
        received = await websocket.receive()
        if received["type"] == "websocket.disconnect":
            return
        try:
            asked = Ask.model_validate_json(received.get("text") or "")
        except ValidationError:
            await websocket.send_text(Refused(reason="this is no question").model_dump_json())
        else:
            if asked.number > LEAST:
                await websocket.send_text(Told(number=asked.number).model_dump_json())
            else:
                await websocket.send_text(Refused(reason="that is too little").model_dump_json())
"""
_SILENT = _APP.replace(
    """            else:
                await websocket.send_text(Refused(reason="that is too little").model_dump_json())
""",
    "",
)

CHECK = Check(
    id="socket-reply",
    summary="a WebSocket answers what it promises to answer",
    play=play,
    of_sockets=True,
    breaks=_SILENT.replace("LEAST", "0"),
    holds=_APP.replace("LEAST", "0"),
)
