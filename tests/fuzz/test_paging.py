"""Totals: of the whole list, with its filters, and not of the page."""

import pytest

from tests.fuzz.conftest import Fuzz

APP = """
from typing import Literal

from fastapi import FastAPI, Query
from pydantic import BaseModel, ConfigDict

app = FastAPI(responses={400: {"description": "The body cannot be read"}})
sales: list[dict[str, int | str]] = []


class Sale(BaseModel):
    model_config = ConfigDict(strict=True)
    grams: int
    kind: Literal["black", "green"]


@app.post("/sales", status_code=201)
def sell(sale: Sale) -> dict[str, int]:
    sales.append({"number": len(sales) + 1, "grams": sale.grams, "kind": sale.kind})
    return {"sale_id": len(sales)}


@app.get("/sales/{sale_id}", responses={404: {"description": "There is no such sale"}})
def read_sale(sale_id: int) -> dict[str, int]:
    return {"sale_id": sale_id}


@app.get("/report")
def report(
    kind: Literal["black", "green"] | None = None,
    limit: int = Query(10, ge=1, le=50),
    offset: int = Query(0, ge=0),
) -> dict[str, int | list[dict[str, int | str]]]:
    found = [sale for sale in sales if kind in (None, sale["kind"])]
    page = found[offset : offset + limit]
    return {"items": page, "total": TOTAL}
"""


@pytest.mark.parametrize(
    ("total", "causes"),
    [
        ("len(found)", set()),
        ("len(page)", {"total of the page"}),
        ("len(sales)", {"total with kind"}),
        ("len(found) + 1", {"total with kind"}),
    ],
)
def test_a_total_is_held_against_the_items_of_what_was_made_elsewhere(total: str, causes: set[str], fuzz: Fuzz) -> None:
    found = fuzz(APP.replace("TOTAL", total), checks=frozenset({"paging"}))
    assert {one.cause for one in found.confirmed} == causes
    assert {one.operation for one in found.confirmed} <= {"GET /report"}
    assert found.unstable == []
