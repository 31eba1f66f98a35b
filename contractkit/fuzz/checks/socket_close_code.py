"""A WebSocket is closed with a code that the contract names.

The code is all that a client learns: whether to sign in again, to wait, or never to come back. One that stands nowhere
has no branch in the client, which then connects again at once, and again. Name the codes with
`contractkit.websocket.messages(close={4401: "the token has expired"})`; an invalid message is best answered with an
error message, and the socket kept.

1000 and 1001 (the normal ends), 1009 (a message too long even to be looked at) and 1012 (the server is restarted) come
from the protocol and the server itself, and need not be named (RFC 6455, section 7.4.1).
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check, Judged
from contractkit.fuzz.checks.socket_failure import FAILED
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.sockets import Socket
from contractkit.fuzz.talk import transcript_of

_OF_SERVERS = frozenset({1000, 1001, 1005, 1009, 1012})


def judge(judged: Judged) -> Iterator[Claim]:
    """Claim where the server closes with another code."""
    socket, transcript = judged.operation, transcript_of(judged.exchange.response)
    if not isinstance(socket, Socket) or socket.send is None or transcript is None or transcript.code is None:
        return
    code = transcript.code
    if judged.exchange.response.crash is None and code not in {*socket.codes, *_OF_SERVERS, *FAILED}:
        message = f"it closes the socket with {code}, which the contract does not declare"
        mend = f"declare it: messages(..., close={{{code}: ...}})"
        steps = (judged.exchange,)
        yield Claim("socket-close-code", socket.key, str(code), message, steps, place=f"close.{code}", mend=mend)


_APP = """
from fastapi import FastAPI, WebSocket
from pydantic import BaseModel, ValidationError

from contractkit.websocket import messages

app = FastAPI()


class Ping(BaseModel):
    number: int


@app.websocket("/ping")
@messages(receive=Ping, send=Ping, close={CODES})
async def ping(websocket: WebSocket) -> None:
    await websocket.accept()
    while True:
        received = await websocket.receive()
        if received["type"] == "websocket.disconnect":
            return
        try:
            await websocket.send_text(Ping.model_validate_json(received.get("text") or "").model_dump_json())
        except ValidationError:
            await websocket.close(4400)
            return
"""

CHECK = Check(
    id="socket-close-code",
    summary="a WebSocket is closed with a declared code",
    judge=judge,
    of_sockets=True,
    breaks=_APP.replace("CODES", ""),
    holds=_APP.replace("CODES", '4400: "this is no ping"'),
)
