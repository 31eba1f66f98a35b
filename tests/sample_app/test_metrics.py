"""The figures for Prometheus: what is counted, under which labels, and how the pool of connections stands."""

import asyncio
import time
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx import AsyncClient
from prometheus_client.parser import text_string_to_metric_families

from sample_app.core.dependencies import BackgroundDep
from sample_app.core.settings import Settings
from sample_app.inventory.main import create_app as create_inventory
from sample_app.main import create_app
from sample_app.middleware.templates import RouteTemplates

pytestmark = pytest.mark.anyio

Labels = tuple[str, str, str]


async def samples(client: AsyncClient) -> dict[str, dict[tuple[str, ...], float]]:
    """Each figure by the values of its labels, in the order of their names."""
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            values = tuple(value for _name, value in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[values] = sample.value
    return found


@pytest.mark.parametrize("create", [create_app, create_inventory])
async def test_each_path_has_its_template(create: Callable[[], FastAPI]) -> None:
    app, templates = create(), RouteTemplates()
    contexts = [one for one in iter_route_contexts(app.routes) if one.endpoint and one.path and one.methods]
    assert len(contexts) > 5
    assert [templates.of({"app": app, "endpoint": one.endpoint}) for one in contexts] == [one.path for one in contexts]
    assert templates.of({"app": app}) == "none"


async def test_it_is_text_for_prometheus_and_the_document_says_text(anonymous: AsyncClient) -> None:
    answer = await anonymous.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    document = (await anonymous.get("/openapi.json")).json()
    responses = document["paths"]["/metrics"]["get"]["responses"]
    assert {status: list(response["content"]) for status, response in responses.items()} == {"200": ["text/plain"]}


async def test_requests_are_counted_by_method_template_and_status(
    app: FastAPI, anonymous: AsyncClient, bob: AsyncClient
) -> None:
    @app.get("/bug")
    async def bug() -> None:
        raise RuntimeError("a bug")

    for sku in ("TEA-001", "COF-001", "NONE-001"):
        await bob.get(f"/v2/products/{sku}")
    await anonymous.get("/v2/products/TEA-001")
    await anonymous.head("/healthz")
    await anonymous.options("/healthz")
    await anonymous.put("/healthz")
    await anonymous.get("/bug")
    found = await samples(anonymous)
    assert found["http_requests_total"] == {
        ("GET", "/v2/products/{sku}", "200"): 2,
        ("GET", "/v2/products/{sku}", "404"): 1,
        ("GET", "/v2/products/{sku}", "401"): 1,
        ("HEAD", "/healthz", "200"): 1,
        ("OPTIONS", "none", "204"): 1,
        ("PUT", "/healthz", "405"): 1,
        ("GET", "/bug", "500"): 1,
    }
    assert found["http_request_duration_seconds_count"] == {
        ("GET", "/v2/products/{sku}"): 4,
        ("HEAD", "/healthz"): 1,
        ("OPTIONS", "none"): 1,
        ("PUT", "/healthz"): 1,
        ("GET", "/bug"): 1,
    }
    infinite = {
        labels: value for labels, value in found["http_request_duration_seconds_bucket"].items() if "+Inf" in labels
    }
    assert sum(infinite.values()) == 8


async def test_what_clients_make_up_makes_no_series(anonymous: AsyncClient) -> None:
    for number in range(3):
        await anonymous.get(f"/made-up/{number}")
        await anonymous.request(f"MADEUP{number}", "/healthz")
        await anonymous.get("/static-docs/favicon.png", params={"n": number})
    found = await samples(anonymous)
    assert found["http_requests_total"] == {
        ("GET", "none", "404"): 3,
        ("none", "/healthz", "405"): 3,
        ("GET", "none", "200"): 3,
    }


async def test_two_apps_do_not_mix_their_figures(
    anonymous: AsyncClient, settings: Settings, client_for: Callable[..., AsyncClient]
) -> None:
    await anonymous.get("/healthz")
    async with client_for(create_app(settings)) as other:
        found = await samples(other)
    assert "http_requests_total" not in found
    assert {name for name in found if name.startswith("database_pool_")} == set()  # this one was not started


async def test_the_pool_as_it_stands(settings: Settings, client_for: Callable[..., AsyncClient]) -> None:
    small = {"database_pool_size": 1, "database_max_overflow": 1}
    app = create_app(settings.model_copy(update=small))
    async with app.router.lifespan_context(app), client_for(app) as client:

        async def pool() -> dict[str, float]:
            return {
                name.removeprefix("database_pool_"): values[()]
                for name, values in (await samples(client)).items()
                if name.startswith("database_pool_")
            }

        idle = {"size": 1, "checked_out": 0, "idle": 1, "overflow": 0, "waiting": 0}
        assert await pool() == idle
        async with app.state.database.transaction(read_only=True) as first:
            await first.connection()
            assert await pool() == {**idle, "checked_out": 1, "idle": 0}
            async with app.state.database.transaction(read_only=True) as second:
                await second.connection()
                assert await pool() == {**idle, "checked_out": 2, "idle": 0, "overflow": 1}
        assert await pool() == idle


async def test_work_that_is_under_way_beside_the_requests(app: FastAPI, anonymous: AsyncClient) -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def late() -> None:
        reached.set()
        await go_on.wait()

    @app.get("/with-a-task")
    async def with_a_task(background: BackgroundDep) -> None:
        background.add(late)

    names = ("background_tasks_under_way", "calculations_running", "calculations_waiting", "http_requests_under_way")

    async def figures() -> list[float]:
        found = await samples(anonymous)
        return [found[name][()] for name in names]

    assert await figures() == [0, 0, 0, 0]
    waiting = asyncio.create_task(anonymous.get("/with-a-task"))
    await reached.wait()
    assert await figures() == [1, 0, 0, 1]
    go_on.set()
    assert (await waiting).status_code == 200
    calculating = [asyncio.create_task(app.state.calculations.run(time.sleep, 1.0)) for _ in range(3)]
    while (await figures())[1:3] != [2, 1]:
        assert not all(task.done() for task in calculating)
        await asyncio.sleep(0)
    await asyncio.gather(*calculating)
    assert await figures() == [0, 0, 0, 0]


async def test_what_blocks_the_event_loop_shows_as_its_lag(app: FastAPI, anonymous: AsyncClient) -> None:
    @app.get("/blocks")
    async def blocks() -> None:
        time.sleep(0.8)

    while "event_loop_lag_seconds" not in await samples(anonymous):
        await asyncio.sleep(0.05)
    await anonymous.get("/blocks")
    while (await samples(anonymous))["event_loop_lag_seconds"][()] < 0.5:  # due within 0.25 s, held up for 0.8
        await asyncio.sleep(0.05)
