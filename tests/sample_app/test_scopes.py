"""Scopes: what a role brings, what a login asks for, and the 403 for what it did not."""

import re
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from sample_app.auth.scopes import DESCRIPTIONS, ROLE_SCOPES, Scope
from sample_app.core.problems import MEDIA_TYPE
from sample_app.core.settings import DEVELOPMENT_SECRET
from sample_app.demo import PASSWORD
from sample_app.main import create_app
from sample_app.users.models import Role

pytestmark = pytest.mark.anyio


async def login(client: AsyncClient, username: str, scope: str) -> Any:
    return await client.post("/auth/token", data={"username": username, "password": PASSWORD, "scope": scope})


def test_every_role_and_every_scope_is_provided_for() -> None:
    assert set(ROLE_SCOPES) == set(Role)
    assert set(DESCRIPTIONS) == set(Scope)
    assert ROLE_SCOPES[Role.CUSTOMER] < ROLE_SCOPES[Role.ADMIN] == set(Scope)


def test_the_document_tells_the_scopes() -> None:
    (flow,) = create_app().openapi()["components"]["securitySchemes"]["OAuth2Password"]["flows"].values()
    assert flow == {"tokenUrl": "/auth/token", "scopes": {scope.value: DESCRIPTIONS[scope] for scope in Scope}}


@pytest.mark.parametrize(("username", "role"), [("alice", Role.ADMIN), ("bob", Role.CUSTOMER)])
async def test_a_login_that_asks_for_no_scope_gets_all_of_its_role(
    anonymous: AsyncClient, username: str, role: Role
) -> None:
    assert (await login(anonymous, username, "")).json()["scope"].split() == sorted(ROLE_SCOPES[role])


@pytest.mark.parametrize(
    ("username", "asked", "given"),
    [
        ("bob", "orders:read", "orders:read"),
        ("bob", "products:read orders:read", "orders:read products:read"),
        ("bob", "products:write products:read", "products:read"),
        ("alice", "products:write products:read", "products:read products:write"),
    ],
)
async def test_a_login_gets_what_it_asks_for_as_far_as_its_role_brings_it(
    anonymous: AsyncClient, username: str, asked: str, given: str
) -> None:
    tokens = (await login(anonymous, username, asked)).json()
    assert tokens["scope"] == given
    refreshed = await anonymous.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert refreshed.json()["scope"] == given


async def test_a_login_that_can_be_given_nothing_is_refused(anonymous: AsyncClient) -> None:
    answer = await login(anonymous, "bob", "products:write")
    assert (answer.status_code, answer.json()["type"]) == (400, "https://sample-app.example/problems/invalid-scope")


@pytest.mark.parametrize("scope", ["everything", "orders:read  products:read", " orders:read", "orders:read "])
async def test_a_scope_that_nobody_knows_is_refused(anonymous: AsyncClient, scope: str) -> None:
    answer = await login(anonymous, "bob", scope)
    assert (answer.status_code, [part["location"] for part in answer.json()["errors"]]) == (422, [["body", "scope"]])


async def test_a_known_caller_without_the_scope_is_forbidden_and_told_what_is_needed(
    anonymous: AsyncClient, app: FastAPI, client_for: Callable[..., AsyncClient]
) -> None:
    token = (await login(anonymous, "bob", "orders:read")).json()["access_token"]
    client = client_for(app, token)
    assert (await client.get("/v2/orders")).status_code == 200
    answer = await client.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1})
    assert (answer.status_code, answer.headers["content-type"]) == (403, MEDIA_TYPE)
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="orders:write"'
    assert answer.json() == {
        "type": "https://sample-app.example/problems/insufficient-scope",
        "title": "The caller may not do this",
        "status": 403,
        "detail": "This needs the scope orders:write.",
        "instance": "/v2/orders",
        "request_id": "test-request",
    }
    assert (await client.get("/v2/orders")).json()["total"] == 0


def operations() -> dict[str, list[str]]:
    """The operations that ask for scopes, with these."""
    return {
        f"{method.upper()} {path}": scopes
        for path, methods in create_app().openapi()["paths"].items()
        for method, operation in methods.items()
        for scopes in operation.get("security", [{}])[0].values()
        if scopes
    }


@pytest.mark.parametrize("operation", operations())
async def test_every_operation_asks_for_the_scopes_that_the_document_tells(
    operation: str, demo: Any, app: FastAPI, client_for: Callable[..., AsyncClient]
) -> None:
    """Whatever else is wrong with the request: what a caller may not do is refused before it is looked at."""
    needed = operations()[operation]
    claims = jwt.decode(demo[1]["alice"], options={"verify_signature": False})
    claims["scope"] = " ".join(sorted(set(Scope) - set(needed)))
    token = jwt.encode(claims, DEVELOPMENT_SECRET, algorithm="HS256")
    method, path = operation.split()
    answer = await client_for(app, token).request(method, re.sub("{.*?}", "x", path))
    assert (answer.status_code, answer.headers["content-type"]) == (403, MEDIA_TYPE)
    assert answer.headers["www-authenticate"] == (
        f'Bearer error="insufficient_scope", scope="{" ".join(sorted(needed))}"'
    )
