"""Places and values in words."""

import pytest

from contractkit.model.change import Change, Direction
from contractkit.rules.wording import listed, place, shown, turned


@pytest.mark.parametrize(
    ("location", "direction", "expected"),
    [
        ("query.limit", Direction.REQUEST, "query parameter `limit`"),
        ("path.id", Direction.REQUEST, "path parameter `id`"),
        ("cookie.session", Direction.REQUEST, "cookie parameter `session`"),
        ("header.X-A", Direction.REQUEST, "header parameter `X-A`"),
        ("200.header.ETag", Direction.RESPONSE, "response header `ETag`"),
        ("body", Direction.REQUEST, "the request body"),
        ("200.body", Direction.RESPONSE, "the response body"),
        ("body.items[].qty", Direction.REQUEST, "`items[].qty`"),
        ("2XX.body.id", Direction.RESPONSE, "`id`"),
        ("default.body.detail", Direction.RESPONSE, "`detail`"),
        ("body[].id", Direction.REQUEST, "`body[].id`"),
        ("404", Direction.RESPONSE, "the 404 response"),
        ("defaults", None, "`defaults`"),
        ("", None, "`GET /a`"),
    ],
)
def test_place(location: str, direction: Direction | None, expected: str) -> None:
    assert place(Change("schema", "type", "changed", "GET /a", location, direction)) == expected


def test_the_place_of_a_change_of_the_document() -> None:
    assert place(Change("document", "title", "changed")) == "the document"


def test_the_place_of_the_names_of_an_object() -> None:
    change = Change("schema", "enum", "changed", "GET /a", "body.by", Direction.REQUEST, facts={"of_names": True})
    assert place(change) == "a name in `by`"


def test_long_values_are_cut() -> None:
    assert shown("ä" * 100) == '"' + "ä" * 78 + "…"
    assert shown({"a": [1, None, True]}) == '{"a": [1, null, true]}'


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["a"], '"a"'),
        (["a", 1], '"a" and 1'),
        ([1, 2, 3, 4], "1, 2, 3 and 4"),
        ([1, 2, 3, 4, 5], "1, 2, 3 and 2 more"),
    ],
)
def test_listed(values: list[object], expected: str) -> None:
    assert listed(values) == expected


@pytest.mark.parametrize(
    ("action", "before", "after", "expected"),
    [
        ("added", None, 1, "`a` got `default` 1"),
        ("removed", 1, None, "`a` lost `default` 1"),
        ("changed", 1, None, "`default` of `a` changed from 1 to null"),
    ],
)
def test_turned(action: str, before: object, after: object, expected: str) -> None:
    change = Change("schema", "default", action, location="body.a", before=before, after=after)
    assert turned(change, "`default`") == expected
