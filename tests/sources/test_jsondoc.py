from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contractkit.model.contract import Notice
from contractkit.model.errors import InputError
from contractkit.sources.jsondoc import parse_json, pointer

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(derandomize=True, deadline=None)
@given(JSON_VALUES)
def test_what_json_writes_comes_back(value: Any) -> None:
    assert parse_json(json.dumps(value), "x") == (value, ())


def test_what_is_no_number_becomes_null_with_its_place() -> None:
    text = '{"a/b": [1, NaN, {"~": -Infinity}], "c": 1e400, "d": -1e999, "e": Infinity, "f": 1e308}'
    value, notices = parse_json(text, "x")
    assert value == {"a/b": [1, None, {"~": None}], "c": None, "d": None, "e": None, "f": 1e308}
    assert notices == tuple(
        Notice(place, f"{token} is no number JSON can hold; it is read as null", token)
        for place, token in [
            ("/a~1b/1", "NaN"),
            ("/a~1b/2/~0", "-Infinity"),
            ("/c", "1e400"),
            ("/d", "-1e999"),
            ("/e", "Infinity"),
        ]
    )


def test_big_integers_are_kept_and_monstrous_ones_are_not() -> None:
    big = 10**400 + 1
    assert parse_json(f'{{"a": {big}}}', "x") == ({"a": big}, ())
    value, notices = parse_json(f'{{"a": {"9" * 5000}, "b": -{"9" * 4300}, "c": NaN}}', "x")
    assert value == {"a": None, "b": -int("9" * 4300), "c": None}
    assert notices == (
        Notice(
            "/a",
            "999999999999... (5000 characters) is no number JSON can hold; it is read as null",
            f"999999999999... (5000 characters, sha256:{hashlib.sha256(b'9' * 5000).hexdigest()[:16]})",
        ),
        Notice("/c", "NaN is no number JSON can hold; it is read as null", "NaN"),
    )


ERRORS = {
    '{"a": 1,]': "x:1:9: not JSON: ",
    '{\n "a" 1}': "x:2:6: not JSON: expecting ':' delimiter; mend the file there",
    '{"a": 1} 2': "x:1:10: not JSON: extra data; mend the file there",
    "": "x: is empty; give an OpenAPI document",
    " \n ": "x: is empty; give an OpenAPI document",
    "<!DOCTYPE html><html>": "x: is HTML or XML, not JSON; FastAPI's document is at /openapi.json",
    "openapi: 3.1.0": "x:1:1: not JSON: it looks like YAML; let the file's name end in .yaml",
    '{"a": 1,\n<<<<<<< HEAD\n"b": 2}': "x:2:1: not JSON: a merge conflict is left open here; resolve it",
}


@pytest.mark.parametrize("text", ERRORS)
def test_errors_have_line_and_column(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_json(text, "x")
    assert str(caught.value).startswith(ERRORS[text])


def test_deep_nesting_is_one_clear_error() -> None:
    with pytest.raises(InputError) as caught:
        parse_json("[" * 100_000 + "]" * 100_000, "x")
    assert str(caught.value) == "x: is nested too deeply to be read"


def test_pointers_are_escaped() -> None:
    assert pointer("/paths", "/a~b") == "/paths/~1a~0b"
    assert pointer("", 0) == "/0"
