"""Where the values of a JSON text stand, found without reading all of it."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from contractkit.sources.json_places import JsonPlaces
from contractkit.sources.parts import Parts
from contractkit.sources.positions import Positions

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {"/a/{b}": {"get": {"parameters": [{"name": "x"}, {"name": "y", "schema": {"type": "string"}}]}}},
    "components": {"schemas": {"A": {"properties": {"a~b": {}, 'q"': {"enum": [1, [2, {"z": 3}]]}}}, "B": {}}},
    "empty": {},
    "none": [],
}


def pointers(value: Any, place: str = "") -> list[str]:
    found = [place]
    if isinstance(value, dict):
        for key, below in value.items():
            found += pointers(below, f"{place}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, below in enumerate(value):
            found += pointers(below, f"{place}/{index}")
    return found


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("known", [False, True])
def test_places_are_those_that_a_full_parse_gives(indent: int | None, known: bool) -> None:
    text = json.dumps(DOCUMENT, indent=indent)
    parts = Parts()
    assert parts.read(text) is not None
    found, slow = JsonPlaces(text, parts.offsets if known else None), Positions(text)
    places = pointers(DOCUMENT)
    random.Random(1).shuffle(places)
    assert len(places) > 25
    assert {place: found.find(place) for place in places} == {place: slow.find(place) for place in places}


def test_the_second_text_has_its_own_offsets() -> None:
    parts = Parts()
    parts.read(json.dumps(DOCUMENT, indent=2))
    later = json.dumps({"info": {"title": "new"}, **DOCUMENT}, indent=2)
    parts.read(later)
    found, slow = JsonPlaces(later, parts.offsets), Positions(later)
    for place in pointers(DOCUMENT):
        assert found.find(place) == slow.find(place), place


def test_what_is_not_there_has_the_place_around_it() -> None:
    text = json.dumps(DOCUMENT, indent=2)
    found = JsonPlaces(text)
    assert found.find("/components/schemas/A/properties/gone/deep") == found.find("/components/schemas/A/properties")
    assert found.find("/gone") == (1, 1)


def test_places_far_inside_are_those_that_a_full_parse_gives() -> None:
    value: Any = {"}": ["]", 'q"{'], "end": {}}
    for level in range(150):
        value = {"before": {"[": level}, "a": value} if level % 3 else ['x\\"]', value, [[]]]
    text = json.dumps({"first": [{}, 1], "deep": value})
    places = pointers(json.loads(text))
    assert max(place.count("/") for place in places) > 150
    found, slow = JsonPlaces(text), Positions(text)
    assert {place: found.find(place) for place in places} == {place: slow.find(place) for place in places}
    assert JsonPlaces(text).find("/first/1" + "/a" * 100) == slow.find("/first/1")
    twice = '{"a": [' + "[" * 100 + "1" + "]" * 100 + '], "a":' + "[" * 100 + "2" + "]" * 100 + "}"
    assert JsonPlaces(twice).find("/a" + "/0" * 100) == (1, twice.index("2") + 1), "the last one counts"


@pytest.mark.parametrize("text", ["", "{", '{"a": ', '{"a": [1, }', "[" * 5000])
def test_text_that_is_no_json_has_no_places(text: str) -> None:
    assert JsonPlaces(text).find("/a/b") is None or text == '{"a": [1, }'


def test_two_places_of_one_line_have_the_columns_of_that_line() -> None:
    found = JsonPlaces('{\n "a": 1, "b": 2,\n "c": 3}')
    assert [found.find(f"/{name}") for name in "abcba"] == [(2, 2), (2, 10), (3, 2), (2, 10), (2, 2)]
