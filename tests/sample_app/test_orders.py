"""Orders: accepted at once, decided in one transaction, seen by whom they concern."""

import asyncio
import re
from collections import Counter
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text

from sample_app.core.database import Database
from sample_app.core.settings import Settings
from sample_app.main import create_app
from sample_app.orders.dependencies import get_order_queue

pytestmark = pytest.mark.anyio


class KeepsNothing:
    """A queue that loses what it is given: as if the process died right after the answer."""

    def put(self, order_id: str) -> None:
        """Forget it."""


async def place(client: AsyncClient, sku: str = "TEA-001", quantity: int = 1) -> str:
    answer = await client.post("/v2/orders", json={"sku": sku, "quantity": quantity})
    assert answer.status_code == 202, answer.text
    order_id: str = answer.json()["order_id"]
    return order_id


async def read(client: AsyncClient, order_id: str) -> dict[str, Any]:
    answer = await client.get(f"/v2/orders/{order_id}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def stock_of(client: AsyncClient, sku: str) -> int:
    stock: int = (await client.get(f"/v2/products/{sku}")).json()["stock"]
    return stock


async def test_an_order_is_accepted_with_the_place_to_ask_for_it(bob: AsyncClient) -> None:
    answer = await bob.post("/v2/orders", json={"sku": "TEA-001", "quantity": 2})
    order_id = answer.json()["order_id"]
    assert answer.status_code == 202
    assert answer.json() == {"order_id": order_id, "status": "pending"}
    assert re.fullmatch(r"TEA-001-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", order_id)
    assert answer.headers["location"] == f"/v2/orders/{order_id}"
    assert (await bob.get(answer.headers["location"])).json()["order_id"] == order_id


async def test_enough_stock_confirms_and_is_taken(bob: AsyncClient) -> None:
    order = await read(bob, await place(bob, "TEA-001", 3))
    assert order == {
        "order_id": order["order_id"],
        "sku": "TEA-001",
        "quantity": 3,
        "status": "confirmed",
        "failure_reason": None,
        "total": {"amount": 1485, "currency": "EUR"},
        "note": None,
        "created_at": order["created_at"],
        "decided_at": order["decided_at"],
    }
    assert order["created_at"] <= order["decided_at"]
    assert await stock_of(bob, "TEA-001") == 997


async def test_too_little_stock_fails_and_takes_none(bob: AsyncClient) -> None:
    order = await read(bob, await place(bob, "LAST-010", 11))
    assert (order["status"], order["failure_reason"]) == ("failed", "out_of_stock")
    assert await stock_of(bob, "LAST-010") == 10


async def test_a_hundred_buyers_of_ten_pieces(bob: AsyncClient, dave: AsyncClient, carol: AsyncClient) -> None:
    buyers = [bob, dave] * 50
    placed = await asyncio.gather(*(place(buyer, "LAST-010") for buyer in buyers))
    orders = await asyncio.gather(*(read(buyer, order_id) for buyer, order_id in zip(buyers, placed, strict=True)))
    assert Counter(order["status"] for order in orders) == {"confirmed": 10, "failed": 90}
    assert await stock_of(bob, "LAST-010") == 0
    assert await stock_of(carol, "LAST-010") == 10  # the other tenant's own


async def test_an_order_keeps_the_price_of_its_moment(app: FastAPI, bob: AsyncClient) -> None:
    order_id = await place(bob, "TEA-001", 2)
    database: Database = app.state.database
    async with database.transaction(all_tenants=True) as session:
        await session.execute(text("UPDATE products SET price_amount = 9999 WHERE sku = 'TEA-001'"))
    assert (await read(bob, order_id))["total"] == {"amount": 990, "currency": "EUR"}


async def test_deciding_twice_changes_nothing(app: FastAPI, bob: AsyncClient) -> None:
    order_id = await place(bob, "TEA-001", 3)
    before = await read(bob, order_id)
    await asyncio.gather(*(app.state.order_decider.decide(order_id) for _ in range(5)))
    assert await read(bob, order_id) == before
    assert await stock_of(bob, "TEA-001") == 997


async def test_of_many_deciders_at_once_one_takes_the_stock(app: FastAPI, bob: AsyncClient) -> None:
    app.dependency_overrides[get_order_queue] = KeepsNothing
    order_id = await place(bob, "TEA-001", 3)
    assert (await read(bob, order_id))["status"] == "pending"
    await asyncio.gather(*(app.state.order_decider.decide(order_id) for _ in range(10)))
    assert (await read(bob, order_id))["status"] == "confirmed"
    assert await stock_of(bob, "TEA-001") == 997


async def test_what_was_left_pending_is_decided_at_the_next_start(
    settings: Settings, tokens: dict[str, str], client_for: Any
) -> None:
    first = create_app(settings)
    first.dependency_overrides[get_order_queue] = KeepsNothing
    async with first.router.lifespan_context(first):
        order_ids = [await place(client_for(first, tokens["bob"]), "LAST-010", 6) for _ in range(2)]
    second = create_app(settings)
    async with second.router.lifespan_context(second):
        bob = client_for(second, tokens["bob"])
        assert [(await read(bob, order_id))["status"] for order_id in order_ids] == ["confirmed", "failed"]
        assert await stock_of(bob, "LAST-010") == 4


FORBID = {
    "sqlite": ["CREATE TRIGGER no BEFORE UPDATE ON orders BEGIN SELECT RAISE(ABORT, 'disk gone'); END"],
    "postgresql": [
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk gone'; END $$",
        "CREATE TRIGGER no BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION no()",
    ],
}


async def test_a_decision_that_breaks_half_way_leaves_stock_and_order_as_they_were(
    app: FastAPI, bob: AsyncClient, backend: str
) -> None:
    app.dependency_overrides[get_order_queue] = KeepsNothing
    order_id = await place(bob, "TEA-001", 3)
    database: Database = app.state.database
    async with database.transaction(all_tenants=True) as session:
        for statement in FORBID[backend]:
            await session.execute(text(statement))
    with pytest.raises(Exception, match="disk gone"):
        await app.state.order_decider.decide(order_id)
    assert (await read(bob, order_id))["status"] == "pending"
    assert await stock_of(bob, "TEA-001") == 1000


async def test_only_the_buyer_and_the_tenants_admin_see_an_order(
    alice: AsyncClient, bob: AsyncClient, dave: AsyncClient, carol: AsyncClient
) -> None:
    order_id = await place(bob)
    seen = {}
    for name, client in {"alice": alice, "bob": bob, "dave": dave, "carol": carol}.items():
        listed = (await client.get("/v2/orders")).json()
        status = (await client.get(f"/v2/orders/{order_id}")).status_code
        seen[name] = (status, [item["order_id"] for item in listed["items"]], listed["total"])
    assert seen == {
        "alice": (200, [order_id], 1),
        "bob": (200, [order_id], 1),
        "dave": (404, [], 0),
        "carol": (404, [], 0),
    }


async def test_orders_are_listed_newest_first_in_pages(bob: AsyncClient) -> None:
    placed = [await place(bob) for _ in range(5)]
    pages = [(await bob.get("/v2/orders", params={"limit": 2, "offset": offset})).json() for offset in (0, 2, 4)]
    assert [item["order_id"] for page in pages for item in page["items"]] == placed[::-1]
    assert [page["total"] for page in pages] == [5, 5, 5]


async def test_orders_by_status(bob: AsyncClient) -> None:
    good, bad = await place(bob, "LAST-010", 1), await place(bob, "LAST-010", 50)
    found = {
        status: [item["order_id"] for item in (await bob.get("/v2/orders", params={"status": status})).json()["items"]]
        for status in ("pending", "confirmed", "failed")
    }
    assert found == {"pending": [], "confirmed": [good], "failed": [bad]}


async def test_a_product_that_the_tenant_does_not_sell_cannot_be_ordered(carol: AsyncClient) -> None:
    answer = await carol.post("/v2/orders", json={"sku": "COF-001", "quantity": 1})
    assert answer.status_code == 404
    assert answer.json()["type"] == "https://sample-app.example/problems/product-not-found"
    assert (await carol.get("/v2/orders")).json()["total"] == 0


async def test_an_unknown_order_is_not_found(bob: AsyncClient) -> None:
    order_id = "TEA-001-00000000-0000-4000-8000-000000000000"
    answer = await bob.get(f"/v2/orders/{order_id}")
    assert answer.status_code == 404
    assert answer.json() == {
        "type": "https://sample-app.example/problems/order-not-found",
        "title": "There is no such order",
        "status": 404,
        "detail": f"There is no order {order_id}.",
        "instance": f"/v2/orders/{order_id}",
        "request_id": "test-request",
    }


@pytest.mark.parametrize(
    ("field", "value"), [("sku", "tea"), ("sku", None), ("quantity", 0), ("quantity", 101), ("quantity", 1.5)]
)
async def test_an_order_is_checked(bob: AsyncClient, field: str, value: object) -> None:
    answer = await bob.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1, field: value})
    assert answer.status_code == 422
    assert [error["location"] for error in answer.json()["errors"]] == [["body", field]]


