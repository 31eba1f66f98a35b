"""Schemas that are written down at many places: the work is shared, the findings are those of each place alone."""

import json
from typing import Any

import pytest

from contractkit.model.change import Change, Direction
from contractkit.model.records import replace
from contractkit.schema.alike import MAX_VALUES, Alike
from contractkit.schema.document import Side
from contractkit.schema.engine import Mode, Point, SchemaEngine
from tests.schema.points import INTEGER, NULL, NUMBER, STRING, Schema, document, obj, point, ref

COMPONENTS: tuple[dict[str, Schema], dict[str, Schema]] = (
    {"A": obj(x=INTEGER), "B": obj("tag", tag=STRING)},
    {"A": obj(x=NUMBER), "B": obj("tag", "more", tag=STRING)},
)
PAIRS: list[tuple[Schema, Schema]] = [
    ({**INTEGER, "maximum": 100}, {**INTEGER, "maximum": 50}),
    ({**INTEGER, "maximum": 50, "description": "Old."}, {**INTEGER, "maximum": 100, "description": "New."}),
    (obj("a", a=STRING, b=obj(c=STRING)), obj("a", a=STRING, b=obj(c={**STRING, "maxLength": 3}), d=STRING)),
    ({"anyOf": [STRING, ref("B")]}, {"anyOf": [ref("B"), {**STRING, "pattern": "^a"}, NULL]}),
    ({"type": "array", "items": obj(q=INTEGER)}, {"type": "array", "items": obj("q", q=INTEGER), "maxItems": 4}),
    (obj(a=ref("A")), obj(a={"type": "no such type"})),
]


def copied(value: Any) -> Any:
    return json.loads(json.dumps(value))


def three(base: Schema, revision: Schema, direction: Direction, mode: Mode) -> list[Point]:
    """The same schemas written down at three operations, at the third with an example."""
    return [
        point(
            copied(base),
            copied(revision),
            direction,
            operation=f"POST /{name}",
            location="body" if mode is Mode.JSON else "query.q",
            mode=mode,
            examples=({"a": "tea", "b": {"c": "mint"}},) if name == "c" else (),
        )
        for name in "abc"
    ]


def compared(points: list[Point]) -> tuple[set[str], set[str]]:
    """The changes and the notices of both documents, whole, in words."""
    base, revision = (document(side, copied(COMPONENTS[side is Side.REVISION]), "3.1.0") for side in Side)
    found = SchemaEngine(base, revision).changes(points)
    return {told(change) for change in found}, {repr(notice) for notice in (*base.notices, *revision.notices)}


def told(change: Change) -> str:
    # What is in a component is one finding, told at the first operation that reaches it.
    return repr(replace(change, operation=None, operations=()) if change.component is not None else change)


@pytest.mark.parametrize("mode", [Mode.JSON, Mode.TEXT])
@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize(("base", "revision"), PAIRS)
def test_all_is_told_as_at_each_place_alone(base: Schema, revision: Schema, direction: Direction, mode: Mode) -> None:
    points = three(base, revision, direction, mode)
    alone = [compared([copy]) for copy in three(base, revision, direction, mode)]
    assert compared(points) == (set().union(*(found for found, _ in alone)), set().union(*(bad for _, bad in alone)))


def test_objects_that_a_document_has_once_are_told_once() -> None:
    """Operations that refer to one parameter have its schema in common, not only its text."""
    base, revision = {**INTEGER, "maximum": 5}, {**INTEGER, "maximum": 9}
    once = [point(base, revision, operation=f"GET /{name}") for name in "ab"]
    again = [point(copied(base), copied(revision), operation="GET /c")]
    engine = SchemaEngine(document(Side.BASE, None, "3.1.0"), document(Side.REVISION, None, "3.1.0"))
    assert [change.operations for change in engine.changes(again + once)] == [("GET /a", "GET /b"), ("GET /c",)]


def test_what_aliases_share_is_told_where_it_stands() -> None:
    """YAML's aliases give schemas that differ a part in common; a copy of the second is not told by its place there."""
    inner = {**STRING, "maxLength": 4}, {**STRING, "maxLength": 8}
    first = point(obj(k=inner[0]), obj(k=inner[1]), operation="POST /a")
    second = point(obj(z=inner[0]), obj(z=inner[1]), operation="POST /b")
    third = point(copied(second.base), copied(second.revision), operation="POST /c")
    engine = SchemaEngine(document(Side.BASE, None, "3.1.0"), document(Side.REVISION, None, "3.1.0"))
    places = [(change.location, change.operations) for change in engine.changes([first, second, third])]
    assert places == [("body.k", ("POST /a", "POST /b", "POST /c"))]


def test_the_work_is_done_once() -> None:
    alike = Alike()
    first, second, third = three(*PAIRS[2], Direction.REQUEST, Mode.JSON)
    alike.shared(first)
    assert alike.shared(second)[0].base is first.base
    alike.forget(first)
    assert alike.shared(third)[0] is third


@pytest.mark.parametrize("wide", [{"enum": list(range(MAX_VALUES))}, {"properties": {1: True}}, ref("A"), True])
def test_what_cannot_be_put_in_order_is_left_alone(wide: Schema) -> None:
    alike = Alike()
    alike.shared(point(wide, INTEGER))
    other = point(copied(wide), copied(INTEGER))
    assert alike.shared(other)[0] is other
