"""Every failure is a problem document, says nothing of the inside, and undoes what the request wrote."""

import shutil
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException
from httpx import AsyncClient
from sqlalchemy import text

from sample_app.core.dependencies import SessionDep
from sample_app.core.errors import NotReadyError
from sample_app.core.settings import Settings
from sample_app.main import create_app
from sample_app.tenants.models import Tenant

pytestmark = pytest.mark.anyio

PROBLEM = "application/problem+json"


async def test_an_unknown_path(anonymous: AsyncClient) -> None:
    answer = await anonymous.get("/nothing")
    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Not Found",
        "instance": "/nothing",
        "request_id": "test-request",
    }


async def test_a_method_that_a_path_does_not_have(anonymous: AsyncClient) -> None:
    answer = await anonymous.delete("/healthz")
    assert (answer.status_code, answer.headers["content-type"], answer.headers["allow"]) == (
        405,
        PROBLEM,
        "GET, HEAD, OPTIONS",
    )


@pytest.mark.parametrize(("status", "title"), [(406, "Not Acceptable"), (415, "Unsupported Media Type")])
async def test_whatever_the_framework_raises(app: FastAPI, anonymous: AsyncClient, status: int, title: str) -> None:
    @app.get("/raises")
    async def raises() -> None:
        raise HTTPException(status, "No, sorry.", headers={"X-Hint": "another"})

    answer = await anonymous.get("/raises")
    assert (answer.status_code, answer.headers["content-type"], answer.headers["x-hint"]) == (
        status,
        PROBLEM,
        "another",
    )
    assert answer.json() == {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": "No, sorry.",
        "instance": "/raises",
        "request_id": "test-request",
    }


async def test_a_body_that_is_no_json(bob: AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    broken = await bob.post("/v2/orders", content=b'{"sku": ', headers=headers)
    assert (broken.status_code, broken.headers["content-type"]) == (422, PROBLEM)
    assert broken.json()["errors"] == [{"location": ["body", 8], "message": "JSON decode error"}]
    unreadable = await bob.post("/v2/orders", content=b'{"sku": "\xff"}', headers=headers)
    assert (unreadable.status_code, unreadable.headers["content-type"]) == (400, PROBLEM)
    assert unreadable.json()["type"] == "https://sample-app.example/problems/malformed-request"


async def test_a_refusal_does_not_repeat_what_was_sent(anonymous: AsyncClient) -> None:
    registration = {
        "username": "x",
        "password": "Secret-9",
        "password_repeat": "Secret-9",
        "display_name": "X",
        "birth_date": "1990-04-01",
        "tenant": "acme",
    }
    answer = await anonymous.post("/v2/users", json=registration)
    assert answer.status_code == 422
    assert answer.json() == {
        "type": "https://sample-app.example/problems/invalid-request",
        "title": "The request does not match the contract",
        "status": 422,
        "detail": "3 parts of the request refused.",
        "instance": "/v2/users",
        "request_id": "test-request",
        "errors": [
            {"location": ["body", "username"], "message": "String should match pattern '^[a-zA-Z0-9_-]{3,16}$'"},
            {"location": ["body", "password"], "message": "String should have at least 12 characters"},
            {"location": ["body", "password_repeat"], "message": "String should have at least 12 characters"},
        ],
    }
    assert "Secret-9" not in answer.text


async def test_a_bug_is_a_500_that_leaks_nothing(app: FastAPI, anonymous: AsyncClient) -> None:
    @app.get("/bug")
    async def bug() -> None:
        raise RuntimeError("the password of the database is hunter2")

    answer = await anonymous.get("/bug")
    assert (answer.status_code, answer.headers["content-type"]) == (500, PROBLEM)
    assert answer.json() == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "The server failed. It is logged.",
        "instance": "/bug",
        "request_id": "test-request",
    }


@pytest.mark.parametrize(("error", "status"), [(RuntimeError("bug"), 500), (NotReadyError("later"), 503)])
async def test_a_request_that_fails_leaves_no_trace(
    app: FastAPI, anonymous: AsyncClient, error: Exception, status: int
) -> None:
    @app.post("/write")
    async def write(session: SessionDep, fail: bool) -> None:
        session.add(Tenant(id="initech", name="Initech"))
        await session.flush()
        if fail:
            raise error

    async def tenants() -> list[str]:
        async with app.state.database.transaction(read_only=True, all_tenants=True) as session:
            return [*await session.scalars(text("SELECT id FROM tenants ORDER BY id"))]

    assert (await anonymous.post("/write", params={"fail": True})).status_code == status
    assert await tenants() == ["acme", "globex"]
    assert (await anonymous.post("/write", params={"fail": False})).status_code == 200
    assert await tenants() == ["acme", "globex", "initech"]


async def test_a_commit_that_fails_is_not_reported_as_success(app: FastAPI, bob: AsyncClient) -> None:
    async with app.state.database.transaction(all_tenants=True) as session:
        # The fault shows only when the transaction ends, after the route has returned.
        await session.execute(text("CREATE TABLE late (id TEXT REFERENCES tenants (id) DEFERRABLE INITIALLY DEFERRED)"))
        trigger = "CREATE TRIGGER t AFTER INSERT ON orders BEGIN INSERT INTO late VALUES ('nobody'); END"
        await session.execute(text(trigger))
    answer = await bob.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1})
    assert (answer.status_code, answer.headers["content-type"]) == (500, PROBLEM)
    assert (await bob.get("/v2/orders")).json()["total"] == 0


async def test_before_the_start_and_after_the_end_the_app_is_alive_but_not_ready(
    settings: Settings, client_for: Any
) -> None:
    app = create_app(settings)
    async with client_for(app) as client:

        async def probes() -> list[int]:
            return [(await client.get(path)).status_code for path in ("/healthz", "/readyz", "/v2/products")]

        assert await probes() == [200, 503, 503]
        async with app.router.lifespan_context(app):
            assert await probes() == [200, 200, 401]
        assert await probes() == [200, 503, 503]
        answer = await client.get("/readyz")
        assert (answer.headers["content-type"], answer.headers["retry-after"]) == (PROBLEM, "1")


async def test_a_database_that_is_gone_makes_the_app_not_ready(
    app: FastAPI, settings: Settings, anonymous: AsyncClient
) -> None:
    assert (await anonymous.get("/readyz")).json() == {"status": "ready"}
    await app.state.database.close()
    assert settings.data_dir is not None
    shutil.rmtree(settings.data_dir)
    answer = await anonymous.get("/readyz")
    assert (answer.status_code, answer.json()["detail"]) == (503, "Not ready: database, migrations.")
