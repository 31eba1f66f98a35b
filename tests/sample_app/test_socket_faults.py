"""The faults of WebSockets: the same conversation with a server without the fault and with it."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from sample_app import faults
from tests.sample_app.chatting import chatter
from tests.sample_app.serving import served, signed_in

pytestmark = pytest.mark.anyio

LOBBY = "/v2/ws/rooms/lobby"
Tokens = dict[str, str]


async def malformed_message(client: httpx.Client, tokens: Tokens) -> Any:
    async with chatter(client, LOBBY, tokens["bob"]) as bob:
        await bob.connection.send("{")
        await bob.say(type="typing")
        heard = [await bob.hear_short()]
        while True:
            try:
                heard.append(await bob.hear_short())
            except ConnectionClosed:
                return [*heard, await bob.closed()]
            if heard[-1][0] == "typing":
                return heard


async def carol_hears(client: httpx.Client, tokens: Tokens) -> Any:
    async with chatter(client, LOBBY, tokens["carol"]) as carol:
        heard = [await carol.hear_short()]
        async with chatter(client, LOBBY, tokens["bob"]) as bob:
            await bob.say(type="send", text="Our prices")
            while (await bob.hear_short())[0] != "message":
                pass
        await carol.say(type="typing")
        while heard[-1][0] != "typing":
            heard.append(await carol.hear_short())
        return [one for one in heard if one[0] == "message"]


async def resumed(client: httpx.Client, _tokens: Tokens) -> Any:
    signed_in(client, "bob")
    token = client.headers["Authorization"].removeprefix("Bearer ")
    async with chatter(client, "/v2/ws/notifications", token) as bob:
        await bob.say(type="shout")
        await bob.hear_news()
        for _ in range(2):
            assert client.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1}).is_success
        first, second = await bob.hear_news(), await bob.hear_news()
        await bob.say(type="resume", last_id=first["id"])
        assert client.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1}).is_success
        return (await bob.hear_news())["id"] == second["id"]


async def own_words(client: httpx.Client, tokens: Tokens) -> Any:
    async with chatter(client, LOBBY, tokens["bob"]) as bob:
        await bob.say(type="send", text="Good morning")
        while True:
            message = json.loads(await bob.connection.recv())
            if message["type"] == "message":
                return message.get("username")


async def large_message(client: httpx.Client, tokens: Tokens) -> Any:
    async with chatter(client, LOBBY, tokens["bob"]) as bob:
        heard = [await bob.hear_short()]
        await bob.say(type="send", text="a" * 100_000)
        try:
            return [*heard, await bob.hear_short()]
        except ConnectionClosed:
            return [*heard, await bob.closed()]


async def said_outside(client: httpx.Client, tokens: Tokens) -> Any:
    async with chatter(client, LOBBY, tokens["bob"]) as bob:
        heard = [await bob.hear_short()]
        for message in ("leave", "typing", "join"):
            await bob.say(type=message)
        while len(heard) < 2 or heard[-1][0] != "joined":
            heard.append(await bob.hear_short())
        return heard


CONVERSATIONS: dict[str, tuple[Callable[[httpx.Client, Tokens], Awaitable[Any]], Any, Any]] = {
    "socket-dies-of-malformed-message": (
        malformed_message,
        [("joined", "bob"), ("error", "invalid"), ("typing", "bob")],
        [("joined", "bob"), (1011, "broken")],
    ),
    "room-of-all-tenants": (carol_hears, [], [("message", "bob", "Our prices")]),
    "notification-twice": (resumed, False, True),
    "room-message-without-username": (own_words, "bob", None),
    "large-message-closes-undeclared": (
        large_message,
        [("joined", "bob"), ("error", "too_large")],
        [("joined", "bob"), (4413, "too_large")],
    ),
    "outsiders-not-answered": (
        said_outside,
        [("joined", "bob"), ("left", "bob"), ("error", "not_joined"), ("joined", "bob")],
        [("joined", "bob"), ("left", "bob"), ("joined", "bob")],
    ),
}


def test_every_fault_of_sockets_is_tried() -> None:
    named = [fault.name for fault in faults.REGISTRY.values() if fault.kind is faults.Kind.SOCKET]
    assert list(CONVERSATIONS) == named


@pytest.mark.parametrize("on", [False, True], ids=["without", "with"])
@pytest.mark.parametrize("name", CONVERSATIONS)
async def test_a_client_sees_the_fault(
    name: str, on: bool, data_dir: Path, tmp_path: Path, demo: tuple[Path, dict[str, str]]
) -> None:
    converse, right, wrong = CONVERSATIONS[name]
    settings = {"SAMPLE_APP_DATA_DIR": str(data_dir), "SAMPLE_APP_LOG_LEVEL": "error"}
    with served(tmp_path, **settings, **({faults.VARIABLE: name} if on else {})) as (_, client):
        assert await converse(client, demo[1]) == (wrong if on else right)
