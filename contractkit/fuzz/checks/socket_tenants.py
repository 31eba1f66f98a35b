"""What is said over a WebSocket is not heard by users of another tenant.

Rooms and topics are told apart by names that clients choose, and two tenants choose the same ones. A broadcast whose
channel leaves the tenant out passes everything on to strangers, live, and leaves no trace.

Who must not hear whom cannot be seen from outside: the users of one tenant may well share a room. So it is checked
between users whose configured `tenant`s differ, and between no others.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.edit import with_json
from contractkit.fuzz.message import Exchange, Request, dumped, leaves
from contractkit.fuzz.scene import Scene
from contractkit.fuzz.sockets import Message, Socket
from contractkit.fuzz.talk import Step, transcript_of, with_steps

_WORD = "contractkit7"
"""What is said; nobody says it by chance."""


def play(scene: Scene) -> Iterator[Claim]:
    """Let the main user say something while a user of another tenant listens at the same place."""
    socket, users = scene.operation, scene.session.identities.users
    if not isinstance(socket, Socket) or scene.user is None:
        return
    own = users[scene.user].tenant
    stranger = next((name for name in scene.strangers if own and users[name].tenant not in ("", own)), None)
    told = list(_told(scene, socket)) if stranger is not None else []
    opened = scene.talks().opened(socket, scene.maker, scene.user) if told else None
    if opened is None:
        return
    said: list[Exchange] = []

    def say() -> None:
        steps = [step for one in told for step in (one, {"wait": 1})]
        said.append(scene.send(socket, with_steps(opened.request, steps)))

    listening = with_steps(opened.request, ()).of(stranger)
    heard = scene.session.send(socket, listening, meanwhile=say)
    transcript = transcript_of(heard.response)
    if said and transcript is not None and any(_WORD in dumped(one).decode() for one in transcript.messages):
        message = "a user of another tenant hears what is said"
        yield scene.claim("heard", message, [*said, heard], place="send")


def _told(scene: Scene, socket: Socket) -> Iterator[Step]:
    """Yield valid messages that hold the word: one of each kind that can."""
    valid = scene.talks().valid(socket, scene.session)
    for kind in socket.receive or ():
        changed = next((one for step in valid[kind.name] for one in _with_word(kind, step)), None)
        if changed is not None:
            yield changed


def _with_word(kind: Message, step: Step) -> Iterator[Step]:
    if isinstance(step.get("text"), str):
        yield {"text": _WORD}
        return
    holder = Request("WS", "/", (), dumped(step.get("json")))
    for pointer, value in leaves(step.get("json")):
        changed: Step = {"json": with_json(holder, pointer, _WORD).json}
        if isinstance(value, str) and kind.takes(changed):
            yield changed


_APP = """
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, WebSocket
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm

from contractkit.websocket import messages

app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)
rooms: dict[str, set[WebSocket]] = {}


@app.post("/token", responses={400: {"description": "Wrong credentials"}})
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    if form.username not in ("alice", "bob") or form.password != "wonderland":
        raise HTTPException(400, "wrong credentials")
    return {"access_token": form.username, "token_type": "bearer"}


@app.get("/me", responses={401: {"description": "Sign in first"}})
def read_me(token: Annotated[str | None, Depends(bearer)]) -> str:
    if token not in ("alice", "bob"):
        raise HTTPException(401, "sign in first")
    return token


@app.websocket("/room")
@messages(receive=str, send=str, close={4400: "only texts are taken"})
async def chat(websocket: WebSocket) -> None:
    await websocket.accept()
    room = rooms.setdefault(NAME, set())
    room.add(websocket)
    try:
        while True:
            received = await websocket.receive()
            if received["type"] == "websocket.disconnect":
                return
            if received.get("text") is None:
                await websocket.close(4400)
                return
            for other in list(room):
                await other.send_text(received["text"])
    finally:
        room.discard(websocket)
"""

CHECK = Check(
    id="socket-tenants",
    summary="what is said over a WebSocket stays within the tenant",
    play=play,
    needs_users=2,
    of_sockets=True,
    breaks=_APP.replace("NAME", '"everybody"'),
    holds=_APP.replace("NAME", 'websocket.headers.get("authorization", "")'),
)
