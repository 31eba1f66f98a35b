"""Leases on products: one owner at a time, tokens that only rise, late owners fenced off; the time limit of orders."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import select, update

from sample_app.core.clock import utc_now
from sample_app.core.database import Database
from sample_app.core.database_clock import database_now
from sample_app.core.settings import Settings
from sample_app.main import create_app
from sample_app.orders.confirmation import OrderDecider
from sample_app.orders.dependencies import get_order_queue
from sample_app.orders.leases import FencedOffError, Lease, LeaseRepository
from sample_app.orders.models import Order, StockLease
from sample_app.products.models import Product
from sample_app.products.repository import ProductRepository
from tests.sample_app.overriding import Override

pytestmark = pytest.mark.anyio

LONG = 3600.0


class KeepsNothing:
    """A queue that loses what it is given: as if the process died right after the answer."""

    def put(self, order_id: str) -> None:
        """Forget it."""


@pytest.fixture
def database(app: FastAPI, override: Override) -> Database:
    """The database of an app that decides no order by itself."""
    override(get_order_queue, KeepsNothing)
    database: Database = app.state.database
    return database


@asynccontextmanager
async def leases(database: Database, seconds: float = LONG) -> AsyncIterator[LeaseRepository]:
    async with database.transaction(tenant_id="acme") as session:
        yield LeaseRepository(session, seconds=seconds)


async def taken(database: Database, product: Product, owner: str, seconds: float = LONG) -> Lease | None:
    async with leases(database, seconds) as repository:
        return await repository.take(product.id, tenant_id="acme", owner=owner)


@pytest.fixture
async def product(database: Database) -> Product:
    async with database.transaction(read_only=True, tenant_id="acme") as session:
        found = await session.scalar(select(Product).where(Product.sku == "TEA-001"))
    assert found is not None
    return found


async def expire(database: Database, product: Product) -> None:
    """Let the time of the lease be over."""
    async with database.transaction(tenant_id="acme") as session:
        await session.execute(
            update(StockLease).where(StockLease.product_id == product.id).values(expires_at=database_now() - 1)
        )


async def moment(database: Database) -> int:
    async with database.transaction(read_only=True) as session:
        return (await session.execute(select(database_now()))).scalar_one()


async def milliseconds_left(database: Database, product: Product) -> int:
    async with database.transaction(read_only=True, tenant_id="acme") as session:
        left = await session.scalar(
            select(StockLease.expires_at - database_now()).where(StockLease.product_id == product.id)
        )
    assert left is not None
    return left


async def place(client: AsyncClient, sku: str = "TEA-001", quantity: int = 1) -> str:
    return str((await client.post("/v2/orders", json={"sku": sku, "quantity": quantity})).json()["order_id"])


async def order_of(database: Database, order_id: str) -> tuple[Any, ...]:
    """How far an order is, why, and under which token it was decided."""
    async with database.transaction(read_only=True, tenant_id="acme") as session:
        order = await session.get_one(Order, order_id)
    return order.status.value, order.failure_reason and order.failure_reason.value, order.lease_token


async def stock_of(database: Database, product: Product) -> int:
    async with database.transaction(read_only=True, tenant_id="acme") as session:
        return (await session.get_one(Product, product.id)).stock


def decider(database: Database, **settings: float) -> OrderDecider:
    return OrderDecider(database, Settings().model_copy(update=settings))


async def test_one_owner_at_a_time_and_each_with_a_higher_token(database: Database, product: Product) -> None:
    first = await taken(database, product, "one")
    assert first == Lease(product.id, "acme", "one", token=1)
    assert await taken(database, product, "two") is None
    assert await taken(database, product, "one") is None  # a process asks no second time for what it has
    async with leases(database) as repository:
        await repository.give_back(first)
    second = await taken(database, product, "two")
    assert second == Lease(product.id, "acme", "two", token=2)
    await expire(database, product)
    assert await taken(database, product, "one") == Lease(product.id, "acme", "one", token=3)


async def test_of_many_who_ask_at_once_one_gets_it(database: Database, product: Product) -> None:
    for token in (1, 2):  # a lease that was never there, and one that has ended
        asked = await asyncio.gather(*(taken(database, product, str(number)) for number in range(10)))
        assert [lease.token for lease in asked if lease is not None] == [token]
        await expire(database, product)


async def test_a_lease_lasts_for_its_time_from_when_it_was_renewed(database: Database, product: Product) -> None:
    lease = await taken(database, product, "one", seconds=60)
    assert lease is not None
    assert 0 < await milliseconds_left(database, product) <= 60_000
    async with leases(database, 3600) as repository:
        assert await repository.renew(lease)
    assert 60_000 < await milliseconds_left(database, product) <= 3_600_000


async def test_what_was_lost_or_given_back_is_not_renewed(database: Database, product: Product) -> None:
    lost = await taken(database, product, "one")
    await expire(database, product)
    given_back = await taken(database, product, "two")
    assert lost is not None
    assert given_back is not None
    async with leases(database) as repository:
        assert not await repository.renew(lost)
        await repository.give_back(given_back)
        assert not await repository.renew(given_back)
    assert await taken(database, product, "one") is not None


async def test_who_lost_the_lease_is_fenced_off_with_all_of_the_transaction(
    database: Database, product: Product
) -> None:
    late = await taken(database, product, "late")
    await expire(database, product)
    assert await taken(database, product, "newest") is not None
    assert late is not None

    async def write_late() -> None:
        async with database.transaction(tenant_id="acme") as session:
            assert await ProductRepository(session).take_stock(product.id, 5)
            await LeaseRepository(session, seconds=LONG).give_back(late)

    with pytest.raises(FencedOffError):
        await write_late()
    assert await stock_of(database, product) == 1000


async def test_a_lease_that_ran_out_and_was_taken_by_nobody_is_still_good(database: Database, product: Product) -> None:
    lease = await taken(database, product, "one")
    await expire(database, product)
    assert lease is not None
    async with leases(database) as repository:
        await repository.give_back(lease)


async def test_an_order_waits_for_the_lease_on_its_product_and_no_other(
    database: Database, product: Product, bob: AsyncClient
) -> None:
    assert await taken(database, product, "somebody else") is not None
    waits, passes = await place(bob, "TEA-001"), await place(bob, "COF-001")
    impatient = decider(database, order_lease_seconds=0.2)
    assert (await impatient.decide(waits), await impatient.decide(passes)) == (False, True)
    assert await order_of(database, waits) == ("pending", None, None)
    assert await order_of(database, passes) == ("confirmed", None, 1)
    patient = asyncio.create_task(decider(database).decide(waits))
    await asyncio.sleep(0)
    await expire(database, product)
    assert await patient
    assert await order_of(database, waits) == ("confirmed", None, 2)


async def test_the_line_behind_a_lease_gives_up_together(
    database: Database, product: Product, bob: AsyncClient
) -> None:
    """Each waits for as long as a lease lasts, and not for that long one after the other."""
    assert await taken(database, product, "somebody else") is not None
    orders = [await place(bob) for _ in range(20)]
    impatient = decider(database, order_lease_seconds=0.5)
    loop = asyncio.get_running_loop()
    began = loop.time()
    first = await impatient.decide(orders[0])
    alone = loop.time() - began
    began = loop.time()
    assert [first, *await asyncio.gather(*map(impatient.decide, orders[1:]))] == [False] * 20
    assert loop.time() - began < 10 * alone


class HeldUp(OrderDecider):
    """A process that is held up, between the lease and the transaction, by whatever takes long there."""

    def __init__(self, database: Database, settings: Settings, work: Callable[[], Awaitable[None]]) -> None:
        super().__init__(database, settings)
        self._work = work

    async def _settle(self, pending: Order, lease: Lease) -> None:
        await self._work()
        await super()._settle(pending, lease)


async def test_the_work_is_protected_for_as_long_as_it_takes(
    database: Database, product: Product, bob: AsyncClient
) -> None:
    """The watchdog renews the lease, so that nobody else gets it although the work takes longer than one lasts."""
    seconds = 1.5
    others = []

    async def work() -> None:
        left = await milliseconds_left(database, product)
        end = await moment(database) + left + 1000 * seconds
        while await moment(database) < end:
            others.append(await taken(database, product, "somebody else"))
            await asyncio.sleep(0.05)

    order_id = await place(bob)
    assert await HeldUp(database, Settings(order_lease_seconds=seconds), work).decide(order_id)
    assert {*others} == {None}
    assert await order_of(database, order_id) == ("confirmed", None, 1)


async def test_a_decision_under_an_old_token_is_not_written(
    database: Database, product: Product, bob: AsyncClient
) -> None:
    newest = []

    async def work() -> None:
        await expire(database, product)
        newest.append(await taken(database, product, "somebody else"))

    order_id = await place(bob, quantity=3)
    assert not await HeldUp(database, Settings(order_lease_seconds=0.5), work).decide(order_id)
    assert newest == [Lease(product.id, "acme", "somebody else", token=2)]
    assert await order_of(database, order_id) == ("pending", None, None)
    assert await stock_of(database, product) == 1000


async def test_an_order_that_was_pending_for_too_long_fails_whoever_has_the_lease(
    database: Database, product: Product, bob: AsyncClient
) -> None:
    assert await taken(database, product, "somebody else") is not None
    old, new = await place(bob), await place(bob)
    async with database.transaction(tenant_id="acme") as session:
        (await session.get_one(Order, old)).created_at = utc_now() - timedelta(seconds=61)
    assert await decider(database, order_seconds=60).end_overdue() == [old]
    assert await order_of(database, old) == ("failed", "timed_out", None)
    assert await order_of(database, new) == ("pending", None, None)
    assert await stock_of(database, product) == 1000
    read = (await bob.get(f"/v2/orders/{old}")).json()
    assert (read["status"], read["failure_reason"]) == ("failed", "timed_out")
    notes = (await bob.get("/v2/notifications")).json()["items"]
    assert [(note["kind"], note["text"]) for note in notes if note["subject"] == old] == [
        ("order_failed", "Your order of 1 x TEA-001 could not be decided in time.")
    ]


async def test_an_order_that_comes_to_its_turn_too_late_fails_and_takes_nothing(
    database: Database, product: Product, bob: AsyncClient
) -> None:
    order_id = await place(bob)
    async with database.transaction(tenant_id="acme") as session:
        (await session.get_one(Order, order_id)).created_at = utc_now() - timedelta(seconds=61)
    assert await decider(database, order_seconds=60).decide(order_id)
    assert await order_of(database, order_id) == ("failed", "timed_out", 1)
    assert await stock_of(database, product) == 1000


async def test_the_app_itself_ends_what_nobody_decides(
    settings: Settings, tokens: dict[str, str], client_for: Any
) -> None:
    app = create_app(settings.model_copy(update={"order_seconds": 0.2, "worker_seconds": 0.1}))
    app.dependency_overrides[get_order_queue] = KeepsNothing
    async with app.router.lifespan_context(app), client_for(app, tokens["bob"]) as bob:
        order_id = await place(bob)
        while (read := (await bob.get(f"/v2/orders/{order_id}")).json())["status"] == "pending":
            await asyncio.sleep(0.02)
    assert (read["status"], read["failure_reason"]) == ("failed", "timed_out")
