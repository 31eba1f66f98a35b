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
