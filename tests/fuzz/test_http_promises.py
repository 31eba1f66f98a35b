"""What HTTP says of methods and headers: one fault at a time in a sound app, and the sound app itself."""

import pytest

from tests.fuzz.conftest import Fuzz

APP = """
from typing import Annotated
from uuid import uuid4

from fastapi import FastAPI, Header, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field

app = FastAPI(responses={400: {"description": "The body cannot be read"}})
teas: dict[int, dict[str, object]] = {}
GONE = {404: {"description": "There is no such tea"}}
TAGGED = {**GONE, 412: {"description": "It has changed"}}
CREATED = {201: {"headers": {"Location": {"schema": {"type": "string"}}}}}
Match = Annotated[str | None, Header()]
reads: list[int] = []
tags: list[str] = []


class Tea(BaseModel):
    model_config = ConfigDict(strict=True)
    grams: int = Field(ge=0, le=1000)
    labels: list[str]


class Kept(Tea):
    tea_id: int
    version: str


def find(tea_id: int) -> dict[str, object]:
    if tea_id not in teas:
        raise HTTPException(404, "no such tea")
    return teas[tea_id]


def tag(tea: dict[str, object]) -> str:
    return f'"{tea["version"]}"'


@app.post("/teas", status_code=201, responses=CREATED)
def create_tea(tea: Tea, response: Response) -> Kept:
    number = max(teas, default=0) + 1
    teas[number] = {"tea_id": number, "version": str(uuid4()), **tea.model_dump()}
    response.headers["Location"] = f"/teas/{number}"
    return Kept(**teas[number])


@app.get("/teas")
def list_teas() -> list[Kept]:
    return [Kept(**tea) for tea in teas.values()]


@app.get("/teas/{tea_id}", responses={**GONE, 304: {"description": "It has not changed"}})
def read_tea(tea_id: int, response: Response, if_none_match: Match = None) -> Kept:
    tea = find(tea_id)
    reads.append(tea_id)
    if if_none_match == tag(tea):
        raise HTTPException(304)
    response.headers["ETag"] = tag(tea)
    return Kept(**tea)


@app.put("/teas/{tea_id}", responses=TAGGED)
def replace_tea(tea_id: int, tea: Tea, response: Response, if_match: Match = None) -> Kept:
    old = find(tea_id)
    if if_match is not None and if_match not in ("*", tag(old)):
        raise HTTPException(412, "it has changed")
    new = tea.model_dump()
    teas[tea_id] = {"tea_id": tea_id, "version": str(uuid4()), **new}
    response.headers["ETag"] = tag(teas[tea_id])
    return Kept(**teas[tea_id])


@app.delete("/teas/{tea_id}", status_code=204, responses=TAGGED)
def delete_tea(tea_id: int, if_match: Match = None) -> None:
    old = find(tea_id)
    if if_match is not None and if_match not in ("*", tag(old)):
        raise HTTPException(412, "it has changed")
    del teas[tea_id]
"""
CREATE, READ, PUT, DELETE = "POST /teas", "GET /teas/{}", "PUT /teas/{}", "DELETE /teas/{}"
DROPPED = "    del teas[tea_id]\n"
CONDITION = """\
    if if_match is not None and if_match not in ("*", tag(old)):
        raise HTTPException(412, "it has changed")
"""


def found(fuzz: Fuzz, source: str) -> set[tuple[str, str, str]]:
    result = fuzz(source)
    assert result.unstable == []
    return {(claim.check, claim.operation, claim.cause) for claim in result.confirmed}


def test_the_sound_app(fuzz: Fuzz) -> None:
    assert found(fuzz, APP) == set()


@pytest.mark.parametrize(
    ("sound", "faulty", "expected"),
    [
        (
            "    return Kept(**tea)\n",
            '    tea["grams"] = (int(tea["grams"]) + 1) % 1000\n    return Kept(**tea)\n',
            {
                ("repeated-request", READ, "reading changes grams"),
                ("lifecycle", CREATE, None),
                ("lifecycle", PUT, None),
            },
        ),
        (
            "    reads.append(tea_id)\n",
            "    tags.append(tag(tea))\n    if tags.count(tag(tea)) == 2:\n        raise HTTPException(404)\n",
            {("repeated-request", READ, "refused the second time")},
        ),
        (
            "    new = tea.model_dump()\n",
            '    new = {**tea.model_dump(), "labels": [*old["labels"], *tea.labels]}\n',
            {("repeated-request", PUT, "again changes labels")},
        ),
        (
            "    new = tea.model_dump()\n",
            '    new = tea.model_dump()\n    teas[max(teas) + 1] = {**old, "tea_id": max(teas) + 1}\n',
            {("repeated-request", PUT, "again creates")},
        ),
        (DROPPED, f"{DROPPED}    teas.pop(tea_id + 1, None)\n", {("repeated-request", DELETE, "another is gone")}),
        ('f"/teas/{number}"', 'f"/tea/{number}"', {("location", CREATE, "leads nowhere")}),
        ('f"/teas/{number}"', 'f"/v1/teas/{number}"', {("location", CREATE, "leads nowhere")}),
        ('f"/teas/{number}"', 'f"/teas/no-{number}"', {("location", CREATE, "leads nowhere")}),
        (
            'response.headers["Location"] = f"/teas/{number}"',
            "del response",
            {("response-header", CREATE, "201.header.Location missing")},
        ),
        ("if if_none_match == tag(tea):", "if False:", {("conditional-request", READ, "if-none-match ignored")}),
        (f"{CONDITION}    new", "    new", {("conditional-request", PUT, "if-match ignored")}),
        (
            '"version": str(uuid4()), **new}',
            '"version": old["version"], **new}',
            {("conditional-request", READ, "etag stays")},
        ),
        (
            f"{CONDITION}    new",
            CONDITION.replace(' and if_match not in ("*", tag(old))', "") + "    new",
            {("conditional-request", PUT, "current etag refused")},
        ),
        (
            f"{CONDITION}    new",
            CONDITION.replace("tag(old))", "tag(old), *tags)") + "    tags.append(tag(old))\n    new",
            {("conditional-request", PUT, "stale etag taken")},
        ),
    ],
)
def test_one_fault(fuzz: Fuzz, sound: str, faulty: str, expected: set[tuple[str, str, str | None]]) -> None:
    assert APP.count(sound) == 1
    told = found(fuzz, APP.replace(sound, faulty))
    open_causes = {(check, operation) for check, operation, cause in expected if cause is None}
    assert {(*one[:2], None if one[:2] in open_causes else one[2]) for one in told} == expected


SPLIT = """
from urllib.parse import quote

from fastapi import FastAPI, Response

app = FastAPI()


@app.get("/go/{place}", status_code=204)
def go(place: str, response: Response) -> None:
    response.headers["X-Place"] = PLACE
"""


def test_a_line_break_in_a_header(fuzz: Fuzz) -> None:
    assert found(fuzz, SPLIT.replace("PLACE", 'place.encode("latin-1", "ignore").decode("latin-1")')) == {
        ("injection", "GET /go/{}", "header path.place")
    }
    assert found(fuzz, SPLIT.replace("PLACE", "quote(place)")) == set()
