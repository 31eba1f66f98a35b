"""Every message that the server sends over a WebSocket is one that its contract names.

Clients choose what to do by the message's tag and read the rest into the model of that name: a field that is missing, a
null or another type fails there, and a message of an unknown kind is thrown away. No framework checks what an endpoint
sends, so a `dict` that was written by hand drifts away from the model without anybody noticing.

A message that is of no kind at all is held against the kind that it comes nearest to. Sockets whose messages the
contract does not describe are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check, Judged
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.message import starred
from contractkit.fuzz.sockets import Socket, nearest
from contractkit.fuzz.talk import transcript_of


def judge(judged: Judged) -> Iterator[Claim]:
    """Claim each place where a message of the server does not match the contract."""
    socket, transcript = judged.operation, transcript_of(judged.exchange.response)
    if not isinstance(socket, Socket) or socket.send is None or transcript is None:
        return
    seen: set[str] = set()
    for step in transcript.messages:
        if socket.kind_of(step) is not None:
            continue
        if not socket.send:
            yield _claim(judged, "send", "unknown", "it sends a message, where the contract knows none")
            return
        kind, violations = nearest(socket.send, step)
        for violation in violations[:1]:
            place = f"send.{kind.name}{starred(violation.place)}"
            if place not in seen:
                seen.add(place)
                message = f"it sends a message that the contract does not know; as a {kind.name}: {violation.text}"
                yield _claim(judged, place, violation.keyword, message)


def _claim(judged: Judged, place: str, keyword: str, message: str) -> Claim:
    key = judged.operation.key
    return Claim("socket-message", key, f"{place} {keyword}", message, (judged.exchange,), place=place)


_APP = """
from fastapi import FastAPI, WebSocket
from pydantic import BaseModel

from contractkit.websocket import messages

app = FastAPI()


class Tea(BaseModel):
    name: str
    grams: int


@app.websocket("/teas")
@messages(send=Tea)
async def teas(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_json({"name": "assam", "grams": GRAMS})
    await websocket.close()
"""

CHECK = Check(
    id="socket-message",
    summary="every message of a WebSocket's server is as declared",
    judge=judge,
    of_sockets=True,
    breaks=_APP.replace("GRAMS", "None"),
    holds=_APP.replace("GRAMS", "100"),
)
