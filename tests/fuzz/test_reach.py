"""Faults that one rare value, or two values together, bring about."""

import itertools

import pytest

from contractkit.fuzz.combinations import covering
from tests.fuzz.conftest import Fuzz


@pytest.mark.parametrize(("sizes", "most"), [((2, 2), 4), ((3, 3, 3), 12), ((2,) * 10, 12), ((5, 4, 3, 2, 2, 6), 36)])
def test_every_two_values_meet(sizes: tuple[int, ...], most: int) -> None:
    rows = list(covering(sizes))
    for (first, one), (second, two) in itertools.combinations(enumerate(sizes), 2):
        met = {(row[first], row[second]) for row in rows}
        assert met == set(itertools.product(range(one), range(two)))
    assert len(rows) <= most


APP = """
from datetime import date, timedelta
from typing import Literal

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field

app = FastAPI(responses={400: {"description": "The body cannot be read"}, 409: {"description": "Taken"}})
names: set[str] = set()


class Tea(BaseModel):
    model_config = ConfigDict(strict=True)
    name: str = Field(min_length=3, max_length=20, pattern="^[a-z]+$")
    grams: int = Field(ge=1, le=1000)
    origin: Literal["assam", "ceylon", "japan"] | None = None
    roast: Literal["none", "light", "dark"] | None = None
    organic: bool | None = None
    labels: list[Literal["new", "sale"]] = []


@app.get("/teas")
def list_teas(
    a: bool | None = None, b: bool | None = None, c: bool | None = None, d: bool | None = None, e: bool | None = None,
    sort: Literal["name", "price", "age"] | None = None, order: Literal["up", "down"] | None = None,
) -> list[str]:
    LISTED
    return []


@app.post("/teas", status_code=201)
def create_tea(tea: Tea) -> dict[str, str]:
    if tea.name in names:
        raise HTTPException(409, "there is such a tea")
    names.add(tea.name)
    CREATED
    return {"name": tea.name}


@app.get("/days/{day}")
def read_day(day: date) -> dict[str, str]:
    NEXT
    return {"day": str(day)}


@app.get("/greeting")
def greet(name: str = "you") -> dict[str, str]:
    GREETED
    return {"greeting": f"hello {name}"}
"""


@pytest.mark.parametrize(
    ("place", "fault", "operation"),
    [
        ("LISTED", 'assert not (sort == "age" and order == "down")', "GET /teas"),
        ("LISTED", "assert not (a and e is False)", "GET /teas"),
        ("CREATED", 'assert not (tea.origin == "japan" and tea.roast == "dark")', "POST /teas"),
        ("CREATED", "assert tea.grams < 1000", "POST /teas"),
        (
            "CREATED",
            'assert tea.origin or tea.organic is not False or "organic" not in tea.model_fields_set',
            "POST /teas",
        ),
        ("NEXT", "day + timedelta(days=1)", "GET /days/{}"),
        (
            "GREETED",
            'name.encode("latin-1", "strict" if name.isprintable() and name.strip() else "replace")',
            "GET /greeting",
        ),
        ("GREETED", "name[0]", "GET /greeting"),
        (None, "", ""),
    ],
)
def test_server_errors_on_rare_values(fuzz: Fuzz, place: str | None, fault: str, operation: str) -> None:
    source = APP if place is None else APP.replace(place, fault)
    for open_place in ("LISTED", "CREATED", "NEXT", "GREETED"):
        source = source.replace(open_place, "pass")
    result = fuzz(source, max_examples=2)
    assert {
        (claim.check, claim.operation) for claim in result.confirmed if claim.check != "invalid-request-accepted"
    } == ({("server-error", operation)} if operation else set())
