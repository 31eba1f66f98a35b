from __future__ import annotations

import codecs

import pytest

from contractkit.model.errors import InputError
from contractkit.sources.text import Parsed, parse

JSON = '{"openapi": "3.1.0", "x": "ü😀"}'
YAML = "openapi: '3.1.0'\nx: ü😀\n"
VALUE = {"openapi": "3.1.0", "x": "ü😀"}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("text", "name"), [(JSON, "a.json"), (JSON, "a"), (YAML, "a.yaml"), (YAML, "a.yml"), (YAML, "")]
)
def test_every_encoding_of_unicode_is_told_apart(text: str, name: str, encoding: str) -> None:
    assert parse(text.encode(encoding), "x", name).value == VALUE


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert parse(codecs.BOM_UTF16_BE + JSON.encode("utf-16-be"), "x", "a.json").text == JSON


def test_other_bytes_are_refused_with_their_line() -> None:
    with pytest.raises(InputError) as caught:
        parse(b'{"a":\n "\xff"}', "x", "a.json")
    assert str(caught.value) == "x:2: is not UTF-8 text (byte 8); save it as UTF-8"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"a": 1}', "a.json"),
        ('{"a": 1}', "a.yaml"),
        ('{"a":\t1}', "a.yaml"),
        ("{a: 1}", "a.yaml"),
        ("a: 1", "a.txt"),
        ('  {"a": 1}', ""),
        ("a: 1", ""),
    ],
)
def test_ending_first_then_content(text: str, name: str) -> None:
    assert parse(text.encode(), "x", name) == Parsed(text, {"a": 1}, ())


def test_json_without_an_ending_has_the_errors_of_json() -> None:
    with pytest.raises(InputError, match=r"^x:1:6: not JSON"):
        parse(b'{"a" 1}', "x")


def test_yaml_that_begins_with_a_brace_has_the_errors_of_yaml() -> None:
    with pytest.raises(InputError, match=r"^x:2:1: not YAML"):
        parse(b"{a: 1, ", "x", "a.yaml")
