"""Orders over several processes: real servers and workers on PostgreSQL and Redis, killed, stopped and cut off."""

from __future__ import annotations

import asyncio
import random
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.sample_app.postgres import Postgres
from tests.sample_app.redis_server import RedisServer
from tests.sample_app.serving import Worker, served, starting, working

pytestmark = pytest.mark.anyio

_LIMIT = 90  # seconds after which a test that waits for what never comes fails

STOCK = {"TEA-001": 1000, "LAST-010": 10, "COF-001": 200, "GIFT-001": 25}

HISTORY = """
    SELECT orders.sku, orders.status, orders.failure_reason, orders.lease_token,
           (SELECT count(*) FROM notifications WHERE notifications.subject = orders.id) AS told
    FROM orders WHERE orders.tenant_id = 'acme'
"""
LEASE = """
    SELECT token, expires_at <= extract(epoch FROM clock_timestamp()) * 1000 AS over
    FROM stock_leases JOIN products ON products.id = stock_leases.product_id WHERE products.sku = 'COF-001'
"""


@dataclass
class Shop:
    """Several processes on one database and one Redis.

    Attributes:
        settings: the environment of each.
        folder: where they may write.
        database: a connection to look with.
        servers: a client of each server, with nobody signed in.
        buyers: the tokens of two users.
    """

    settings: dict[str, str]
    folder: Path
    database: asyncpg.Connection
    servers: list[httpx.AsyncClient]
    buyers: list[str]

    def working(self) -> Any:
        """A worker, until the end of the block."""
        return working(self.folder, **self.settings)

    async def buy(self, *skus: str) -> list[str]:
        """Order one of each at once, at the servers and by the buyers in turns; the ids."""

        async def order(number: int, sku: str) -> str:
            answer = await self.servers[number % 2].post(
                "/v2/orders",
                json={"sku": sku, "quantity": 1},
                headers={"Authorization": f"Bearer {self.buyers[number // 2 % 2]}"},
            )
            assert answer.status_code == 202, answer.text
            return str(answer.json()["order_id"])

        return await asyncio.gather(*(order(number, sku) for number, sku in enumerate(skus)))

    async def decided(self) -> None:
        """Wait until no order is pending."""
        async with asyncio.timeout(_LIMIT):
            while await self.database.fetchval("SELECT count(*) FROM orders WHERE status = 'pending'"):
                await asyncio.sleep(0.02)

    async def outcome(self, order_id: str) -> tuple[Any, ...]:
        """How far an order is, and by whose lease."""
        return tuple(await self.database.fetchrow("SELECT status, lease_token FROM orders WHERE id = $1", order_id))

    async def has_sold(self, ordered: Counter[str]) -> None:
        """Every order is there and decided once, as far as the stock goes, and its buyer was told once."""
        rows = await self.database.fetch(HISTORY)
        kinds = Counter((row["sku"], row["status"], row["failure_reason"], row["told"]) for row in rows)
        expected: Counter[tuple[str, str, str | None, int]] = Counter()
        for sku, count in ordered.items():
            expected[sku, "confirmed", None, 1] = min(count, STOCK[sku])
            expected[sku, "failed", "out_of_stock", 1] = max(count - STOCK[sku], 0)
        assert kinds == +expected
        left = await self.database.fetch("SELECT sku, stock FROM products WHERE tenant_id = 'acme'")
        assert dict(left) == {sku: max(STOCK[sku] - ordered[sku], 0) for sku in STOCK}
        # Each decision had a lease of its own.
        tokens = Counter((row["sku"], row["lease_token"]) for row in rows)
        assert {*tokens.values()} == {1}
        assert None not in {token for _, token in tokens}

    async def queue_is_empty(self) -> None:
        """Wait until the queue is."""
        async with asyncio.timeout(_LIMIT):
            while "\norder_queue_length 0.0\n" not in (await self.servers[0].get("/metrics")).text:
                await asyncio.sleep(0.02)


@pytest.fixture
async def shop(
    postgres: Postgres,
    postgres_demo: tuple[str, dict[str, str]],
    redis: RedisServer,
    tmp_path: Path,
    extra: dict[str, str],
) -> AsyncIterator[Shop]:
    """Two servers, and no worker yet."""
    name = postgres.create(postgres_demo[0])
    settings = {
        "DATABASE_URL": postgres.url(name),
        "REDIS_URL": redis.url,
        "SAMPLE_APP_REDIS_PREFIX": f"test-{uuid4().hex[:20]}",
        "SAMPLE_APP_DATA_DIR": str(tmp_path),
        "SAMPLE_APP_DATABASE_POOL_SIZE": "5",
        "SAMPLE_APP_DATABASE_MAX_OVERFLOW": "5",
        "SAMPLE_APP_DATABASE_POOL_TIMEOUT_SECONDS": "60",
        "SAMPLE_APP_ORDER_LEASE_SECONDS": "2",
        "SAMPLE_APP_WORKER_SECONDS": "0.5",
        "SAMPLE_APP_LOG_LEVEL": "error",
        **extra,
    }
    async with AsyncExitStack() as stack:
        stack.callback(postgres.drop, name)
        servers = []
        for _ in range(2):
            _, client = stack.enter_context(served(tmp_path, **settings))
            servers.append(await stack.enter_async_context(client_at(str(client.base_url))))
        database = await asyncpg.connect(postgres.url(name))
        stack.push_async_callback(database.close)
        assert [(await server.get("/readyz")).status_code for server in servers] == [200, 200]
        yield Shop(settings, tmp_path, database, servers, [postgres_demo[1]["bob"], postgres_demo[1]["dave"]])


