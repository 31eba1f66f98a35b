"""A WebSocket that asks for credentials opens to nobody without them.

The contract names what a handshake must carry. One without it, or with a token that was made up or altered, must be
refused, or the socket closed at once with a code: a browser does not show the status of a refused handshake, so many
apps open the socket first. Anything else means that the check is missing on this one route.

Nothing is checked where the contract says nothing of credentials.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check
from contractkit.fuzz.checks.authentication import forged
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.scene import Scene
from contractkit.fuzz.sockets import Socket
from contractkit.fuzz.talk import transcript_of, with_steps


def play(scene: Scene) -> Iterator[Claim]:
    """Open the socket without credentials, with made-up ones and with altered ones."""
    socket = scene.operation
    if not isinstance(socket, Socket) or not socket.security or scene.user is None:
        return
    opened = scene.talks().opened(socket, scene.maker, scene.user)
    if opened is None:
        return
    request = with_steps(opened.request, [{"wait": "close"}]).of(None)
    for what, credentials in (("no credentials", ()), *forged(scene)):
        exchange = scene.send(socket, request, credentials)
        transcript = transcript_of(exchange.response)
        if transcript is not None and transcript.code is None:
            message = f"it asks for credentials, yet opens to a handshake with {what}"
            yield scene.claim(what, message, [exchange], place="101")
            return


_APP = """
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Security, WebSocket, WebSocketException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from starlette.requests import HTTPConnection

from contractkit.websocket import messages

app = FastAPI()


class Bearer(OAuth2PasswordBearer):
    async def __call__(self, request: HTTPConnection) -> str | None:
        return request.headers.get("authorization", "").removeprefix("Bearer ")


bearer = Bearer(tokenUrl="token")


@app.post("/token", responses={400: {"description": "Wrong credentials"}})
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    if form.username not in ("alice", "bob") or form.password != "wonderland":
        raise HTTPException(400, "wrong credentials")
    return {"access_token": form.username, "token_type": "bearer"}


@app.get("/me", responses={401: {"description": "Sign in first"}})
def read_me(token: Annotated[str | None, Security(bearer)]) -> str:
    if token not in ("alice", "bob"):
        raise HTTPException(401, "sign in first")
    return token


@app.websocket("/news")
@messages(send=str)
async def news(websocket: WebSocket, token: Annotated[str | None, Security(bearer)]) -> None:
    if not KNOWN:
        raise WebSocketException(1008)
    await websocket.accept()
    await websocket.receive()
"""

CHECK = Check(
    id="socket-authentication",
    summary="a WebSocket that asks for credentials opens to nobody without them",
    play=play,
    needs_users=1,
    of_sockets=True,
    breaks=_APP.replace("KNOWN", "token"),
    holds=_APP.replace("KNOWN", 'token in ("alice", "bob")'),
)
