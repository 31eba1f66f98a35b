"""The inventory service by itself: nothing is kept twice, given back twice, or kept beyond the stock."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import Connection

from contractkit.sources.config import load_config
from contractkit.store.baselines import BaselineStore
from sample_app.core.settings import Settings
from sample_app.inventory.main import create_app
from sample_app.inventory.migrations import INVENTORY
from sample_app.inventory.migrations.__main__ import main
from sample_app.inventory.models import InventoryBase
from sample_app.migrations import runner

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
PRODUCT = UUID("0b5f1c2e-3d4a-4b6c-8d7e-9f0a1b2c3d4e")
STOCK = f"/v1/stock/{PRODUCT}"


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[FastAPI]:
    """A running service. On PostgreSQL, its database has the tables of a shop, too."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
def client(service: FastAPI) -> AsyncClient:
    return AsyncClient(
        transport=ASGITransport(service, raise_app_exceptions=False), base_url="http://inventory.example"
    )


async def tell(client: AsyncClient, stock: int, **more: Any) -> Response:
    headers = {"If-None-Match": "*"} if more.pop("only_new", False) else {}
    return await client.put(STOCK, json={"stock": stock, **more}, headers=headers)


async def reserve(client: AsyncClient, order_id: str, quantity: int = 1, product: UUID = PRODUCT) -> Response:
    return await client.put(f"/v1/stock/{product}/reservations/{order_id}", json={"quantity": quantity})


async def release(client: AsyncClient, order_id: str) -> int:
    return (await client.delete(f"{STOCK}/reservations/{order_id}")).status_code


async def left(client: AsyncClient) -> int:
    stock: int = (await client.get(STOCK)).json()["stock"]
    return stock


def told(answer: Response) -> tuple[int, str]:
    """The status, and the kind of problem."""
    return answer.status_code, answer.json()["type"].removeprefix("https://sample-app.example/problems/")


async def test_stock_is_told_and_read(client: AsyncClient) -> None:
    assert told(await client.get(STOCK)) == (404, "stock-unknown")
    answers = [await tell(client, 10), await tell(client, 10), await tell(client, 7), await client.get(STOCK)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (201, {"product_id": str(PRODUCT), "stock": 10, "version": 1}),
        (200, {"product_id": str(PRODUCT), "stock": 10, "version": 1}),
        (200, {"product_id": str(PRODUCT), "stock": 7, "version": 2}),
        (200, {"product_id": str(PRODUCT), "stock": 7, "version": 2}),
    ]


async def test_only_what_is_new_is_told_where_the_client_says_so(client: AsyncClient) -> None:
    assert (await tell(client, 10, only_new=True)).status_code == 201
    assert told(await tell(client, 3, only_new=True)) == (412, "stock-known")
    assert await left(client) == 10


async def test_versions_rise_above_what_the_client_knows(client: AsyncClient) -> None:
    answers = [await tell(client, 10, known_version=40), await tell(client, 10, known_version=50)]
    assert [answer.json()["version"] for answer in answers] == [41, 51]


