"""Witnesses take the contract's own examples where the value does not decide anything."""

from typing import Any

import pytest

from contractkit.model.change import Change, Direction
from contractkit.schema.document import Side
from contractkit.schema.engine import Mode, Point, SchemaEngine
from contractkit.schema.examples import MAX_TEXT
from tests.schema.points import ARRAY, INTEGER, NULL, STRING, Schema, document, obj, point

AT_MOST_10 = {**INTEGER, "maximum": 10}
SKU = {**STRING, "examples": ["TEA-001"]}


def changes(points: list[Point], openapi: str = "3.1.0") -> list[Change]:
    return SchemaEngine(document(Side.BASE, {}, openapi), document(Side.REVISION, {}, openapi)).changes(points)


def bodies(base: Schema, revision: Schema) -> dict[str, Any]:
    """The bodies of all witnesses by the places they show."""
    found = changes([point(base, revision)])
    return {change.location: change.witness.body for change in found if change.witness is not None}


def body(base: Schema, revision: Schema, *, openapi: str = "3.1.0", examples: tuple[Any, ...] = ()) -> Any:
    """The body of the only witness."""
    (change,) = changes([point(base, revision, examples=examples)], openapi)
    assert change.witness is not None
    return change.witness.body


def pair(**others: Schema) -> tuple[Schema, Schema]:
    """An object before and after `n` was limited, with other properties that must be sent."""
    return obj("n", *others, n=INTEGER, **others), obj("n", *others, n=AT_MOST_10, **others)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (SKU, "TEA-001"),
        ({**STRING, "example": "TEA-001", "examples": ["OAT-001"], "default": "RYE-001"}, "TEA-001"),
        ({**STRING, "default": "RYE-001"}, "RYE-001"),
        ({**STRING, "examples": [3, "x" * (MAX_TEXT + 1), None, "TEA-001"]}, "TEA-001"),
        ({**STRING, "minLength": 2, "examples": ["a"], "default": "ab"}, "ab"),
        ({**STRING, "examples": "TEA-001"}, ""),
        ({**STRING, "default": None}, ""),
        (STRING, ""),
        ({"anyOf": [STRING, NULL], "examples": ["TEA-001"]}, "TEA-001"),
        ({"anyOf": [SKU, NULL]}, "TEA-001"),
        ({"allOf": [STRING, {"examples": ["TEA-001"]}]}, "TEA-001"),
        ({**ARRAY, "items": SKU, "minItems": 2}, ["TEA-001", "TEA-001"]),
        ({**ARRAY, "items": SKU, "minItems": 2, "uniqueItems": True}, ["TEA-001", "a"]),
        ({**ARRAY, "items": STRING, "minItems": 2, "examples": [["TEA-001", "OAT-001"]]}, ["TEA-001", "OAT-001"]),
        ({**ARRAY, "items": SKU}, []),
        (obj("b", b=SKU), {"b": "TEA-001"}),
        ({**obj("b", b=STRING), "examples": [{"b": "TEA-001", "c": 1}]}, {"b": "TEA-001"}),
    ],
)
def test_what_stands_beside_the_break(schema: Schema, expected: Any) -> None:
    assert body(*pair(a=schema)) == {"a": expected, "n": 11}


def test_the_deciding_place_keeps_its_value() -> None:
    shown = {"examples": [40], "default": 50}
    before, after = ({**one, **shown} for one in (INTEGER, AT_MOST_10))
    assert body(obj("n", n=before), obj("n", n=after)) == {"n": 11}
    assert body(before, after) == 11
    lists = [{**ARRAY, "items": obj("n", "a", n=one, a=SKU)} for one in (before, after)]
    assert body(lists[0], lists[1]) == [{"a": "TEA-001", "n": 11}]


