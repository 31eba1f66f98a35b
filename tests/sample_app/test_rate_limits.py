"""Rate limits: of an address, of sign-ins, of a user's orders; and what happens when they cannot be counted."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from limits.aio.storage import MemoryStorage

from sample_app.application import PROBES
from sample_app.core.rate_limits import network_of
from sample_app.core.settings import Environment, Settings, SettingsError
from sample_app.demo import PASSWORD
from sample_app.main import create_app

pytestmark = pytest.mark.anyio

DAY = 24 * 3600
Limited = Callable[..., Any]


class FailingStorage(MemoryStorage):
    """A storage that cannot be reached; registered with the library under a scheme of its own."""

    STORAGE_SCHEME = ["async+failing"]  # noqa: RUF012  (the library reads a plain list here)

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        raise ValueError("connection refused")


@pytest.fixture
def limited(settings: Settings) -> Limited:
    """Runs the app with these limits."""

    @asynccontextmanager
    async def run(**limits: str) -> AsyncIterator[FastAPI]:
        app = create_app(settings.model_copy(update=limits))
        async with app.router.lifespan_context(app):
            yield app

    return run


def client_at(app: FastAPI, address: str, token: str | None = None) -> AsyncClient:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return AsyncClient(
        transport=ASGITransport(app, client=(address, 50000)), base_url="http://shop.example", headers=headers
    )


async def sign_in(client: AsyncClient, username: str, password: str = "Wrong-horse-7") -> Response:
    return await client.post("/auth/token", data={"username": username, "password": password})


def told(answer: Response) -> dict[str, tuple[int, int, int]]:
    """What the header fields tell of each limit: the amount, the window in seconds, and how many remain."""
    policies = re.findall(r'"([a-z-]+)";q=(\d+);w=(\d+)(?:, |$)', answer.headers["ratelimit-policy"])
    states = re.findall(r'"([a-z-]+)";r=(\d+);t=(\d+)(?:, |$)', answer.headers["ratelimit"])
    assert [name for name, *_ in policies] == [name for name, *_ in states]
    windows = {name: int(window) for name, _, window in policies}
    assert all(1 <= int(reset) <= windows[name] for name, _, reset in states)
    remaining = {name: int(left) for name, left, _ in states}
    return {name: (int(amount), int(window), remaining[name]) for name, amount, window in policies}


def refused(answer: Response, limit: str, amount: int) -> bool:
    return (
        answer.status_code == 429
        and answer.headers["content-type"] == "application/problem+json"
        and answer.json()["type"] == "https://sample-app.example/problems/rate-limited"
        and answer.json()["detail"] == f"The limit `{limit}` is {amount} in {DAY} seconds."
        and 1 <= int(answer.headers["retry-after"]) <= DAY
        and told(answer)[limit] == (amount, DAY, 0)
    )


async def test_an_address_is_told_how_it_stands_and_refused_when_it_asks_too_often(limited: Limited) -> None:
    async with limited(rate_limit_address="4/day") as app:
        here, elsewhere = client_at(app, "192.0.2.1"), client_at(app, "192.0.2.2")
        answers = [await here.get(path) for path in ("/openapi.json", "/v2/products", "/nothing", "/v1/products")]
        assert [answer.status_code for answer in answers] == [200, 401, 404, 401]
        assert [told(answer) for answer in answers] == [{"address": (4, DAY, left)} for left in (3, 2, 1, 0)]
        assert refused(await here.get("/v2/products"), "address", 4)
        assert told(await elsewhere.get("/v2/products")) == {"address": (4, DAY, 3)}


async def test_probes_are_answered_however_busy_the_address_is(limited: Limited) -> None:
    async with limited(rate_limit_address="1/day") as app:
        client = client_at(app, "192.0.2.1")
        assert [(await client.get("/nothing")).status_code for _ in range(2)] == [404, 429]
        for path in sorted(PROBES):
            answer = await client.get(path)
            assert answer.status_code != 429
            assert "ratelimit" not in answer.headers


async def test_a_refusal_of_version_1_is_announced_as_deprecated(limited: Limited) -> None:
    async with limited(rate_limit_address="1/day") as app:
        client = client_at(app, "192.0.2.1")
        answers = [await client.get("/v1/products") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [401, 429]
        assert {"deprecation", "sunset"} <= set(answers[1].headers)


async def test_of_many_requests_at_once_as_many_pass_as_the_limit_allows(limited: Limited) -> None:
    async with limited(rate_limit_address="5/day") as app:
        client = client_at(app, "192.0.2.1")
        answers = await asyncio.gather(*(client.get("/nothing") for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [404] * 5 + [429] * 15


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("testclient", "testclient"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_whom_an_address_belongs_to(address: str | None, counted_as: str) -> None:
    assert network_of(address) == counted_as


async def test_guessing_passwords_of_a_user_is_limited_by_address_in_both_ways_to_sign_in(limited: Limited) -> None:
    async with limited(rate_limit_sign_in="3/day") as app:
        here, elsewhere = client_at(app, "192.0.2.1"), client_at(app, "192.0.2.2")
        first = await sign_in(here, "bob")
        assert (first.status_code, told(first)["sign-in"]) == (401, (3, DAY, 2))
        assert set(told(first)) == {"address", "sign-in"}
        form = {"username": "bob", "password": "Wrong-horse-8"}
        assert (await here.post("/account/session", data=form)).status_code == 401
        good = await sign_in(here, "bob", PASSWORD)
        assert (good.status_code, told(good)["sign-in"]) == (200, (3, DAY, 0))
        # Not even the right password helps now, so a guesser learns nothing more.
        assert refused(await sign_in(here, "bob", PASSWORD), "sign-in", 3)
        assert refused(await here.post("/account/session", data={**form, "password": PASSWORD}), "sign-in", 3)
        assert (await sign_in(here, "dave")).status_code == 401
        assert (await sign_in(elsewhere, "bob", PASSWORD)).status_code == 200


async def test_the_orders_of_a_user_are_limited_wherever_they_come_from_and_in_both_versions(
    limited: Limited, demo: Any
) -> None:
    async with limited(rate_limit_orders="2/day") as app:
        here, elsewhere = (client_at(app, address, demo[1]["bob"]) for address in ("192.0.2.1", "192.0.2.2"))
        placed = [
            await here.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1}),
            await elsewhere.post("/v1/orders", json={"sku": "TEA-001"}),
        ]
        assert [answer.status_code for answer in placed] == [202, 201]
        assert refused(await here.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1}), "orders", 2)
        assert refused(await elsewhere.post("/v1/orders", json={"sku": "TEA-001"}), "orders", 2)
        assert (await here.get("/v2/orders")).json()["total"] == 2
        dave = client_at(app, "192.0.2.1", demo[1]["dave"])
        assert (await dave.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1})).status_code == 202


async def test_when_the_storage_fails_the_process_counts_for_itself_and_says_so_once(
    limited: Limited, demo: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="sample_app.core"):
        async with limited(
            rate_limit_storage_url="async+failing://", rate_limit_orders="1/day", rate_limit_sign_in="2/day"
        ) as app:
            client = client_at(app, "192.0.2.1", demo[1]["bob"])
            order = {"sku": "TEA-001", "quantity": 1}
            assert (await client.post("/v2/orders", json=order)).status_code == 202
            assert refused(await client.post("/v2/orders", json=order), "orders", 1)
            guesses = [await sign_in(client, "bob") for _ in range(3)]
    assert [answer.status_code for answer in guesses] == [401, 401, 429]
    assert refused(guesses[-1], "sign-in", 2)
    told = [record for record in caplog.records if record.name != "sample_app.slow"]  # a busy machine is slow
    assert [record.getMessage() for record in told] == [
        "circuit rate-limits: open, failures in a row: 1, the last: connection refused"
    ]


async def test_before_the_start_nobody_can_sign_in(settings: Settings) -> None:
    client = client_at(create_app(settings), "192.0.2.1")
    assert (await sign_in(client, "bob", PASSWORD)).status_code == 503


async def test_a_storage_that_nobody_knows_is_refused_at_the_start_without_its_password(limited: Limited) -> None:
    with pytest.raises(SettingsError) as caught:
        async with limited(rate_limit_storage_url="async+hearsay://:hunter2@cache"):
            pass
    assert str(caught.value) == "SAMPLE_APP_RATE_LIMIT_STORAGE_URL: unknown storage scheme : this URL"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ADDRESS", "many"),
        ("SIGN_IN", "0/minute"),
        ("ORDERS", "10 per minute"),
        ("STORAGE_URL", "redis://cache"),
    ],
)
def test_a_wrong_limit_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"SAMPLE_APP_RATE_LIMIT_{name}", value)
    with pytest.raises(SettingsError, match=rf"^SAMPLE_APP_RATE_LIMIT_{name}: String should match pattern"):
        create_app()


def test_production_is_strict_unless_it_is_told_otherwise() -> None:
    settings = Settings()
    production = settings.model_copy(update={"environment": Environment.PRODUCTION})
    assert production.rate_limits == {"address": "100/second", "sign-in": "10/minute", "orders": "60/minute"}
    assert production.model_copy(update={"rate_limit_orders": "5/day"}).rate_limits["orders"] == "5/day"
    assert settings.rate_limits == {"address": "10000/second", "sign-in": "1000/second", "orders": "1000/second"}
