"""Clients of the app's WebSockets: real sockets to a server run by uvicorn."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

_SECONDS = 30  # after which a test that waits for what never comes fails


class Chatter:
    """One socket of a user."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, **message: Any) -> None:
        """Send a message."""
        await self.connection.send(json.dumps(message, ensure_ascii=False))

    async def hear(self) -> dict[str, Any]:
        """The next message."""
        message: dict[str, Any] = json.loads(await asyncio.wait_for(self.connection.recv(), _SECONDS))
        return message

    async def hear_news(self) -> dict[str, Any]:
        """The next message but for those of a sign-in, which comes whenever the server has the time for it."""
        while (heard := await self.hear()).get("notification", {}).get("kind") == "signed_in":
            pass
        return heard

    async def hear_short(self) -> tuple[Any, ...]:
        """The next message as its type, who it is about, and what it says."""
        heard = await self.hear()
        return tuple(heard[name] for name in ("type", "username", "text", "code") if name in heard)

    async def closed(self) -> tuple[int, str]:
        """Code and reason of the close, after whatever still comes."""
        with pytest.raises(ConnectionClosed) as end:
            await asyncio.wait_for(self._read_on(), _SECONDS)
        received = end.value.rcvd
        assert received is not None, "the connection broke off"
        return received.code, received.reason

    async def _read_on(self) -> None:
        while True:
            await self.connection.recv()


def socket_url(client: httpx.Client, path: str, query: dict[str, str] | None = None) -> str:
    """The address of a socket of the server that `client` talks to."""
    base = str(client.base_url).replace("http", "ws", 1).rstrip("/")
    return f"{base}{path}" + (f"?{urlencode(query)}" if query else "")


@asynccontextmanager
async def chatter(
    client: httpx.Client,
    path: str,
    token: str | None = None,
    *,
    query: dict[str, str] | None = None,
    options: dict[str, Any] | None = None,
) -> AsyncIterator[Chatter]:
    """A socket to the server that `client` talks to, with the token in the header."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with connect(
        socket_url(client, path, query),
        additional_headers=headers,
        proxy=None,
        open_timeout=_SECONDS,
        # Without a limit on what waits here: the library cannot close a socket whose reading it has paused.
        **{"max_queue": None, **(options or {})},
    ) as connection:
        yield Chatter(connection)


async def refused(
    client: httpx.Client, path: str, token: str | None = None, query: dict[str, str] | None = None
) -> tuple[int, Any]:
    """Status and body of the answer to a handshake that is refused."""
    try:
        async with chatter(client, path, token, query=query):
            raise AssertionError("the socket was accepted")
    except InvalidStatus as refusal:
        return refusal.response.status_code, json.loads(refusal.response.body)
