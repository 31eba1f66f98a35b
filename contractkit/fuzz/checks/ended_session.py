"""A session that was ended is over: neither its token nor its refresh token opens anything.

Who signs out, or ends the session of a lost phone, expects that whoever holds its token is shut out at once (OWASP
ASVS, "Session Management"; RFC 7009, section 2, for tokens that are revoked). Where the token goes on working until
it expires, ending the session was a word only.

Tried is what the contract names so: `DELETE` on a session, and `logout`, `sign-out` or `revoke` without a body or with
one that takes a token. The user signs in once more for it, so the other requests go on. That the access token outlives
a logout or the revocation of its refresh token is `risky`: some services leave it to expire, knowingly. The cookie of a
session in a browser must be over, too: a copy of it opens what it opened before otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contractkit.fuzz.browser import forms_of, with_fields
from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.edit import with_json
from contractkit.fuzz.knowledge import Scalar, plain
from contractkit.fuzz.listing import items_of
from contractkit.fuzz.message import ABSENT, Exchange, Headers, Request
from contractkit.fuzz.resources import Resource, identifier
from contractkit.fuzz.scene import Scene
from contractkit.model.finding import Severity

_SESSIONS = re.compile(r"(login|logon|user|auth)?(sessions?|logins?|devices?)")
_LEAVING = re.compile(r"(log|sign)(out|off)|revoke(tokens?)?|revocation")
_LEAVING_OR_SESSIONS = re.compile(f"{_LEAVING.pattern}|{_SESSIONS.pattern}")


def play(scene: Scene) -> Iterator[Claim]:
    """Sign in once more, end that session, and go on with its token."""
    resource, operation = scene.resource, scene.operation
    if scene.user is None or not scene.session.identities.signs_in(scene.user):
        return
    if resource is not None and operation is resource.delete and _is_called(resource.collection, _SESSIONS):
        yield from _ended(scene, resource)
    elif operation.method in ("POST", "DELETE") and _is_called(
        operation.template, _LEAVING if operation.method == "POST" else _LEAVING_OR_SESSIONS
    ):
        yield from _left(scene)


def _ended(scene: Scene, resource: Resource) -> Iterator[Claim]:
    """End the new session as a member of the list of sessions."""
    before = _listed(scene, resource)
    signed_in = scene.sign_in()
    if signed_in is None or resource.list is None:
        return
    new = [one for one in _listed(scene, resource) if one not in before]
    request = None if len(new) != 1 else scene.member(resource.delete, (signed_in, new[0]))
    if request is not None:
        yield from _tried(scene, signed_in, request, None, Severity.BREAKING)


def _left(scene: Scene) -> Iterator[Claim]:
    """Leave by an operation that ends the session of its own credentials, or of a token in its body."""
    if scene.operation.cookies:
        yield from _left_by_cookie(scene)
        return
    signed_in = scene.sign_in()
    request = next(iter(scene.maker.pool(scene.operation)), None)
    if signed_in is None or request is None:
        return
    request, names = _with_tokens(request, signed_in.response.json)
    if request.json is ABSENT and request.body:
        return  # a form of no session that could be begun here
    own = None if not scene.operation.security else scene.credentials_of(signed_in)
    certain = bool(names) and not any(plain(one).startswith("refresh") for one in names)
    yield from _tried(scene, signed_in, request.of(None), own or (), Severity.BREAKING if certain else Severity.RISKY)


def _left_by_cookie(scene: Scene) -> Iterator[Claim]:
    """Sign in as a browser does, sign out, and send what the cookie opened before once more."""
    operation, identities = scene.operation, scene.session.identities
    assert scene.user is not None
    cookies = identities.sessions.signed_in(identities.users[scene.user], operation.cookies)
    request = next(iter(scene.maker.pool(operation)), None)
    credentials = (("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items())),)
    probe = _opened_by_cookie(scene, credentials) if cookies else None
    if probe is None or request is None:
        return
    form = next((one for one in forms_of(probe) if operation.pattern.match(one.path)), None)
    if form is not None and form.hidden:
        request = with_fields(request, form.hidden.items())
    ended = scene.send(operation, request.of(None), credentials)
    if not operation.takes(ended.response.status):
        return
    after = scene.send(scene.api.operations[probe.operation], probe.request, credentials)
    if after.response.is_success and _hidden_forms(after) == _hidden_forms(probe):
        message = f"the cookie of the session that it ended still works: {probe.operation} shows what it showed before"
        yield scene.claim("cookie still good", message, [ended, after], place="session")


def _opened_by_cookie(scene: Scene, credentials: Headers) -> Exchange | None:
    """Return an exchange that tells who has the cookie from who has none: by its status, or by the forms it shows."""
    for page in scene.api.operations.values():
        if page.method == "GET" and not page.path_parameters and page.cookies & scene.operation.cookies:
            request = Request("GET", page.template)
            opened, closed = scene.send(page, request, credentials), scene.send(page, request, ())
            same = closed.response.is_success and _hidden_forms(opened) == _hidden_forms(closed)
            if opened.response.is_success and not same:
                return opened
    return None


def _hidden_forms(exchange: Exchange) -> set[str]:
    """Return where the forms of a page are sent to that bring a hidden field back."""
    return {form.path for form in forms_of(exchange) if form.hidden}


def _tried(
    scene: Scene, signed_in: Exchange, request: Request, credentials: Headers | None, severity: Severity
) -> Iterator[Claim]:
    token = scene.credentials_of(signed_in)
    probe = scene.opened_by(token)
    if probe is None:
        return
    ended = scene.send(scene.operation, request, credentials)
    if not ended.response.is_success:
        return
    after = scene.send(scene.api.operations[probe.operation], probe.request, token)
    if after.response.is_success:
        message = f"a token of the session that it ended still works: {probe.operation} answers {after.response.status}"
        yield scene.claim("token still good", message, [ended, after], place="session", severity=severity)


def _listed(scene: Scene, resource: Resource) -> list[Scalar]:
    page = None if resource.list is None else scene.accepted(resource.list)
    items = None if page is None else items_of(page)
    found = [identifier(item, resource) for item in items or ()]
    return [one for one in found if one is not None]


def _with_tokens(request: Request, given: Any) -> tuple[Request, list[str]]:
    """Return a request whose body holds the tokens of a sign-in, and the names under which it does."""
    if not isinstance(request.json, dict) or not isinstance(given, dict):
        return request, []
    tokens = {plain(str(name)): value for name, value in given.items() if plain(str(name)).endswith("token")}
    names = []
    for name in request.json:
        value = tokens.get("accesstoken" if plain(name) == "token" else plain(name))
        if value is not None:
            request = with_json(request, f"/{name}", value)
            names.append(name)
    return request, names


def _is_called(template: str, names: re.Pattern[str]) -> bool:
    return names.fullmatch(plain(template.rpartition("/")[2])) is not None


_APP = """
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm

app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)
open_sessions: dict[str, str] = {}
REFUSED = {401: {"description": "Sign in first"}, 404: {"description": "There is no such session"}}


@app.post("/token", responses={400: {"description": "Wrong credentials"}})
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    if (form.username, form.password) != ("alice", "wonderland"):
        raise HTTPException(400, "wrong credentials")
    number = f"s{len(open_sessions)}"
    open_sessions[number] = "open"
    return {"access_token": f"alice-{number}", "token_type": "bearer"}


def who(token: Annotated[str | None, Depends(bearer)]) -> str:
    session = (token or "").removeprefix("alice-")
    if session not in open_sessions OR_ENDED:
        raise HTTPException(401, "sign in first")
    return "alice"


User = Annotated[str, Depends(who)]


@app.get("/sessions", responses=REFUSED)
def list_sessions(user: User) -> list[dict[str, str]]:
    return [{"session_id": number} for number, state in open_sessions.items() if state == "open"]


@app.delete("/sessions/{session_id}", status_code=204, responses=REFUSED)
def end_session(session_id: str, user: User) -> None:
    if open_sessions.get(session_id) != "open":
        raise HTTPException(404, "no such session")
    open_sessions[session_id] = "ended"


@app.get("/me", responses=REFUSED)
def read_me(user: User) -> dict[str, str]:
    return {"name": user}
"""

CHECK = Check(
    id="ended-session",
    summary="the token of a session that was ended is refused",
    play=play,
    needs_users=1,
    breaks=_APP.replace(" OR_ENDED", ""),
    holds=_APP.replace("OR_ENDED", 'or open_sessions[session] == "ended"'),
)
