"""Records behave as `dataclasses` do, however quickly they are made."""

from __future__ import annotations

import dataclasses
import inspect
import pickle
from collections.abc import Callable

import pytest

from contractkit.model.records import NamedTuple, field, record, replace


@record(frozen=True, slots=True)
class Point:
    x: int
    label: str = field(compare=False)
    y: int = 2
    tags: list[str] = field(default_factory=list)


@record(eq=False, slots=True)
class Cell:
    value: int
    seen: set[int] = field(default_factory=set)


@record()
class Plain:
    value: int = 1


@record(frozen=True, kw_only=True)
class Named:
    last: int = 3
    first: int


# What type checkers refuse is tried through these.
point_of: Callable[..., Point] = Point
named_of: Callable[..., Named] = Named


def test_values_are_given_by_place_or_name_or_left_out() -> None:
    point = Point(1, label="a")
    assert (point.x, point.label, point.y, point.tags) == (1, "a", 2, [])
    assert Point(1, "a").tags is not point.tags
    assert (Plain(5).value, Plain().value) == (5, 1)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'label'"):
        point_of(1)
    with pytest.raises(TypeError, match="takes 1 positional argument"):
        named_of(1)


@pytest.mark.parametrize("count", [1, 100])
def test_however_many_are_made_the_same_is_taken_and_refused(count: int) -> None:
    """After some records their `__init__` is compiled."""

    @record(frozen=True, slots=True)
    class Row:
        first: int
        second: int = 2
        rest: list[int] = field(default_factory=list)

    row_of: Callable[..., Row] = Row
    for number in range(count):
        row = Row(number, rest=[number])
        assert (row.first, row.second, row.rest) == (number, 2, [number])
        assert Row(1).rest is not Row(1).rest
    for given, named, told in (
        ((), {}, "missing 1 required positional argument: 'first'"),
        ((1, 2, [], 4), {}, "takes from 2 to 4 positional arguments but 5 were given"),
        ((1,), {"first": 2}, "multiple values for argument 'first'"),
        ((1,), {"fourth": 2}, "unexpected keyword argument 'fourth'"),
    ):
        with pytest.raises(TypeError, match=told):
            row_of(*given, **named)
    assert row_of(1, second=3) == Row(1, 3)


def test_help_tells_what_a_record_takes() -> None:
    assert [*inspect.signature(Point).parameters] == ["x", "label", "y", "tags"]
    assert inspect.signature(Point).parameters["y"].default == 2
    last = inspect.signature(Named).parameters["last"]
    assert (last.kind, last.default) == (inspect.Parameter.KEYWORD_ONLY, 3)


class Pair(NamedTuple):
    """Two of them."""

    left: int
    right: int = 5

    @property
    def total(self) -> int:
        return self.left + self.right


def test_a_named_tuple_is_that_of_typing() -> None:
    pair = Pair(left=1)
    left, right = pair
    assert (left, right, pair.total, pair == (1, 5), pair._replace(right=2)) == (1, 5, 6, True, Pair(1, 2))
    assert (repr(pair), Pair.__doc__, Pair._fields) == ("Pair(left=1, right=5)", "Two of them.", ("left", "right"))
    assert (Pair.__module__, Pair.__qualname__) == (__name__, "Pair")
    copy = pickle.loads(pickle.dumps(pair))
    assert (copy, type(copy)) == (pair, Pair)


def test_equal_values_make_equal_records() -> None:
    assert Named(first=1) == Named(first=1, last=3)
    assert hash(Named(first=1)) == hash(Named(first=1, last=3))
    assert Named(first=1) != Named(first=2)
    assert Point(1, "a", tags=["x"]) == Point(1, "b", tags=["x"])
    assert Cell(1) != Cell(1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(Plain())


def test_a_frozen_record_stays_as_it_is() -> None:
    point = Point(1, "a")
    for name in ("x", "new"):
        with pytest.raises(AttributeError, match=f"Point is frozen: `{name}` cannot be changed"):
            setattr(point, name, 3)
    with pytest.raises(AttributeError, match="Point is frozen"):
        del point.x
    changed = replace(point, y=9)
    assert (changed.x, changed.label, changed.y, point.y) == (1, "a", 9, 2)


def test_slots_hold_the_fields_and_nothing_else() -> None:
    cell = Cell(1)
    cell.value = 2
    assert (cell.value, hasattr(cell, "__dict__")) == (2, False)
    name = "other"
    with pytest.raises(AttributeError):
        setattr(cell, name, 1)


def test_a_record_is_shown_and_matched_and_pickled() -> None:
    point = Point(1, "a", 5)
    assert repr(point) == "Point(x=1, y=5, tags=[])"
    copy = pickle.loads(pickle.dumps(point))
    assert (copy, copy.label, type(copy)) == (point, "a", Point)
    match point:
        case Point(x, label):
            assert (x, label) == (1, "a")


def test_the_functions_of_dataclasses_take_records() -> None:
    point = Point(1, "a")
    assert [one.name for one in dataclasses.fields(Point)] == ["x", "label", "y", "tags"]
    assert dataclasses.asdict(point) == {"x": 1, "label": "a", "y": 2, "tags": []}
    assert dataclasses.replace(point, y=9) == Point(1, "a", 9)


@record(frozen=True)
class Secret:
    """Says itself what a pickle holds."""

    name: str
    key: str = ""

    def __reduce__(self) -> tuple[type[Secret], tuple[str]]:
        return Secret, (self.name,)


def test_a_record_may_say_itself_what_a_pickle_holds() -> None:
    assert pickle.loads(pickle.dumps(Secret("a", "b"))) == Secret("a")
