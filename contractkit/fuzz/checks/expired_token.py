"""A token is not accepted any more when its time is over.

Who steals a token from a log or a browser can use it until it expires, and not longer; that is what its lifetime is
for (RFC 6749, section 10.3; RFC 7519, section 4.1.4). A service that reads the token but not its end gives it away for
good.

A token is asked for by the password flow, whose answer names the lifetime (`expires_in`), as a JWT does itself
(`exp`). In process the app's wall clock is then set on beyond it, with an hour's leeway; over HTTP a lifetime of a few
seconds is waited for, and a longer one is not checked. Where the token is no JWT, and no other operation refuses it
either, its end may be kept where the clock cannot be set (a cache, a database server): that is `risky`.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.message import Headers
from contractkit.fuzz.operation import Operation
from contractkit.fuzz.scene import Scene
from contractkit.model.finding import Severity

_LEEWAY = 3600.0
"""Seconds; some minutes are commonly granted for clocks that differ."""
_WAITED = 2.0
"""The leeway over HTTP, where it must be waited for."""
_OTHERS = 3


def play(scene: Scene) -> Iterator[Claim]:
    """Send a request with a token that has expired."""
    identities, user = scene.session.identities, scene.user
    if user is None or not identities.signs_in(user) or not _asks_for_token(scene, scene.operation):
        return
    request = scene.takeable()
    if request is None:
        return
    token = identities.token(user)
    if token.lifetime is None:
        return
    credentials = identities.bearer(token)
    if not (scene.session.advance(token.lifetime + _LEEWAY) or scene.session.advance(token.lifetime + _WAITED)):
        return
    exchange = scene.taken(request, credentials)
    if exchange is None:
        return
    certain = token.is_jwt or _is_refused_elsewhere(scene, credentials)
    message = f"it answers {exchange.response.status} to a token whose lifetime of {token.lifetime:.0f} s is over"
    yield scene.claim(
        "expired token",
        message,
        [exchange],
        place=str(exchange.response.status),
        severity=Severity.BREAKING if certain else Severity.RISKY,
    )


def _asks_for_token(scene: Scene, operation: Operation) -> bool:
    """Whether nothing but the password flow's token opens an operation."""
    scheme = scene.session.identities.password_scheme
    return bool(operation.security) and all(scheme in alternative for alternative in operation.security)


def _is_refused_elsewhere(scene: Scene, credentials: Headers) -> bool:
    """Whether some other operation, which takes the user's fresh token, refuses this one."""
    others = [
        one
        for one in scene.api.operations.values()
        if one.method == "GET"
        and not one.path_parameters
        and one is not scene.operation
        and _asks_for_token(scene, one)
    ]
    for other in others[:_OTHERS]:
        accepted = scene.accepted(other)
        if accepted is not None:
            answer = scene.send(other, accepted.request.of(None), credentials)
            if answer.response.status == 401:
                return True
    return False


_APP = """
import time
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm

app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)
ends: dict[str, float] = {}
REFUSED = {401: {"description": "Sign in first"}}


@app.post("/token", responses={400: {"description": "Wrong credentials"}})
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str | int]:
    if (form.username, form.password) != ("alice", "wonderland"):
        raise HTTPException(400, "wrong credentials")
    token = f"alice-{len(ends)}"
    ends[token] = time.time() + 900
    return {"access_token": token, "token_type": "bearer", "expires_in": 900}


@app.get("/me", responses=REFUSED)
def read_me(token: Annotated[str | None, Depends(bearer)]) -> dict[str, str]:
    if token not in endsAND_OVER:
        raise HTTPException(401, "sign in first")
    return {"name": "alice"}


@app.get("/tea", responses=REFUSED)
def read_tea(token: Annotated[str | None, Depends(bearer)]) -> dict[str, str]:
    if token not in ends or ends[token] < time.time():
        raise HTTPException(401, "sign in first")
    return {"name": "assam"}
"""

CHECK = Check(
    id="expired-token",
    summary="a token that has expired is refused",
    play=play,
    needs_users=1,
    last=True,
    breaks=_APP.replace("AND_OVER", ""),
    holds=_APP.replace("AND_OVER", " or ends[token] < time.time()"),
)
