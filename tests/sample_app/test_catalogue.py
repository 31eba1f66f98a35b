"""Changing the catalogue: who may, conditional requests, and what lists and orders make of it."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

pytestmark = pytest.mark.anyio

OOLONG = {
    "name": "Oolong, 50 g",
    "description": "Half way between green and black.",
    "category": "tea",
    "price": {"amount": 1250, "currency": "EUR"},
    "stock": 5,
    "origin": {"countryCode": "TW", "producer": "Lishan"},
}
MUG = {"name": "Mug", "category": "gift", "price": {"amount": 1095, "currency": "USD"}, "cost": 480}


async def test_a_new_product(alice: AsyncClient, bob: AsyncClient, carol: AsyncClient) -> None:
    answer = await alice.post("/v2/products", json={"sku": "OOL-001", **OOLONG})
    assert (answer.status_code, answer.headers["location"]) == (201, "/v2/products/OOL-001")
    assert answer.json() == {"sku": "OOL-001", **OOLONG, "price_with_tax": {"amount": 1338, "currency": "EUR"}}
    read = await bob.get(answer.headers["location"])
    assert (read.json(), read.headers["etag"]) == (answer.json(), answer.headers["etag"])
    assert "OOL-001" in {item["sku"] for item in (await bob.get("/v2/products")).json()["items"]}
    assert (await carol.get("/v2/products/OOL-001")).status_code == 404


async def test_what_it_costs_the_tenant_is_never_told(alice: AsyncClient) -> None:
    answer = await alice.post("/v2/products", json={"sku": "MUG-001", **MUG})
    assert answer.json() == {
        "sku": "MUG-001",
        "name": "Mug",
        "description": None,
        "category": "gift",
        "price": {"amount": 1095, "currency": "USD"},
        "stock": 0,
        "origin": None,
        "price_with_tax": {"amount": 1303, "currency": "USD"},
    }


async def test_a_sku_is_used_once(alice: AsyncClient) -> None:
    first = {"sku": "MUG-001", **MUG}
    answers = await asyncio.gather(*(alice.post("/v2/products", json=first) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    refusals = [answer.json()["type"] for answer in answers if answer.status_code == 409]
    assert all(refusal.endswith("/sku-taken") for refusal in refusals)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v2/products", {"sku": "MUG-001", **MUG}),
        ("PUT", "/v2/products/TEA-001", MUG),
        ("PATCH", "/v2/products/TEA-001", {"stock": 0}),
        ("DELETE", "/v2/products/TEA-001", None),
    ],
)
async def test_customers_change_nothing(bob: AsyncClient, method: str, path: str, body: Any) -> None:
    before = (await bob.get("/v2/products")).json()
    answer = await bob.request(method, path, json=body, headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (403, "insufficient-scope")
    assert (await bob.get("/v2/products")).json() == before


async def test_put_adds_then_replaces_and_repeated_changes_nothing_more(alice: AsyncClient) -> None:
    added = await alice.put("/v2/products/OOL-001", json=OOLONG)
    assert (added.status_code, added.headers["location"]) == (201, "/v2/products/OOL-001")
    replaced = [await alice.put("/v2/products/OOL-001", json=MUG) for _ in range(2)]
    assert [answer.status_code for answer in replaced] == [200, 200]
    assert replaced[0].json() == replaced[1].json()
    assert (replaced[0].json()["name"], replaced[0].json()["origin"]) == ("Mug", None)
    tags = [added.headers["etag"], *(answer.headers["etag"] for answer in replaced)]
    assert (tags[0] == tags[1], tags[1] == tags[2]) == (False, True)


async def test_put_under_a_condition(alice: AsyncClient) -> None:
    lost = await alice.put("/v2/products/OOL-001", json=OOLONG, headers={"If-Match": "*"})
    assert (lost.status_code, lost.json()["type"].rsplit("/", 1)[1]) == (412, "product-changed")
    tag = (await alice.put("/v2/products/OOL-001", json=OOLONG)).headers["etag"]
    assert (await alice.put("/v2/products/OOL-001", json=MUG, headers={"If-Match": tag})).status_code == 200
    assert (await alice.put("/v2/products/OOL-001", json=OOLONG, headers={"If-Match": tag})).status_code == 412
    assert (await alice.get("/v2/products/OOL-001")).json()["name"] == "Mug"


async def test_a_change_needs_the_state_that_it_changes(alice: AsyncClient) -> None:
    path = "/v2/products/TEA-001"
    before = await alice.get(path)
    unsaid = await alice.patch(path, json={"stock": 7})
    assert (unsaid.status_code, unsaid.json()["type"].rsplit("/", 1)[1]) == (428, "precondition-required")
    answers = await asyncio.gather(
        *(alice.patch(path, json={"stock": stock}, headers={"If-Match": before.headers["etag"]}) for stock in (7, 8, 9))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    (done,) = (answer for answer in answers if answer.status_code == 200)
    now = await alice.get(path)
    assert (now.json(), now.headers["etag"]) == (done.json(), done.headers["etag"])
    assert now.json() == {**before.json(), "stock": done.json()["stock"]}


async def test_null_takes_away_what_need_not_be_there(alice: AsyncClient) -> None:
    path, match = "/v2/products/OOL-001", {"If-Match": "*"}
    await alice.put(path, json=OOLONG)
    changed = await alice.patch(path, json={"origin": None, "description": None}, headers=match)
    assert (changed.json()["origin"], changed.json()["description"]) == (None, None)
    assert changed.json()["name"] == OOLONG["name"]
    moved = await alice.patch(path, json={"origin": {"countryCode": "CN"}}, headers=match)
    assert moved.json()["origin"] == {"countryCode": "CN", "producer": None}
    for field in ("name", "category", "price", "stock"):
        refused = await alice.patch(path, json={field: None}, headers=match)
        assert (refused.status_code, refused.json()["errors"][0]["location"]) == (422, ["body", field])
    same = await alice.patch(path, json={}, headers=match)
    assert (same.status_code, same.headers["etag"]) == (200, moved.headers["etag"])


async def test_a_product_that_the_client_has_is_not_sent_again(alice: AsyncClient, bob: AsyncClient) -> None:
    first = await bob.get("/v2/products/TEA-001")
    tag = first.headers["etag"]
    again = await bob.get("/v2/products/TEA-001", headers={"If-None-Match": f'"x", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    # What others buy changes it too.
    await bob.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1})
    assert (await bob.get("/v2/products/TEA-001", headers={"If-None-Match": tag})).status_code == 200


async def test_a_deleted_product_is_gone_and_its_orders_stay(alice: AsyncClient, bob: AsyncClient) -> None:
    ordered = (await bob.post("/v2/orders", json={"sku": "TEA-001", "quantity": 2})).headers["location"]
    stale = await alice.delete("/v2/products/TEA-001", headers={"If-Match": '"stale"'})
    assert stale.status_code == 412
    gone = await alice.delete("/v2/products/TEA-001")
    assert (gone.status_code, gone.content) == (204, b"")
    statuses = [
        (await alice.get("/v2/products/TEA-001")).status_code,
        (await alice.delete("/v2/products/TEA-001")).status_code,
        (await alice.patch("/v2/products/TEA-001", json={}, headers={"If-Match": "*"})).status_code,
        (await bob.get("/v1/products/TEA-001")).status_code,
        (await bob.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1})).status_code,
    ]
    assert statuses == [404] * 5
    listed = (await bob.get("/v2/products")).json()
    assert ([item["sku"] for item in listed["items"]], listed["total"]) == (["COF-001", "GIFT-001", "LAST-010"], 3)
    assert (await bob.get("/v2/dashboard")).json()["products"] == 3
    stock = (await alice.get("/v2/reports/stock", params={"below": 1_000_000})).json()
    assert "TEA-001" not in {item["sku"] for item in stock["items"]}
    assert (await bob.get(ordered)).json()["status"] == "confirmed"


async def test_the_sku_of_a_deleted_product_can_be_used_again(alice: AsyncClient) -> None:
    tag = (await alice.get("/v2/products/TEA-001")).headers["etag"]
    await alice.delete("/v2/products/TEA-001")
    assert (await alice.post("/v2/products", json={"sku": "TEA-001", **OOLONG})).status_code == 201
    again = await alice.get("/v2/products/TEA-001", headers={"If-None-Match": tag})
    assert (again.status_code, again.json()["name"]) == (200, "Oolong, 50 g")


@pytest.mark.parametrize(
    ("query", "skus"),
    [
        ({"q": "ESPRESSO"}, ["COF-001"]),
        ({"q": "%"}, []),
        ({"q": ", 100 g"}, ["TEA-001"]),
        ({"min_price": 890}, ["COF-001", "GIFT-001", "LAST-010"]),
        ({"max_price": 890}, ["COF-001", "TEA-001"]),
        ({"min_price": 900, "max_price": 800}, []),
        ({"sort": "-sku"}, ["TEA-001", "LAST-010", "GIFT-001", "COF-001"]),
        ({"sort": "price"}, ["TEA-001", "COF-001", "LAST-010", "GIFT-001"]),
        ({"sort": "-price", "category": "tea"}, ["LAST-010", "TEA-001"]),
        ({"sort": "name"}, ["TEA-001", "COF-001", "LAST-010", "GIFT-001"]),
        ({"sort": "-name", "limit": 1}, ["GIFT-001"]),
    ],
)
async def test_filters_and_orders(bob: AsyncClient, query: dict[str, Any], skus: list[str]) -> None:
    body = (await bob.get("/v2/products", params=query)).json()
    assert [item["sku"] for item in body["items"]] == skus
    assert body["total"] == (4 if "limit" in query else len(skus))


async def test_the_links_lead_through_the_pages(bob: AsyncClient) -> None:
    def links(answer: Any) -> dict[str, str]:
        return {relation: link["url"] for relation, link in answer.links.items()}

    base = "/v2/products?sort=-price"
    answer = await bob.get(f"{base}&limit=3")
    seen = [item["sku"] for item in answer.json()["items"]]
    assert links(answer) == {
        "first": f"{base}&limit=3&offset=0",
        "next": f"{base}&limit=3&offset=3",
        "last": f"{base}&limit=3&offset=3",
    }
    answer = await bob.get(links(answer)["next"])
    seen += [item["sku"] for item in answer.json()["items"]]
    assert seen == ["GIFT-001", "LAST-010", "COF-001", "TEA-001"]
    assert set(links(answer)) == {"first", "prev", "last"}
    empty = await bob.get("/v2/products?q=nothing")
    assert set(links(empty)) == {"first", "last"}
    assert links(empty)["last"] == "/v2/products?q=nothing&limit=20&offset=0"
