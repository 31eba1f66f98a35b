"""The queue between processes, on a real Redis: nothing that is not done is forgotten, unless Redis forgets it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from redis.asyncio import Redis

from sample_app.core.queue import Delivery, Queue, opened_queue
from sample_app.core.redis_queue import RedisQueue, opened_redis_queue
from sample_app.core.settings import Settings, SettingsError
from sample_app.main import create_app
from tests.sample_app.redis_server import RedisServer

pytestmark = pytest.mark.anyio

_LIMIT = 60  # seconds after which a test that waits for what never comes fails

Open = Callable[..., Awaitable[RedisQueue]]


@pytest.fixture
def stream() -> str:
    return f"test:{uuid4()}"


@pytest.fixture
async def opened(redis: RedisServer, stream: str) -> AsyncIterator[Open]:
    """Opens the queue once more, as another process would."""
    async with AsyncExitStack() as stack:

        async def open_one(idle_seconds: float = 3600.0) -> RedisQueue:
            return await stack.enter_async_context(opened_redis_queue(redis.url, stream, idle_seconds=idle_seconds))

        yield open_one


async def taken(queue: Queue, count: int = 10) -> list[Delivery]:
    """What comes next, however long it takes."""
    async with asyncio.timeout(_LIMIT):
        while not (found := await queue.take(count)):
            pass
    return found


async def test_each_piece_goes_to_one_and_is_gone_once_it_is_done(opened: Open) -> None:
    server, one, two = [await opened() for _ in range(3)]
    for text in "abcde":
        await server.put(text)
    first, second = await taken(one, 2), await taken(two, 10)
    assert [[delivery.text for delivery in found] for found in (first, second)] == [["a", "b"], ["c", "d", "e"]]
    assert await server.length() == 5
    for delivery in (*first, *second):
        await one.done(delivery)
    assert await server.length() == 0
    assert await one.take(10) == []


async def test_what_was_put_in_before_anyone_listened_is_there(opened: Open) -> None:
    server = await opened()
    await server.put("early")
    assert [delivery.text for delivery in await taken(await opened())] == ["early"]


async def test_what_one_took_and_did_not_finish_goes_to_another_although_nothing_new_comes(opened: Open) -> None:
    killed, other = await opened(), await opened(0.1)
    await killed.put("order")
    (first,) = await taken(killed)
    (again,) = await taken(other)
    assert again == first
    await other.done(again)
    assert await other.length() == 0


async def test_who_works_on_it_keeps_it(opened: Open) -> None:
    busy, other = await opened(), await opened()
    await busy.put("order")
    assert len(await taken(busy)) == 1
    assert await other.take(10) == []


async def test_many_that_were_left_come_in_parts(opened: Open) -> None:
    killed, other = await opened(), await opened(0.05)
    texts = [str(number) for number in range(25)]
    for text in texts:
        await killed.put(text)
    assert len(await taken(killed, 100)) == 25
    found: list[str] = []
    while len(found) < 25:
        for delivery in await taken(other, 10):
            await other.done(delivery)
            found.append(delivery.text)
    assert sorted(found) == sorted(texts)


async def test_a_redis_that_lost_everything_gets_a_new_queue(opened: Open, redis: RedisServer) -> None:
    server, worker = await opened(), await opened()
    await server.put("lost")
    assert len(await taken(worker)) == 1
    await asyncio.to_thread(redis.kill)
    assert not await server.put("never there")
    assert (await worker.take(10), await server.length()) == ([], None)
    await asyncio.to_thread(redis.start)
    while await server.length() is None:
        pass
    assert await server.put("new")
    assert [delivery.text for delivery in await taken(worker)] == ["new"]


async def test_what_is_none_of_ours_is_thrown_away(opened: Open, redis: RedisServer, stream: str) -> None:
    queue = await opened()
    client: Any = Redis.from_url(redis.url)
    await client.xadd(stream, {"other": "x"})
    await queue.put("ours")
    assert [delivery.text for delivery in await taken(queue)] == ["ours"]
    assert await queue.length() == 1
    await client.aclose()


async def test_without_a_redis_there_is_no_queue_and_a_bad_url_is_named() -> None:
    async with opened_queue(Settings(), "orders") as none:
        assert none is None
    opening = opened_queue(Settings(redis_url="nonsense"), "orders")
    with pytest.raises(SettingsError, match=r"^REDIS_URL: "):
        await opening.__aenter__()


@pytest.fixture
async def shared(settings: Settings, redis: RedisServer) -> AsyncIterator[FastAPI]:
    """An app that leaves its orders to workers, of which there is none."""
    app = create_app(settings.model_copy(update={"redis_url": redis.url, "redis_prefix": f"test-{uuid4()}"[:40]}))
    async with app.router.lifespan_context(app):
        yield app


async def test_orders_wait_in_the_queue_and_are_counted(
    shared: FastAPI, client_for: Callable[..., AsyncClient], tokens: dict[str, str], anonymous: AsyncClient
) -> None:
    async def figures(client: AsyncClient) -> list[str]:
        lines = (await client.get("/metrics")).text.splitlines()
        return [line for line in lines if line.startswith("order_queue_length ")]

    async with client_for(shared, tokens["bob"]) as bob:
        assert await figures(bob) == ["order_queue_length 0.0"]
        placed = [(await bob.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1})).json() for _ in range(3)]
        assert await figures(bob) == ["order_queue_length 3.0"]
        deliveries = await taken(shared.state.order_queue)
        assert [delivery.text for delivery in deliveries] == [order["order_id"] for order in placed]
        read = (await bob.get("/v2/orders")).json()["items"]
        assert [order["status"] for order in read] == ["pending"] * 3
    assert await figures(anonymous) == []


async def test_without_the_broker_it_is_not_ready_and_decides_its_orders_itself(
    shared: FastAPI, client_for: Callable[..., AsyncClient], tokens: dict[str, str], redis: RedisServer
) -> None:
    async with client_for(shared, tokens["bob"]) as bob:
        assert (await bob.get("/readyz")).json() == {"status": "ready"}
        await asyncio.to_thread(redis.kill)
        try:
            placed = await bob.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1})
            ready = await bob.get("/readyz")
            figures = (await bob.get("/metrics")).text
        finally:
            await asyncio.to_thread(redis.start)
        assert placed.status_code == 202
        assert (ready.status_code, ready.json()["detail"]) == (503, "Not ready: broker.")
        assert "order_queue_length" not in figures
        while (await bob.get("/readyz")).status_code == 503:
            await asyncio.sleep(0.05)
        assert (await bob.get(placed.headers["location"])).json()["status"] == "confirmed"
