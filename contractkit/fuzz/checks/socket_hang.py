"""A WebSocket answers its handshake, and is done when its client has gone.

A handshake without an answer holds the client's connection until that gives up. A handler that goes on after its client
has closed holds what it has (a subscription, a session of the database) for good, one for each client that ever came:
the app runs slower every day, until it is restarted. It happens where an endpoint only sends, or waits for something
else than `receive`, and so never hears of the disconnect.

The limit is `--request-timeout`. Over the network it is the answer to the close frame that is waited for.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check, Judged
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.session import NO_ANSWER
from contractkit.fuzz.talk import transcript_of


def judge(judged: Judged) -> Iterator[Claim]:
    """Claim where the handshake is not answered, or the handler does not end."""
    response = judged.exchange.response
    transcript = transcript_of(response)
    if response.status == NO_ANSWER and response.text.startswith("timeout: "):
        yield _claim(judged, "handshake", response.text.removeprefix("timeout: "))
    elif transcript is not None and not transcript.ended:
        yield _claim(judged, "close", "its handler does not end when the client has closed the socket")


def _claim(judged: Judged, cause: str, message: str) -> Claim:
    return Claim("socket-hang", judged.operation.key, cause, message, (judged.exchange,), place=cause)


_APP = """
import asyncio

from fastapi import FastAPI, WebSocket
from pydantic import BaseModel

from contractkit.websocket import messages

app = FastAPI()


class Tick(BaseModel):
    number: int


@app.websocket("/clock")
@messages(send=Tick)
async def clock(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(Tick(number=0).model_dump_json())
    await WAIT
"""

CHECK = Check(
    id="socket-hang",
    summary="a WebSocket is opened in time, and over when its client has gone",
    judge=judge,
    of_sockets=True,
    slow=True,
    breaks=_APP.replace("WAIT", "asyncio.Event().wait()"),
    holds=_APP.replace("WAIT", "websocket.receive()"),
)
