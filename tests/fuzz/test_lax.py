"""Which breaches of a contract are a lenient reader's conversions, and which are breaks."""

import json
from typing import Any

import pytest

from contractkit.fuzz.check import Judged, checks
from contractkit.fuzz.checks.invalid_accepted import is_lax
from contractkit.fuzz.message import Exchange, Request, Response
from contractkit.fuzz.operation import Api
from contractkit.model.contract import Contract
from tests.fuzz.conftest import Fuzz

INTEGER = {"type": "integer", "maximum": 9}
TEXT = {"type": "string", "maxLength": 3}
DAY = {"type": "string", "format": "date"}
MOMENT = {"type": "string", "format": "date-time"}
NULL = {"type": "null"}


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (INTEGER, "7", [("type", True)]),
        (INTEGER, " 1_0.0e2 ", [("type", True)]),
        (INTEGER, "", [("type", True)]),
        (INTEGER, True, [("type", True)]),
        (INTEGER, "seven", [("type", False)]),
        (INTEGER, 10, [("maximum", False)]),
        ({"type": "boolean"}, "Yes", [("type", True)]),
        (TEXT, 7, [("type", False)]),
        (DAY, "1700000000", [("format", True)]),
        (DAY, "tomorrow", [("format", False)]),
        ({"anyOf": [INTEGER, NULL]}, "7", [("type", True)]),
        ({"anyOf": [INTEGER, NULL]}, 10, [("maximum", False)]),
        ({"oneOf": [NULL, TEXT]}, "long", [("maxLength", False)]),
        ({"anyOf": [INTEGER, TEXT]}, "long", [("anyOf", False)]),
        ({"anyOf": [INTEGER, TEXT]}, "1000", [("anyOf", True)]),
        ({"anyOf": [INTEGER, TEXT, NULL]}, True, [("anyOf", True)]),
        ({"anyOf": [DAY, TEXT]}, "2024-01-01T00:00:00", [("anyOf", True)]),
        ({"anyOf": [{"type": "array", "items": INTEGER}, TEXT]}, ["7"], [("anyOf", True)]),
        ({"anyOf": [{"type": "array", "items": INTEGER}, TEXT]}, [10], [("anyOf", False)]),
        ({"anyOf": [{"type": "array", "items": INTEGER}, NULL]}, ["7", 10], [("type", True), ("maximum", False)]),
        ({"oneOf": [INTEGER, {"type": "integer"}]}, 7, [("oneOf", True)]),
        ({"oneOf": [{"type": "object"}, {"minProperties": 1}]}, {"a": 1}, [("oneOf", False)]),
    ],
)
def test_conversions_of_lenient_readers(schema: Any, value: Any, expected: list[tuple[str, bool]]) -> None:
    judged = sent(schema, value)
    assert [(one.keyword, is_lax(one)) for one in judged.validity.breaches] == expected


@pytest.mark.parametrize(
    ("schema", "value", "cause"),
    [
        ({"anyOf": [DAY, {"type": "string", "maxLength": 3}]}, 0, "lax types"),
        ({"anyOf": [DAY, MOMENT, NULL]}, 1.5, "lax types"),
        ({"additionalProperties": {"anyOf": [MOMENT, NULL]}}, {"a": 0}, "lax types"),
        ({"prefixItems": [MOMENT]}, [0], "lax types"),
        ({"type": "object", "properties": {"a": TEXT}}, {"a": 0}, "body/x/a type"),
        ({"anyOf": [{"type": "string", "format": "ipv4"}, NULL]}, True, "lax types"),
        ({"anyOf": [{"enum": [1, 2], "type": "integer"}, NULL]}, True, "lax types"),
        ({"enum": [1, 2], "type": "integer"}, "2", "lax types"),
        ({"enum": [1, 2], "type": "integer"}, "3", "body/x enum"),
        ({"enum": ["1"]}, 1, "body/x enum"),
        ({"type": "integer", "minimum": 5}, "1", "lax types"),
        ({"type": "number", "multipleOf": 0.1}, 0.1 + 0.2, "lax types"),
        ({"type": "number", "multipleOf": 0.1}, 0.25, "body/x multipleOf"),
        ({"type": "integer", "multipleOf": 5}, 6, "body/x multipleOf"),
        ({"type": "array", "uniqueItems": True}, [1, 1], "lax types"),
        ({"anyOf": [{"properties": {"a": MOMENT}, "type": "object"}, TEXT]}, {"a": 0}, "lax types"),
        ({"anyOf": [{"properties": {"a": INTEGER}, "type": "object"}, TEXT]}, {"a": 10}, "body/x anyOf"),
    ],
)
def test_what_is_claimed_where_the_value_is_accepted(schema: Any, value: Any, cause: str) -> None:
    judge = checks()["invalid-request-accepted"].judge
    assert judge is not None
    assert [claim.cause for claim in judge(sent(schema, value))] == [cause]


