"""Notifications: written after the response, for one user, read in pages by cursor."""

import logging
from collections.abc import MutableMapping
from typing import Any
from uuid import uuid4

import pytest
from fastapi import BackgroundTasks, FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from sample_app.core.background import Background
from sample_app.core.cursors import PageByCursor, Position
from sample_app.core.database import Database
from sample_app.core.metrics import Metrics
from sample_app.demo import PASSWORD

pytestmark = pytest.mark.anyio

SIGN_IN = {"username": "bob", "password": PASSWORD}


async def listed(client: AsyncClient, **query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get("/v2/notifications", params=query)).json()["items"]
    return items


async def place(client: AsyncClient, sku: str, quantity: int) -> str:
    order_id: str = (await client.post("/v2/orders", json={"sku": sku, "quantity": quantity})).json()["order_id"]
    return order_id


async def run_sql(app: FastAPI, statement: str) -> None:
    database: Database = app.state.database
    async with database.transaction(all_tenants=True) as session:
        await session.execute(text(statement))


async def test_a_sign_in_and_a_decided_order_are_told_the_newest_first(bob: AsyncClient) -> None:
    good, bad = await place(bob, "LAST-010", 2), await place(bob, "LAST-010", 50)
    told = await listed(bob)
    sessions = [session["session_id"] for session in (await bob.get("/auth/sessions")).json()]
    assert [(item["kind"], item["subject"], item["text"], item["read_at"]) for item in told] == [
        ("order_failed", bad, "Your order of 50 x LAST-010 could not be filled: too little is left.", None),
        ("order_confirmed", good, "Your order of 2 x LAST-010 is confirmed.", None),
        (
            "signed_in",
            sessions[0],
            "Somebody signed in to your account. If it was not you, end that session.",
            None,
        ),
    ]
    assert set(told[0]) == {"notification_id", "kind", "subject", "text", "created_at", "read_at"}


async def test_a_browser_that_signs_in_is_told_of_too(anonymous: AsyncClient, bob: AsyncClient) -> None:
    assert (await anonymous.post("/account/session", data=SIGN_IN)).status_code == 303
    assert [item["kind"] for item in await listed(bob)] == ["signed_in", "signed_in"]


async def test_a_sign_in_that_fails_is_not_told_of(anonymous: AsyncClient, bob: AsyncClient) -> None:
    await anonymous.post("/auth/token", data={**SIGN_IN, "password": "wrong"})
    assert len(await listed(bob)) == 1


async def test_it_is_written_after_the_response(app: FastAPI, bob: AsyncClient) -> None:
    """The transport sees each message of the app: what stands in the database when the answer has been sent?"""
    before: list[int] = []

    async def receive() -> dict[str, Any]:
        body = "&".join(f"{name}={value}" for name, value in SIGN_IN.items())
        return {"type": "http.request", "body": body.encode(), "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body"):
            before.append(len(await listed(bob)))

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/auth/token",
        "raw_path": b"/auth/token",
        "query_string": b"",
        "headers": [(b"content-type", b"application/x-www-form-urlencoded")],
        "server": ("shop.example", 80),
        "client": ("127.0.0.1", 1),
        "scheme": "http",
        "http_version": "1.1",
    }
    await app(scope, receive, send)
    assert before == [1]
    assert len(await listed(bob)) == 2


