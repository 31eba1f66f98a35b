"""The pool of connections: when all are in use, a request waits for a while and is then told to come back later."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from httpx import AsyncClient

from sample_app.core.errors import OverloadedError
from sample_app.core.settings import Settings
from sample_app.main import create_app
from tests.sample_app.serving import served, signed_in, stop

EXHAUSTED = {
    "type": "https://sample-app.example/problems/overloaded",
    "title": "The service has no capacity left",
    "status": 503,
    "detail": "All connections to the database are in use; try again in a moment.",
}


def figure(text: str, name: str) -> float:
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))


@contextmanager
def writing(database: Path) -> Iterator[None]:
    """Somebody else writes into the database meanwhile, so a request that wants to write keeps its connection."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.close()


def test_when_all_connections_are_in_use_a_request_gets_503_and_not_a_hang(tmp_path: Path) -> None:
    (temporary := tmp_path / "tmp").mkdir()
    settings = {
        "SAMPLE_APP_DATA_DIR": str(tmp_path),
        "SAMPLE_APP_DATABASE_POOL_SIZE": "1",
        "SAMPLE_APP_DATABASE_MAX_OVERFLOW": "0",
        "SAMPLE_APP_DATABASE_POOL_TIMEOUT_SECONDS": "0.2",
        "SAMPLE_APP_DATABASE_TIMEOUT_SECONDS": "60",
    }
    with served(temporary, **settings) as (server, client):
        signed_in(client, "bob")
        answers: list[httpx.Response] = []

        def order() -> None:
            answers.append(client.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1}))

        writer = threading.Thread(target=order)
        with httpx.Client(base_url=client.base_url, headers=client.headers, trust_env=False, timeout=30) as other:
            with writing(tmp_path / "sample_app.sqlite3"):
                writer.start()
                while figure(other.get("/metrics").text, "database_pool_checked_out") < 1:
                    pass
                refused = other.get("/v2/products")
                assert other.get("/healthz").status_code == 200
            writer.join()
            assert other.get("/v2/products").status_code == 200
        log = stop(server)
    assert (refused.status_code, refused.headers["content-type"], refused.headers["retry-after"]) == (
        503,
        "application/problem+json",
        "1",
    )
    assert {name: refused.json()[name] for name in EXHAUSTED} == EXHAUSTED
    assert [answer.status_code for answer in answers] == [202]
    assert "Traceback" not in log


@pytest.mark.anyio
async def test_a_request_that_waits_is_counted_and_served_when_a_connection_comes_back(
    settings: Settings, client_for: Callable[..., AsyncClient], tokens: dict[str, str]
) -> None:
    small = {"database_pool_size": 1, "database_max_overflow": 0, "database_pool_timeout_seconds": 60.0}
    app = create_app(settings.model_copy(update=small))
    async with app.router.lifespan_context(app), client_for(app, tokens["bob"]) as client:
        async with app.state.database.transaction(read_only=True) as session:
            await session.connection()
            waiting = [asyncio.create_task(client.get("/v2/products")) for _ in range(3)]
            while figure((await client.get("/metrics")).text, "database_pool_waiting") < len(waiting):
                await asyncio.sleep(0)
            assert not any(task.done() for task in waiting)
        assert [(await task).status_code for task in waiting] == [200, 200, 200]
        text = (await client.get("/metrics")).text
    assert figure(text, "database_pool_waiting") == 0
    assert figure(text, "database_pool_checked_out") == 0


async def two_in_a_row(settings: Settings, *, breaking: bool = False, **changed: object) -> int:
    """How many different connections two transactions had, the first of which may break its own for the next."""
    one = {"database_pool_size": 1, "database_max_overflow": 0}
    app = create_app(settings.model_copy(update={**one, **changed}))
    seen = []
    async with app.router.lifespan_context(app):
        for _ in range(2):
            async with app.state.database.transaction(read_only=True) as session:
                raw = (await (await session.connection()).get_raw_connection()).driver_connection
                assert raw is not None
                seen.append(raw)
            if breaking:
                await raw.close()
    return len({id(connection) for connection in seen})


@pytest.mark.anyio
async def test_a_connection_is_used_again_until_it_is_too_old(settings: Settings) -> None:
    assert await two_in_a_row(settings) == 1
    assert await two_in_a_row(settings, database_pool_recycle_seconds=0) == 2


@pytest.mark.anyio
async def test_a_connection_that_broke_is_replaced_before_a_request_gets_it(settings: Settings) -> None:
    assert await two_in_a_row(settings, breaking=True) == 2
    with pytest.raises(OverloadedError, match="The database cannot be reached"):
        await two_in_a_row(settings, breaking=True, database_pool_pre_ping=False)