@pytest.mark.parametrize("quantity", [1, 100])
async def test_the_limits_of_a_quantity_are_accepted(bob: AsyncClient, quantity: int) -> None:
    assert (await read(bob, await place(bob, "TEA-001", quantity)))["status"] == "confirmed"


async def test_a_pending_order_is_cancelled_once_and_for_all(app: FastAPI, bob: AsyncClient) -> None:
    app.dependency_overrides[get_order_queue] = KeepsNothing
    order_id = await place(bob, "TEA-001", 3)
    first, second = [await bob.post(f"/v2/orders/{order_id}/cancel") for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json() == await read(bob, order_id)
    assert (first.json()["status"], first.json()["failure_reason"]) == ("failed", "cancelled")
    assert first.json()["decided_at"] >= first.json()["created_at"]
    await app.state.order_decider.decide(order_id)
    assert await read(bob, order_id) == first.json()
    assert await stock_of(bob, "TEA-001") == 1000


@pytest.mark.parametrize(("quantity", "status"), [(1, "confirmed"), (11, "failed")])
async def test_a_decided_order_is_not_cancelled(bob: AsyncClient, quantity: int, status: str) -> None:
    order_id = await place(bob, "LAST-010", quantity)
    before = await read(bob, order_id)
    answer = await bob.post(f"/v2/orders/{order_id}/cancel")
    assert (answer.status_code, answer.json()["type"]) == (409, "https://sample-app.example/problems/order-decided")
    assert answer.json()["detail"] == f"The order {order_id} is {status}; only pending ones can be cancelled."
    assert await read(bob, order_id) == before


async def test_cancelling_and_deciding_at_once_is_one_of_both(app: FastAPI, bob: AsyncClient) -> None:
    app.dependency_overrides[get_order_queue] = KeepsNothing
    for _ in range(5):
        order_id = await place(bob, "LAST-010", 1)
        before = await stock_of(bob, "LAST-010")
        answer, _ = await asyncio.gather(
            bob.post(f"/v2/orders/{order_id}/cancel"), app.state.order_decider.decide(order_id)
        )
        order = await read(bob, order_id)
        taken = before - await stock_of(bob, "LAST-010")
        assert (answer.status_code, order["status"], taken) in {(200, "failed", 0), (409, "confirmed", 1)}


async def test_a_note_is_kept_replaced_and_taken_away(bob: AsyncClient) -> None:
    order_id = await place(bob)
    before = await read(bob, order_id)
    for note in ("Ring twice.", "x" * 200, "", None):
        answer = await bob.patch(f"/v2/orders/{order_id}", json={"note": note})
        assert answer.status_code == 200
        assert answer.json() == await read(bob, order_id) == {**before, "note": note}
    for wrong in ({"note": "x" * 201}, {"note": 1}, {}):
        assert (await bob.patch(f"/v2/orders/{order_id}", json=wrong)).status_code == 422


async def test_strangers_neither_cancel_nor_write_on_an_order(
    app: FastAPI, bob: AsyncClient, dave: AsyncClient, carol: AsyncClient
) -> None:
    app.dependency_overrides[get_order_queue] = KeepsNothing
    order_id = await place(bob)
    before = await read(bob, order_id)
    for stranger in (dave, carol):
        assert (await stranger.post(f"/v2/orders/{order_id}/cancel")).status_code == 404
        assert (await stranger.patch(f"/v2/orders/{order_id}", json={"note": "mine"})).status_code == 404
    assert await read(bob, order_id) == before


async def test_the_location_is_right_below_a_root_path(settings: Settings, tokens: dict[str, str]) -> None:
    app = create_app(settings)
    transport = ASGITransport(app, root_path="/shop")
    async with app.router.lifespan_context(app):
        headers = {"Authorization": f"Bearer {tokens['bob']}"}
        async with AsyncClient(transport=transport, base_url="http://shop.example/shop", headers=headers) as client:
            answer = await client.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1})
    assert answer.headers["location"] == f"/shop/v2/orders/{answer.json()['order_id']}"


@pytest.mark.parametrize("quantity", [True, "1", [1], 1.5])
async def test_what_is_no_whole_number_is_no_quantity(bob: AsyncClient, quantity: object) -> None:
    answers = [
        await bob.post("/v2/orders", json={"sku": "TEA-001", "quantity": quantity}),
        await bob.post("/v1/orders", json={"sku": "TEA-001", "qty": quantity}),
    ]
    assert [answer.status_code for answer in answers] == [422, 422]


async def test_a_whole_number_may_be_written_with_a_point(bob: AsyncClient) -> None:
    answer = await bob.post(
        "/v2/orders", content='{"sku": "TEA-001", "quantity": 2.0}', headers={"Content-Type": "application/json"}
    )
    assert (await bob.get(answer.headers["location"])).json()["quantity"] == 2
