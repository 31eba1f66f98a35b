"""Clearing an order: its buyer takes it from sight once it is decided, and the sale stays booked."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from sample_app.orders.dependencies import get_order_queue

pytestmark = pytest.mark.anyio


class KeepsNothing:
    """A queue that loses what it is given: as if the process died right after the answer."""

    def put(self, order_id: str) -> None:
        """Forget it."""


async def place(client: AsyncClient, sku: str = "LAST-010", quantity: int = 1) -> str:
    return str((await client.post("/v2/orders", json={"sku": sku, "quantity": quantity})).json()["order_id"])


async def clear(client: AsyncClient, order_id: str) -> Response:
    return await client.delete(f"/v2/orders/{order_id}")


def problem(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("https://sample-app.example/problems/")


async def stock(client: AsyncClient) -> int:
    return int((await client.get("/v2/products/LAST-010")).json()["stock"])


async def seen(client: AsyncClient) -> dict[str, Any]:
    """What the places show that tell of single orders."""
    listed = (await client.get("/v2/orders")).json()
    confirmed = (await client.get("/v2/orders", params={"status": "confirmed"})).json()
    export = (await client.get("/v2/exports/orders.csv")).text.splitlines()[1:]
    return {
        "listed": [item["order_id"] for item in listed["items"]],
        "totals": (listed["total"], confirmed["total"]),
        "exported": [line.partition(",")[0] for line in export],
        "dashboard": (await client.get("/v2/dashboard")).json()["orders"],
    }


async def test_a_cleared_order_is_gone_from_sight_and_the_sale_stays_booked(
    alice: AsyncClient, bob: AsyncClient
) -> None:
    cleared, kept = await place(bob, quantity=4), await place(bob, quantity=1)
    sales = (await alice.get("/v2/reports/sales")).json()
    statistics = (await bob.get("/v2/statistics/orders", params={"resamples": 100})).json()
    assert [(line["sku"], line["quantity"]) for line in sales["items"]] == [("LAST-010", 5)]
    answer = await clear(bob, cleared)
    assert (answer.status_code, answer.content) == (204, b"")
    for client in (alice, bob):
        for path in (f"/v2/orders/{cleared}", f"/v1/orders/{cleared}"):
            assert problem(await client.get(path)) == (404, "order-not-found")
        found = await seen(client)
        assert (found["listed"], found["totals"], found["exported"]) == ([kept], (1, 1), [kept])
        assert found["dashboard"] == {"pending": 0, "confirmed": 1, "failed": 0}
    for again in (
        await clear(bob, cleared),
        await bob.patch(f"/v2/orders/{cleared}", json={"note": "x"}),
        await bob.post(f"/v2/orders/{cleared}/cancel"),
    ):
        assert problem(again) == (404, "order-not-found")
    assert (await alice.get("/v2/reports/sales")).json() == sales
    assert (await bob.get("/v2/statistics/orders", params={"resamples": 100})).json()["count"] == statistics["count"]
    assert await stock(bob) == 5


async def test_a_cleared_order_is_not_decided_again(app: FastAPI, bob: AsyncClient) -> None:
    order_id = await place(bob, quantity=4)
    await clear(bob, order_id)
    assert await app.state.order_decider.decide(order_id)
    assert await stock(bob) == 6


async def test_a_failed_order_is_cleared_too(bob: AsyncClient) -> None:
    order_id = await place(bob, quantity=11)
    assert (await clear(bob, order_id)).status_code == 204
    assert (await seen(bob))["listed"] == []


async def test_a_pending_order_is_not_cleared(app: FastAPI, bob: AsyncClient) -> None:
    app.dependency_overrides[get_order_queue] = KeepsNothing
    order_id = await place(bob)
    answer = await clear(bob, order_id)
    assert problem(answer) == (409, "order-pending")
    assert answer.json()["detail"] == f"The order {order_id} is pending; cancel it, or wait until it is decided."
    assert (await bob.post(f"/v2/orders/{order_id}/cancel")).status_code == 200
    assert (await clear(bob, order_id)).status_code == 204


async def test_only_the_buyer_clears_an_order(
    alice: AsyncClient, bob: AsyncClient, dave: AsyncClient, carol: AsyncClient
) -> None:
    order_id = await place(bob)
    told = [problem(await clear(client, order_id)) for client in (alice, dave, carol)]
    assert told == [(403, "not-the-buyer"), (404, "order-not-found"), (404, "order-not-found")]
    assert (await bob.get(f"/v2/orders/{order_id}")).json()["status"] == "confirmed"
    own = await place(alice)
    assert (await clear(alice, own)).status_code == 204


async def test_of_many_who_clear_at_once_one_does(bob: AsyncClient) -> None:
    order_id = await place(bob)
    answers = await asyncio.gather(*(clear(bob, order_id) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404, 404]
