"""The app on PostgreSQL: migrations, many at once, a server that is slow, or gone and comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import Connection, select, text

from sample_app.core.database import Base, Database
from sample_app.core.errors import OverloadedError
from sample_app.core.settings import Settings, SettingsError
from sample_app.main import create_app
from sample_app.migrations.runner import upgrade
from sample_app.orders.leases import LeaseRepository
from sample_app.products.models import Product
from sample_app.products.repository import ProductRepository
from tests.sample_app.postgres import Postgres

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("backend", ["postgresql"], indirect=True),
]


async def decided(client: AsyncClient, order_id: str) -> str:
    """The status of an order, once it is decided."""
    while True:
        status = str((await client.get(f"/v2/orders/{order_id}")).json()["status"])
        if status != "pending":
            return status
        await asyncio.sleep(0.02)


async def test_the_migrations_make_what_the_models_say(settings: Settings) -> None:
    assert settings.database_url is not None
    database = Database(settings.database_url, settings)

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    async with database.transaction(all_tenants=True) as session:
        connection = await session.connection()
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_processes_that_start_at_once_migrate_one_after_the_other(postgres: Postgres, settings: Settings) -> None:
    name = postgres.create()
    try:
        await asyncio.gather(*(upgrade(postgres.url(name), settings) for _ in range(4)))
    finally:
        postgres.drop(name)


async def test_a_hundred_buyers_of_ten_things(app: FastAPI, bob: AsyncClient, dave: AsyncClient) -> None:
    buyers = [bob, dave] * 50
    answers = await asyncio.gather(
        *(buyer.post("/v2/orders", json={"sku": "LAST-010", "quantity": 1}) for buyer in buyers)
    )
    assert {answer.status_code for answer in answers} == {202}
    statuses = await asyncio.gather(
        *(decided(buyer, answer.json()["order_id"]) for buyer, answer in zip(buyers, answers, strict=True))
    )
    assert (statuses.count("confirmed"), statuses.count("failed")) == (10, 90)
    assert (await bob.get("/v2/products/LAST-010")).json()["stock"] == 0


async def test_who_waits_too_long_for_a_row_is_told_to_come_back(
    settings: Settings, client_for: Callable[..., AsyncClient], tokens: dict[str, str]
) -> None:
    impatient = settings.model_copy(update={"database_timeout_seconds": 0.2})
    app = create_app(impatient)
    async with app.router.lifespan_context(app), client_for(app, tokens["bob"]) as bob:
        order_id = (await bob.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1})).json()["order_id"]
        await decided(bob, order_id)
        database: Database = app.state.database
        async with database.transaction(all_tenants=True) as session:
            await session.execute(text("SELECT id FROM orders FOR UPDATE"))
            answer = await bob.patch(f"/v2/orders/{order_id}", json={"note": "please ring"})
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
        assert (await bob.patch(f"/v2/orders/{order_id}", json={"note": "please ring"})).status_code == 200


async def test_a_process_that_stops_in_a_decision_keeps_its_rows_for_no_longer_than_a_lease(app: FastAPI) -> None:
    database: Database = app.state.database
    tea = select(Product.id).where(Product.sku == "TEA-001")
    stopped = database.transaction(tenant_id="acme")
    session = await stopped.__aenter__()
    await LeaseRepository(session, seconds=0.2).let_nobody_wait_for_long()
    product_id = (await session.execute(tea)).scalar_one()
    assert await ProductRepository(session).take_stock(product_id, 5)
    async with database.transaction(tenant_id="acme") as other:  # waits for the row, and gets it
        assert await ProductRepository(other).take_stock(product_id, 1)
    with pytest.raises(OverloadedError):
        await stopped.__aexit__(None, None, None)
    async with database.transaction(read_only=True, tenant_id="acme") as reading:
        assert (await reading.get_one(Product, product_id)).stock == 999


async def test_a_database_that_is_gone_gives_503_and_is_used_again_when_it_is_back(
    app: FastAPI, bob: AsyncClient, anonymous: AsyncClient, postgres: Postgres
) -> None:
    assert (await bob.get("/v2/products")).status_code == 200
    await asyncio.to_thread(postgres.stop)
    try:
        answers = [await bob.get("/v2/products") for _ in range(3)]
        ready, alive = await anonymous.get("/readyz"), await anonymous.get("/healthz")
    finally:
        await asyncio.to_thread(postgres.start)
    assert [(answer.status_code, "retry-after" in answer.headers) for answer in answers] == [(503, True)] * 3
    assert (ready.status_code, alive.status_code) == (503, 200)
    assert (await bob.get("/v2/products")).status_code == 200
    assert (await anonymous.get("/readyz")).status_code == 200


async def test_text_that_it_cannot_keep_is_refused(bob: AsyncClient) -> None:
    order_id = (await bob.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1})).json()["order_id"]
    answer = await bob.patch(f"/v2/orders/{order_id}", json={"note": "a\x00b"})
    assert (answer.status_code, answer.json()["detail"]) == (422, "Text may not hold the character U+0000.")


@pytest.mark.parametrize("url", ["mysql://a/b", "postgresql+psycopg2://a/b", "not a url", "sqlite://"])
def test_another_database_is_refused_without_showing_the_url(url: str, settings: Settings) -> None:
    with pytest.raises(SettingsError) as caught:
        Database(url, settings)
    assert str(caught.value).endswith("write postgresql://USER:PASSWORD@HOST/NAME or sqlite+aiosqlite:///PATH")