def sent(schema: Any, value: Any) -> Judged:
    """A request with a value in its body that was answered 200."""
    body = {"required": True, "content": {"application/json": {"schema": {"properties": {"x": schema}}}}}
    post = {"requestBody": body, "responses": {"200": {"description": "Done"}}}
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/": {"post": post}}}
    api = Api(Contract("t", document))
    (operation,) = api.operations.values()
    request = Request("POST", "/", (("content-type", "application/json"),), json.dumps({"x": value}).encode())
    return Judged(api, operation, Exchange(operation.key, request, Response(200)))


TYPES = """
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Cookie, FastAPI, Header, Query
from pydantic import AnyUrl, BaseModel, ByteSize, Field, SecretStr, StringConstraints, create_model

app = FastAPI()
Size = IntEnum("Size", ["SMALL", "LARGE"])
Colour = Enum("Colour", {"RED": "red", "BLUE": "blue"}, type=str)
KINDS = [
    IPv4Address | None, IPv6Address | str, Size | None, Size | str | None, Colour | None, Decimal | None, UUID | date,
    Annotated[Decimal, Field(ge=0, max_digits=5, decimal_places=2)] | None, list[datetime | None] | None, bytes | None,
    tuple[datetime | None, int] | None, date | Literal["today"], timedelta | int, ByteSize | None, time | None,
    Annotated[float, Field(multiple_of=0.1, ge=0.3, le=1)] | None, Literal[1, 2] | None, dict[str, IPv4Address] | None,
    Annotated[str, StringConstraints(min_length=1, max_length=5)] | None, dict[int, str] | None, AnyUrl | None,
    Annotated[list[int], Field(min_length=1, max_length=3)] | None, Path | None, set[int], frozenset[str] | None,
    datetime | str, dict[str, datetime | None], SecretStr | None, bool | None, float | None, int | float | None,
]
for number, kind in enumerate(KINDS):
    model = create_model(f"Model{number}", a=(kind, ...))

    def take(body: Any) -> int:
        return 1

    take.__annotations__["body"] = model
    app.post(f"/kinds/{number}")(take)


@app.get("/kinds")
def find(
    a: Annotated[list[int] | None, Query(max_length=2)] = None,
    b: Annotated[Decimal | None, Query(ge=0)] = None,
    c: Size | None = None,
    d: bool | None = None,
    e: Annotated[str | None, Query(min_length=2, max_length=5)] = None,
    f: Annotated[str | None, Header(min_length=1, max_length=5)] = None,
    g: Annotated[int | None, Cookie(ge=1)] = None,
) -> int:
    return 1
"""


def test_nothing_that_pydantic_converts_is_a_break(fuzz: Fuzz) -> None:
    result = fuzz(TYPES, checks=frozenset({"invalid-request-accepted", "documented-value-refused"}))
    found = [(one.operation, one.cause, one.message) for one in result.confirmed if one.cause != "lax types"]
    assert found == []
