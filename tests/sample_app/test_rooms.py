"""Chat by WebSocket, over real sockets to servers run by uvicorn."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sample_app.chatting import Chatter, chatter, refused
from tests.sample_app.redis_server import RedisServer
from tests.sample_app.serving import served, stop

pytestmark = pytest.mark.anyio

LOBBY = "/v2/ws/rooms/lobby"
QUIET = {"SAMPLE_APP_LOG_LEVEL": "error"}


@pytest.fixture(scope="module")
def shop(demo: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """One server."""
    folder = tmp_path_factory.mktemp("shop")
    data = shutil.copytree(demo[0], folder / "data")
    with served(folder, SAMPLE_APP_DATA_DIR=str(data), **QUIET) as (_, client):
        assert client.get("/readyz").is_success
        yield client


@pytest.fixture(scope="module")
def shops(
    demo: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory, redis: RedisServer
) -> Iterator[list[httpx.Client]]:
    """Two servers on the same data, which hear each other through Redis."""
    folder = tmp_path_factory.mktemp("shops")
    data = shutil.copytree(demo[0], folder / "data")
    settings = {"SAMPLE_APP_DATA_DIR": str(data), "REDIS_URL": redis.url, **QUIET}
    with ExitStack() as stack:
        clients = [stack.enter_context(served(folder, **settings))[1] for _ in range(2)]
        assert all(client.get("/readyz").is_success for client in clients)
        yield clients


@pytest.fixture
def tokens(demo: tuple[Path, dict[str, str]]) -> dict[str, str]:
    return demo[1]


async def test_all_in_the_room_hear_who_comes_what_is_said_and_who_goes(
    shop: httpx.Client, tokens: dict[str, str]
) -> None:
    async with chatter(shop, LOBBY, tokens["alice"]) as alice:
        joined = await alice.hear()
        member, at = joined.pop("member"), joined.pop("at")
        assert joined == {"type": "joined", "room": "lobby", "username": "alice"}
        async with chatter(shop, LOBBY, tokens["bob"]) as bob:
            assert [await bob.hear_short(), await alice.hear_short()] == [("joined", "bob")] * 2
            await bob.say(type="typing")
            assert [await bob.hear_short(), await alice.hear_short()] == [("typing", "bob")] * 2
            await alice.say(type="send", text="Hello, Bób 👋")
            heard = await bob.hear()
            assert await alice.hear() == heard
            assert sorted(heard) == ["at", "member", "message_id", "room", "text", "type", "username"]
            assert (heard["member"], heard["text"], heard["at"] > at) == (member, "Hello, Bób 👋", True)
        assert await alice.hear_short() == ("left", "bob")


async def test_who_leaves_hears_nothing_until_it_joins_again(shop: httpx.Client, tokens: dict[str, str]) -> None:
    async with chatter(shop, LOBBY, tokens["alice"]) as alice, chatter(shop, LOBBY, tokens["bob"]) as bob:
        await bob.say(type="leave")
        await bob.say(type="leave")
        await bob.say(type="send", text="Am I in?")
        heard = [await bob.hear_short() for _ in range(3)]
        assert heard == [("joined", "bob"), ("left", "bob"), ("error", "not_joined")]
        await alice.say(type="send", text="Bob is gone.")
        assert [await alice.hear_short() for _ in range(4)] == [
            ("joined", "alice"),
            ("joined", "bob"),
            ("left", "bob"),
            ("message", "alice", "Bob is gone."),
        ]
        await bob.say(type="join")
        assert await bob.hear_short() == ("joined", "bob")


async def test_a_room_is_for_one_tenant_and_for_one_name(shop: httpx.Client, tokens: dict[str, str]) -> None:
    async with (
        chatter(shop, LOBBY, tokens["carol"]) as carol,
        chatter(shop, "/v2/ws/rooms/kitchen", tokens["dave"]) as dave,
        chatter(shop, LOBBY, tokens["bob"]) as bob,
    ):
        await bob.say(type="send", text="Only for acme, in the lobby.")
        heard = [await bob.hear_short(), await bob.hear_short()]
        assert heard == [("joined", "bob"), ("message", "bob", "Only for acme, in the lobby.")]
        await carol.say(type="send", text="Only for globex.")
        await dave.say(type="send", text="Only for the kitchen.")
        assert [await carol.hear_short(), await carol.hear_short()] == [
            ("joined", "carol"),
            ("message", "carol", "Only for globex."),
        ]
        assert [await dave.hear_short(), await dave.hear_short()] == [
            ("joined", "dave"),
            ("message", "dave", "Only for the kitchen."),
        ]
        await bob.say(type="typing")
        assert await bob.hear_short() == ("typing", "bob")


UNEXPECTED = "found using 'type' does not match any of the expected tags: 'join', 'leave', 'send', 'typing'"


@pytest.mark.parametrize(
    ("message", "code", "location", "reason"),
    [
        ("{", "invalid", [], "Invalid JSON: EOF while parsing an object at line 1 column 1"),
        ("[]", "invalid", [], "Input should be an object"),
        ("{}", "invalid", [], "Unable to extract tag using discriminator 'type'"),
        (
            '{"type": "shout"}',
            "invalid",
            [],
            f"Input tag 'shout' {UNEXPECTED}",
        ),
        ('{"type": "send"}', "invalid", ["send", "text"], "Field required"),
        ('{"type": "send", "text": ""}', "invalid", ["send", "text"], "String should have at least 1 character"),
        ('{"type": "join", "room": "x"}', "invalid", ["join", "room"], "Extra inputs are not permitted"),
        (b"{}", "invalid", None, "Send texts, not bytes."),
        ('{"type": "send", "text": "' + "é" * 5000 + '"}', "too_large", None, "A message has at most 8192 bytes."),
    ],
)
async def test_a_bad_message_is_answered_and_the_socket_goes_on(
    message: str | bytes, code: str, location: list[Any] | None, reason: str, shop: httpx.Client, tokens: dict[str, str]
) -> None:
    async with chatter(shop, LOBBY, tokens["bob"]) as bob:
        await bob.connection.send(message)
        await bob.say(type="typing")
        assert await bob.hear_short() == ("joined", "bob")
        told = await bob.hear()
        if location is None:
            assert told == {"type": "error", "code": code, "detail": reason, "errors": []}
        else:
            errors = [{"location": location, "message": reason}]
            assert told == {
                "type": "error",
                "code": code,
                "detail": "This is no message of a room.",
                "errors": errors,
            }
        assert await bob.hear_short() == ("typing", "bob")


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        (LOBBY, {}, 401, "not-authenticated"),
        (LOBBY, {"token": "x.y.z"}, 401, "not-authenticated"),
        ("/v2/ws/rooms/No%20Room", {"token": "of bob"}, 422, "invalid-request"),
    ],
)
async def test_a_socket_is_refused_before_it_is_accepted(
    path: str, query: dict[str, str], status: int, code: str, shop: httpx.Client, tokens: dict[str, str]
) -> None:
    given = {"token": tokens["bob"]} if query.get("token") == "of bob" else query
    told, problem = await refused(shop, path, query=given)
    assert (told, problem["status"], problem["type"].rpartition("/")[2]) == (status, status, code)


async def test_the_token_may_stand_in_the_query_and_is_not_logged(
    data_dir: Path, tmp_path: Path, tokens: dict[str, str]
) -> None:
    with served(tmp_path, SAMPLE_APP_DATA_DIR=str(data_dir)) as (server, client):
        async with chatter(client, LOBBY, query={"token": tokens["bob"]}) as bob:
            assert await bob.hear_short() == ("joined", "bob")
        log = stop(server)
    assert f"WebSocket {LOBBY}?token=***" in log
    assert tokens["bob"] not in log


async def test_a_session_that_is_ended_ends_its_sockets(data_dir: Path, tmp_path: Path) -> None:
    settings = {"SAMPLE_APP_DATA_DIR": str(data_dir), "SAMPLE_APP_SOCKET_CHECK_SECONDS": "0.05", **QUIET}
    with served(tmp_path, **settings) as (_, client):
        form = {"username": "bob", "password": "Correct-horse-7"}
        issued = client.post("/auth/token", data=form).json()
        async with chatter(client, LOBBY, issued["access_token"]) as bob:
            assert await bob.hear_short() == ("joined", "bob")
            assert client.post("/auth/revoke", json={"refresh_token": issued["refresh_token"]}).is_success
            assert await bob.closed() == (4401, "not_authenticated")


async def test_a_client_that_does_not_read_is_dropped_and_holds_nobody_up(
    shop: httpx.Client, tokens: dict[str, str]
) -> None:
    async with chatter(shop, LOBBY, tokens["bob"]) as bob:
        assert await bob.hear_short() == ("joined", "bob")
        async with chatter(shop, LOBBY, tokens["dave"], options={"max_queue": 1, "compression": None}) as dave:
            assert await bob.hear_short() == ("joined", "dave")
            heard: list[tuple[Any, ...]] = []
            while not heard or heard[-1][0] != "left":
                await bob.say(type="send", text="𝄞" * 1900)
                heard.append(await bob.hear_short())
            assert heard[-1] == ("left", "dave")
            assert await dave.closed() == (4408, "too_slow")
        await bob.say(type="typing")
        while (last := await bob.hear_short())[0] != "typing":
            assert last[0] == "message"


async def test_at_the_end_of_the_server_sockets_are_told(
    data_dir: Path, tmp_path: Path, tokens: dict[str, str]
) -> None:
    with served(tmp_path, SAMPLE_APP_DATA_DIR=str(data_dir)) as (server, client):
        async with chatter(client, LOBBY, tokens["bob"]) as bob:
            assert await bob.hear_short() == ("joined", "bob")
            log = await asyncio.to_thread(stop, server)
            assert (await bob.closed())[0] == 1012
    assert "Application shutdown complete." in log
    assert "Traceback" not in log


async def test_a_room_goes_across_servers(shops: list[httpx.Client], tokens: dict[str, str]) -> None:
    first, second = shops
    async with chatter(first, LOBBY, tokens["alice"]) as alice, chatter(second, LOBBY, tokens["bob"]) as bob:
        assert [await alice.hear_short(), await alice.hear_short()] == [("joined", "alice"), ("joined", "bob")]
        assert await bob.hear_short() == ("joined", "bob")
        await alice.say(type="send", text="To the other server.")
        assert await bob.hear_short() == await alice.hear_short() == ("message", "alice", "To the other server.")


async def test_two_hundred_sockets_on_two_servers_hear_everything(
    shops: list[httpx.Client], tokens: dict[str, str]
) -> None:
    rooms = [f"/v2/ws/rooms/hall-{number}" for number in range(4)]
    said = [f"Message {number}" for number in range(5)]

    async def follow(number: int, ready: asyncio.Semaphore) -> list[str]:
        async with chatter(
            shops[number % 2], rooms[number // 50], tokens["dave"], options={"compression": None}
        ) as dave:
            await dave.hear()
            ready.release()
            texts: list[str] = []
            while len(texts) < len(said):
                heard = await dave.hear()
                texts += [heard["text"]] if heard["type"] == "message" else []
            return texts

    ready = asyncio.Semaphore(0)
    following: list[asyncio.Task[list[str]]] = []
    for number in range(200):
        following.append(asyncio.create_task(follow(number, ready)))
        if number % 10 == 9:  # a few at a time: a server's queue of new connections is short
            for _ in range(10):
                await ready.acquire()
    for number, room in enumerate(rooms):
        async with chatter(shops[number % 2], room, tokens["bob"]) as bob:
            for text in said:
                await bob.say(type="send", text=text)
            await heard_until(bob, "message")
    assert await asyncio.gather(*following) == [said] * 200


async def test_without_redis_each_server_goes_on_alone_until_it_is_back(
    shops: list[httpx.Client], tokens: dict[str, str], redis: RedisServer
) -> None:
    async with (
        chatter(shops[0], LOBBY, tokens["alice"]) as alice,
        chatter(shops[0], LOBBY, tokens["dave"]) as dave,
        chatter(shops[1], LOBBY, tokens["bob"]) as bob,
    ):
        await heard_until(bob, "joined")
        redis.kill()
        try:
            await alice.say(type="send", text="Here only.")
            assert await heard_until(dave, "message") == ("message", "alice", "Here only.")
            async with chatter(shops[1], LOBBY, tokens["carol"]) as carol:
                assert await carol.hear_short() == ("joined", "carol")
        finally:
            redis.start()
        # Each server comes back in its own time.
        while True:
            await alice.say(type="typing")
            try:
                assert (await asyncio.wait_for(bob.hear_short(), 0.2)) == ("typing", "alice")
            except TimeoutError:
                continue
            break


async def heard_until(who: Chatter, kind: str) -> tuple[Any, ...]:
    while (heard := await who.hear_short())[0] != kind:
        pass
    return heard
