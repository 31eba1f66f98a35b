"""What a cache that no change empties still shows: seen only by who has read before the change."""

import pytest

from tests.fuzz.conftest import Fuzz

APP = """
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict

app = FastAPI()
teas: dict[int, int] = {}
seen: dict[int, int] = {}


class Tea(BaseModel):
    model_config = ConfigDict(strict=True)
    grams: int


class Stored(Tea):
    id: int


@app.post("/teas", status_code=201)
def create_tea(tea: Tea) -> Stored:
    number = len(teas) + 1
    teas[number] = tea.grams
    return Stored(id=number, grams=tea.grams)


@app.get("/teas/{tea_id}", responses={404: {}})
def read_tea(tea_id: int) -> Stored:
    if tea_id not in seen:
        if tea_id not in teas:
            raise HTTPException(404)
        seen[tea_id] = teas[tea_id]
    return Stored(id=tea_id, grams=seen[tea_id])


@app.put("/teas/{tea_id}", responses={404: {}})
def change_tea(tea_id: int, tea: Tea) -> Stored:
    if tea_id not in teas:
        raise HTTPException(404)
    teas[tea_id] = tea.grams
    CHANGED
    return Stored(id=tea_id, grams=tea.grams)


@app.delete("/teas/{tea_id}", status_code=204, responses={404: {}})
def delete_tea(tea_id: int) -> None:
    if tea_id not in teas:
        raise HTTPException(404)
    del teas[tea_id]
    DELETED
"""
EMPTY = "seen.pop(tea_id, None)"


@pytest.mark.parametrize(
    ("changed", "deleted", "found"),
    [
        (EMPTY, EMPTY, set()),
        ("", EMPTY, {("PUT /teas/{}", "a change that it accepted is not kept: `grams`")}),
        (EMPTY, "", {("DELETE /teas/{}", "what it deletes is still there: GET answers 200 as before")}),
    ],
)
def test_what_was_read_before_is_not_read_again(
    fuzz: Fuzz, changed: str, deleted: str, found: set[tuple[str, str]]
) -> None:
    app = APP.replace("CHANGED", changed).replace("DELETED", deleted)
    result = fuzz(app, checks=frozenset({"lifecycle"}))
    assert {(claim.operation, claim.message) for claim in result.confirmed} == found
    assert result.unstable == []
