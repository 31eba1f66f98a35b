"""Nobody crosses: every operation of the document is tried with what belongs to another tenant, and to another user.

A new operation has to be entered here: its ids in `OWNED`, or the operation itself in one of the sets below.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import select, text

from sample_app.core.database import Base, Database
from sample_app.core.tenancy import TenantScoped
from sample_app.demo import PASSWORD
from tests.sample_app.test_injection import DOCUMENT, Draft, draft_of

pytestmark = pytest.mark.anyio

MARK = "only-for-the-owner"
UNKNOWN = {
    "order_id": "COF-001-00000000-0000-4000-8000-000000000000",
    "sku": "NONE-999",
    "username": "nobody-here",
}

# The same for everybody, whoever asks: they read and write nothing that belongs to a tenant.
OF_NO_TENANT = {
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /shipping-rates",
    "GET /v2/preferences",
    "PUT /v2/preferences",
}

# No user yet, or whoever the credentials in the request belong to: nothing there names what others have.
BY_CREDENTIALS = {
    "POST /auth/token",
    "POST /auth/refresh",
    "POST /auth/revoke",
    "POST /v2/users",
    "GET /account",
    "POST /account/session",
    "POST /account/notes",
    "POST /account/sign-out",
}

# Made for the caller alone: nothing in the request names what others have.
CREATE = {
    "POST /v2/api-keys",
    "POST /v2/files",
    "POST /v2/products",
    "POST /v2/tickets",
    "PATCH /v2/users/me",
    "PUT /v2/users/me/address",
}

# What the caller sees of many things: nothing of others may be in it.
LISTS = {
    "GET /auth/sessions",
    "GET /v1/products",
    "GET /v1/users/me",
    "GET /v2/api-keys",
    "GET /v2/dashboard",
    "GET /v2/exports/orders.csv",
    "GET /v2/files",
    "GET /v2/notifications",
    "GET /v2/orders",
    "GET /v2/products",
    "GET /v2/reports/sales",
    "GET /v2/reports/stock",
    "GET /v2/statistics/orders",
    "GET /v2/tickets",
    "GET /v2/users",
    "GET /v2/users/by-role/{role}",
    "GET /v2/users/by-role/{role}/{prefix}",
    "GET /v2/users/me",
    "GET /v2/users/me/address",
}

# An unknown id is taken for a new one, of the own tenant.
MADE_WHERE_MISSING = {"PUT /v2/products/{sku}"}

# The id is in the body.
NAMED_IN_BODY = {"POST /v1/orders", "POST /v2/orders", "POST /v2/quotes"}

# A product and a profile are there for the whole tenant, and keys are a matter of its admins.
SHARED_WITHIN_THE_TENANT = {"sku", "username", "key_id"}

# What stands in a path and names nothing that anybody has.
NO_IDS = {"role", "prefix"}

OPERATIONS = {
    f"{method.upper()} {path}": draft_of(method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
WITH_IDS = {key: draft for key, draft in OPERATIONS.items() if {*draft.parts["path"]} - NO_IDS}


@dataclass
class World:
    """The victim's things by the name of their ids, and clients of those who are after them."""

    app: FastAPI
    owned: dict[str, str]
    admin_of_the_other_tenant: AsyncClient
    neighbour: AsyncClient


async def of(client: AsyncClient, method: str, path: str, field: str, **request: Any) -> str:
    answer = await client.request(method, path, **request)
    assert answer.is_success, answer.text
    body = answer.json()
    value = (body["items"][0] if "items" in body else body)[field] if isinstance(body, dict) else body[0][field]
    return str(value)


# How the victim comes by each kind of id that stands in a path.
OWNED: dict[str, Callable[[AsyncClient, AsyncClient], Any]] = {
    "order_id": lambda user, _: of(user, "POST", "/v2/orders", "order_id", json={"sku": "COF-001", "quantity": 1}),
    "sku": lambda user, _: of(user, "GET", "/v2/products/COF-001", "sku"),
    "file_id": lambda user, _: of(user, "POST", "/v2/files", "file_id", files={"file": (f"{MARK}.txt", b"x")}),
    "session_id": lambda user, _: of(user, "GET", "/auth/sessions", "session_id"),
    "key_id": lambda _, admin: of(
        admin, "POST", "/v2/api-keys", "key_id", json={"name": MARK, "scopes": ["reports:stock"]}
    ),
    "user_id": lambda user, _: of(user, "GET", "/v2/users/me", "user_id"),
    "username": lambda user, _: of(user, "GET", "/v2/users/me", "username"),
    "notification_id": lambda user, _: of(user, "GET", "/v2/notifications", "notification_id"),
    "ticket_id": lambda user, _: of(
        user, "POST", "/v2/tickets", "ticket_id", files={"subject": (None, MARK), "text": (None, MARK)}
    ),
}


@pytest.fixture
async def world(
    app: FastAPI,
    alice: AsyncClient,
    bob: AsyncClient,
    dave: AsyncClient,
    client_for: Callable[..., AsyncClient],
    sign_in: Callable[..., Any],
) -> World:
    """Bob of acme has one of everything; carol administers globex, so that her role keeps her from nothing."""
    address = {"street": MARK, "postalCode": "20095", "city": MARK, "countryCode": "DE"}
    assert (await bob.put("/v2/users/me/address", json={"address": address})).status_code == 200
    owned = {name: await make(bob, alice) for name, make in OWNED.items()}
    database: Database = app.state.database
    async with database.transaction(all_tenants=True) as session:
        await session.execute(text("UPDATE users SET role = 'admin' WHERE username = 'carol'"))
    carol = client_for(app, str((await sign_in(client_for(app), "carol", PASSWORD))["access_token"]))
    return World(app=app, owned=owned, admin_of_the_other_tenant=carol, neighbour=dave)


