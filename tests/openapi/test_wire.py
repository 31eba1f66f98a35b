"""Every style, as the OpenAPI Specification's table and RFC 6570 write it."""

from typing import Any

import pytest

from contractkit.model.contract import Contract
from contractkit.openapi.wire import STYLES, default_explode, file_fields, scalar_text, serialise
from contractkit.schema.document import Document, Side

LIST = ["blue", "black"]
OBJECT = {"R": 100, "G": 200}


@pytest.mark.parametrize(
    ("where", "style", "explode", "value", "text"),
    [
        ("path", "simple", False, "blue", "blue"),
        ("path", "simple", True, "blue", "blue"),
        ("path", "simple", False, LIST, "blue,black"),
        ("path", "simple", True, LIST, "blue,black"),
        ("path", "simple", False, OBJECT, "R,100,G,200"),
        ("path", "simple", True, OBJECT, "R=100,G=200"),
        ("path", "label", False, "", "."),
        ("path", "label", False, "blue", ".blue"),
        ("path", "label", False, LIST, ".blue,black"),
        ("path", "label", True, LIST, ".blue.black"),
        ("path", "label", False, OBJECT, ".R,100,G,200"),
        ("path", "label", True, OBJECT, ".R=100.G=200"),
        ("path", "matrix", False, "", ";color"),
        ("path", "matrix", True, "blue", ";color=blue"),
        ("path", "matrix", False, LIST, ";color=blue,black"),
        ("path", "matrix", True, LIST, ";color=blue;color=black"),
        ("path", "matrix", False, OBJECT, ";color=R,100,G,200"),
        ("path", "matrix", True, OBJECT, ";R=100;G=200"),
        ("query", "form", False, "", "color="),
        ("query", "form", True, "blue", "color=blue"),
        ("query", "form", False, LIST, "color=blue,black"),
        ("query", "form", True, LIST, "color=blue&color=black"),
        ("query", "form", False, OBJECT, "color=R,100,G,200"),
        ("query", "form", True, OBJECT, "R=100&G=200"),
        ("query", "spaceDelimited", False, LIST, "color=blue%20black"),
        ("query", "spaceDelimited", True, LIST, "color=blue&color=black"),
        ("query", "pipeDelimited", False, LIST, "color=blue%7Cblack"),
        ("query", "pipeDelimited", False, OBJECT, "color=R%7C100%7CG%7C200"),
        ("query", "deepObject", True, OBJECT, "color%5BR%5D=100&color%5BG%5D=200"),
        ("header", "simple", False, LIST, "blue,black"),
        ("header", "simple", True, OBJECT, "R=100,G=200"),
        ("cookie", "form", False, LIST, "color=blue,black"),
        ("cookie", "form", True, "a b", "color=a%20b"),
        ("cookie", "cookie", True, LIST, "color=blue; color=black"),
        ("cookie", "cookie", True, "a b", "color=a b"),
    ],
)
def test_styles(where: str, style: str, explode: bool, value: Any, text: str) -> None:
    assert serialise(where, "color", value, style=style, explode=explode) == text


@pytest.mark.parametrize("value", [[], {}, None])
@pytest.mark.parametrize("style", sorted(STYLES["query"]))
@pytest.mark.parametrize("explode", [True, False])
def test_nothing_to_write_is_an_absent_query_parameter(value: Any, style: str, explode: bool) -> None:
    assert serialise("query", "color", value, style=style, explode=explode) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (1.5, "1.5"),
        (True, "true"),
        (None, ""),
        ("é", "é"),
        ([1, "a"], '[1,"a"]'),
        ({"a": None}, '{"a":null}'),
    ],
)
def test_scalars_are_written_as_json_writes_them(value: Any, text: str) -> None:
    assert scalar_text(value) == text


def test_reserved_characters_are_encoded_unless_allowed() -> None:
    value = "a/b:c é&d=e+f#g[h"
    assert serialise("query", "q", value, style="form", explode=True) == "q=a%2Fb%3Ac%20%C3%A9%26d%3De%2Bf%23g%5Bh"
    allowed = serialise("query", "q", value, style="form", explode=True, allow_reserved=True)
    assert allowed == "q=a/b:c%20%C3%A9%26d%3De%2Bf%23g%5Bh"


def test_path_text_is_encoded_and_header_text_is_not() -> None:
    assert serialise("path", "p", "a/b c", style="simple", explode=False) == "a%2Fb%20c"
    assert serialise("header", "p", "a/b c", style="simple", explode=False) == "a/b c"


def test_a_lone_surrogate_is_written_somehow() -> None:
    assert serialise("query", "q", "\ud800", style="form", explode=True) == "q=%ED%A0%80"


def test_a_style_that_the_place_does_not_allow_is_its_default() -> None:
    assert serialise("header", "h", LIST, style="form", explode=True) == "blue,black"
    assert serialise("query", "q", LIST, style="matrix", explode=False) == "q=blue&q=black"


def test_only_form_styles_explode_by_default() -> None:
    assert {style: default_explode(style) for styles in STYLES.values() for style in styles} == {
        "simple": False,
        "label": False,
        "matrix": False,
        "form": True,
        "cookie": True,
        "spaceDelimited": False,
        "pipeDelimited": False,
        "deepObject": False,
    }


BINARY = {"type": "string", "format": "binary"}
BYTES = {"type": "string", "contentMediaType": "application/octet-stream"}


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        (True, ()),
        ({"properties": 1, "allOf": 2}, ()),
        ({"properties": {"a": {"type": "string"}, "b": True, "c": BYTES, "d": BINARY, "e": {"type": "file"}}}, "cde"),
        ({"properties": {"a": {"anyOf": [BYTES, {"type": "null"}]}, "b": {"type": "array", "items": BINARY}}}, "ab"),
        ({"properties": {"a": {"anyOf": [{"type": "array", "items": BYTES}, {"type": "null"}]}}}, "a"),
        ({"properties": {"a": {"type": "string", "contentMediaType": "application/json"}}}, ()),
        ({"properties": {"a": {**BYTES, "contentEncoding": "base64"}}}, ()),
        ({"$ref": "#/components/schemas/Form"}, "ab"),
        ({"allOf": [{"$ref": "#/components/schemas/Form"}, {"properties": {"c": BYTES}}]}, "abc"),
        ({"$ref": "#/components/schemas/Circle"}, "a"),
    ],
)
def test_fields_that_are_files(schema: Any, names: Any) -> None:
    schemas = {
        "File": BYTES,
        "Form": {"properties": {"a": {"$ref": "#/components/schemas/File"}, "b": BINARY, "t": {}}},
        "Circle": {"properties": {"a": BINARY}, "allOf": [{"$ref": "#/components/schemas/Circle"}]},
    }
    document = Document(Contract("base", {"openapi": "3.1.0", "components": {"schemas": schemas}}), Side.BASE)
    assert file_fields(document, schema) == tuple(names)
