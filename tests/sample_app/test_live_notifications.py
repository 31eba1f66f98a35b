"""Notifications by WebSocket, over real sockets to servers run by uvicorn."""

from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sample_app.chatting import Chatter, chatter, refused
from tests.sample_app.redis_server import RedisServer
from tests.sample_app.serving import served, signed_in, working

pytestmark = pytest.mark.anyio

NOTIFICATIONS = "/v2/ws/notifications"
QUIET = {"SAMPLE_APP_LOG_LEVEL": "error"}


@pytest.fixture
def shop(data_dir: Path, tmp_path: Path) -> Iterator[httpx.Client]:
    """One server, and Bob at it."""
    with served(tmp_path, SAMPLE_APP_DATA_DIR=str(data_dir), **QUIET) as (_, client):
        yield signed_in(client, "bob")


@pytest.fixture
def shops(data_dir: Path, tmp_path: Path, redis: RedisServer) -> Iterator[list[httpx.Client]]:
    """Two servers and a worker on the same data, which hear each other through Redis, and Bob at each server."""
    settings = {"SAMPLE_APP_DATA_DIR": str(data_dir), "REDIS_URL": redis.url, **QUIET}
    with ExitStack() as stack:
        stack.enter_context(working(tmp_path, **settings))
        yield [signed_in(stack.enter_context(served(tmp_path, **settings))[1], "bob") for _ in range(2)]


def token_of(client: httpx.Client) -> str:
    return client.headers["Authorization"].removeprefix("Bearer ")


def order(client: httpx.Client) -> str:
    """The id of a new order, of whose decision its buyer is told."""
    order_id: str = client.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1}).json()["order_id"]
    return order_id


async def hear_order(socket: Chatter) -> tuple[str, Any]:
    """The id of the next message, and the order that it is about."""
    heard = await socket.hear_news()
    assert (heard["type"], heard["notification"]["kind"]) == ("notification", "order_confirmed")
    return heard["id"], heard["notification"]["subject"]


async def test_a_notification_comes_as_it_stands_in_the_list(shop: httpx.Client) -> None:
    async with chatter(shop, NOTIFICATIONS, token_of(shop)) as tab:
        # An answer to what was sent: from here on the server listens for this socket.
        await tab.say(type="shout")
        assert (await tab.hear_news())["type"] == "error"
        order(shop)
        heard = await tab.hear_news()
        newest = shop.get("/v2/notifications").json()["items"][0]
        assert (heard["type"], heard["notification"]) == ("notification", newest)


async def test_what_was_missed_is_replayed_by_the_last_id_and_nothing_twice(
    shop: httpx.Client, demo: tuple[Path, dict[str, str]]
) -> None:
    async with chatter(shop, NOTIFICATIONS, token_of(shop)) as tab:
        first = order(shop)
        last_id, subject = await hear_order(tab)
        assert subject == first
    missed = [order(shop) for _ in range(120)]  # more than are read at once
    async with chatter(shop, NOTIFICATIONS, token_of(shop), query={"last_id": last_id}) as tab:
        assert [(await hear_order(tab))[1] for _ in missed] == missed
        await tab.say(type="resume", last_id=last_id)
        following = order(shop)
        assert (await hear_order(tab))[1] == following
    async with chatter(shop, NOTIFICATIONS, token_of(shop)) as tab:
        await tab.say(type="resume", last_id=last_id)
        assert [(await hear_order(tab))[1] for _ in range(121)] == [*missed, following]
    async with chatter(shop, NOTIFICATIONS, demo[1]["dave"], query={"last_id": last_id}) as other:
        # Those of somebody else are not replayed: the answer to a wrong message is the first thing to come.
        await other.say(type="resume", last_id="x")
        assert (await other.hear_news())["type"] == "error"


async def test_a_bad_message_is_answered_and_a_bad_handshake_refused(shop: httpx.Client) -> None:
    async with chatter(shop, NOTIFICATIONS, token_of(shop)) as tab:
        await tab.connection.send("{")
        assert await tab.hear_news() == {
            "type": "error",
            "code": "invalid",
            "detail": "This is no message of the notifications.",
            "errors": [{"location": [], "message": "Invalid JSON: EOF while parsing an object at line 1 column 1"}],
        }
        placed = order(shop)
        assert (await hear_order(tab))[1] == placed
    assert (await refused(shop, NOTIFICATIONS))[0] == 401
    assert (await refused(shop, NOTIFICATIONS, token_of(shop), query={"last_id": "x"}))[0] == 422
    form = {"username": "bob", "password": "Correct-horse-7", "scope": "orders:read"}
    narrow = shop.post("/auth/token", data=form).json()["access_token"]
    assert (await refused(shop, NOTIFICATIONS, narrow))[0] == 403


async def test_every_tab_on_every_server_is_told_once(shops: list[httpx.Client]) -> None:
    async with AsyncExitStack() as stack:
        tabs = [
            await stack.enter_async_context(chatter(client, NOTIFICATIONS, token_of(client)))
            for client in (*shops, *shops)
        ]
        for tab in tabs:
            await tab.say(type="shout")
            assert (await tab.hear_news())["type"] == "error"
        orders = [order(client) for client in (*shops, *shops, *shops)]
        told = [[(await hear_order(tab))[1] for _ in orders] for tab in tabs]
        assert [sorted(one) for one in told] == [sorted(orders)] * len(tabs)


async def test_what_comes_while_redis_is_gone_reaches_all_tabs_in_the_end(
    shops: list[httpx.Client], redis: RedisServer
) -> None:
    async with (
        chatter(shops[0], NOTIFICATIONS, token_of(shops[0])) as here,
        chatter(shops[1], NOTIFICATIONS, token_of(shops[1])) as there,
    ):
        for tab in (here, there):
            await tab.say(type="shout")
            assert (await tab.hear_news())["type"] == "error"
        redis.kill()
        try:
            orders = [order(shops[0]), order(shops[0])]
            assert [(await hear_order(here))[1] for _ in orders] == orders
        finally:
            redis.start()
        assert [(await hear_order(there))[1] for _ in orders] == orders
