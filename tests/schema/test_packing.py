"""Texts that hold JSON (`contentSchema`): packed and unpacked, and compared inside unions as anywhere."""

from typing import Any

import pytest

from contractkit.model.change import Direction
from contractkit.schema.packing import packed, unpacked
from tests.schema.points import INTEGER, NULL, SILENCE, STRING, Schema, both_ways, changes, line, obj, ref

JSON = "media application/json"


@pytest.mark.parametrize(
    ("value", "content", "texts"),
    [
        ({"a": [1, "é"]}, [JSON], ['{"a":[1,"é"]}']),
        (0, ["media application/problem+json"], ["0"]),
        ({"a": 0}, [JSON, "encoding base64"], ["eyJhIjowfQ=="]),
        (0, [JSON, "encoding base32"], []),
        (0, ["media application/xml"], []),
        (0, [], []),
    ],
)
def test_packed_and_unpacked(value: Any, content: list[str], texts: list[str]) -> None:
    assert packed(value, content) == texts
    for text in texts:
        assert unpacked(text, content) == value
    if not texts:
        with pytest.raises(LookupError):
            unpacked("0", content)


@pytest.mark.parametrize(
    ("text", "content", "why"),
    [
        ("{", [JSON], "Expecting"),
        ("a", [JSON], "Expecting"),
        ("[" * 100_000, [JSON], "no JSON"),
        ("!", [JSON, "encoding base64"], "no JSON"),
    ],
)
def test_what_holds_no_json(text: str, content: list[str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        unpacked(text, content)


def text_of(schema: Schema) -> Schema:
    return {**STRING, "contentMediaType": "application/json", "contentSchema": schema}


def told(base: Schema, revision: Schema, direction: Direction, **more: Any) -> list[tuple[str, Any]]:
    """Each change as a line, with the body that shows it."""
    found = changes(base, revision, direction, **more)
    return sorted((line(one), one.witness and one.witness.body) for one in found)


def tagged(tag: str, a: Schema) -> Schema:
    return obj("k", "a", k={"const": tag}, a=a)


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_what_breaks_in_a_text_below_a_union(keyword: str) -> None:
    other = obj("k", k={"const": "y"})
    base = {keyword: [tagged("x", text_of(obj("v", v=STRING))), other]}
    revision = {keyword: [tagged("x", text_of(obj("v", v=INTEGER))), other]}
    for direction, value in ((Direction.REQUEST, '{"v":""}'), (Direction.RESPONSE, '{"v":0}')):
        ((text, body),) = told(base, revision, direction)
        assert (text, body) == ("body.a.v type changed: definition", {"k": "x", "a": value})


def test_a_text_that_may_be_null_still_says_what_it_holds() -> None:
    """`Json[Model] | None`, as pydantic writes it."""
    union = {"anyOf": [text_of(ref("M")), NULL]}
    before, after = {"M": obj(a=INTEGER)}, {"M": obj("a", a=INTEGER)}
    assert told(obj(p=union), obj(p=union), Direction.RESPONSE, base_components=before, components=after) == [
        ("body.p.a required added: contained", None)
    ]
    assert both_ways(text_of(INTEGER), {"allOf": [text_of(INTEGER)]}) == SILENCE
    assert told(text_of(INTEGER), {"anyOf": [text_of(INTEGER), NULL]}, Direction.REQUEST) == [
        ("body nullable added: contained", None)
    ]


def test_what_breaks_in_a_text_below_a_union_without_tags() -> None:
    def either(a: Schema) -> Schema:
        return {"anyOf": [obj("a", a=text_of(a)), obj("b", b=INTEGER)]}

    for direction, value in ((Direction.REQUEST, '""'), (Direction.RESPONSE, "0")):
        assert told(either(STRING), either(INTEGER), direction) == [("body.a type changed: definition", {"a": value})]
