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


RANGES = """
from typing import Annotated

from fastapi import FastAPI, Header
from fastapi.responses import JSONResponse
from pydantic import BaseModel

app = FastAPI()


class Problem(BaseModel):
    status: int


@app.get("/tea.txt", responses={206: {"description": "A part"}, 416: {"model": Problem, "description": "No such part"}})
def read_tea(part: Annotated[str | None, Header(alias="Range")] = None) -> JSONResponse:
    if part == "bytes=0-0":
        return JSONResponse("a", 206)
    if part is not None and part.startswith("bytes=9"):
        return JSONResponse({"status": STATUS}, 416)
    return JSONResponse("assam")
"""


@pytest.mark.parametrize(("status", "places"), [("416", set()), ('"none"', {"416.body/status"})])
def test_headers_that_http_defines_have_values_that_mean_something(status: str, places: set[str], fuzz: Fuzz) -> None:
    result = fuzz(RANGES.replace("STATUS", status), checks=frozenset({"response-body"}))
    assert {one.place for one in result.confirmed} == places


GUARDED = """
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field

app = FastAPI(responses={400: {"description": "The body cannot be read"}})
tea = {"grams": 1, "version": 1}
CHANGED = {412: {"description": "It has changed"}, 428: {"description": "Name the version"}}


class Change(BaseModel):
    model_config = ConfigDict(strict=True)
    grams: int = Field(ge=0, le=500)


@app.get("/tea")
def read_tea(response: Response) -> dict[str, int]:
    response.headers["ETag"] = f'"{tea["version"]}"'
    return {"grams": tea["grams"]}


@app.patch("/tea", responses=CHANGED)
def change_tea(change: Change, if_match: Annotated[str | None, Header()] = None) -> dict[str, int]:
    if if_match is None:
        raise HTTPException(428, "name the version")
    if if_match != f'"{tea["version"]}"':
        raise HTTPException(412, "it has changed")
    tea.update(grams=change.grams, version=tea["version"] + 1)
    return {"share": 100 // (500 - change.grams)}
"""


def test_each_change_brings_the_etag_of_the_one_before(fuzz: Fuzz) -> None:
    result = fuzz(GUARDED, checks=frozenset({"server-error"}))
    assert [one.reason for one in result.tested] == ["", ""]
    assert [(one.operation, one.cause.split()[0]) for one in result.confirmed] == [("PATCH /tea", "ZeroDivisionError")]
    assert result.unstable == []


UNTOLD = """
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

app = FastAPI(responses={400: {"description": "Not to be read"}, 404: {"description": "There is no such room"}})
rooms: set[str] = set()


class Room(BaseModel):
    name: str = Field(min_length=8)


@app.post("/rooms", status_code=201)
def create_room(room: Room) -> None:
    rooms.add(room.name)


@app.get("/rooms/{room}")
def read_room(room: str) -> str:
    if room not in rooms:
        raise HTTPException(404)
    return room
"""


def test_a_member_whose_name_only_the_request_says(fuzz: Fuzz) -> None:
    result = fuzz(UNTOLD)
    assert {one.key: one.reason for one in result.tested} == {"POST /rooms": "", "GET /rooms/{}": ""}
    assert result.confirmed == []
