"""Credentials that must not be good any more, or never were: what is found, and what is no proof."""

import base64
import json
from typing import Any

import pytest

from contractkit.fuzz.http import HttpDriver
from contractkit.fuzz.identities import Token, token_of
from tests.fuzz.conftest import USERS, Fuzz

APP = """
import time
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm, SecurityScopes

app = FastAPI()
KEY = "a key of thirty-two bytes or more!"
SCOPES = dict.fromkeys(SCOPE_NAMES, "")
bearer = OAuth2PasswordBearer(tokenUrl="token", scopes=SCOPES, auto_error=False)
REFUSED = {401: {"description": "Sign in first"}, 403: {"description": "No"}, 404: {"description": "Gone"},
           409: {"description": "Taken"}}


@app.post("/token", responses={400: {"description": "Wrong credentials"}})
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    if form.username not in ("alice", "bob") or form.password != "wonderland":
        raise HTTPException(400, "wrong credentials")
    asked = form.scopes or list(SCOPES)
    claims = {"sub": form.username, "exp": int(time.time()) + 60}
    CLAIM
    return {"access_token": jwt.encode(claims, KEY), "token_type": "bearer"}


def check(needs: SecurityScopes, token: Annotated[str | None, Depends(bearer)]) -> str:
    try:
        claims = jwt.decode(token, KEY, algorithms=["HS256"], options={})
    except jwt.PyJWTError:
        raise HTTPException(401, "sign in first") from None
    held = claims.get("scope", " ".join(SCOPES)).split()
    if not (set(needs.scopes) <= set(held) or "admin" in held):
        raise HTTPException(403, "the token lacks a scope")
    return claims["sub"]


def check_reading(token: Annotated[str | None, Depends(bearer)], needs: SecurityScopes) -> str:
    return check(SecurityScopes(["orders:read"]), token)


ROUTES
"""
ASKED = 'claims["scope"] = " ".join(asked)'
ROLE = 'claims["scope"] = " ".join(asked if form.username == "alice" else ["orders:read"])'
READ = """
@app.get("/orders", responses=REFUSED)
def list_orders(user: Annotated[str, Security(check, scopes=["orders:read"])]) -> list[str]:
    return []
"""
WRITE = """
@app.post("/orders", responses=REFUSED)
def create_order(user: Annotated[str, Security(check, scopes=["orders:write"])]) -> list[str]:
    return []
"""
BOTH = READ + WRITE
WRONG = WRITE.replace("check", "check_reading")
MEMBERS = """
names: dict[str, str] = {}


@app.post("/teas", status_code=201, responses=REFUSED)
def create_tea(name: str, USER) -> dict[str, str]:
    if name in names:
        raise HTTPException(409, "there is such a tea")
    names[name] = name
    return {"tea_name": name}


@app.get("/teas/{tea_name}", responses=REFUSED)
def read_tea(tea_name: str, user: Annotated[str, Depends(check)]) -> dict[str, str]:
    if tea_name not in names:
        raise HTTPException(404, "no such tea")
    return {"tea_name": tea_name}


@app.delete("/teas/{tea_name}", status_code=204, responses=REFUSED)
def delete_tea(tea_name: str, USER) -> None:
    if names.pop(tea_name, None) is None:
        raise HTTPException(404, "no such tea")
"""


def app(routes: str, *, claim: str = ASKED, options: str = "{}", scopes: tuple[str, ...] = ()) -> str:
    names = repr(scopes or ("orders:read", "orders:write"))
    source = APP.replace("SCOPE_NAMES", names).replace("CLAIM", claim).replace("options={}", f"options={options}")
    return source.replace("ROUTES", routes)


def found(fuzz: Fuzz, source: str) -> set[tuple[str, str, str]]:
    result = fuzz(source, users=USERS)
    assert result.unstable == []
    return {(claim.check, claim.operation, claim.severity.value) for claim in result.confirmed}


def test_what_a_sound_app_does_is_no_finding(fuzz: Fuzz) -> None:
    assert found(fuzz, app(BOTH)) == set()


