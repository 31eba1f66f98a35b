"""The headers that tell browsers to be careful, on every answer."""

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from sample_app.middleware.security_headers import HEADERS

pytestmark = pytest.mark.anyio


async def test_every_answer_has_them(app: FastAPI, anonymous: AsyncClient, bob: AsyncClient) -> None:
    @app.get("/bug")
    async def bug() -> None:
        raise RuntimeError("a bug")

    answers = [
        await anonymous.get("/healthz"),
        await bob.get("/v2/products"),
        await bob.get("/v1/products"),
        await bob.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1}),
        await anonymous.post("/auth/revoke", json={"refresh_token": "unknown"}),
        await anonymous.get("/openapi.json"),
        await anonymous.get("/v2/users/me"),
        await anonymous.get("/nothing"),
        await anonymous.delete("/healthz"),
        await anonymous.post("/v2/users", json={}),
        await anonymous.get("/bug"),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 202, 204, 200, 401, 404, 405, 422, 500]
    assert [{name: answer.headers.get(name) for name in HEADERS} for answer in answers] == [HEADERS] * len(answers)


async def test_a_page_keeps_the_policy_of_its_own_and_has_the_other_headers(anonymous: AsyncClient) -> None:
    headers = (await anonymous.get("/account")).headers
    assert headers.get_list("content-security-policy") == [
        "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ]
    others = {name: value for name, value in HEADERS.items() if name != "Content-Security-Policy"}
    assert {name: headers[name] for name in others} == others
