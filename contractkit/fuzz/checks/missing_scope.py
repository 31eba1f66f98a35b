"""An operation that asks for scopes refuses a token that lacks them.

Scopes in the contract's `security` are what the token must have been granted (OpenAPI 3.1.1, section 4.8.30; RFC 6750,
section 3.1: 403 `insufficient_scope`). A token that is good for reading the own profile and yet deletes users makes the
scopes, and the roles behind them, worth nothing.

Tried are the other users' own tokens, and tokens that the main user asks for with a single other scope. Both count only
where the answer of the token endpoint or the token itself (JWT) says what was granted. A scope whose name says that it
includes the one that is missing (`admin`; `orders:write` where `orders:read` is asked for) is no proof and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.identities import LoginError, Token
from contractkit.fuzz.message import Request
from contractkit.fuzz.scene import Scene

_SUPERIOR = re.compile(
    r"(^|[^a-z])(admin\w*|root|super\w*|owner|all|full\w*|manage\w*|system)([^a-z]|$)|\*", re.IGNORECASE
)
_READING = frozenset({"read", "view", "list", "get", "readonly", "ro"})
_SINGLE = 3
"""Tokens of one scope each that are asked for."""


def play(scene: Scene) -> Iterator[Claim]:
    """Send a request that the app takes with tokens that lack what it asks for."""
    identities, user = scene.session.identities, scene.user
    needed = _needed(scene)
    if not needed or user is None:
        return
    request: Request | None = None
    for name, token in _tokens(scene, needed):
        granted = token.scopes
        if granted is None or any(_suffices(granted, one) for one in needed):
            continue
        # Where the main user may not do it at all, a request is tried as it was made.
        request = request or scene.takeable() or next(scene.maker.further(scene.operation, user), None)
        exchange = None if request is None else scene.taken(request, identities.bearer(token))
        if exchange is None:
            continue
        lacked = min((one - granted for one in needed), key=lambda one: (len(one), sorted(one)))
        message = (
            f"it asks for {_list(lacked)}, yet answers {exchange.response.status} to a token of {name} "
            f"that was granted {_list(granted) or 'no scope'}"
        )
        yield scene.claim("missing scope", message, [exchange], place=str(exchange.response.status))
        return


def _needed(scene: Scene) -> list[frozenset[str]]:
    """Return the sets of scopes of which one must be granted; none where something else opens the operation too."""
    scheme = scene.session.identities.password_scheme
    found = []
    for alternative in scene.operation.security:
        if scheme is None or not alternative.get(scheme):
            return []
        found.append(frozenset(alternative[scheme]))
    return found


def _tokens(scene: Scene, needed: Collection[frozenset[str]]) -> Iterator[tuple[str, Token]]:
    """Yield tokens that may lack what is needed: those of the other users, and narrow ones of the main user."""
    identities, user = scene.session.identities, scene.user
    assert user is not None
    own = None
    for name in identities.names:
        if identities.signs_in(name):
            try:
                token = identities.token(name)
            except LoginError:
                continue
            own = token if name == user else own
            yield name, token
    if own is None:
        return
    wanted = frozenset().union(*needed)
    # Where the user's scopes are not known, all are asked for one by one, and what the server refuses is left out.
    theirs = identities.known_scopes if own.scopes is None else own.scopes
    others = [one for one in theirs if one not in wanted and not _includes(one, wanted)]
    # Those of the same family first: a route that checks the wrong one of them is the likeliest mistake.
    others.sort(key=lambda one: (not any(_family(one) == _family(other) for other in wanted), one))
    for scope in others[:_SINGLE]:
        try:
            yield user, identities.narrow(user, scope)
        except LoginError:
            continue


def _suffices(granted: frozenset[str], needed: frozenset[str]) -> bool:
    """Whether what was granted holds all that is needed, by itself or by a scope that includes it."""
    return all(one in granted or any(_includes(other, {one}) for other in granted) for one in needed)


def _includes(scope: str, wanted: Collection[str]) -> bool:
    """Whether a scope's name says that it may include one of others."""
    if _SUPERIOR.search(scope):
        return True
    return any(
        _family(scope) == _family(one) and (_action(scope) == "" or (_reads(one) and not _reads(scope)))
        for one in wanted
    )


def _family(scope: str) -> str:
    """Return what a scope is about: `orders` of `orders:read`, `read:orders` and `orders`."""
    parts = re.split(r"[:./]", scope.lower())
    return ".".join(part for part in parts if part not in _ACTIONS) or scope.lower()


def _action(scope: str) -> str:
    return next((part for part in re.split(r"[:./]", scope.lower()) if part in _ACTIONS), "")


def _reads(scope: str) -> bool:
    return _action(scope) in _READING


_ACTIONS = _READING | {"write", "create", "update", "delete", "edit", "modify", "rw", "readwrite", "cancel", "execute"}


def _list(scopes: Collection[str]) -> str:
    return ", ".join(f"`{one}`" for one in sorted(scopes))


_APP = """
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm, SecurityScopes

app = FastAPI()
SCOPES = {"teas:read": "Read teas", "teas:write": "Change teas"}
bearer = OAuth2PasswordBearer(tokenUrl="token", scopes=SCOPES, auto_error=False)
granted: dict[str, list[str]] = {}
REFUSED = {401: {"description": "Sign in first"}, 403: {"description": "The token lacks a scope"}}


@app.post("/token", responses={400: {"description": "Wrong credentials"}})
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    if (form.username, form.password) != ("alice", "wonderland"):
        raise HTTPException(400, "wrong credentials")
    scopes = [one for one in form.scopes if one in SCOPES] or list(SCOPES)
    token = f"alice-{len(granted)}"
    granted[token] = scopes
    return {"access_token": token, "token_type": "bearer", "scope": " ".join(scopes)}


def check(needs: SecurityScopes, token: Annotated[str | None, Depends(bearer)]) -> None:
    if token not in granted:
        raise HTTPException(401, "sign in first")
    if not set(needs.scopes) <= {*granted[token]AND_MORE}:
        raise HTTPException(403, "the token lacks a scope")


@app.get("/teas", dependencies=[Security(check, scopes=["teas:read"])], responses=REFUSED)
def list_teas() -> list[str]:
    return ["assam"]


@app.post("/teas", dependencies=[Security(check, scopes=["teas:write"])], responses=REFUSED)
def create_tea() -> list[str]:
    return ["assam", "sencha"]
"""

CHECK = Check(
    id="missing-scope",
    summary="a token that lacks a scope that is asked for is refused",
    play=play,
    needs_users=1,
    breaks=_APP.replace("AND_MORE", ', "teas:write"'),
    holds=_APP.replace("AND_MORE", ""),
)
