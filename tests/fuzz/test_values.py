"""Random values of a schema: valid ones, of every kind that it allows, the same for the same seed."""

import random
from typing import Any

import pytest

from contractkit.fuzz.message import ABSENT, Request
from contractkit.fuzz.operation import Api, Operation
from contractkit.fuzz.validity import validity
from contractkit.fuzz.values import random_value, varied
from contractkit.model.contract import Contract

JSON = (("content-type", "application/json"),)
TEA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 8},
        "sort": {"enum": ["green", "black", None]},
        "code": {"type": "string", "pattern": "^[A-Z]{2}[0-9]{3}$"},
        "grams": {"type": "integer", "exclusiveMinimum": 0, "multipleOf": 5, "maximum": 500},
        "price": {"anyOf": [{"type": "number", "minimum": 0.5, "maximum": 0.75}, {"type": "null"}]},
        "picked": {"type": "string", "format": "date"},
        "mix": {"type": "array", "items": {"$ref": "#/components/schemas/Tea"}, "maxItems": 2},
        "labels": {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True, "minItems": 1},
    },
    "required": ["name", "grams"],
    "additionalProperties": False,
}


def brew(schema: Any, *parameters: Any) -> Operation:
    post = {
        "parameters": list(parameters),
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"201": {"description": "Brewed"}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Teas", "version": "1"},
        "paths": {"/teas/{tea}": {"post": post}},
        "components": {"schemas": {"Tea": TEA}},
    }
    (operation,) = Api(Contract("teas", document)).operations.values()
    return operation


def parameter(name: str, where: str, schema: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "schema": schema, "required": where == "path", **more}


def values(schema: Any, count: int = 300) -> list[Any]:
    (body,) = brew(schema).bodies
    rng = random.Random(1)
    made = [random_value(body.check.node, rng) for _ in range(count)]
    assert [one for one in made if one is not ABSENT and body.check.is_valid(one) is False] == []
    return made


def test_all_of_an_object_comes_and_all_of_it_is_valid() -> None:
    made = values({"$ref": "#/components/schemas/Tea"})
    assert ABSENT not in made
    assert {name for one in made for name in one} == set(TEA["properties"])
    assert {one["sort"] for one in made if "sort" in one} == {"green", "black", None}
    assert any(below for one in made for below in one.get("mix", ()))


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer", "minimum": 3, "exclusiveMaximum": 6}, {3, 4, 5}),
        ({"allOf": [{"type": "integer", "minimum": 3}, {"maximum": 4}]}, {3, 4}),
        ({"type": "number", "multipleOf": 0.5, "minimum": 0, "maximum": 1}, {0, 0.5, 1}),
        ({"oneOf": [{"const": "a"}, {"type": "boolean"}]}, {"a", True, False}),
        ({"type": ["null", "boolean"]}, {None, True, False}),
        ({"type": "string", "pattern": "^[ab]$"}, {"a", "b"}),
    ],
)
def test_a_small_set_is_all_of_it_made(schema: Any, expected: set[Any]) -> None:
    assert set(values(schema)) == expected


def test_what_nothing_fits_is_absent() -> None:
    assert values({"type": "object", "required": ["a"], "properties": {"a": False}}, 5) == [ABSENT] * 5
    assert values({"allOf": [{"type": "string"}, {"type": "integer"}]}, 5) == [ABSENT] * 5


def test_a_schema_without_an_end_is_cut() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Tea"}}, "required": ["next"]}
    assert all(one is not ABSENT for one in values(node, 20))


def test_variants_are_valid_and_change_every_part() -> None:
    operation = brew(
        {"$ref": "#/components/schemas/Tea"},
        parameter("tea", "path", {"type": "string"}),
        parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": 100}),
        parameter("tags", "query", {"type": "array", "items": {"type": "string"}}),
        parameter("X-Trace", "header", {"type": "string"}),
        parameter("cup", "cookie", {"type": "string"}),
    )
    base = Request("POST", "/teas/a?limit=7", JSON, b'{"name":"a","grams":5}')
    made = [*varied(operation, [base], random.Random(3), 200)]
    assert len(made) == len({*made, base}) - 1 > 150
    assert {validity(operation, one).valid for one in made} == {True}
    assert {one.path == base.path for one in made} == {True, False}
    assert {one.body == base.body for one in made} == {True, False}
    assert {name for one in made for name, _ in one.pairs} == {"limit", "tags"}
    assert {name for one in made for name, _ in one.headers} == {"content-type", "X-Trace", "Cookie"}
    assert made == [*varied(operation, [base], random.Random(3), 200)]
