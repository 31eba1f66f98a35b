"""500 notification sockets at two servers: one is killed, and its clients come back at the other and miss nothing."""

from __future__ import annotations

import asyncio
import subprocess
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import httpx
import pytest

from tests.sample_app.chatting import Chatter, chatter
from tests.sample_app.redis_server import RedisServer
from tests.sample_app.serving import served, signed_in, working

pytestmark = pytest.mark.anyio

NOTIFICATIONS = "/v2/ws/notifications"
SOCKETS = 250
"""At each server."""


class Tab:
    """A client that reads all the time, and remembers each order that it was told of."""

    def __init__(self, socket: Chatter) -> None:
        self._socket = socket
        self.orders: list[str] = []
        self.last_id = ""

    async def ready(self) -> None:
        """From here on the server listens for this socket: a wrong message is answered."""
        await self._socket.say(type="shout")
        assert (await self._socket.hear_news())["type"] == "error"

    async def hear(self, number: int) -> None:
        """Until it knows so many orders."""
        while len(self.orders) < number:
            heard = await self._socket.hear_news()
            assert (heard["type"], heard["notification"]["kind"]) == ("notification", "order_confirmed")
            self.orders.append(heard["notification"]["subject"])
            self.last_id = heard["id"]

    async def ended(self) -> None:
        """Until the connection has broken off."""
        await asyncio.wait_for(self._socket.connection.wait_closed(), 30)


async def opened(stack: AsyncExitStack, client: httpx.Client, tabs: list[Tab | None]) -> list[Tab]:
    """As many sockets as there are tabs, each where the tab of before left off; twenty at a time."""
    token = client.headers["Authorization"].removeprefix("Bearer ")
    turn = asyncio.Semaphore(20)

    async def one(before: Tab | None) -> Tab:
        query = {"last_id": before.last_id} if before is not None else None
        async with turn:
            tab = Tab(await stack.enter_async_context(chatter(client, NOTIFICATIONS, token, query=query)))
        if before is None:
            await tab.ready()
        return tab

    return list(await asyncio.gather(*(one(tab) for tab in tabs)))


def order(client: httpx.Client) -> str:
    order_id: str = client.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1}).json()["order_id"]
    return order_id


async def test_500_sockets_and_a_killed_server(data_dir: Path, tmp_path: Path, redis: RedisServer) -> None:
    settings = {"SAMPLE_APP_DATA_DIR": str(data_dir), "REDIS_URL": redis.url, "SAMPLE_APP_LOG_LEVEL": "error"}
    with ExitStack() as processes:
        processes.enter_context(working(tmp_path, **settings))
        (killed, first), (_, second) = (
            processes.enter_context(served(tmp_path, subprocess.DEVNULL, **settings)) for _ in range(2)
        )
        for client in (first, second):
            signed_in(client, "bob")
        async with AsyncExitStack() as stack:
            lost = await opened(stack, first, [None] * SOCKETS)
            kept = await opened(stack, second, [None] * SOCKETS)
            orders = [order(first), order(second)]
            await asyncio.gather(*(tab.hear(2) for tab in (*lost, *kept)))
            assert {tuple(sorted(tab.orders)) for tab in (*lost, *kept)} == {tuple(sorted(orders))}
            killed.kill()
            missed = [order(second), order(second)]
            await asyncio.gather(*(tab.ended() for tab in lost))
            back = await opened(stack, second, list(lost))
            last = order(second)
            await asyncio.gather(*(tab.hear(5) for tab in kept), *(tab.hear(3) for tab in back))
            assert {tuple(sorted(tab.orders)) for tab in kept} == {tuple(sorted([*orders, *missed, last]))}
            assert {tuple(sorted(tab.orders)) for tab in back} == {tuple(sorted([*missed, last]))}
            # Nothing comes twice: what every tab hears next is the order that is placed now.
            end = order(second)
            await asyncio.gather(*(tab.hear(6) for tab in kept), *(tab.hear(4) for tab in back))
            assert {tab.orders[-1] for tab in (*kept, *back)} == {end}
