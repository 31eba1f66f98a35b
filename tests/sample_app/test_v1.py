"""Version 1: the old words over the same services, and the announcement of its end."""

from typing import Any

import pytest
from httpx import AsyncClient

pytestmark = pytest.mark.anyio

END = {"deprecation": "@1782864000", "sunset": "Wed, 30 Jun 2027 23:59:59 GMT"}


def announced(headers: Any) -> dict[str, str]:
    return {name: headers[name] for name in ("deprecation", "sunset") if name in headers}


async def test_the_own_account(alice: AsyncClient, bob: AsyncClient) -> None:
    for client, name, is_admin in ((alice, "alice", True), (bob, "bob", False)):
        old = await client.get("/v1/users/me")
        new = await client.get("/v2/users/me")
        assert old.json() == {"id": new.json()["user_id"], "name": name, "is_admin": is_admin}
        assert announced(old.headers) == END


async def test_products(carol: AsyncClient) -> None:
    tea = {"sku": "TEA-001", "title": "Green tea, 100 g", "price": 5.4, "in_stock": True}
    listed = await carol.get("/v1/products")
    assert listed.json() == [{"sku": "LAST-010", "title": "White tea, 50 g", "price": 28.9, "in_stock": True}, tea]
    assert announced(listed.headers) == END
    one = await carol.get("/v1/products/TEA-001")
    assert one.json() == tea
    assert announced(one.headers) == END


async def test_what_is_sold_out_is_not_in_stock(bob: AsyncClient) -> None:
    await bob.post("/v1/orders", json={"sku": "LAST-010", "qty": 10})
    assert (await bob.get("/v1/products/LAST-010")).json()["in_stock"] is False


async def test_orders(bob: AsyncClient) -> None:
    placed = await bob.post("/v1/orders", json={"sku": "LAST-010"})
    order_id = placed.json()["id"]
    assert placed.status_code == 201
    assert placed.json() == {"id": order_id, "sku": "LAST-010", "qty": 1, "state": "new"}
    assert placed.headers["location"] == f"/v1/orders/{order_id}"
    assert announced(placed.headers) == END

    read = await bob.get(placed.headers["location"])
    assert read.json() == {"id": order_id, "sku": "LAST-010", "qty": 1, "state": "done"}
    assert announced(read.headers) == END
    assert (await bob.get(f"/v2/orders/{order_id}")).json()["status"] == "confirmed"

    rejected = (await bob.post("/v1/orders", json={"sku": "LAST-010", "qty": 100})).json()["id"]
    assert (await bob.get(f"/v1/orders/{rejected}")).json()["state"] == "rejected"


async def test_errors_are_announced_too(anonymous: AsyncClient, bob: AsyncClient) -> None:
    answers = [
        await anonymous.get("/v1/users/me"),
        await bob.get("/v1/products/TEA-999"),
        await bob.post("/v1/orders", json={}),
        await bob.get("/v1/nothing"),
    ]
    assert [answer.status_code for answer in answers] == [401, 404, 422, 404]
    assert [announced(answer.headers) for answer in answers] == [END] * 4


@pytest.mark.parametrize("path", ["/v2/users/me", "/healthz", "/v10"])
async def test_nothing_else_is_announced(bob: AsyncClient, path: str) -> None:
    assert announced((await bob.get(path)).headers) == {}
