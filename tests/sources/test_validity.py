from __future__ import annotations

import json
from typing import Any

import pytest

from contractkit.model.contract import Contract
from contractkit.model.errors import InputError
from contractkit.sources.validity import validate

OK = {"responses": {"200": {"description": "d"}}}


def document(**more: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}, **more}


def response(schema: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}}
    return {"/a": {"get": {"responses": {"200": {"description": "d", "content": content}}}}}


def found(value: dict[str, Any]) -> list[tuple[str, str]]:
    before = json.dumps(value)
    notices = validate(Contract("x", value), 60.0)
    assert json.dumps(value) == before
    return [(notice.place, notice.text) for notice in notices]


SCHEMA = "/paths/~1a/get/responses/200/content/application~1json/schema"

CASES: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    (document(), []),
    (document(openapi="3.0.3"), []),
    (document(openapi="3.2.0", paths={"/a": {"query": OK}}), []),
    (document(info={"title": "t"}), [("/info", '"version" is a required property')]),
    (document(paths=[]), [("/paths", '[] is not of type "object"')]),
    (document(paths={"/a": {"get": {"responses": {"200": {}}}}}), [
        ("/paths/~1a/get/responses/200", '"description" is a required property')
    ]),
    (document(paths={"/a/{id}": {"get": {**OK, "operationId": "x"}}, "/b": {"get": {**OK, "operationId": "x"}}}), [
        ("/paths/~1a~1{id}/get", "Path parameter 'id' for 'get' operation in '/a/{id}' was not resolved"),
        ("/paths/~1b/get", "Operation ID 'x' for 'get' in '/b' is not unique"),
    ]),
    (document(paths=response({"$ref": "#/components/schemas/No"})), [
        (SCHEMA, "nothing stands at the $ref `#/components/schemas/No`")
    ]),
    (document(paths=response({"$ref": "http://127.0.0.1:1/a.json"})), [
        (SCHEMA, "nothing stands at the $ref `http://127.0.0.1:1/a.json`")
    ]),
    (document(paths=response({"$ref": "file:///etc/hostname"})), [
        (SCHEMA, "nothing stands at the $ref `file:///etc/hostname`")
    ]),
    (document(paths=response({"$ref": "/etc/hostname"})), [
        (SCHEMA, "nothing stands at the $ref `#/etc/hostname`")
    ]),
    (document(paths={"/a": {"get": {**OK, "parameters": [{"$ref": "#/components/parameters/No"}]}}}), [
        ("/paths/~1a/get/parameters/0", "nothing stands at the $ref `#/components/parameters/No`")
    ]),
    (document(components={"schemas": {"A": {"properties": {"a": {"minLength": "x"}}}}}), [
        ("/components/schemas/A/properties/a/minLength", "'x' is not of type 'integer'")
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "findings"), CASES, ids=range(len(CASES)))
def test_findings_have_their_place(value: dict[str, Any], findings: list[tuple[str, str]]) -> None:
    assert found(value) == findings


def test_long_chains_of_references_are_one_clear_error() -> None:
    schemas: dict[str, Any] = {
        f"S{number}": {"properties": {"n": {"$ref": f"#/components/schemas/S{number + 1}"}}} for number in range(1000)
    }
    schemas["S1000"] = {}
    with pytest.raises(InputError) as caught:
        found(document(components={"schemas": schemas}))
    assert str(caught.value) == (
        "x: its chains of $refs are too long for openapi-spec-validator (0 findings until there); "
        "shorten them, or validate with another tool"
    )


def test_the_time_limit_ends_it() -> None:
    with pytest.raises(InputError) as caught:
        validate(Contract("x", document(paths={"/a": {"get": {}}}, info={})), -1.0)
    assert str(caught.value) == "x: not done within -1 s (2 findings until there); give it more with --time-limit"
