"""Which breaches of a contract are a lenient reader's conversions, and which are breaks."""

import json
from typing import Any

import pytest

from contractkit.fuzz.checks.invalid_accepted import is_lax
from contractkit.fuzz.message import Request
from contractkit.fuzz.operation import Api
from contractkit.fuzz.validity import validity
from contractkit.model.contract import Contract

INTEGER = {"type": "integer", "maximum": 9}
TEXT = {"type": "string", "maxLength": 3}
DAY = {"type": "string", "format": "date"}
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
    body = {"required": True, "content": {"application/json": {"schema": {"properties": {"x": schema}}}}}
    post = {"requestBody": body, "responses": {"200": {"description": "Done"}}}
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/": {"post": post}}}
    (operation,) = Api(Contract("t", document)).operations.values()
    sent = Request("POST", "/", (("content-type", "application/json"),), json.dumps({"x": value}).encode())
    assert [(one.keyword, is_lax(one)) for one in validity(operation, sent).breaches] == expected
