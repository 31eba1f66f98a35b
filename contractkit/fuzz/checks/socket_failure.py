"""Whatever a client says over a WebSocket, it does not make the app fail.

A handler that raises takes the conversation with it: the client sees the code 1011, or a connection that ends without a
close frame (1006), and neither says what was wrong with its message. The usual cause is a message that is no JSON, has
another `type`, or is binary, and an endpoint that takes none of this into account. Answer with an error message, or
close with a code that the contract names.

The code 1011 is a failure even where the contract lists it, as the status 500 is. In process an exception that leaves
the handler is found by its place in the app's code. What a handler raises when its client has gone is seen by nobody,
and counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check, Judged
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.talk import transcript_of

FAILED = {
    1006: "ends the connection without a close frame (1006)",
    1011: "closes the socket with 1011, its own failure",
}
"""What says that a server failed (RFC 6455, section 7.4.1)."""


def judge(judged: Judged) -> Iterator[Claim]:
    """Claim where the handler failed."""
    response = judged.exchange.response
    transcript = transcript_of(response)
    if response.crash is not None:
        crash = response.crash
        place = f" at {crash.place} in {crash.function}" if crash.file else ""
        message = f"the socket dies of {crash.kind}{place}" + (f": {crash.text}" if crash.text else "")
        yield _claim(judged, f"{crash.kind} {crash.file} {crash.function}", message, crash.place)
    elif transcript is not None and transcript.code in FAILED:
        yield _claim(judged, str(transcript.code), f"the app {FAILED[transcript.code]}", f"close.{transcript.code}")
    elif response.status == 500:
        message = f"the app fails and answers the handshake {response.status}"
        yield _claim(judged, str(response.status), message, str(response.status))


def _claim(judged: Judged, cause: str, message: str, place: str) -> Claim:
    return Claim("socket-failure", judged.operation.key, cause, message, (judged.exchange,), place=place)


_APP = """
from typing import Literal

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ValidationError

from contractkit.websocket import messages

app = FastAPI()


class Say(BaseModel):
    type: Literal["say"]
    text: str


class Said(BaseModel):
    type: Literal["said"] = "said"
    text: str


class Refused(BaseModel):
    type: Literal["refused"] = "refused"


@app.websocket("/chat")
@messages(receive=Say, send=Said | Refused)
async def chat(websocket: WebSocket) -> None:
    await websocket.accept()
    while True:
        received = await websocket.receive()
        if received["type"] == "websocket.disconnect":
            return
        try:
            said = Say.model_validate_json(received.get("text") or "")
        except CAUGHT:
            await websocket.send_text(Refused().model_dump_json())
        else:
            await websocket.send_text(Said(text=said.text).model_dump_json())
"""

CHECK = Check(
    id="socket-failure",
    summary="no message makes a WebSocket's handler fail",
    judge=judge,
    of_sockets=True,
    breaks=_APP.replace("CAUGHT", "WebSocketDisconnect"),
    holds=_APP.replace("CAUGHT", "ValidationError"),
)
