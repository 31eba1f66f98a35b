"""More requests than the limit: the next one is refused at once, and the process never gathers a queue."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import anyio
import httpx
import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from sample_app.core.settings import Settings
from sample_app.main import create_app
from tests.sample_app.serving import served, signed_in, stop
from tests.sample_app.test_connection_pool import figure, writing

OVERLOADED = {
    "type": "https://sample-app.example/problems/overloaded",
    "title": "The service has no capacity left",
    "status": 503,
    "detail": "Too many requests are under way; try again in a moment.",
}
LIMIT = 3


def small(settings: Settings) -> FastAPI:
    return create_app(settings.model_copy(update={"max_requests_under_way": LIMIT}))


@pytest.mark.anyio
async def test_what_is_above_the_limit_is_refused_and_what_is_below_is_served(
    settings: Settings, client_for: Callable[..., AsyncClient], tokens: dict[str, str]
) -> None:
    app = small(settings)
    reached, go_on = asyncio.Semaphore(0), asyncio.Event()

    @app.get("/held")
    async def held() -> str:
        reached.release()
        await go_on.wait()
        return "served"

    async with app.router.lifespan_context(app), client_for(app, tokens["bob"]) as client:
        holding = [asyncio.create_task(client.get("/held")) for _ in range(LIMIT)]
        for _ in holding:
            await reached.acquire()
        refused = [await client.get(path) for path in ("/v2/products", "/shipping-rates", "/v1/products")]
        probes = [(await client.get(path)).status_code for path in ("/healthz", "/readyz")]
        busy = figure((await client.get("/metrics")).text, "http_requests_under_way")
        go_on.set()
        served = [(answer.status_code, answer.json()) for answer in await asyncio.gather(*holding)]
        assert (await client.get("/v2/products")).status_code == 200
        text = (await client.get("/metrics")).text
    assert [(answer.status_code, answer.headers["retry-after"]) for answer in refused] == [(503, "1")] * 3
    for answer, path in zip(refused, ("/v2/products", "/shipping-rates", "/v1/products"), strict=True):
        assert answer.json() == {**OVERLOADED, "instance": path, "request_id": "test-request"}
    assert "sunset" in refused[2].headers  # version 1 says so on every answer
    assert probes == [200, 200]
    assert (busy, figure(text, "http_requests_under_way")) == (LIMIT, 0)
    assert served == [(200, "served")] * LIMIT


@pytest.mark.anyio
async def test_a_request_that_fails_or_is_given_up_makes_room(
    settings: Settings, client_for: Callable[..., AsyncClient]
) -> None:
    app = small(settings)

    @app.get("/bug")
    async def bug() -> None:
        raise RuntimeError("a bug")

    @app.get("/endless")
    async def endless() -> None:
        await anyio.sleep_forever()

    async with app.router.lifespan_context(app), client_for(app) as client:
        assert [(await client.get("/bug")).status_code for _ in range(2 * LIMIT)] == [500] * 2 * LIMIT
        waiting = [asyncio.create_task(client.get("/endless")) for _ in range(LIMIT)]
        while figure((await client.get("/metrics")).text, "http_requests_under_way") < LIMIT:
            await asyncio.sleep(0)
        assert (await client.get("/shipping-rates")).status_code == 503
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert (await client.get("/shipping-rates")).status_code == 200


def test_a_crowd_at_a_real_server_is_served_or_refused_and_nobody_is_left_waiting(tmp_path: Path) -> None:
    (temporary := tmp_path / "tmp").mkdir()
    settings = {"SAMPLE_APP_DATA_DIR": str(tmp_path), "SAMPLE_APP_MAX_REQUESTS_UNDER_WAY": str(LIMIT)}
    with served(temporary, **settings) as (server, client):

        def at_rest() -> bool:
            return figure(client.get("/metrics").text, "http_requests_under_way") == 0

        signed_in(client, "bob")
        while not at_rest():
            pass  # the sign-in is still noting that it happened

        async def crowd() -> list[httpx.Response]:
            async with AsyncClient(
                base_url=str(client.base_url), headers=client.headers, trust_env=False, timeout=60
            ) as many:
                # Somebody else writes, so the first orders wait: as many as the limit, and not one more.
                with writing(tmp_path / "sample_app.sqlite3"):
                    order = {"sku": "TEA-001", "quantity": 1}
                    tasks = [asyncio.create_task(many.post("/v2/orders", json=order)) for _ in range(40)]
                    done: set[asyncio.Task[httpx.Response]] = set()
                    while len(done) < len(tasks) - LIMIT:
                        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                        done = {task for task in tasks if task.done()}
                    assert {task.result().status_code for task in done} == {503}
                return [await task for task in tasks]

        answers = asyncio.run(crowd())
        assert sorted(answer.status_code for answer in answers) == [202] * LIMIT + [503] * (40 - LIMIT)
        assert {answer.headers.get("retry-after") for answer in answers if answer.status_code == 503} == {"1"}
        while not at_rest():
            pass  # the last orders are still being decided
        assert client.get("/v2/orders").json()["total"] == LIMIT
        log = stop(server)
    assert "Traceback" not in log
