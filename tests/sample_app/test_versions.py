"""Versions of a resource with one path: by header and by query; what is deprecated says so."""

from typing import Any

import pytest
from httpx import AsyncClient

from sample_app.main import create_app

pytestmark = pytest.mark.anyio

END = {"deprecation": "@1782864000", "sunset": "Wed, 30 Jun 2027 23:59:59 GMT"}


def announced(headers: Any) -> dict[str, str]:
    return {name: headers[name] for name in ("deprecation", "sunset") if name in headers}


async def test_by_header(bob: AsyncClient) -> None:
    new = {"sku": "TEA-001", "level": "plenty"}
    answers = {
        version: await bob.get("/availability/TEA-001", headers={"X-API-Version": version} if version else {})
        for version in ("", "1", "2")
    }
    assert {version: answer.json() for version, answer in answers.items()} == {
        "": new,
        "1": {"sku": "TEA-001", "in_stock": True},
        "2": new,
    }
    headers = {version: answer.headers for version, answer in answers.items()}
    assert {version: found["x-api-version"] for version, found in headers.items()} == {"": "2", "1": "1", "2": "2"}
    assert {version: found["vary"] for version, found in headers.items()} == dict.fromkeys(headers, "X-API-Version")
    assert {version: announced(found) for version, found in headers.items()} == {"": {}, "1": END, "2": {}}


async def test_what_is_left_is_told_in_both_versions(bob: AsyncClient) -> None:
    async def told() -> tuple[str, bool]:
        path = "/availability/LAST-010"
        old = (await bob.get(path, headers={"X-API-Version": "1"})).json()
        return (await bob.get(path)).json()["level"], old["in_stock"]

    assert await told() == ("few", True)
    await bob.post("/v2/orders", json={"sku": "LAST-010", "quantity": 10})
    assert await told() == ("none", False)
    assert (await bob.get("/availability/TEA-999")).status_code == 404


async def test_by_query(anonymous: AsyncClient) -> None:
    default, old, new = [
        await anonymous.get("/shipping-rates", params=query) for query in ({}, {"version": "1"}, {"version": "2"})
    ]
    assert old.json() == {
        "rates": [
            {"zone": "domestic", "cost": 4.9},
            {"zone": "europe", "cost": 9.9},
            {"zone": "world", "cost": 19.9},
        ]
    }
    assert default.json() == new.json()
    assert [(rate["zone"], rate["express"], rate["price"]["amount"]) for rate in new.json()["rates"]] == [
        ("domestic", False, 490),
        ("domestic", True, 1290),
        ("europe", False, 990),
        ("europe", True, 2490),
        ("world", False, 1990),
        ("world", True, 4990),
    ]
    assert [announced(answer.headers) for answer in (default, old, new)] == [{}, END, {}]


@pytest.mark.parametrize("version", ["0", "3", "1.0", "x", ""])
async def test_an_unknown_version_is_refused(bob: AsyncClient, version: str) -> None:
    by_header = await bob.get("/availability/TEA-001", headers={"X-API-Version": version})
    by_query = await bob.get("/shipping-rates", params={"version": version})
    assert (by_header.status_code, by_query.status_code) == (422, 422)


def test_the_document_marks_what_is_deprecated() -> None:
    document = create_app().openapi()
    marked = {
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, value in schema.get("properties", {}).items()
        if value.get("deprecated")
    }
    assert marked == {"AvailabilityV1.in_stock", "RateV1.cost", "ProductV1.in_stock", "ProductV1.price"}
    for path in ("/availability/{sku}", "/shipping-rates"):
        headers = document["paths"][path]["get"]["responses"]["200"]["headers"]
        assert {name: headers[name]["required"] for name in ("Deprecation", "Sunset")} == {
            "Deprecation": False,
            "Sunset": False,
        }
