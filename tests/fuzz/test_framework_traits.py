"""What the framework does with every route is no finding about one of them."""

import pytest

from contractkit.fuzz.check import Judged, checks
from contractkit.fuzz.message import Exchange, Request, Response
from contractkit.fuzz.operation import Api
from contractkit.model.contract import Contract
from tests.fuzz.conftest import Fuzz, app_of

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Teas", "version": "1"},
    "paths": {
        "/teas/{tea}": {
            "get": {
                "parameters": [{"in": "path", "name": "tea", "required": True, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "The tea"}},
            }
        }
    },
}


def statuses(path: str, *answers: int) -> set[str]:
    api = Api(Contract("teas", DOCUMENT))
    operation = api.operations["GET /teas/{}"]
    judge = checks()["undeclared-status"].judge
    assert judge is not None
    exchanges = [Exchange(operation.key, Request("GET", path), Response(status)) for status in answers]
    return {claim.cause for exchange in exchanges for claim in judge(Judged(api, operation, exchange))}


def test_an_escaped_slash_leads_to_no_route() -> None:
    assert statuses("/teas/..%2F", 307, 308, 404, 405, 418) == {"418"}
    assert statuses("/teas/a", 307, 404) == {"307", "404"}


BOUNDS = """
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Map(BaseModel):
    centre: tuple[float, float] | tuple[float, float, int]
    named: dict[str, int] | None = None


@app.post("/maps", status_code=201)
def create_map(map: Map) -> bool:
    return True
"""


def test_a_neighbouring_type_inside_of_an_alternative(fuzz: Fuzz) -> None:
    result = fuzz(BOUNDS, checks=frozenset({"invalid-request-accepted"}))
    assert {(claim.check, claim.cause, claim.severity.value) for claim in result.confirmed} == {
        ("invalid-request-accepted", "lax types", "risky"),
    }


NULLS = """
from datetime import datetime
from typing import Annotated, Literal
from fastapi import Body, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

app = FastAPI()


@app.exception_handler(RequestValidationError)
def refuse(request: Request, error: RequestValidationError) -> JSONResponse:
    return JSONResponse({"exception_message": "No"}, 422)


@app.post("/searches")
def search(since: Annotated[datetime, Body()], limit: Annotated[int, Body(ge=1)] = 10) -> int:
    return limit


@app.post("/names")
def check_name(name: Annotated[str, Body()] = "") -> str:
    return name


@app.post("/orders")
def find(by: Annotated[Literal["price", "name"], Body()] = "name", down: Annotated[bool, Body()] = False) -> str:
    return by
"""


def test_null_for_what_is_optional_and_a_handler_for_all_refusals(fuzz: Fuzz) -> None:
    result = fuzz(NULLS, max_examples=30)
    assert {(claim.check, claim.cause, claim.severity.value) for claim in result.confirmed} == {
        ("invalid-request-accepted", "lax types", "risky"),
        ("leak", "field 422.body/exception_message of HTTPValidationError", "risky"),
        ("undeclared-status", "400 a body that cannot be read", "risky"),
    }
    assert {claim.grouped for claim in result.confirmed} == {True}


@pytest.mark.parametrize(
    ("path", "body", "cause"),
    [
        ("/searches", b'{"since":0}', "lax types"),
        ("/searches", b'{"since":"2024-01-01T00:00:00Z","limit":null}', "lax types"),
        ("/searches", b'{"since":"2024-01-01T00:00:00Z","limit":0}', "body/limit minimum"),
        ("/searches", b'{"since":null}', "body/since type"),
        ("/searches", b"null", "body type"),
        ("/names", b"null", "lax types"),
        ("/orders", b'{"by":null}', "lax types"),
        ("/orders", b'{"by":"size"}', "body/by enum"),
        ("/names", b"[]", "body type"),
    ],
)
def test_what_a_lenient_reader_takes_for_what_may_stand_there(path: str, body: bytes, cause: str) -> None:
    api = Api(Contract("shop", app_of(NULLS).openapi()))
    operation = api.operations[f"POST {path}"]
    request = Request("POST", path, (("content-type", "application/json"),), body)
    judge = checks()["invalid-request-accepted"].judge
    assert judge is not None
    judged = Judged(api, operation, Exchange(operation.key, request, Response(200)))
    assert [claim.cause for claim in judge(judged)] == [cause]