def test_a_jwt_whose_end_nobody_reads(fuzz: Fuzz) -> None:
    assert found(fuzz, app(BOTH, options='{"verify_exp": False}')) == {
        ("expired-token", "GET /orders", "breaking"),
        ("expired-token", "POST /orders", "breaking"),
    }


def test_a_lifetime_that_may_be_kept_elsewhere_is_risky(fuzz: Fuzz) -> None:
    source = app(READ, options='{"verify_exp": False}')
    source = source.replace('"exp": int(time.time()) + 60', '"jti": "1"')
    source = source.replace('"bearer"}', '"bearer", "expires_in": "60"}').replace('"60"}', "60}")
    source = source.replace("dict[str, str]:\n    if form", "dict[str, str | int]:\n    if form")
    assert found(fuzz, source) == {("expired-token", "GET /orders", "risky")}


def test_a_token_without_a_signature(fuzz: Fuzz) -> None:
    source = app(READ).replace(
        "jwt.decode(token, KEY, algorithms",
        'jwt.decode(token, options={"verify_signature": False}) '
        'if (token or "").endswith(".") else jwt.decode(token, KEY, algorithms',
    )
    result = fuzz(source, users=USERS)
    assert {(claim.check, claim.cause) for claim in result.confirmed} == {
        ("authentication-ignored", "a token without a signature")
    }


def test_open_routes_that_create_and_delete(fuzz: Fuzz) -> None:
    opened = MEMBERS.replace("USER", "token: Annotated[str | None, Depends(bearer)]")
    assert found(fuzz, app(opened)) == {
        ("authentication-ignored", "POST /teas", "breaking"),
        ("authentication-ignored", "DELETE /teas/{}", "breaking"),
        ("expired-token", "POST /teas", "breaking"),
        ("expired-token", "DELETE /teas/{}", "breaking"),
    }
    assert found(fuzz, app(MEMBERS.replace("USER", "user: Annotated[str, Depends(check)]"))) == set()


@pytest.mark.parametrize("claim", [ASKED, ROLE])
def test_a_route_that_checks_the_wrong_scope(fuzz: Fuzz, claim: str) -> None:
    assert found(fuzz, app(WRONG, claim=claim)) == {("missing-scope", "POST /orders", "breaking")}


def test_a_role_without_the_scope(fuzz: Fuzz) -> None:
    assert found(fuzz, app(BOTH, claim=ROLE)) == set()


@pytest.mark.parametrize(
    ("claim", "scopes"),
    [
        ("pass", ()),  # the server gives no narrower tokens and says nothing of scopes
        (ASKED, ("orders:read", "admin")),  # the other scope includes it
    ],
)
def test_what_proves_no_missing_scope(fuzz: Fuzz, claim: str, scopes: tuple[str, ...]) -> None:
    assert found(fuzz, app(READ, claim=claim, scopes=scopes)) == set()


def jwt_of(claims: dict[str, Any]) -> str:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{middle}.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"access_token": "t"}, (None, None, False)),
        ({"access_token": "t", "expires_in": 60, "scope": "a b"}, (60.0, {"a", "b"}, False)),
        ({"access_token": "t", "expires_in": True, "scope": ""}, (None, set(), False)),
        ({"access_token": jwt_of({"iat": 100, "exp": 400, "scp": ["a"]}), "expires_in": 60}, (300.0, {"a"}, True)),
        ({"access_token": jwt_of({"scope": "a"}), "scope": "a b"}, (None, {"a"}, False)),
        ({"access_token": "a.b.c"}, (None, None, False)),
    ],
)
def test_what_a_token_says_of_itself(answer: dict[str, Any], expected: tuple[Any, ...]) -> None:
    token = token_of(answer)
    assert (token.lifetime, token.scopes, token.is_jwt) == expected
    assert isinstance(token, Token)


def test_a_server_is_waited_for_only_a_short_time() -> None:
    driver = HttpDriver("http://127.0.0.1:9")
    try:
        assert (driver.advance(900), driver.advance(0.0)) == (False, True)
    finally:
        driver.close()
