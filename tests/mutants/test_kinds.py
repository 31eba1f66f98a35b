"""Breaks and rewrites: each kind finds its place in a document made for it, and is what it says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from contractkit.api.selftesting import selftest
from contractkit.model.contract import Contract
from contractkit.model.policy import Policy
from contractkit.model.selftest import Said
from contractkit.mutants.kinds import Kind
from contractkit.mutants.make import KINDS, mutants
from contractkit.sources.config import load_config

TOOLS = {
    "type": "object",
    "required": ["name", "count", "mode", "rate", "note"],
    "properties": {
        "name": {"type": "string", "maxLength": 40},
        "count": {"type": "integer", "minimum": 1, "maximum": 100.0},
        "total": {"type": "integer"},
        "mode": {"type": "string", "enum": ["fast", "slow"]},
        "rate": {"type": "number"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "kind": {"const": "tool"},
        "size": {"type": ["integer", "string"]},
        "hint": {"type": ["string", "null"]},
        "day": {"type": "string", "format": "binary"},
        "pair": {"type": "object", "dependentRequired": {"a": ["b"]}},
        "shape": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
        "level": {"enum": ["one"]},
        "more": {},
        "yes": {"type": "boolean"},
    },
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Tools", "version": "1.0.0"},
    "paths": {
        "/tools/{key}": {
            "get": {
                "operationId": "read",
                "summary": "Read",
                "parameters": [
                    {"name": "key", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 9}},
                    {"name": "sort", "in": "query", "schema": {"type": "string", "enum": ["up", "down"]}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {
                        "description": "a tool",
                        "headers": {"ETag": {"required": True, "schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ToolRead"}}},
                    }
                },
            }
        },
        "/tools": {
            "post": {
                "operationId": "make",
                "security": [{"login": ["write"]}],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ToolCreate"}}}
                },
                "responses": {"201": {"description": "made"}},
            },
            "put": {
                "operationId": "clear",
                "security": [{"key": []}],
                "responses": {"204": {"description": "done"}},
            },
        },
    },
    "components": {
        "schemas": {"ToolCreate": TOOLS, "ToolRead": TOOLS},
        "securitySchemes": {
            "login": {
                "type": "oauth2",
                "flows": {"password": {"tokenUrl": "/token", "scopes": {"write": "write"}}},
            },
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        },
    },
}


def made(kind: str, document: Mapping[str, Any] = DOCUMENT, each: int = 1000) -> list[tuple[str, Any]]:
    """Where a kind of change can be made, and what the document is then."""
    (chosen,) = (one for one in KINDS if one.name == kind)
    return [(one.edit.where, one.document) for one in mutants(document, seed=1, each=each, kinds=[chosen])]


def differences(base: Any, revision: Any, place: str = "") -> list[str]:
    """The pointers at which two documents differ, the shortest of each."""
    if isinstance(base, dict) and isinstance(revision, dict):
        found = []
        for key in sorted({*base, *revision}):
            if key in base and key in revision:
                found += differences(base[key], revision[key], f"{place}/{key}")
            else:
                found.append(f"{place}/{key}")
        return found
    return [] if base == revision else [place]


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.name)
def test_every_kind_has_a_place_and_the_gate_is_right_about_it(kind: Kind, tmp_path: Path) -> None:
    found = selftest(Contract("tools.json", DOCUMENT), load_config(tmp_path), Policy(), each=100, kinds=[kind])
    (row,) = found.rows
    assert (found.absent, dict(row.counts)) == ((), {Said.CAUGHT if kind.breaks else Said.QUIET: row.made})
    assert not found.fails


def test_the_document_itself_stays_as_it_is() -> None:
    before = json.dumps(DOCUMENT)
    assert len({json.dumps(one.document) for one in mutants(DOCUMENT, seed=1, each=5)}) > len(KINDS)
    assert json.dumps(DOCUMENT) == before


def test_the_same_seed_makes_the_same_documents() -> None:
    first, again, other = (
        [(one.kind.name, one.edit.where, json.dumps(one.document)) for one in mutants(DOCUMENT, seed=seed, each=2)]
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_a_property_that_is_made_required_is_named_and_nothing_else_changes() -> None:
    places = made("request-property-made-required")
    assert [where for where, _ in places] == [
        f"POST /tools body.{name}" for name in TOOLS["properties"] if name not in TOOLS["required"]
    ]
    for where, document in places:
        assert differences(DOCUMENT, document) == ["/components/schemas/ToolCreate/required"]
        assert document["components"]["schemas"]["ToolCreate"]["required"] == [
            *TOOLS["required"],
            where.rpartition(".")[2],
        ]


def test_bounds_move_by_one_or_are_new() -> None:
    (count, total) = made("request-maximum-lowered")
    create = [one["components"]["schemas"]["ToolCreate"]["properties"] for _, one in (count, total)]
    assert (count[0], create[0]["count"]["maximum"]) == ("POST /tools body.count", 99)
    assert (total[0], create[1]["total"]["maximum"]) == ("POST /tools body.total", 1000)


@pytest.mark.parametrize("beside", [{"allOf": [{"maximum": 3}]}, {"enum": [1, 2]}, {"multipleOf": 50}])
def test_a_place_where_more_is_said_is_left_alone(beside: dict[str, Any]) -> None:
    schema = {"type": "integer", "maximum": 100, **beside}
    body = {"content": {"application/json": {"schema": schema}}}
    post = {"requestBody": body, "responses": {"204": {"description": "done"}}}
    assert made("request-maximum-lowered", {"openapi": "3.1.0", "paths": {"/x": {"post": post}}}) == []


def test_what_is_not_sent_is_left_alone() -> None:
    properties = {"id": {"type": "string", "readOnly": True}, "word": {"type": "string", "writeOnly": True}}
    schema = {"type": "object", "properties": properties, "required": ["id", "word"]}
    body = {"content": {"application/json": {"schema": schema}}}
    post = {"requestBody": body, "responses": {"200": {"description": "done", **body}}}
    document = {"openapi": "3.1.0", "paths": {"/x": {"post": post}}}
    assert [where for where, _ in made("request-type-changed", document)] == ["POST /x body.word"]
    assert [where for where, _ in made("response-type-changed", document)] == ["POST /x 200.body.id"]


def test_openapi_3_0_gets_its_own_words() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    answer = {"200": {"description": "done", "content": {"application/json": {"schema": schema}}}}
    document = {"openapi": "3.0.3", "paths": {"/x": {"get": {"responses": answer}}}}
    assert [
        one["paths"]["/x"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        for _, one in made("response-null-added", document)
    ] == [{**schema, "nullable": True}, {**schema, "properties": {"a": {"type": "string", "nullable": True}}}]
    assert made("schema-spelled-types", document) == []
    assert made("schema-wrap-all-of", document, each=1) != []


def test_drafts_and_what_is_announced_to_go_are_left_alone() -> None:
    answers = {"responses": {"204": {"description": "done"}}}
    item = {"get": {**answers, "deprecated": True}, "put": {**answers, "x-stability-level": "draft"}, "post": answers}
    document = {"openapi": "3.1.0", "paths": {"/x": item}}
    assert [where for where, _ in made("operation-removed", document)] == ["POST /x"]
    assert [where for where, _ in made("parameter-added-required", document)] == ["GET /x", "POST /x"]


def body_of(schema: Any, version: str = "3.1.0") -> dict[str, Any]:
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    post = {"requestBody": body, "responses": {"204": {"description": "done"}}}
    parts = {"Any": {"title": "Any"}, "Text": {"type": "string"}, "Maybe": {"type": "string", "nullable": True}}
    return {"openapi": version, "paths": {"/x": {"post": post}}, "components": {"schemas": parts}}


NULL = {"type": "null"}


@pytest.mark.parametrize(
    ("schema", "version", "count"),
    [
        ({"anyOf": [{"type": "string"}, NULL]}, "3.1.0", 1),
        ({"anyOf": [{"$ref": "#/components/schemas/Text"}, NULL]}, "3.1.0", 1),
        ({"anyOf": [{"enum": ["a", 1]}, NULL]}, "3.1.0", 1),
        ({"anyOf": [{"const": 1}, NULL]}, "3.1.0", 1),
        ({"anyOf": [{"anyOf": [{"type": "string"}, {"type": "integer"}]}, NULL]}, "3.1.0", 1),
        ({"anyOf": [{"allOf": [{"title": "A"}, {"type": "object"}]}, NULL]}, "3.1.0", 1),
        ({"type": ["string", "null"], "maxLength": 3}, "3.1.0", 1),
        ({"anyOf": [{}, NULL]}, "3.1.0", 0),
        ({"anyOf": [{"$ref": "#/components/schemas/Any"}, NULL]}, "3.1.0", 0),
        ({"anyOf": [{"$ref": "#/components/schemas/Any", "maximum": 3}, NULL]}, "3.1.0", 0),
        ({"anyOf": [{"maxLength": 3}, NULL]}, "3.1.0", 0),
        ({"anyOf": [{"type": ["string", "null"]}, NULL]}, "3.1.0", 0),
        ({"anyOf": [{"enum": ["a", None]}, NULL]}, "3.1.0", 0),
        ({"anyOf": [{"anyOf": [{"type": "string"}, NULL]}, NULL]}, "3.1.0", 0),
        ({"anyOf": [{"$ref": "#/components/schemas/Maybe"}, NULL]}, "3.0.3", 0),
        ({"type": ["string", "null"], "not": NULL}, "3.1.0", 0),
        ({"type": ["string", "null"], "allOf": [{"type": "string"}]}, "3.1.0", 0),
    ],
)
def test_null_is_refused_only_where_nothing_else_takes_it(schema: Any, version: str, count: int) -> None:
    assert len(made("request-null-refused", body_of(schema, version))) == count


def test_names_that_are_words_of_openapi_are_kept_and_so_are_values() -> None:
    value = {"a": {"description": "b", "example": 1}}
    names = ("example", "examples", "description", "properties")
    schema = {
        "type": "object",
        "description": "A thing",
        "examples": [{}],
        "properties": {name: {"type": "string", "description": name, "example": ""} for name in names},
        "required": list(names),
        "const": value,
        "default": value,
        "x-of-ours": value,
    }
    document = body_of({"$ref": "#/components/schemas/example"})
    document["components"] = {"schemas": {"example": schema}, "securitySchemes": {"examples": {"type": "http"}}}
    document["paths"]["/x"]["post"]["security"] = [{"examples": []}]
    ((_, changed),) = made("texts-changed", document)
    told = {**schema, "description": "A thing Again."}
    told["properties"] = {name: {"type": "string", "description": f"{name} Again."} for name in names}
    del told["examples"]
    post = {**document["paths"]["/x"]["post"], "responses": {"204": {"description": "done Again."}}}
    assert changed == {
        **document,
        "paths": {"/x": {"post": post}},
        "components": {**document["components"], "schemas": {"example": told}},
    }
