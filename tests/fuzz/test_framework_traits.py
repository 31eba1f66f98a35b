"""What the framework does with every route is no finding about one of them."""

from contractkit.fuzz.check import Judged, checks
from contractkit.fuzz.message import Exchange, Request, Response
from contractkit.fuzz.operation import Api
from contractkit.model.contract import Contract
from tests.fuzz.conftest import Fuzz

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
    result = fuzz(BOUNDS)
    assert {(claim.check, claim.cause, claim.severity.value) for claim in result.confirmed} == {
        ("invalid-request-accepted", "lax types", "risky"),
    }
