from __future__ import annotations

import json

import pytest

from contractkit.sources.positions import Positions

TEXTS = {
    "json": '{\n  "a/b": {"x": [1,\n    2]},\n  "c": 3,\n\t"c": {"\\u0041": 4}\n}\n',
    "yaml": 'a/b: {x: [1,\n  2]}\nc: 3\nc:\n  "\\u0041": 4\n',
}
FOUND = {
    "json": {"": (1, 1), "/a~1b": (2, 3), "/a~1b/x": (2, 11), "/a~1b/x/1": (3, 5), "/c/A": (5, 8), "/c/B/1": (5, 2)},
    "yaml": {"": (1, 1), "/a~1b": (1, 1), "/a~1b/x": (1, 7), "/a~1b/x/1": (2, 3), "/c/A": (5, 3), "/c/B/1": (4, 1)},
}


@pytest.mark.parametrize("kind", TEXTS)
def test_each_key_and_item_has_its_place_and_others_that_of_what_is_around(kind: str) -> None:
    positions = Positions(TEXTS[kind])
    assert {place: positions.find(place) for place in FOUND[kind]} == FOUND[kind]
    assert positions.duplicates == ["/c"]


def test_a_text_that_cannot_be_read_has_no_places() -> None:
    assert Positions("{").find("/a") == (1, 1)
    assert Positions("").find("/a") is None


def test_a_large_document_on_one_line() -> None:
    text = json.dumps({"paths": {f"/a{number}": {} for number in range(2000)}})
    assert Positions(text).find("/paths/~1a1999") == (1, text.index('"/a1999"') + 1)
