"""Media types: what is the same on the wire, what covers what, how bodies are written."""

import pytest

from contractkit.openapi.media import parse_media_type
from contractkit.schema.point import Mode


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("application/json", "application/json; charset=utf-8"),
        ("application/json", "application/json;charset=iso-8859-1"),
        ("application/json", "Application/JSON"),
        ("text/plain", "text/plain; Charset=UTF-8"),
        ("multipart/form-data", "multipart/form-data; boundary=x"),
        ("application/vnd.a+json; v=1; w=2", 'application/vnd.a+json;w="2";v=1'),
        ("text/html", "text/html;q=0.5"),
    ],
)
def test_the_same_on_the_wire(one: str, other: str) -> None:
    assert parse_media_type(one) == parse_media_type(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("application/json", "application/problem+json"),
        ("text/plain", "text/plain; charset=iso-8859-1"),
        ("application/json; v=1", "application/json; v=2"),
        ("application/json", "text/json"),
        ("json", "application/json"),
    ],
)
def test_different_on_the_wire(one: str, other: str) -> None:
    assert parse_media_type(one) != parse_media_type(other)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("*/*", "application/json"),
        ("*/*", "text/*"),
        ("text/*", "text/csv"),
        ("application/*+json", "application/problem+json"),
        ("application/json", "application/json; v=1"),
    ],
)
def test_what_covers_what(wide: str, narrow: str) -> None:
    assert parse_media_type(wide).covers(parse_media_type(narrow))
    assert not parse_media_type(narrow).covers(parse_media_type(wide))


@pytest.mark.parametrize(
    ("text", "mode", "concrete"),
    [
        ("application/json", Mode.JSON, "application/json"),
        ("*/*", Mode.JSON, "application/json"),
        ("text/*", Mode.JSON, "text/plain"),
        ("image/*", Mode.JSON, "image/x-any"),
        ("text/plain", Mode.TEXT, "text/plain"),
        ("multipart/form-data", Mode.FORM, "multipart/form-data"),
        ("application/x-www-form-urlencoded", Mode.FORM, "application/x-www-form-urlencoded"),
    ],
)
def test_how_a_body_is_written(text: str, mode: Mode, concrete: str) -> None:
    media_type = parse_media_type(text)
    assert (media_type.mode, media_type.concrete) == (mode, concrete)
