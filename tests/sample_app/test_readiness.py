"""The probes: alive is one thing, ready another, and what is not ready is named."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text

from sample_app.core.readiness import Readiness
from sample_app.core.settings import Settings
from sample_app.main import create_app

pytestmark = pytest.mark.anyio


def not_ready(answer: Response) -> str:
    """What is named, after the whole answer was looked at."""
    assert (answer.status_code, answer.headers["content-type"], answer.headers["retry-after"]) == (
        503,
        "application/problem+json",
        "1",
    )
    problem = answer.json()
    detail = str(problem.pop("detail"))
    assert problem == {
        "type": "https://sample-app.example/problems/not-ready",
        "title": "The service is not ready",
        "status": 503,
        "instance": "/readyz",
        "request_id": "test-request",
    }
    return detail.removeprefix("Not ready: ").removesuffix(".")


async def test_before_the_start_and_after_the_end_nothing_is_ready(
    settings: Settings, client_for: Callable[..., AsyncClient]
) -> None:
    app = create_app(settings)
    async with client_for(app) as client:
        assert not_ready(await client.get("/readyz")) == "start-up"
        async with app.router.lifespan_context(app):
            assert (await client.get("/readyz")).json() == {"status": "ready"}
        assert not_ready(await client.get("/readyz")) == "start-up"


async def test_tables_of_another_version_are_not_ready(app: FastAPI, anonymous: AsyncClient) -> None:
    async def be_at(revision: str) -> None:
        async with app.state.database.transaction(all_tenants=True) as session:
            await session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})

    async with app.state.database.transaction(read_only=True, all_tenants=True) as session:
        head = await session.scalar(text("SELECT version_num FROM alembic_version"))
    await be_at("0000")
    assert not_ready(await anonymous.get("/readyz")) == "migrations"
    await be_at(head)
    assert (await anonymous.get("/readyz")).json() == {"status": "ready"}


async def test_tables_that_no_migration_made_are_not_ready(app: FastAPI, anonymous: AsyncClient) -> None:
    async with app.state.database.transaction(all_tenants=True) as session:
        await session.execute(text("DROP TABLE alembic_version"))
    assert not_ready(await anonymous.get("/readyz")) == "migrations"


async def test_while_it_drains_it_is_alive_and_serves_but_is_not_ready(
    app: FastAPI, anonymous: AsyncClient, bob: AsyncClient
) -> None:
    app.state.readiness.drain()
    assert not_ready(await anonymous.get("/readyz")) == "draining"
    assert (await anonymous.get("/healthz")).json() == {"status": "ok"}
    assert (await bob.get("/v2/products")).status_code == 200


async def test_what_is_missing_is_named_in_the_order_of_the_checks() -> None:
    async def yes() -> bool:
        return True

    async def no() -> bool:
        return False

    readiness = Readiness()
    for name, check in {"one": no, "two": yes, "three": no}.items():
        readiness.add(name, check)
    assert await readiness.missing() == ["one", "three"]
