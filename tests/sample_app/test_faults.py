"""The faults: the registry, its list, and what each does to the document and to a client.

A fault is chosen for a whole process, so each is tried in a child of its own, all with the same few requests.
"""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sample_app import faults

ROOT = Path(__file__).parents[2]

PROBE = """
import asyncio, json, sys
from pathlib import Path
from httpx import ASGITransport, AsyncClient
from sample_app.main import app

REGISTRATION = {"username": "erin", "password": "Battery-staple-9", "display_name": "Erin", "tenant": "acme"}

async def main():
    async with app.router.lifespan_context(app), AsyncClient(
        transport=ASGITransport(app), base_url="http://shop.example"
    ) as client:
        login = await client.post("/auth/token", data={"username": "bob", "password": "Correct-horse-7"})
        client.headers["Authorization"] = "Bearer " + login.json()["access_token"]
        listed = await client.get("/v2/products")
        filtered = await client.get("/v2/products", params={"category": "tea"})
        one = await client.get("/v2/products/TEA-001")
        answers = {
            "register": (await client.post("/v2/users", json=REGISTRATION)).status_code,
            "list all": listed.status_code,
            "list tea": [sorted(item) for item in filtered.json()["items"]],
            "product": sorted(one.json()),
            "v1 products": [sorted(item) for item in (await client.get("/v1/products")).json()],
        }
        orders = {
            "order 10": {"quantity": 10},
            "order 11": {"quantity": 11},
            "order 10 to DE": {"quantity": 10, "delivery_country": "DE"},
        }
        for name, order in orders.items():
            answer = await client.post("/v2/orders", json={"sku": "TEA-001", **order})
            answers[name] = answer.status_code
        answers["v1 order 11"] = (await client.post("/v1/orders", json={"sku": "TEA-001", "qty": 11})).status_code
    print(json.dumps({"document": app.openapi(), "answers": answers}))

asyncio.run(main())
"""

PRODUCT = ["category", "description", "name", "price", "sku", "stock"]
WITHOUT_STOCK = ["category", "description", "name", "price", "sku"]

CLEAN = {
    "register": 201,
    "list all": 200,
    "list tea": [PRODUCT, PRODUCT],
    "product": PRODUCT,
    "v1 products": [["in_stock", "price", "sku", "title"]] * 4,
    "order 10": 202,
    "order 11": 202,
    "order 10 to DE": 202,
    "v1 order 11": 201,
}

ANSWERS_CHANGED: dict[str, dict[str, Any]] = {
    "product-stock-dropped": {"list tea": [WITHOUT_STOCK, WITHOUT_STOCK], "product": WITHOUT_STOCK},
    "order-quantity-limit-lowered": {"order 11": 422},
    "order-country-required": {"order 10": 422, "order 11": 422},
    "registration-answers-200": {"register": 200},
    "product-category-required": {"list all": 422},
}

PRODUCT_SCHEMA = "/components/schemas/ProductRead"
ORDER_SCHEMA = "/components/schemas/OrderCreate"
REGISTER = "/paths/~1v2~1users/post/responses"
LIST = "/paths/~1v2~1products/get/parameters"

DOCUMENT_CHANGED = {
    "product-stock-dropped": {f"{PRODUCT_SCHEMA}/properties/stock", f"{PRODUCT_SCHEMA}/required"},
    "order-quantity-limit-lowered": {f"{ORDER_SCHEMA}/properties/quantity/maximum"},
    "order-country-required": {f"{ORDER_SCHEMA}/properties/delivery_country", f"{ORDER_SCHEMA}/required"},
    "registration-answers-200": {f"{REGISTER}/201", f"{REGISTER}/200"},
    "product-category-required": {f"{LIST}/2/required"},
}


def environment(fault: str | None) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SAMPLE_APP_") and name != "DATABASE_URL"
    }
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "SAMPLE_APP_LOG_LEVEL": "error",
        **({"SAMPLE_APP_FAULT": fault} if fault else {}),
    }


def run(*arguments: str, fault: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment(fault), cwd=ROOT, capture_output=True, text=True, timeout=60)


@cache
def probe(fault: str | None) -> dict[str, Any]:
    child = run("-c", PROBE, fault=fault)
    assert (child.returncode, child.stderr) == (0, "")
    result: dict[str, Any] = json.loads(child.stdout)
    return result


def differing(before: Any, after: Any, at: str = "") -> set[str]:
    """JSON pointers to the topmost places where two documents differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        places: set[str] = set()
        for key in before.keys() | after.keys():
            below = f"{at}/{key.replace('~', '~0').replace('/', '~1')}"
            places |= differing(before[key], after[key], below) if key in before and key in after else {below}
        return places
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return {place for index, pair in pairs for place in differing(*pair, f"{at}/{index}")}
    return set() if before == after else {at}


def test_every_fault_is_tried_here() -> None:
    assert set(ANSWERS_CHANGED) == set(DOCUMENT_CHANGED) == set(faults.REGISTRY)


def test_without_a_fault_the_app_is_right() -> None:
    assert probe(None)["answers"] == CLEAN


@pytest.mark.parametrize("name", ANSWERS_CHANGED)
def test_a_fault_changes_its_own_answers_and_no_other(name: str) -> None:
    assert probe(name)["answers"] == {**CLEAN, **ANSWERS_CHANGED[name]}


@pytest.mark.parametrize("name", DOCUMENT_CHANGED)
def test_a_fault_changes_its_own_place_in_the_document_and_no_other(name: str) -> None:
    assert differing(probe(None)["document"], probe(name)["document"]) == DOCUMENT_CHANGED[name]


@pytest.mark.parametrize("name", DOCUMENT_CHANGED)
def test_a_fault_says_rightly_where_it_is(name: str) -> None:
    fault = faults.REGISTRY[name]
    paths = probe(None)["document"]["paths"]
    existing = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert set(fault.where) <= existing
    assert (fault.kind, fault.found_by) == (faults.Kind.CONTRACT, faults.Tool.DIFF)


def test_the_list_for_machines() -> None:
    listed = run("-m", "sample_app.faults", "--json")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert json.loads(listed.stdout) == [
        {
            "name": fault.name,
            "kind": "contract",
            "where": list(fault.where),
            "client_sees": fault.client_sees,
            "found_by": "diff",
            "finding": fault.finding,
        }
        for fault in faults.REGISTRY.values()
    ]


def test_the_list_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert faults.main([]) == 0
    heads = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert heads == [f"{name} (contract)" for name in faults.REGISTRY]


@pytest.mark.parametrize(
    ("name", "hint"), [("product-stok-dropped", "did you mean 'product-stock-dropped'? "), ("xyz", "")]
)
def test_an_unknown_name_is_refused_before_anything_else(name: str, hint: str) -> None:
    child = run("-c", "import sample_app.main", fault=name)
    assert child.returncode == 1
    assert child.stderr.splitlines()[-1] == (
        f"sample_app.faults.UnknownFaultError: SAMPLE_APP_FAULT: no fault is called {name!r}; "
        f"{hint}`python -m sample_app.faults` lists them all"
    )


def test_the_list_does_not_mind_an_unknown_name() -> None:
    assert run("-m", "sample_app.faults", fault="xyz").returncode == 0


def test_a_place_that_asks_for_an_unregistered_fault_is_a_bug() -> None:
    with pytest.raises(KeyError):
        faults.pick("no-such-fault", right=1, wrong=2)


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_a_reader_that_has_gone_away_is_no_error(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "sample_app.faults", *arguments],
            cwd=ROOT,
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")
