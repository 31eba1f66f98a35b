"""Registration, and the own account."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

pytestmark = pytest.mark.anyio

ERIN = {
    "username": "erin",
    "password": "Battery-staple-9",
    "password_repeat": "Battery-staple-9",
    "birth_date": "1990-04-01",
    "display_name": "Erin",
    "tenant": "globex",
}


async def test_who_registers_can_sign_in(
    anonymous: AsyncClient, sign_in: Callable[..., Any], app: Any, client_for: Callable[..., AsyncClient]
) -> None:
    registered = await anonymous.post("/v2/users", json=ERIN)
    assert registered.status_code == 201
    body = registered.json()
    assert UUID(body["user_id"]).version == 4
    assert body == {
        "user_id": body["user_id"],
        "username": "erin",
        "display_name": "Erin",
        "role": "customer",
        "tenant": "globex",
        "created_at": body["created_at"],
    }
    tokens = await sign_in(anonymous, "erin", "Battery-staple-9")
    assert (await client_for(app, tokens["access_token"]).get("/v2/users/me")).json() == body


@pytest.mark.parametrize("tenant", ["globex", "acme"])
async def test_a_user_name_is_given_once_over_all_tenants(anonymous: AsyncClient, tenant: str) -> None:
    answer = await anonymous.post("/v2/users", json={**ERIN, "username": "carol", "tenant": tenant})
    assert answer.status_code == 409
    assert answer.json() == {
        "type": "https://sample-app.example/problems/user-name-taken",
        "title": "The user name is taken",
        "status": 409,
        "detail": "The user name carol is taken.",
        "instance": "/v2/users",
        "request_id": "test-request",
    }


async def test_of_many_registrations_at_once_one_gets_the_name(anonymous: AsyncClient) -> None:
    answers = await asyncio.gather(*(anonymous.post("/v2/users", json=ERIN) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_an_unknown_tenant_cannot_be_joined(anonymous: AsyncClient) -> None:
    answer = await anonymous.post("/v2/users", json={**ERIN, "tenant": "initech"})
    assert (answer.status_code, answer.json()["type"]) == (404, "https://sample-app.example/problems/tenant-not-found")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "ab"),
        ("username", "a" * 17),
        ("username", "er in"),
        ("username", "erin\n"),
        ("password", "Short-one-7"),
        ("password", "x" * 129),
        ("display_name", ""),
        ("display_name", "x" * 81),
        ("tenant", "Acme"),
        ("tenant", None),
    ],
)
async def test_a_registration_is_checked(anonymous: AsyncClient, field: str, value: object) -> None:
    answer = await anonymous.post("/v2/users", json={**ERIN, field: value})
    assert answer.status_code == 422
    assert [error["location"] for error in answer.json()["errors"]] == [["body", field]]


@pytest.mark.parametrize("missing", sorted(ERIN))
async def test_every_field_of_a_registration_is_required(anonymous: AsyncClient, missing: str) -> None:
    answer = await anonymous.post("/v2/users", json={k: v for k, v in ERIN.items() if k != missing})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"location": ["body", missing], "message": "Field required"}]


@pytest.mark.parametrize(
    ("username", "role", "tenant"),
    [
        ("alice", "admin", "acme"),
        ("bob", "customer", "acme"),
        ("dave", "customer", "acme"),
        ("carol", "customer", "globex"),
    ],
)
async def test_the_demo_users(client_of: Callable[[str], AsyncClient], username: str, role: str, tenant: str) -> None:
    body = (await client_of(username).get("/v2/users/me")).json()
    assert (body["username"], body["role"], body["tenant"]) == (username, role, tenant)