async def test_a_task_that_fails_does_not_fail_the_response_and_is_logged(
    app: FastAPI, anonymous: AsyncClient, bob: AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await run_sql(app, "CREATE TRIGGER no BEFORE INSERT ON notifications BEGIN SELECT RAISE(ABORT, 'disk gone'); END")
    with caplog.at_level(logging.ERROR):
        answer = await anonymous.post("/auth/token", data=SIGN_IN)
    assert (answer.status_code, set(answer.json()) >= {"access_token"}) == (200, True)
    failures = [record for record in caplog.records if record.name == "sample_app.core.background"]
    assert [record.getMessage() for record in failures] == ["background task notify failed"]
    assert failures[0].exc_info is not None
    assert "disk gone" in str(failures[0].exc_info[1])
    assert len(await listed(bob)) == 1


async def test_a_failing_task_does_not_stop_the_next_one(caplog: pytest.LogCaptureFixture) -> None:
    done = []
    tasks, metrics = BackgroundTasks(), Metrics(pool=lambda: None)

    async def work(number: int) -> None:
        done.append(1 // number)

    for number in (0, 1):
        Background(tasks, metrics).add(work, number)
    await tasks()
    assert done == [1]
    assert len(caplog.records) == 1


async def test_read_once_is_read_for_good(bob: AsyncClient) -> None:
    (one,) = await listed(bob)
    path = f"/v2/notifications/{one['notification_id']}/read"
    first, second = (await bob.post(path)), (await bob.post(path))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json() == {**one, "read_at": first.json()["read_at"]}
    assert first.json()["read_at"] >= one["created_at"]
    assert [await listed(bob), await listed(bob, unread="false"), await listed(bob, unread="true")] == [
        [first.json()],
        [first.json()],
        [],
    ]


async def test_deleted_is_gone(bob: AsyncClient) -> None:
    (one,) = await listed(bob)
    path = f"/v2/notifications/{one['notification_id']}"
    assert [(await bob.delete(path)).status_code for _ in range(2)] == [204, 404]
    assert (await bob.post(f"{path}/read")).status_code == 404
    assert await listed(bob) == []


async def test_an_unknown_one_is_not_found(bob: AsyncClient) -> None:
    answer = await bob.post(f"/v2/notifications/{uuid4()}/read")
    assert (answer.status_code, answer.json()["type"]) == (
        404,
        "https://sample-app.example/problems/notification-not-found",
    )


async def test_pages_show_each_once_also_when_more_come_meanwhile(app: FastAPI, bob: AsyncClient) -> None:
    for _ in range(4):
        await place(bob, "TEA-001", 1)
    await run_sql(app, "UPDATE notifications SET created_at = '2026-07-01 12:00:00.000000'")  # the id has to decide
    everything = [item["notification_id"] for item in await listed(bob)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    sizes = []
    while True:
        page = (await bob.get("/v2/notifications", params={"limit": 2, **cursor})).json()
        seen += [item["notification_id"] for item in page["items"]]
        sizes.append(len(page["items"]))
        await place(bob, "TEA-001", 1)  # newer than all pages
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == everything
    assert sizes == [2, 2, 1]


async def test_a_page_that_is_just_full_is_the_last(bob: AsyncClient) -> None:
    await place(bob, "TEA-001", 1)
    page = (await bob.get("/v2/notifications", params={"limit": 2})).json()
    assert (len(page["items"]), page["next_cursor"]) == (2, None)


@pytest.mark.parametrize("cursor", ["1", "x", "1-xyz", f"{10**16}-{'0' * 32}", f"-1-{'0' * 32}"])
async def test_a_cursor_that_was_not_given_out_is_refused(bob: AsyncClient, cursor: str) -> None:
    answer = await bob.get("/v2/notifications", params={"cursor": cursor})
    assert answer.status_code == 422
    assert [error["location"] for error in answer.json()["errors"]] == [["query", "cursor"]]


async def test_the_farthest_cursor_is_a_place(bob: AsyncClient) -> None:
    for cursor, found in ((f"{10**16 - 1}-{'f' * 32}", 1), (f"0-{'0' * 32}", 0)):
        assert len(await listed(bob, cursor=cursor)) == found
        assert str(Position.parse(cursor)) == cursor
    assert PageByCursor().after is None


async def test_everybody_has_their_own(app: FastAPI, bob: AsyncClient, dave: AsyncClient, alice: AsyncClient) -> None:
    (one,) = await listed(bob)
    path = f"/v2/notifications/{one['notification_id']}"
    for stranger in (dave, alice):
        assert one not in await listed(stranger)
        assert (await stranger.post(f"{path}/read")).status_code == 404
        assert (await stranger.delete(path)).status_code == 404
    assert await listed(bob) == [one]