def client_at(url: str) -> httpx.AsyncClient:
    # Without kept connections: the server closes one that was idle for a while, maybe in the moment that it is used.
    return httpx.AsyncClient(
        base_url=url, timeout=60, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
    )


@pytest.fixture
def extra() -> dict[str, str]:
    """Settings of the test's own."""
    return {}


async def test_a_hundred_buyers_of_ten_things_at_two_servers_and_two_workers(shop: Shop) -> None:
    with shop.working(), shop.working():
        orders = await shop.buy(*["LAST-010"] * 100)
        assert len({*orders}) == 100
        await shop.decided()
        await shop.has_sold(Counter({"LAST-010": 100}))
        await shop.queue_is_empty()
    tenants = await shop.database.fetch("SELECT tenant_id, stock FROM products WHERE sku = 'LAST-010'")
    assert dict(tenants) == {"acme": 0, "globex": 10}


class Workers:
    """Two workers, of which one is killed now and then, and replaced by a new one."""

    def __init__(self, start: Callable[[], Worker]) -> None:
        self._start = start
        self._workers = [start(), start()]

    def kill(self, which: int) -> None:
        self._workers[which].kill()
        self._workers[which] = self._start()

    def wait(self, which: int) -> None:
        self._workers[which].wait()

    def close(self) -> None:
        for worker in self._workers:
            worker.kill()


@contextmanager
def two_workers(shop: Shop) -> Iterator[Workers]:
    workers = Workers(lambda: Worker(Path(tempfile.mkdtemp(dir=shop.folder)), **shop.settings))
    try:
        yield workers
    finally:
        workers.close()


async def test_workers_that_are_killed_at_random_lose_nothing_and_sell_nothing_twice(shop: Shop) -> None:
    chance = random.Random(31)
    ordered: Counter[str] = Counter()
    with two_workers(shop) as workers:
        for _ in range(30):
            victim = chance.randrange(2)
            await asyncio.to_thread(workers.wait, victim)
            skus = chance.choices(["TEA-001", "LAST-010", "COF-001", "GIFT-001"], [1, 2, 3, 2], k=12)
            ordered.update(skus)
            buying = asyncio.create_task(shop.buy(*skus))
            await asyncio.sleep(chance.uniform(0.0, 0.3))
            workers.kill(victim)
            await buying
        await shop.decided()
        await shop.has_sold(ordered)
        await shop.queue_is_empty()


async def test_a_redis_that_forgets_the_queue_loses_no_order(shop: Shop, redis: RedisServer) -> None:
    with ExitStack() as stack:
        workers = [stack.enter_context(shop.working()) for _ in range(2)]
        skus = ["LAST-010"] * 12 + ["COF-001"] * 18
        await shop.buy(*skus)  # some decided, some not
        for worker in workers:
            worker.process.send_signal(signal.SIGSTOP)
        await shop.buy(*skus)  # in the queue, and nowhere else in Redis
        await asyncio.to_thread(redis.kill)
        try:
            await shop.buy(*skus)  # nobody takes these but the servers themselves
        finally:
            await asyncio.to_thread(redis.start)
        for worker in workers:
            worker.process.send_signal(signal.SIGCONT)
        await shop.buy(*skus)
        await shop.decided()
        await shop.has_sold(Counter(skus * 4))
        await shop.queue_is_empty()


@pytest.mark.parametrize("extra", [{"SAMPLE_APP_DATABASE_TIMEOUT_SECONDS": "120", "SAMPLE_APP_LOG_LEVEL": "warning"}])
async def test_a_worker_that_was_stopped_and_lost_its_lease_is_fenced_off(
    shop: Shop, postgres: Postgres, extra: dict[str, str]
) -> None:
    assert shop.settings.items() >= extra.items()
    holding = await asyncpg.connect(shop.settings["DATABASE_URL"])
    try:
        with shop.working() as late:
            # The first worker has the lease, and waits in its transaction for the product.
            held = holding.transaction()
            await held.start()
            await holding.execute("SELECT 1 FROM products WHERE sku = 'COF-001' FOR NO KEY UPDATE")
            (order_id,) = await shop.buy("COF-001")
            await until(shop, "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%stock%'")
            late.process.send_signal(signal.SIGSTOP)
            await until(shop, f"SELECT 1 FROM ({LEASE}) AS lease WHERE token = 1 AND over")
            # The second one has the newest lease, and waits for the order, so it is not ready yet.
            with starting(shop.folder, **shop.settings):
                await until(shop, f"SELECT 1 FROM ({LEASE}) AS lease WHERE token = 2")
                late.process.send_signal(signal.SIGCONT)
                await held.rollback()
                await shop.decided()
                assert await shop.outcome(order_id) == ("confirmed", 2)
                await shop.has_sold(Counter({"COF-001": 1}))
                await shop.queue_is_empty()
        assert f"order {order_id}: not decided here, the lease 1 on the product " in late.log.read_text()
    finally:
        await holding.close()


async def until(shop: Shop, query: str) -> None:
    """Wait until the query finds something."""
    async with asyncio.timeout(_LIMIT):
        while await shop.database.fetchval(query) is None:
            await asyncio.sleep(0.02)
