"""What belongs to one user is not read, changed or deleted by another.

Objects are told apart by an id in the path, and a stranger can guess or see ids (OWASP API1:2023). Whether something is
private is read off the app itself, never guessed: where a stranger is refused one way of getting at a new object (403
or 404 on reading it, or it is missing from the stranger's own list), every other way must be shut as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.knowledge import Scalar
from contractkit.fuzz.listing import items_of
from contractkit.fuzz.message import Exchange, leaves
from contractkit.fuzz.pages import whole_list
from contractkit.fuzz.resources import Resource, identifier
from contractkit.fuzz.scene import Scene

_REFUSED = frozenset({401, 403, 404})


def play(scene: Scene) -> Iterator[Claim]:
    """Let every user try the operation on a member that belongs to another; the main user is one of the two."""
    resource, operation = scene.around, scene.operation
    if resource is None or operation in (resource.create, resource.list) or scene.user is None:
        return
    pairs = [(scene.user, other) for other in scene.strangers] + [(other, scene.user) for other in scene.strangers]
    for owner, stranger in pairs:
        owned = _owned(scene, resource, owner, stranger)
        if owned is None or not _is_private(scene, resource, owned, owner, stranger):
            continue
        request = scene.member(operation, owned, stranger)
        if request is None:
            return
        tried = scene.send(operation, request)
        if tried.response.is_success:
            what = "read" if operation.method in ("GET", "HEAD") else "write to"
            message = f"a stranger can {what} what belongs to another user: it answers {tried.response.status}"
            yield scene.claim("stranger", message, [owned[0], tried], place=str(tried.response.status))
            return


def _owned(scene: Scene, resource: Resource, owner: str, stranger: str) -> tuple[Exchange, Scalar] | None:
    """Return a member of the owner's: a new one, or one that only the owner's list shows."""
    if resource.create is not None:
        return scene.make(resource, identity=owner)
    if resource.list is None or "{" in resource.collection:
        return None
    page = scene.maker.accepted(resource.list, owner)
    theirs = whole_list(scene.maker, resource.list, stranger)
    if page is None or theirs is None:
        return None
    known = {str(identifier(item, resource)) for item in theirs}
    own = [identifier(item, resource) for item in items_of(page) or ()]
    return next(((page, one) for one in own if one is not None and str(one) not in known), None)


def _is_private(scene: Scene, resource: Resource, owned: tuple[Exchange, Scalar], owner: str, stranger: str) -> bool:
    """Whether the app keeps this member from the stranger in some other way than the one that is tried."""
    if resource.list is not None and resource.collection.count("{") == 0:
        lists = [whole_list(scene.maker, resource.list, name) for name in (owner, stranger)]
        shown = [None if one is None else _holds(one, owned[1]) for one in lists]
        if shown[0] and shown[1] is False:
            return True
        if shown[1]:
            return False
    if resource.read is not None and scene.operation is not resource.read:
        request = scene.member(resource.read, owned, stranger)
        if request is not None:
            return scene.send(resource.read, request).response.status in _REFUSED
    return False


def _holds(items: Iterable[Any], value: Scalar) -> bool:
    return any(str(leaf) == str(value) for item in items for _, leaf in leaves(item))


_APP = """
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm

app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)
notes: dict[int, dict[str, str]] = {}
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
def create_note(user: User) -> dict[str, int]:
    notes[len(notes) + 1] = {"owner": user}
    return {"note_id": len(notes)}


@app.get("/notes", responses=FORBIDDEN)
def list_notes(user: User) -> list[dict[str, int]]:
    return [{"note_id": number} for number, note in notes.items() if note["owner"] == user]


@app.get("/notes/{note_id}", responses=FORBIDDEN)
def read_note(note_id: int, user: User) -> dict[str, str]:
    if note_id not in notes OR_NOT_OWN:
        raise HTTPException(404, "no such note")
    return notes[note_id]
"""

CHECK = Check(
    id="stranger-access",
    summary="what belongs to one user stays out of the reach of others",
    play=play,
    needs_users=2,
    breaks=_APP.replace(" OR_NOT_OWN", ""),
    holds=_APP.replace("OR_NOT_OWN", 'or notes[note_id]["owner"] != user'),
)
