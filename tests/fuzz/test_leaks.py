"""What an answer gives away: for sure where it refuses, perhaps on purpose where all is well."""

import json

import pytest

from contractkit.fuzz.check import Judged, checks
from contractkit.fuzz.message import Exchange, Request, Response
from contractkit.fuzz.operation import Api
from contractkit.model.contract import Contract

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {"/pages": {"get": {"responses": {"default": {"description": "Any"}}}}},
}
TRACE = "Traceback (most recent call last)"


@pytest.mark.parametrize(
    ("status", "text", "asked", "expected"),
    [
        (200, "how to INSERT INTO customers", "", [("200 an SQL statement", "risky")]),
        (500, "INSERT INTO customers failed", "", [("500 an SQL statement", "breaking")]),
        (404, TRACE, "", [("404 a stack trace", "breaking")]),
        (200, TRACE, "", [("200 a stack trace", "risky")]),
        (422, "no such word: INSERT INTO customers", "?q=INSERT INTO customers", []),
        (200, "insert the key into the lock", "", []),
        (200, "$2b$12$abcdefghijklmnopqrstuv", "", [("a password hash 200.body", "breaking")]),
    ],
)
def test_what_an_answer_gives_away(status: int, text: str, asked: str, expected: list[tuple[str, str]]) -> None:
    api = Api(Contract("t", DOCUMENT))
    (operation,) = api.operations.values()
    response = Response(status, (("content-type", "application/json"),), json.dumps(text).encode())
    judge = checks()["leak"].judge
    assert judge is not None
    claims = judge(Judged(api, operation, Exchange(operation.key, Request("GET", f"/pages{asked}"), response)))
    assert [(one.cause, one.severity.value) for one in claims] == expected


def item(**more: object) -> dict[str, object]:
    return {"type": "missing", "loc": ["body", 0], "msg": "Field required", **more}


ERRORS = "errors of HTTPValidationError"
FASTAPI = (
    "the errors of its 422 (/detail/*) have more fields than the contract names: FastAPI answers them so, and this "
    "version of it does not describe all of that"
)
OWN = ": this is not what FastAPI answers to requests that it refuses, but a form of the app's own"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"detail": [item()]}, []),
        ({"detail": [item(input=None)]}, [(ERRORS, FASTAPI)]),
        ({"detail": [item(), item(input={}, ctx={"error": "no"}, url="https://errors")]}, [(ERRORS, FASTAPI)]),
        ({"detail": [item(hint="a")]}, ["/detail/*/hint"]),
        ({"detail": [item(input=1, hint="a")]}, ["/detail/*/input", "/detail/*/hint"]),
        ({"detail": [{"code": 3, "msg": "no"}]}, ["/detail/*/code"]),
        ({"detail": [item(input=1), {**item(), "loc": "body"}]}, ["/detail/*/input"]),
        ({"detail": [item(input=1)], "code": 3}, ["/detail/*/input", "/code"]),
        ({"message": "no"}, ["/message"]),
    ],
)
def test_what_fastapi_answers_to_what_it_refuses_is_not_the_apps_own(
    body: dict[str, object], expected: list[str | tuple[str, str]]
) -> None:
    error = {
        "type": "object",
        "properties": {
            "loc": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
            "msg": {"type": "string"},
            "type": {"type": "string"},
        },
    }  # as FastAPI 0.115 writes it
    reference = {"$ref": "#/components/schemas/ValidationError"}
    whole = {"type": "object", "properties": {"detail": {"type": "array", "items": reference}}}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/HTTPValidationError"}}}
    document = {
        **DOCUMENT,
        "paths": {"/pages": {"get": {"responses": {"422": {"description": "No", "content": content}}}}},
        "components": {"schemas": {"HTTPValidationError": whole, "ValidationError": error}},
    }
    api = Api(Contract("t", document))
    (operation,) = api.operations.values()
    response = Response(422, (("content-type", "application/json"),), json.dumps(body).encode())
    judge = checks()["leak"].judge
    assert judge is not None
    claims = list(judge(Judged(api, operation, Exchange(operation.key, Request("GET", "/pages"), response))))
    assert [(one.cause, one.message) for one in claims] == [
        (
            f"field 422.body{one} of HTTPValidationError",
            f"its 422 holds the field {one}, which the contract does not name{OWN}",
        )
        if isinstance(one, str)
        else one
        for one in expected
    ]
    assert {(one.severity.value, one.grouped) for one in claims} <= {("risky", True)}
    assert all(("newer versions of FastAPI" in one.mend) is (one.cause == ERRORS) for one in claims)
