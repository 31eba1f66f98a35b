from __future__ import annotations

from typing import Any

import pytest

from contractkit.model.contract import Notice
from contractkit.model.errors import InputError
from contractkit.sources.openapi import check_openapi

READ = "contractkit reads OpenAPI 3.0, 3.1 and 3.2"


@pytest.mark.parametrize("version", ["3.0.0", "3.0.4", "3.1.0", "3.1", "3.1.2", "3.2.0", "3.0.0-rc1"])
def test_what_is_read(version: str) -> None:
    document = {"openapi": version}
    assert check_openapi(document, "x") == (document, ())


def test_a_version_that_yaml_reads_as_a_number_is_put_right() -> None:
    assert check_openapi({"openapi": 3.1, "info": {}}, "x") == (
        {"openapi": "3.1", "info": {}},
        (Notice("/openapi", "3.1 is a number; it is read as the text '3.1'"),),
    )


ERRORS: list[tuple[Any, str]] = [
    (None, f"x: is no OpenAPI document but empty; give a document; {READ}"),
    ([], f"x: is no OpenAPI document but a list; give a document; {READ}"),
    ("text", f"x: is no OpenAPI document but a text; give a document; {READ}"),
    (7, f"x: is no OpenAPI document but a number; give a document; {READ}"),
    (
        {"swagger": "2.0"},
        "x: is a Swagger 2.0 document; convert it to OpenAPI 3 (with swagger2openapi, for one), or save the OpenAPI 3 "
        "document of the API",
    ),
    ({"asyncapi": "3.0.0"}, "x: is an AsyncAPI document; name its OpenAPI document"),
    ({"openapi": "4.0.0"}, f"x: is written in OpenAPI 4.0.0; {READ}; convert the document"),
    ({"openapi": "3.3.0"}, f"x: is written in OpenAPI 3.3.0; {READ}; convert the document"),
    ({"openapi": "2.0"}, f"x: is written in OpenAPI 2.0; {READ}; convert the document"),
    ({"openapi": 3}, f"x: `openapi` is a number, not a version; write openapi: 3.1.0; {READ}"),
    ({"openapi": None}, f"x: `openapi` is empty, not a version; write openapi: 3.1.0; {READ}"),
    ({"type": "object", "properties": {}}, f"x: is a JSON Schema, not an OpenAPI document; name the document; {READ}"),
    ({"info": {"_postman_id": "1"}}, "x: is a Postman collection; export it as OpenAPI 3"),
    ({"kind": "diff", "findings": []}, "x: is a report of contractkit, not a document; name a document"),
    ({}, f"x: has no `openapi` field at its top; write openapi: 3.1.0 there; {READ}"),
]


@pytest.mark.parametrize(("value", "message"), ERRORS, ids=[str(value)[:30] for value, _ in ERRORS])
def test_anything_else_is_called_what_it_is(value: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        check_openapi(value, "x")
    assert str(caught.value) == message
