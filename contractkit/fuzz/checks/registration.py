"""Who registers can sign in with the very name and password that were accepted.

A service that stores the name in another form than it was sent (in lower case, cut to a length) answers 201 and locks
the new user out: sign-in looks for what was typed. Both have to treat a name alike, or registration has to refuse it.

Tried is an operation that takes a user name and a password and asks for no credentials, where the contract describes
the OAuth2 password flow. It counts only where some new account of this service can sign in at once: where accounts wait
for a confirmation, none can.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.edit import with_json, with_twins
from contractkit.fuzz.identities import form_request
from contractkit.fuzz.knowledge import plain
from contractkit.fuzz.message import Exchange, Request
from contractkit.fuzz.scene import Scene
from contractkit.fuzz.validity import validity

_NAMES = ("username", "login", "loginname", "email")
_REFUSED = frozenset({400, 401, 403})
_LONGEST = 64


def play(scene: Scene) -> Iterator[Claim]:
    """Register under plain and under odd names, and sign in."""
    target = scene.session.identities.token_target
    if scene.operation.method != "POST" or scene.operation.security or target in (None, scene.operation.template):
        return
    first = scene.accepted()
    if first is None or not isinstance(first.request.json, dict):
        return
    names = {plain(str(name)): str(name) for name in first.request.json}
    name = next((names[one] for one in _NAMES if one in names), None)
    if name is None or "password" not in names:
        return
    usual = scene.send(scene.operation, _plain(scene, first.request, name))
    if not usual.response.is_success or not _signs_in(scene, usual, name, names["password"]):
        return
    for what, request in _odd(scene, first.request, name, names["password"]):
        if validity(scene.operation, request).valid is not True:
            continue
        registered = scene.send(scene.operation, request)
        if registered.response.is_success and not _signs_in(scene, registered, name, names["password"]):
            message = f"who registers with {what} cannot sign in with what was accepted"
            yield scene.claim(what, message, [registered, scene.session.log[-1]], place=f"body/{name}")


def _odd(scene: Scene, request: Request, name: str, password: str) -> Iterator[tuple[str, Request]]:
    operation = scene.operation
    anew = scene.maker.new.renewed(operation, request, request)
    yield "capital letters in the name", with_json(anew, f"/{name}", str(anew.json[name]).title())
    anew, secret = _plain(scene, request, name), "Correct-horse-" * 4 + "é"
    yield "a long password", with_twins(anew, f"/{password}", secret) or with_json(anew, f"/{password}", secret)
    anew = _plain(scene, request, name)
    for length in range(_LONGEST, 0, -1):
        longest = with_json(anew, f"/{name}", str(anew.json[name]).ljust(length, "x")[:length])
        if validity(operation, longest).valid is True:
            yield "the longest name", longest
            return


def _plain(scene: Scene, request: Request, name: str) -> Request:
    """Return a request under a new name in lower case."""
    anew = scene.maker.new.renewed(scene.operation, request, request)
    return with_json(anew, f"/{name}", str(anew.json[name]).lower())


def _signs_in(scene: Scene, registered: Exchange, name: str, password: str) -> bool:
    sent: Any = registered.request.json
    fields = {"grant_type": "password", "username": sent[name], "password": sent[password]}
    target = scene.session.identities.token_target
    assert target is not None
    answer = scene.send(scene.api.find("POST", target), form_request(target, fields))
    return answer.response.status not in _REFUSED


_APP = """
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel, Field

app = FastAPI(responses={400: {"description": "The request cannot be read"}})
bearer = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)
accounts = {"alice": "wonderland"}


class Account(BaseModel):
    username: str = Field(pattern="^[a-zA-Z]{3,16}$")
    password: str = Field(min_length=4, max_length=20)


@app.post("/token")
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    if accounts.get(form.username) != form.password:
        raise HTTPException(400, "wrong credentials")
    return {"access_token": form.username, "token_type": "bearer"}


@app.post("/accounts", status_code=201, responses={409: {"description": "The name is taken"}})
def register(account: Account) -> dict[str, str]:
    if STORED in accounts:
        raise HTTPException(409, "taken")
    accounts[STORED] = account.password
    return {"state": "registered"}


@app.get("/me", responses={401: {"description": "Sign in first"}})
def read_me(token: Annotated[str | None, Depends(bearer)]) -> dict[str, str]:
    if token not in accounts:
        raise HTTPException(401, "sign in first")
    return {"name": token}
"""

CHECK = Check(
    id="registration",
    summary="who registers can sign in with what was accepted",
    play=play,
    needs_users=1,
    breaks=_APP.replace("STORED", "account.username.lower()"),
    holds=_APP.replace("STORED", "account.username"),
)
