"""An operation that asks for credentials answers nobody without them.

The contract names what a request must carry. A request without it, or with a token that was made up or altered, must be
answered 401 (or 403); anything else means that the check is missing on this one route, whatever the document says.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.message import Headers
from contractkit.fuzz.scene import Scene


def play(scene: Scene) -> Iterator[Claim]:
    """Send an accepted request without credentials, with made-up ones and with altered ones."""
    if not scene.operation.security or scene.user is None:
        return
    request = scene.takeable()
    if request is None:
        return
    for what, credentials in (("no credentials", ()), *forged(scene)):
        exchange = scene.taken(request, credentials)
        if exchange is not None:
            message = f"it asks for credentials, yet answers {exchange.response.status} to a request with {what}"
            yield scene.claim(what, message, [exchange], place=str(exchange.response.status))
            return


def forged(scene: Scene) -> Iterator[tuple[str, Headers]]:
    """Yield credentials that must not be good: made up, and the user's own with a change in them."""
    assert scene.user is not None
    own = scene.session.identities.shown(scene.user, scene.operation)
    yield "made-up credentials", tuple((name, _made_up(name, value)) for name, value in own)
    yield "an altered token", tuple((name, _altered(value)) for name, value in own)
    unsigned = tuple((name, _unsigned(value)) for name, value in own)
    if unsigned != own:
        yield "a token without a signature", unsigned


def _made_up(name: str, value: str) -> str:
    if name == "Cookie":
        return f"{value.partition('=')[0]}=made-up-by-contractkit"
    scheme, mark, _ = value.partition(" ")
    return f"{scheme} made-up-by-contractkit" if mark else "made-up-by-contractkit"


def _unsigned(value: str) -> str:
    """Return a JWT that says `"alg": "none"` and has no signature (RFC 7519, section 6; RFC 8725, section 3.1)."""
    head, mark, token = value.rpartition(" ")
    parts = token.split(".")
    if len(parts) != 3 or not token.startswith("ey"):
        return value
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    return f"{head}{mark}{header}.{parts[1]}."


def _altered(value: str) -> str:
    """Change a character in the middle of the last part: of a JWT that is its signature (RFC 7515, section 3.1)."""
    head, mark, last = value.rpartition(".")
    part = last if mark else value
    if len(part) < 3:
        return value + "x"
    middle = len(part) // 2
    other = "A" if part[middle] != "A" else "B"
    return head + mark + part[:middle] + other + part[middle + 1 :]


_APP = """
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm

app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)


@app.post("/token", responses={400: {"description": "Wrong credentials"}})
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    if (form.username, form.password) != ("alice", "wonderland"):
        raise HTTPException(400, "wrong credentials")
    return {"access_token": "alice-token", "token_type": "bearer"}


@app.get("/me", responses={401: {"description": "Sign in first"}})
def read_me(token: Annotated[str | None, Depends(bearer)]) -> dict[str, str]:
    if token WRONG:
        raise HTTPException(401, "sign in first")
    return {"name": "alice"}
"""

CHECK = Check(
    id="authentication-ignored",
    summary="operations that ask for credentials refuse requests without good ones",
    play=play,
    needs_users=1,
    breaks=_APP.replace("WRONG", "== 'banned'"),
    holds=_APP.replace("WRONG", '!= "alice-token"'),
)
