"""No list, report or export shows a user what belongs to another.

Lists and exports are filtered by owner or tenant in each query anew, and one that forgets it gives everything away at
once (OWASP API1:2023). Whether something is private is read off the app, never guessed: the one who asks is refused it
(403 or 404), or misses it in the list that its owner sees it in, and yet finds its identifier in this answer.

Only identifiers that are long enough not to be there by chance are looked for, in answers of any media type.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.knowledge import Scalar
from contractkit.fuzz.message import Exchange
from contractkit.fuzz.pages import whole_list
from contractkit.fuzz.resources import Resource, identifier
from contractkit.fuzz.scene import Scene

_TELLING = 8
"""How long an identifier must be not to be in an answer by chance."""
_RESOURCES = 3
_REFUSED = frozenset({401, 403, 404})


def play(scene: Scene) -> Iterator[Claim]:
    """Let the main user make something private, and another one look for it."""
    if scene.operation.method != "GET" or scene.operation.path_parameters or not scene.operation.security:
        return
    for resource in _resources(scene):
        made = scene.make(resource)
        if made is None or len(str(made[1])) < _TELLING:
            continue
        for stranger in scene.strangers:
            if not _is_private(scene, resource, made, stranger):
                continue
            answer = scene.maker.accepted(scene.operation, stranger)
            if answer is not None and str(made[1]) in answer.response.text:
                message = f"it shows a stranger what belongs to another user: a member of {resource.collection}"
                yield scene.claim(
                    f"shows {resource.collection}", message, [made[0], answer], place=f"{answer.response.status}.body"
                )
                return


def _resources(scene: Scene) -> list[Resource]:
    """Return the resources whose members may be shown: first those that the path speaks of."""
    found = [
        one
        for one in scene.maker.resources.all.values()
        if one.create is not None and one.create.security and "{" not in one.collection
    ]
    found.sort(key=lambda one: (_word(one) not in scene.operation.template.lower(), one.template))
    return found[:_RESOURCES]


def _word(resource: Resource) -> str:
    return resource.collection.rpartition("/")[2].lower().removesuffix("s")


def _is_private(scene: Scene, resource: Resource, made: tuple[Exchange, Scalar], stranger: str) -> bool:
    """Whether the app keeps this member from the stranger in another operation than the one that is looked at."""
    request = scene.member(resource.read, made, stranger)
    if request is not None and scene.send(resource.read, request).response.status in _REFUSED:
        own = scene.member(resource.read, made)
        return own is not None and scene.send(resource.read, own).response.is_success
    if request is not None or resource.list is None or resource.list is scene.operation:
        return False
    lists = [whole_list(scene.maker, resource.list, name) for name in (scene.user, stranger)]
    shown = [
        None if one is None else str(made[1]) in {str(identifier(item, resource)) for item in one} for one in lists
    ]
    return shown[0] is True and shown[1] is False


_APP = """
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import PlainTextResponse
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm

app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)
notes: dict[str, str] = {}
FORBIDDEN = {401: {"description": "Sign in first"}, 404: {"description": "There is no such note"}}


@app.post("/token", responses={400: {"description": "Wrong credentials"}})
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    if form.username not in ("alice", "bob") or form.password != "wonderland":
        raise HTTPException(400, "wrong credentials")
    return {"access_token": form.username, "token_type": "bearer"}


def who(token: Annotated[str | None, Depends(bearer)]) -> str:
    if token not in ("alice", "bob"):
        raise HTTPException(401, "sign in first")
    return token


User = Annotated[str, Depends(who)]


@app.post("/notes", status_code=201, responses=FORBIDDEN)
def create_note(user: User) -> dict[str, str]:
    note_id = f"note-{len(notes):08}"
    notes[note_id] = user
    return {"note_id": note_id}


@app.get("/notes/{note_id}", responses=FORBIDDEN)
def read_note(note_id: str, user: User) -> dict[str, str]:
    if notes.get(note_id) != user:
        raise HTTPException(404, "no such note")
    return {"note_id": note_id}


@app.get("/export.txt", response_class=PlainTextResponse, responses=FORBIDDEN)
def export(user: User) -> str:
    return "\\n".join(note_id for note_id, owner in notes.items()OWN)
"""

CHECK = Check(
    id="stranger-data",
    summary="lists, reports and exports show nobody what belongs to another",
    play=play,
    needs_users=2,
    breaks=_APP.replace("OWN", ""),
    holds=_APP.replace("OWN", " if owner == user"),
)