async def test_an_order_gets_its_pieces_once(client: AsyncClient) -> None:
    await tell(client, 10)
    first, again = [await reserve(client, "order-1", 3) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert (
        first.json()
        == again.json()
        == {
            "order_id": "order-1",
            "product_id": str(PRODUCT),
            "quantity": 3,
            "left": {"product_id": str(PRODUCT), "stock": 7, "version": 2},
        }
    )
    read = (await client.get(f"{STOCK}/reservations/order-1")).json()
    assert read == {"order_id": "order-1", "product_id": str(PRODUCT), "quantity": 3}


async def test_the_same_order_at_once_gets_its_pieces_once(client: AsyncClient) -> None:
    await tell(client, 10)
    answers = await asyncio.gather(*(reserve(client, "order-1", 3) for _ in range(8)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 7}
    assert await left(client) == 7


async def test_a_hundred_orders_of_ten_pieces(client: AsyncClient) -> None:
    await tell(client, 10)
    answers = await asyncio.gather(*(reserve(client, f"order-{number}") for number in range(100)))
    assert Counter(answer.status_code for answer in answers) == {201: 10, 409: 90}
    assert {told(answer)[1] for answer in answers if answer.status_code == 409} == {"out-of-stock"}
    assert await left(client) == 0


async def test_what_was_refused_may_be_had_later(client: AsyncClient) -> None:
    await tell(client, 1)
    assert told(await reserve(client, "order-1", 2)) == (409, "out-of-stock")
    await tell(client, 2)
    assert (await reserve(client, "order-1", 2)).status_code == 201
    assert await left(client) == 0


async def test_an_order_cannot_change_what_is_kept_for_it(client: AsyncClient) -> None:
    await tell(client, 10)
    await reserve(client, "order-1", 3)
    assert told(await reserve(client, "order-1", 4)) == (409, "reservation-differs")
    assert await left(client) == 7


async def test_nothing_is_kept_of_an_unknown_product(client: AsyncClient) -> None:
    await client.put(f"/v1/stock/{uuid4()}", json={"stock": 10})
    assert told(await reserve(client, "order-1")) == (404, "stock-unknown")
    await tell(client, 10)
    assert (await reserve(client, "order-1")).status_code == 201


async def test_what_is_given_back_is_given_back_once_and_for_all(client: AsyncClient) -> None:
    await tell(client, 10)
    await reserve(client, "order-1", 3)
    assert await asyncio.gather(*(release(client, "order-1") for _ in range(5))) == [204] * 5
    assert (await client.get(STOCK)).json() == {"product_id": str(PRODUCT), "stock": 10, "version": 3}
    assert told(await client.get(f"{STOCK}/reservations/order-1")) == (404, "reservation-not-found")
    assert told(await reserve(client, "order-1", 3)) == (409, "reservation-released")
    assert await left(client) == 10


async def test_an_order_that_is_over_before_it_was_heard_of_gets_nothing(client: AsyncClient) -> None:
    """A request that was under way for long comes after the end of its order."""
    await tell(client, 10)
    assert await release(client, "order-1") == 204
    assert told(await reserve(client, "order-1", 3)) == (409, "reservation-released")
    assert await left(client) == 10


async def test_it_is_ready_while_it_runs(settings: Settings, client: AsyncClient) -> None:
    assert (await client.get("/readyz")).json() == {"status": "ready"}
    closed = create_app(settings)
    async with AsyncClient(transport=ASGITransport(closed), base_url="http://inventory.example") as client:
        answers = [await client.get("/readyz"), await client.get(STOCK)]
    assert [told(answer) for answer in answers] == [(503, "not-ready")] * 2
    assert [answer.headers["retry-after"] for answer in answers] == ["1", "1"]


async def test_the_migrations_make_what_the_models_say(service: FastAPI) -> None:
    def difference(connection: Connection) -> list[Any]:
        options = {
            "version_table": INVENTORY.table,
            "include_name": lambda name, kind, _parents: kind != "table" or name in InventoryBase.metadata.tables,
        }
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, InventoryBase.metadata))

    async with service.state.database.transaction(read_only=True) as session:
        assert await (await session.connection()).run_sync(difference) == []


def test_people_move_its_tables_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SAMPLE_APP_DATA_DIR", str(tmp_path))
    for command in ("upgrade", "current", "downgrade", "current"):
        assert main([command]) == 0
    assert capsys.readouterr().out.split("\n") == ["0001 (head)", ""]
    assert [path.name for path in tmp_path.glob("*.sqlite3")] == ["inventory.sqlite3"]
    assert runner.alembic_config(INVENTORY).attributes["version_table"] == "inventory_alembic_version"


def test_the_stored_contract_is_that_of_the_service() -> None:
    assert BaselineStore(load_config(ROOT).baselines).contract("inventory").document == create_app().openapi()


def test_the_service_is_identical_to_its_stored_contract() -> None:
    command = [sys.executable, "-m", "contractkit", "diff", "--format", "json"]
    done = subprocess.run(
        [*command, "@inventory", "sample_app.inventory.main:app"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    report = json.loads(done.stdout)
    assert (done.returncode, done.stderr, report["outcome"], report["findings"]) == (0, "", "identical", [])
