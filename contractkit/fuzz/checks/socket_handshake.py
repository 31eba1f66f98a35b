"""A handshake with parameters that the contract forbids opens no WebSocket.

The path, the query, the headers and the cookies of a handshake are described like those of a request. A client that
sends a value beyond a documented limit should be refused, and not be let into a room that cannot exist. An endpoint
that takes its parameters from `websocket.query_params`, and not from its signature, checks none of them.

A socket that is opened and closed at once with a code counts as refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check, Judged
from contractkit.fuzz.checks.invalid_accepted import is_lax
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.message import starred
from contractkit.fuzz.talk import transcript_of


def judge(judged: Judged) -> Iterator[Claim]:
    """Claim where an invalid handshake opens the socket."""
    transcript = transcript_of(judged.exchange.response)
    if transcript is None or transcript.code is not None or judged.validity.valid is not False:
        return
    strict = [one for one in judged.validity.breaches if not is_lax(one)]
    for breach in strict[:1]:
        place = starred(breach.place)
        message = f"it opens to a handshake that the contract does not allow: {breach.place}: {breach.text}"
        cause = f"{place} {breach.keyword}"
        yield Claim("socket-handshake", judged.operation.key, cause, message, (judged.exchange,), place=place)


_APP = """
from typing import Annotated

from fastapi import FastAPI, Path, WebSocket

from contractkit.websocket import messages

app = FastAPI()
Room = Annotated[str, Path(pattern="^[a-z]{3,8}$")]


@app.websocket("/rooms/{room}")
@messages()
async def enter(websocket: WebSocket, room: ROOM) -> None:
    await websocket.accept()
    await websocket.receive()
"""

CHECK = Check(
    id="socket-handshake",
    summary="an invalid handshake opens no WebSocket",
    judge=judge,
    of_sockets=True,
    breaks=_APP.replace("ROOM)", "str)") + "\n\nenter.__annotations__['room'] = Room\n",
    holds=_APP.replace("ROOM)", "Room)"),
)
