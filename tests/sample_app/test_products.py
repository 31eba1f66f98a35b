"""The catalogue: what is in it, its pages, and that each tenant sees its own."""

import pytest
from httpx import AsyncClient

pytestmark = pytest.mark.anyio

ACME_TEA = {
    "sku": "TEA-001",
    "name": "Assam, 100 g",
    "description": "A strong black tea.",
    "category": "tea",
    "price": {"amount": 495, "currency": "EUR"},
    "stock": 1000,
    "origin": None,
    "price_with_tax": {"amount": 530, "currency": "EUR"},
}


async def test_the_catalogue_in_the_order_of_skus(bob: AsyncClient) -> None:
    answer = await bob.get("/v2/products")
    assert answer.status_code == 200
    body = answer.json()
    assert {key: body[key] for key in body if key != "items"} == {"total": 4, "limit": 20, "offset": 0}
    assert [(item["sku"], item["stock"]) for item in body["items"]] == [
        ("COF-001", 200),
        ("GIFT-001", 25),
        ("LAST-010", 10),
        ("TEA-001", 1000),
    ]
    assert body["items"][3] == ACME_TEA


async def test_pages_cut_the_list_without_gap_or_repetition(bob: AsyncClient) -> None:
    pages = [(await bob.get("/v2/products", params={"limit": 3, "offset": offset})).json() for offset in (0, 3, 6)]
    assert [[item["sku"] for item in page["items"]] for page in pages] == [
        ["COF-001", "GIFT-001", "LAST-010"],
        ["TEA-001"],
        [],
    ]
    assert [(page["total"], page["limit"], page["offset"]) for page in pages] == [(4, 3, 0), (4, 3, 3), (4, 3, 6)]


async def test_a_category_alone(bob: AsyncClient) -> None:
    body = (await bob.get("/v2/products", params={"category": "tea"})).json()
    assert ([item["sku"] for item in body["items"]], body["total"]) == (["LAST-010", "TEA-001"], 2)


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", "0"), ("limit", "101"), ("limit", "x"), ("offset", "-1"), ("offset", "1000001"), ("category", "cars")],
)
async def test_parameters_are_checked(bob: AsyncClient, name: str, value: str) -> None:
    answer = await bob.get("/v2/products", params={name: value})
    assert answer.status_code == 422
    assert [error["location"] for error in answer.json()["errors"]] == [["query", name]]


async def test_one_product(bob: AsyncClient) -> None:
    answer = await bob.get("/v2/products/TEA-001")
    assert (answer.status_code, answer.json()) == (200, ACME_TEA)


async def test_tenants_sell_their_own_under_the_same_sku(carol: AsyncClient) -> None:
    listed = (await carol.get("/v2/products")).json()
    assert ([item["sku"] for item in listed["items"]], listed["total"]) == (["LAST-010", "TEA-001"], 2)
    tea = (await carol.get("/v2/products/TEA-001")).json()
    assert (tea["name"], tea["price"], tea["stock"]) == ("Green tea, 100 g", {"amount": 540, "currency": "EUR"}, 1000)


@pytest.mark.parametrize("sku", ["TEA-999", "COF-001"])
async def test_a_product_of_nobody_and_one_of_another_tenant_are_both_not_found(carol: AsyncClient, sku: str) -> None:
    answer = await carol.get(f"/v2/products/{sku}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "https://sample-app.example/problems/product-not-found",
        "title": "There is no such product",
        "status": 404,
        "detail": f"No product has the SKU {sku}.",
        "instance": f"/v2/products/{sku}",
        "request_id": "test-request",
    }


@pytest.mark.parametrize("sku", ["tea-001", "TEA-1", "TEA-0001", "TEA-001%0A"])
async def test_what_is_no_sku_is_refused(bob: AsyncClient, sku: str) -> None:
    assert (await bob.get(f"/v2/products/{sku}")).status_code == 422