async def rows_of_the_victim(world: World, *, user_only: bool) -> dict[str, Any]:
    """All rows of the victim's tenant, or of the victim and what the whole tenant shares."""
    found = {}
    database: Database = world.app.state.database
    async with database.transaction(read_only=True, all_tenants=True) as session:
        victim = await session.scalar(text("SELECT id FROM users WHERE username = 'bob'"))
        for mapper in Base.registry.mappers:
            if not issubclass(mapper.class_, TenantScoped):
                continue
            table: Any = mapper.local_table
            query = select(table).where(table.c.tenant_id == "acme").order_by(*table.primary_key.columns)
            rows = [tuple(row) for row in await session.execute(query)]
            owners = ("id",) if table.name == "users" else ("user_id", "owner_id")
            owner = next((name for name in owners if name in table.c), None)
            if user_only and owner:
                position = list(table.c.keys()).index(owner)
                rows = [row for row in rows if row[position].hex == victim]
            elif user_only and table.name != "products":
                continue
            found[table.name] = rows
    return found


def with_ids(draft: Draft, ids: dict[str, str]) -> Draft:
    parts = {**draft.parts, "path": {name: ids[name] for name in draft.parts["path"]}}
    parts["header"] = {}  # conditions and keys would be refused before the id is looked at
    return replace(draft, parts=parts)


def unknown_ids(draft: Draft) -> dict[str, str]:
    return {name: UNKNOWN.get(name, str(uuid4())) for name in draft.parts["path"]}


def told(answer: Response, ids: dict[str, str]) -> tuple[int, str]:
    """The answer, without the ids that were asked for."""
    body = answer.text
    for value in ids.values():
        body = body.replace(value, "ID")
    return answer.status_code, body


async def is_unknown(world: World, client: AsyncClient, key: str, *, user_only: bool) -> None:
    """What the victim has is to the client as what nobody has, and stays as it was."""
    draft = WITH_IDS[key]
    before = await rows_of_the_victim(world, user_only=user_only)
    unknown = unknown_ids(draft)
    stranger = await with_ids(draft, world.owned).send(client)
    nobody = await with_ids(draft, unknown).send(client)
    assert stranger.status_code in ((201,) if key in MADE_WHERE_MISSING else (403, 404)), stranger.text
    assert told(stranger, world.owned) == told(nobody, unknown)
    assert await rows_of_the_victim(world, user_only=user_only) == before


def test_every_operation_is_entered() -> None:
    entered = OF_NO_TENANT | BY_CREDENTIALS | CREATE | LISTS | NAMED_IN_BODY
    assert sorted(set(OPERATIONS) - set(WITH_IDS)) == sorted(entered)
    assert {name for draft in WITH_IDS.values() for name in draft.parts["path"]} == set(OWNED)


@pytest.mark.parametrize("key", WITH_IDS)
async def test_an_id_of_another_tenant_is_an_unknown_id(world: World, key: str) -> None:
    await is_unknown(world, world.admin_of_the_other_tenant, key, user_only=False)


@pytest.mark.parametrize(
    "key", [key for key, d in WITH_IDS.items() if not {*d.parts["path"]} & SHARED_WITHIN_THE_TENANT]
)
async def test_an_id_of_another_user_is_an_unknown_id(world: World, key: str) -> None:
    await is_unknown(world, world.neighbour, key, user_only=True)


@pytest.mark.parametrize("key", sorted(NAMED_IN_BODY))
async def test_an_id_of_another_tenant_in_a_body_is_an_unknown_id(world: World, key: str) -> None:
    before = await rows_of_the_victim(world, user_only=False)
    answers = []
    for sku in ("COF-001", "NONE-999"):
        draft = OPERATIONS[key]
        body = draft.parts["body"]
        item = body["items"][0] if "items" in body else body
        assert "sku" in item
        item["sku"] = sku
        answers.append(told(await draft.send(world.admin_of_the_other_tenant), {"sku": sku}))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    assert await rows_of_the_victim(world, user_only=False) == before


@pytest.mark.parametrize("who", ["admin_of_the_other_tenant", "neighbour"])
@pytest.mark.parametrize("key", sorted(LISTS | CREATE))
async def test_nothing_of_others_is_listed_or_overwritten(world: World, who: str, key: str) -> None:
    before = await rows_of_the_victim(world, user_only=who == "neighbour")
    draft = OPERATIONS[key]
    parts = {**draft.parts, "header": {}, "query": {}}
    answer = await replace(draft, parts=parts).send(getattr(world, who))
    assert answer.status_code < 500
    hidden = {MARK, "bob", *(value for name, value in world.owned.items() if name not in SHARED_WITHIN_THE_TENANT)}
    if who == "admin_of_the_other_tenant":
        hidden |= set(world.owned.values()) | {"acme"}
    assert {word for word in hidden if re.search(rf"\b{re.escape(word)}\b", answer.text)} == set()
    assert await rows_of_the_victim(world, user_only=who == "neighbour") == before


async def test_the_owner_can_do_what_strangers_cannot(world: World, bob: AsyncClient, alice: AsyncClient) -> None:
    """Guards the tests above: the ids are good, so what refuses strangers is who they are."""
    reads = {key: draft for key, draft in WITH_IDS.items() if draft.method == "GET"}
    found = {}
    for key, draft in reads.items():
        client = alice if {"key_id", "user_id"} & {*draft.parts["path"]} else bob  # a matter of admins
        found[key] = (await with_ids(draft, world.owned).send(client)).status_code
    assert found == dict.fromkeys(reads, 200)
