"""Requests just beyond one limit: which ones are made, and that an app which does not hold its limits is found."""

import json
from typing import Any

import pytest

from contractkit.fuzz.beyond import beyond
from contractkit.fuzz.message import Request
from contractkit.fuzz.operation import Api, Operation
from contractkit.model.contract import Contract
from tests.fuzz.conftest import Fuzz

JSON = (("content-type", "application/json"),)


def brewing(schema: Any, *parameters: Any, content: Any = None) -> Operation:
    post = {
        "parameters": list(parameters),
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}, **(content or {})}},
        "responses": {"201": {"description": "Brewed"}},
    }
    document = {"openapi": "3.1.0", "info": {"title": "Teas", "version": "1"}, "paths": {"/teas": {"post": post}}}
    (operation,) = Api(Contract("teas", document)).operations.values()
    return operation


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "minLength": 2, "maxLength": 3}, ["a", "aaaa"]),
        ({"type": "string", "maxLength": 10_000}, []),
        ({"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]}, ["aaaa"]),
        ({"oneOf": [{"type": "integer", "maximum": 3}, {"type": "null"}]}, [4]),
        ({"allOf": [{"type": "integer"}, {"minimum": 1}]}, [0]),
        ({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 9}, [0, 9]),
        ({"type": "number", "minimum": 0.5, "maximum": 0.75}, [0, 1]),
        ({"type": "integer", "multipleOf": 5, "minimum": 3, "maximum": 12}, [0, 15, 6]),
        ({"type": "string", "pattern": "^[A-Z]{2}$"}, ["", "~"]),
        ({"type": "string", "format": "date", "maxLength": 10}, []),
        ({"enum": ["black", "green"]}, ["black~"]),
        ({"enum": [1, 2, None]}, [3]),
        ({"type": "array", "items": {}, "minItems": 1, "maxItems": 2}, [[], [1, 2, 1]]),
        ({"type": "array", "items": {"type": "integer", "maximum": 2}}, [[3, 2]]),
        ({"type": "array", "uniqueItems": True}, [[1, 2, 1]]),
        ({"type": "string", "pattern": "^[A-Z]*$", "maxLength": 2}, ["~", "AAA"]),
        ({"type": "array", "prefixItems": [{"maximum": 1}, {"maximum": 2}]}, [[2, 2], [1, 3]]),
        ({"type": "array", "prefixItems": [{}], "items": {"maximum": 2}}, [[1, 3]]),
        ({"type": "boolean"}, []),
    ],
)
def test_what_lies_beyond_a_limit(schema: Any, expected: list[Any]) -> None:
    value = [1, 2] if schema.get("type") == "array" else None
    operation = brewing({"properties": {"tea": schema}})
    base = Request("POST", "/teas", JSON, json.dumps({"tea": value, "cup": 1}).encode())
    made = [one.json for one in beyond(operation, base)]
    assert made == [{"tea": one, "cup": 1} for one in expected]


def test_each_part_of_a_request_has_its_turn_and_the_rest_stays() -> None:
    inner = {"type": "object", "required": ["grams"], "properties": {"grams": {"type": "integer", "minimum": 1}}}
    schema = {
        "type": "object",
        "required": ["password", "again"],
        "properties": {
            "password": {"type": "string", "minLength": 3},
            "again": {"type": "string"},
            "blend": {"type": "array", "items": inner},
        },
    }
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 9}}
    operation = brewing(schema, limit)
    body = {"password": "abc", "again": "abc", "blend": [{"grams": 5}, {"grams": 6}]}
    made = list(beyond(operation, Request("POST", "/teas?page=2", JSON, json.dumps(body).encode())))
    assert [(one.target, one.json) for one in made] == [
        ("/teas?page=2&limit=10", body),
        ("/teas?page=2", {"again": "abc", "blend": body["blend"]}),
        ("/teas?page=2", {**body, "password": "aa"}),
        ("/teas?page=2", {**body, "password": "aa", "again": "aa"}),
        ("/teas?page=2", {"password": "abc", "blend": body["blend"]}),
        ("/teas?page=2", {**body, "blend": [{}, {"grams": 6}]}),
        ("/teas?page=2", {**body, "blend": [{"grams": 0}, {"grams": 6}]}),
    ]


def test_names_that_are_not_declared_forms_and_lists_of_a_query() -> None:
    few = {"type": "integer", "maximum": 9}
    operation = brewing({"properties": {"a": few}, "additionalProperties": {"type": "integer", "maximum": 5}})
    made = beyond(operation, Request("POST", "/teas", JSON, b'{"b": 1}'))
    assert [one.json for one in made] == [{"b": 1, "a": 10}, {"b": 6}]

    names = {"type": "array", "items": {"type": "string", "maxLength": 2}, "maxItems": 2}
    operation = brewing({}, {"name": "q", "in": "query", "schema": names})
    made = beyond(operation, Request("POST", "/teas?q=ab&q=c&x=1", JSON, b"{}"))
    assert [one.target for one in made] == ["/teas?q=ab&q=c&q=ab&x=1", "/teas?q=aaa&q=c&x=1"]

    form = {"application/x-www-form-urlencoded": {"schema": {"properties": {"a": few, "b": {"minLength": 1}}}}}
    operation = brewing({}, content=form)
    header = (("content-type", "application/x-www-form-urlencoded"),)
    made = beyond(operation, Request("POST", "/teas", header, b"a=1&c=x"))
    assert [one.body for one in made] == [b"a=10&c=x"]


LIMITS = frozenset({"invalid-request-accepted"})
APP = """
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, Field

app = FastAPI()
taken = set()


def held(kind, **limit):
    return {"anyOf": [{"type": kind, **limit}, {"type": "null"}]}


class Tea(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=40)]
    note: Annotated[str | None, Field(HOLDSmax_length=400, json_schema_extra=held("string", maxLength=400))] = None
    grams: Annotated[int | None, Field(HOLDSle=500, json_schema_extra=held("integer", maximum=500))] = None


@app.post("/teas", responses={409: {}})
def add(tea: Tea) -> str:
    if tea.name in taken:
        raise HTTPException(409)
    taken.add(tea.name)
    return tea.name


Limit = Annotated[int | None, Query(HOLDSle=100, json_schema_extra=held("integer", maximum=100))]


@app.get("/teas")
def find(limit: Limit = None) -> int:
    return limit or 0
"""


def test_a_limit_of_what_may_be_null_that_is_not_held_is_found(fuzz: Fuzz) -> None:
    broken = APP.replace("HOLDSmax_length=400, ", "").replace("HOLDSle=500, ", "").replace("HOLDSle=100, ", "")
    found = fuzz(broken, checks=LIMITS)
    causes = [(one.operation, one.cause) for one in found.confirmed if one.cause != "lax types"]
    assert sorted(causes) == [
        ("GET /teas", "query.limit maximum"),
        ("POST /teas", "body/grams maximum"),
        ("POST /teas", "body/note maxLength"),
    ]


def test_limits_that_are_held_are_no_finding(fuzz: Fuzz) -> None:
    found = fuzz(APP.replace("HOLDS", ""), checks=LIMITS)
    assert [one.cause for one in found.confirmed if one.cause != "lax types"] == []
