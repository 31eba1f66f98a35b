"""A key that the app gives out opens what it was made for, as long as it is there, and nothing else.

Keys are what programs use: they lie in configurations and logs, live long, and are made for one purpose so that a lost
one does little harm. An operation that takes any key, or one that was made for something else, or one that was deleted
(RFC 6750, section 3.1, says the same of tokens; OWASP API2:2023), takes that back.

A key is made by the operation that answers with one (`api_key`, `key`, `secret`), and is tried where the
contract names a scheme of type `apiKey` in a header. What counts is that a key for this operation is accepted first.
Scopes are those that the contract names at the operation (OpenAPI 3.1.1, section 4.8.30) and in the body that makes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.edit import with_header, with_json
from contractkit.fuzz.knowledge import plain
from contractkit.fuzz.message import Exchange, Headers, Request
from contractkit.fuzz.operation import Operation
from contractkit.fuzz.resources import Resource
from contractkit.fuzz.scene import Scene
from contractkit.fuzz.validity import node_at, property_names

_SECRET = re.compile(r"(api|access|secret|client)?(key|secret|token)")
_MADE_UP = "made-up-by-contractkit"


def play(scene: Scene) -> Iterator[Claim]:
    """Make keys, and send a request with each."""
    scheme = _scheme(scene)
    if scheme is None or scene.user is None:
        return
    header, needed = scheme
    request = scene.takeable()
    if request is None:
        return
    request = with_header(request, header, None)  # generators send empty keys
    answer = scene.taken(request, ((header, _MADE_UP),))
    if answer is not None:
        yield _claim(scene, "a made-up key", "a key that was made up", [answer])
        return
    for resource in scene.maker.resources.all.values():
        if resource.create is not None and resource.create is not scene.operation and _gives_key(resource.create):
            yield from _tried(scene, resource, request, header, needed)
            return


def _tried(scene: Scene, resource: Resource, request: Request, header: str, needed: tuple[str, ...]) -> Iterator[Claim]:
    assert resource.create is not None
    made = _make(scene, resource.create, needed)
    key = None if made is None else _key(made, header)
    if made is None or key is None or scene.taken(request, key) is None:
        return
    other = next((one for one in _scopes(resource.create) if one not in needed), None) if needed else None
    narrow = None if other is None else _make(scene, resource.create, (other,))
    wrong = None if narrow is None else _key(narrow, header)
    if narrow is not None and wrong is not None:
        answer = scene.taken(request, wrong)
        if answer is not None:
            yield _claim(scene, "another scope", f"a key that was made for `{other}` only", [narrow, answer])
    value = resource.id_of(made)
    delete = None if value is None else scene.member(resource.delete, (made, value))
    if delete is None or not scene.send(resource.delete, delete).response.is_success:
        return
    answer = scene.taken(request, key)
    if answer is not None:
        yield _claim(scene, "a deleted key", "a key that was deleted", [made, answer])


def _claim(scene: Scene, cause: str, what: str, steps: list[Exchange]) -> Claim:
    status = steps[-1].response.status
    return scene.claim(cause, f"it answers {status} to {what}", steps, place=str(status))


def _scheme(scene: Scene) -> tuple[str, tuple[str, ...]] | None:
    """Return the header of a key that opens the operation by itself, and the scopes that it must be good for."""
    for alternative in scene.operation.security:
        for name, scopes in alternative.items() if len(alternative) == 1 else ():
            scheme = scene.api.security_schemes.get(name)
            if scheme is not None and scheme.get("type") == "apiKey" and scheme.get("in") == "header":
                return str(scheme.get("name")), scopes
    return None


def _gives_key(create: Operation) -> bool:
    bodies = [body for status, spec in create.responses.items() if status.startswith("2") for body in spec.bodies]
    return any(_SECRET.fullmatch(plain(name)) for body in bodies for name in property_names(body.check.node))


def _make(scene: Scene, create: Operation, scopes: tuple[str, ...]) -> Exchange | None:
    """Make a key that is good for some scopes, where a list of them is part of what makes one."""
    accepted = scene.accepted(create)
    if accepted is None or not scopes or "scopes" not in _names(create):
        return accepted
    made = scene.send(create, with_json(accepted.request, "/scopes", list(scopes)))
    return made if made.response.is_success else None


def _names(create: Operation) -> tuple[str, ...]:
    return property_names(create.bodies[0].check.node) if create.bodies else ()


def _scopes(create: Operation) -> list[str]:
    """Return the scopes that a key may be made for, as far as the contract lists them."""
    node = node_at(create.bodies[0].check.node, "/scopes/0") if create.bodies else None
    return [one for one in (node.enum or ()) if isinstance(one, str)] if node is not None else []


def _key(made: Exchange, header: str) -> Headers | None:
    answer = made.response.json
    for name, value in answer.items() if isinstance(answer, dict) else ():
        if _SECRET.fullmatch(plain(str(name))) and isinstance(value, str) and value:
            return ((header, value),)
    return None


_APP = """
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import APIKeyHeader, OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel

app = FastAPI(responses={400: {"description": "The request cannot be read"}})
bearer = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)
keys: dict[str, list[str]] = {}
REFUSED = {401: {"description": "Sign in first"}, 404: {"description": "There is no such key"}}


class NewKey(BaseModel):
    scopes: list[Literal["teas", "cups"]]


@app.post("/token")
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    if (form.username, form.password) != ("alice", "wonderland"):
        raise HTTPException(400, "wrong credentials")
    return {"access_token": "alice-token", "token_type": "bearer"}


def who(token: Annotated[str | None, Depends(bearer)]) -> str:
    if token != "alice-token":
        raise HTTPException(401, "sign in first")
    return "alice"


class Key(BaseModel):
    key_id: int
    api_key: str


@app.post("/keys", status_code=201, responses=REFUSED)
def create_key(user: Annotated[str, Depends(who)], key: NewKey) -> Key:
    keys[f"key-{len(keys)}"] = list(key.scopes)
    return Key(key_id=len(keys) - 1, api_key=f"key-{len(keys) - 1}")


@app.delete("/keys/{key_id}", status_code=204, responses=REFUSED)
def delete_key(key_id: int, user: Annotated[str, Depends(who)]) -> None:
    if not keys.get(f"key-{key_id}"):
        raise HTTPException(404, "no such key")
    keys[f"key-{key_id}"] = []


@app.get("/teas", responses=REFUSED)
def list_teas(
    token: Annotated[str | None, Depends(bearer)],
    key: Annotated[str | None, Depends(APIKeyHeader(name="X-Key", auto_error=False))],
) -> list[str]:
    if token != "alice-token" and not CONDITION:
        raise HTTPException(401, "sign in first")
    return ["assam"]


app.openapi()["paths"]["/teas"]["get"]["security"] = [{"OAuth2PasswordBearer": []}, {"APIKeyHeader": ["teas"]}]
"""

CHECK = Check(
    id="api-key",
    summary="keys open what they were made for, as long as they are there",
    play=play,
    needs_users=1,
    breaks=_APP.replace("CONDITION", "keys.get(key or '')"),
    holds=_APP.replace("CONDITION", '"teas" in keys.get(key or "", [])'),
)