def test_an_example_that_the_receiver_refuses_is_not_taken() -> None:
    before = obj("n", "a", "b", n=INTEGER, a={**STRING, "examples": ["long"]}, b=SKU)
    after = obj("n", "a", "b", n=AT_MOST_10, a={**STRING, "maxLength": 3}, b=SKU)
    assert bodies(before, after) == {
        "body.n": {"a": "", "b": "TEA-001", "n": 11},
        "body.a": {"a": "aaaa", "b": "TEA-001", "n": 0},
    }


def test_an_example_that_the_receiver_takes_stands_in_for_a_value_that_it_refuses() -> None:
    before, after = obj("n", "a", n=INTEGER, a=SKU), obj("n", "a", n=AT_MOST_10, a={**SKU, "minLength": 1})
    assert bodies(before, after) == {"body.n": {"a": "TEA-001", "n": 11}, "body.a": {"a": "", "n": 0}}


def test_an_example_that_makes_another_alternative_of_it_is_not_taken() -> None:
    def union(limited: Schema) -> Schema:
        kinds = [{"const": "one"}, {"const": "two"}]
        branches = [obj("kind", "n", kind=kind, n=n) for kind, n in zip(kinds, (limited, INTEGER), strict=True)]
        return {"oneOf": branches, "examples": [{"kind": "two", "n": 3}]}

    assert body(union(INTEGER), union(AT_MOST_10)) == {"kind": "one", "n": 11}


def test_examples_beside_the_schema_count() -> None:
    assert body(*pair(a=STRING), examples=({"a": "TEA-001", "n": 4},)) == {"a": "TEA-001", "n": 11}


def test_the_example_of_3_0_counts() -> None:
    assert body(*pair(a={**STRING, "example": "TEA-001"}), openapi="3.0.3") == {"a": "TEA-001", "n": 11}


def test_the_sender_s_examples_count() -> None:
    old, new = ({**STRING, "examples": [text]} for text in ("old", "new"))
    base, revision = obj("n", "a", n=AT_MOST_10, a=old), obj("n", "a", n=INTEGER, a=new)
    found = changes([point(base, revision, Direction.RESPONSE, location="200.body")])
    assert [change.witness.body for change in found if change.witness is not None] == [{"a": "new", "n": 11}]


def test_samples_take_examples() -> None:
    engine = SchemaEngine(document(Side.BASE, {}, "3.1.0"), document(Side.REVISION, {}, "3.1.0"))

    def sample(schema: Schema, examples: tuple[Any, ...] = ()) -> Any:
        return engine.sample(Side.BASE, schema, Direction.REQUEST, examples=examples)

    assert sample(SKU) == (True, "TEA-001")
    assert sample(STRING, ("TEA-001",)) == (True, "TEA-001")
    assert sample({**STRING, "maxLength": 3}, ("TEA-001",)) == (True, "")
    assert sample(obj("a", a=STRING), ({"a": 3}, {"a": "TEA-001"})) == (True, {"a": "TEA-001"})


@pytest.mark.parametrize(
    ("mode", "examples", "found"),
    [
        (Mode.JSON, (), (False, None)),
        (Mode.JSON, ([], ["no address"], ["a@b.example.org"]), (True, ["a@b.example.org"])),
        (Mode.TEXT, ([], ["a@b.example.org"]), (True, ["a@b.example.org"])),
        (Mode.TEXT, ([["a@b.example.org"]], "no address"), (False, None)),
    ],
)
def test_where_no_value_can_be_made_an_example_is_taken_as_it_stands(
    mode: Mode, examples: tuple[Any, ...], found: tuple[bool, Any]
) -> None:
    engine = SchemaEngine(document(Side.BASE, {}, "3.1.0"), document(Side.REVISION, {}, "3.1.0"))
    items = {**STRING, "format": "email", "pattern": r"\.example\.org$"}
    schema = {"type": "array", "items": items, "minItems": 1}
    assert engine.sample(Side.BASE, schema, Direction.REQUEST, mode, examples) == found
