"""A refresh token that was traded in for a new one is refused from then on.

Whoever copied a refresh token can stay signed in for as long as they like. That is what handing out a new one each time
is for: the second use of the old one shows that two have it (RFC 9700, section 4.14.2; RFC 6749, section 10.4). A
service that gives a new one and still takes the old one has the cost of it and no protection.

Only where the answer gives a refresh token that differs from the one that was sent is the old one held to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.edit import with_json
from contractkit.fuzz.identities import form_request
from contractkit.fuzz.knowledge import plain
from contractkit.fuzz.message import Exchange, Request
from contractkit.fuzz.scene import Scene

_NAME = "refreshtoken"


def play(scene: Scene) -> Iterator[Claim]:
    """Sign in, and trade the refresh token in twice."""
    user = scene.user
    if scene.operation.method != "POST" or user is None or not scene.session.identities.signs_in(user):
        return
    request = _request(scene)
    if request is None:
        return
    first = scene.send(scene.operation, request)
    new = _token(first)
    if new is None or new == _sent(request):
        return
    second = scene.send(scene.operation, request)
    if second.response.is_success and _token(second) is not None:
        message = f"a refresh token that was traded in for a new one is taken again: {second.response.status}"
        yield scene.claim("used twice", message, [first, second], place="body.refresh_token")


def _request(scene: Scene) -> Request | None:
    """Return a request that trades in the refresh token of a new sign-in; None where the operation takes none."""
    identities = scene.session.identities
    is_token_endpoint = identities.token_target == scene.operation.template
    base = next(iter(scene.maker.pool(scene.operation)), None)
    name = None if base is None or not isinstance(base.json, dict) else _name_in(base.json)
    if not is_token_endpoint and name is None:
        return None
    signed_in = scene.sign_in()
    token = None if signed_in is None else _token(signed_in)
    if token is None or base is None:
        return None
    if name is not None:
        return with_json(base, f"/{name}", token)
    return form_request(scene.operation.template, {"grant_type": "refresh_token", "refresh_token": token})


def _token(exchange: Exchange) -> str | None:
    answer = exchange.response.json
    if not exchange.response.is_success or not isinstance(answer, dict):
        return None
    name = _name_in(answer)
    value = None if name is None else answer[name]
    return value if isinstance(value, str) and value else None


def _sent(request: Request) -> Any:
    name = _name_in(request.json) if isinstance(request.json, dict) else None
    return None if name is None else request.json[name]


def _name_in(value: dict[str, Any]) -> str | None:
    return next((name for name in value if plain(str(name)) == _NAME), None)


_APP = """
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel

app = FastAPI(responses={400: {"description": "The request cannot be read"}})
bearer = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)
given: list[str] = []
used: set[str] = set()


class Refresh(BaseModel):
    refresh_token: str


def pair() -> dict[str, str]:
    given.append(f"refresh-{len(given)}")
    return {"access_token": "alice-token", "token_type": "bearer", "refresh_token": given[-1]}


@app.post("/token")
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    if (form.username, form.password) != ("alice", "wonderland"):
        raise HTTPException(400, "wrong credentials")
    return pair()


@app.post("/refresh", responses={401: {"description": "The token is not good"}})
def refresh(body: Refresh) -> dict[str, str]:
    if body.refresh_token not in given OR_USED:
        raise HTTPException(401, "the token is not good")
    used.add(body.refresh_token)
    return pair()


@app.get("/me", responses={401: {"description": "Sign in first"}})
def read_me(token: Annotated[str | None, Depends(bearer)]) -> dict[str, str]:
    if token != "alice-token":
        raise HTTPException(401, "sign in first")
    return {"name": "alice"}
"""

CHECK = Check(
    id="refresh-token-reused",
    summary="a refresh token that was traded in for a new one is refused",
    play=play,
    needs_users=1,
    breaks=_APP.replace(" OR_USED", ""),
    holds=_APP.replace("OR_USED", "or body.refresh_token in used"),
)
