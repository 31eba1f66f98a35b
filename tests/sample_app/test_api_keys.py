"""API keys beside access tokens, and the reports that take either."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

pytestmark = pytest.mark.anyio

PROBLEMS = "https://sample-app.example/problems/"
STOCK = {"name": "Warehouse display", "scopes": ["reports:stock"]}


async def make(client: AsyncClient, **changes: object) -> dict[str, Any]:
    answer = await client.post("/v2/api-keys", json={**STOCK, **changes})
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    key: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/v2/api-keys/{key['key_id']}"
    return key


async def test_a_key_is_shown_once_listed_and_deleted(alice: AsyncClient) -> None:
    key = await make(alice, expires_in_days=1)
    secret = key.pop("api_key")
    created, expires = (datetime.fromisoformat(key[name]) for name in ("created_at", "expires_at"))
    assert timedelta(days=1) - timedelta(minutes=1) < expires - created < timedelta(days=1, minutes=1)
    assert UUID(key["key_id"]).version == 4
    assert (key["name"], key["scopes"]) == ("Warehouse display", ["reports:stock"])
    assert secret.startswith(key["hint"])
    assert len(key["hint"]) == 12 < len(secret)

    path = f"/v2/api-keys/{key['key_id']}"
    assert (await alice.get(path)).json() == key
    assert (await alice.get("/v2/api-keys")).json() == {"items": [key], "total": 1, "limit": 20, "offset": 0}
    deleted = await alice.delete(path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    for method in ("GET", "DELETE"):
        gone = await alice.request(method, path)
        assert (gone.status_code, gone.json()["type"]) == (404, f"{PROBLEMS}api-key-not-found")
    assert (await alice.get("/v2/api-keys")).json()["total"] == 0


async def test_the_database_does_not_hold_the_secret(app: FastAPI, alice: AsyncClient) -> None:
    secret = (await make(alice))["api_key"]
    async with app.state.database.transaction(read_only=True, all_tenants=True) as session:
        (row,) = (await session.execute(text("SELECT * FROM api_keys"))).all()
    assert [value for value in row if secret in str(value)] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": []},
        {"scopes": ["products:read"]},
        {"scopes": ["reports:stock", "reports:stock"]},
        {"name": ""},
        {"expires_in_days": 0},
        {"expires_in_days": 366},
    ],
)
async def test_a_wrong_key_is_not_made(alice: AsyncClient, wrong: dict[str, object]) -> None:
    assert (await alice.post("/v2/api-keys", json={**STOCK, **wrong})).status_code == 422
    assert (await alice.get("/v2/api-keys")).json()["total"] == 0


async def test_a_key_reads_what_it_is_good_for_and_nothing_else(alice: AsyncClient, anonymous: AsyncClient) -> None:
    headers = {"X-API-Key": (await make(alice))["api_key"]}
    stock = await anonymous.get("/v2/reports/stock", headers=headers)
    assert stock.json() == {
        "items": [
            {"sku": "LAST-010", "name": "Moon oolong, 50 g", "stock": 10},
            {"sku": "GIFT-001", "name": "Tasting box", "stock": 25},
        ],
        "total": 2,
        "limit": 20,
        "offset": 0,
    }
    sales = await anonymous.get("/v2/reports/sales", headers=headers)
    assert (sales.status_code, sales.json()["type"]) == (403, f"{PROBLEMS}insufficient-scope")
    assert sales.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="reports:sales"'
    assert (await anonymous.get("/v2/api-keys", headers=headers)).status_code == 401
    assert (await anonymous.get("/v2/products", headers=headers)).status_code == 401


async def test_the_reports_take_a_token_as_well(alice: AsyncClient, bob: AsyncClient) -> None:
    placed = [("TEA-001", 2), ("TEA-001", 3), ("LAST-010", 11), ("GIFT-001", 1)]
    for sku, quantity in placed:
        await bob.post("/v2/orders", json={"sku": sku, "quantity": quantity})
    assert (await alice.get("/v2/reports/sales")).json() == {
        "items": [
            {"sku": "GIFT-001", "quantity": 1, "revenue": {"amount": 3200, "currency": "EUR"}},
            {"sku": "TEA-001", "quantity": 5, "revenue": {"amount": 2475, "currency": "EUR"}},
        ],
        "total": 2,
        "limit": 20,
        "offset": 0,
    }
    page = (await alice.get("/v2/reports/sales", params={"limit": 1, "offset": 1})).json()
    assert ([line["sku"] for line in page["items"]], page["total"]) == (["TEA-001"], 2)
    scarce = (await alice.get("/v2/reports/stock", params={"below": 11})).json()
    assert [line["sku"] for line in scarce["items"]] == ["LAST-010"]
    assert (await bob.get("/v2/reports/sales")).status_code == 403


async def test_without_key_and_token_the_answer_is_401(anonymous: AsyncClient) -> None:
    answer = await anonymous.get("/v2/reports/stock")
    assert (answer.status_code, answer.json()["type"]) == (401, f"{PROBLEMS}not-authenticated")
    assert answer.headers["www-authenticate"] == 'Bearer scope="reports:stock"'


async def test_a_key_that_is_no_good_is_refused_also_beside_a_good_token(alice: AsyncClient) -> None:
    for key in ("unknown", "shop_" + "x" * 43, " "):
        answer = await alice.get("/v2/reports/stock", headers={"X-API-Key": key})
        assert (answer.status_code, answer.json()["type"]) == (401, f"{PROBLEMS}invalid-api-key")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_key_is_refused_once_it_is_deleted(alice: AsyncClient, anonymous: AsyncClient) -> None:
    key = await make(alice)
    headers = {"X-API-Key": key["api_key"]}
    assert (await anonymous.get("/v2/reports/stock", headers=headers)).status_code == 200
    await alice.delete(f"/v2/api-keys/{key['key_id']}")
    assert (await anonymous.get("/v2/reports/stock", headers=headers)).status_code == 401


async def test_a_key_is_refused_once_it_has_expired(
    alice: AsyncClient, anonymous: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"X-API-Key": (await make(alice, expires_in_days=1))["api_key"]}
    later = datetime.now(UTC) + timedelta(days=1, seconds=1)
    monkeypatch.setattr("sample_app.api_keys.service.utc_now", lambda: later)
    assert (await anonymous.get("/v2/reports/stock", headers=headers)).status_code == 401


async def test_who_loses_a_role_loses_its_scopes_at_once_in_tokens_and_keys(
    app: FastAPI, alice: AsyncClient, anonymous: AsyncClient
) -> None:
    headers = {"X-API-Key": (await make(alice))["api_key"]}
    async with app.state.database.transaction(all_tenants=True) as session:
        await session.execute(text("UPDATE users SET role = 'customer' WHERE username = 'alice'"))
    assert (await alice.get("/v2/reports/stock")).status_code == 403
    assert (await anonymous.get("/v2/reports/stock", headers=headers)).status_code == 403


async def test_keys_and_reports_are_those_of_the_own_tenant(
    app: FastAPI,
    alice: AsyncClient,
    anonymous: AsyncClient,
    sign_in: Callable[..., Any],
    client_for: Callable[..., AsyncClient],
) -> None:
    async with app.state.database.transaction(all_tenants=True) as session:
        await session.execute(text("UPDATE users SET role = 'admin' WHERE username = 'carol'"))
    carol = client_for(app, (await sign_in(anonymous, "carol"))["access_token"])
    path = f"/v2/api-keys/{(await make(alice))['key_id']}"
    stock = [line["name"] for line in (await carol.get("/v2/reports/stock")).json()["items"]]
    assert stock == ["White tea, 50 g"]
    assert (await carol.get("/v2/api-keys")).json()["total"] == 0
    assert [(await carol.request(method, path)).status_code for method in ("GET", "DELETE")] == [404, 404]
    assert (await alice.get(path)).status_code == 200
