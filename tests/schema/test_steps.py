"""Schemas that name the same one again and again: validators and the search look at each once, or are not asked."""

from typing import Any

import pytest

from contractkit.model.change import Direction
from contractkit.schema.document import Side
from contractkit.schema.dump import dump
from contractkit.schema.evaluate import accepts
from contractkit.schema.lift import Lift
from contractkit.schema.node import Node
from contractkit.schema.steps import MANY, Toll, steps, takes_no_more
from tests.schema.points import INTEGER, OBJECT, STRING, Components, Schema, breaks, document, obj, ref, request

LIMIT = {**INTEGER, "maximum": 9}
EVERYWHERE = {"patternProperties": {"a": STRING}, "additionalProperties": LIMIT, "propertyNames": STRING}


def ladder(keyword: str, length: int, last: Schema = LIMIT) -> Components:
    """Schemas each of which names the next one twice, once below a schema of its own."""

    def twice(name: str) -> Schema:
        return {keyword: [ref(name), {"allOf": [ref(name)], "minimum": -1000}]}

    return {**{f"A{at}": twice(f"A{at + 1}") for at in range(length)}, f"A{length}": last}


def node(schema: Schema, components: Components) -> Node:
    return Lift(document(Side.BASE, components, "3.1.0", schema), Direction.REQUEST).node(schema)


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_each_schema_is_asked_once_for_a_value(keyword: str) -> None:
    lifted = node(ref("A0"), ladder(keyword, 60))
    assert accepts(lifted, 9) is (keyword != "oneOf")
    assert accepts(lifted, 10) is False


@pytest.mark.parametrize("keyword", ["allOf", "anyOf"])
def test_a_schema_that_is_named_twice_in_one_place_is_written_once(keyword: str) -> None:
    twice = {f"A{at}": {keyword: [ref(f"A{at + 1}")] * 2} for at in range(40)}
    before, after = {**twice, "A40": {**INTEGER, "maximum": 10}}, {**twice, "A40": LIMIT}
    found = request(ref("A0"), ref("A0"), base_components=before, components=after)
    assert breaks(found) == ["body maximum decreased: witness 10"]


def test_a_validator_that_would_not_end_is_not_asked() -> None:
    before, after = ladder("allOf", 40, {**INTEGER, "maximum": 10}), ladder("allOf", 40)
    found = request(ref("A0"), ref("A0"), base_components=before, components=after)
    assert breaks(found) == ["body maximum decreased: undecided (maximum)"]


@pytest.mark.parametrize(
    ("schema", "value", "count"),
    [
        (True, {"a": 1}, 1),
        (LIMIT, 3, 1),
        ({"allOf": [STRING, {"anyOf": [STRING, INTEGER]}], "not": LIMIT}, 1, 6),
        ({"if": STRING, "then": INTEGER, "else": LIMIT}, 1, 4),
        (obj(a=INTEGER), {"a": 1, "b": 2}, 2),
        (EVERYWHERE, {"a": 1, "b": 2}, 1 + 2 + 2 + 2),
        ({"dependentSchemas": {"a": {"allOf": [obj(b=INTEGER), obj(c=INTEGER)]}, "b": LIMIT}}, {"a": 1}, 4),
        ({"prefixItems": [STRING, INTEGER], "items": LIMIT, "contains": LIMIT}, [1, 2, 3], 1 + 3 + 3),
        (ref("A0"), 1, 1 + 3 + 6),
    ],
)
def test_steps_are_the_schemas_that_are_looked_at_each_time(schema: Schema, value: Any, count: int) -> None:
    assert steps(dump((node(schema, ladder("anyOf", 2)),)).schema, value) == count


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (ref("A0"), 1),
        ({"anyOf": [obj(a=ref("A0")), obj(a=ref("A1"), b=ref("A0"))]}, {"a": 1, "b": 2}),
        ({**OBJECT, "patternProperties": {"^a": ref("A0"), "b$": ref("A0")}}, {"ab": 1, "b": 2, "c": 3}),
        ({**OBJECT, "additionalProperties": ref("A0"), "propertyNames": ref("A1")}, {"a": 1, "b": 2}),
        ({"unevaluatedProperties": ref("A0"), "allOf": [obj(a=ref("A1"))]}, {"a": 1, "b": {"c": 1}}),
        ({"items": ref("A0"), "prefixItems": [ref("A2")], "contains": ref("A1")}, [1, 2, 3]),
        ({"dependentSchemas": {"a": ref("A0")}, "not": ref("A1")}, {"a": {"b": [1]}}),
        ({"$defs": {}, "items": {"items": {"allOf": [ref("A0"), ref("A1")]}}}, [[1], [[2], 3]]),
    ],
)
def test_the_toll_bounds_the_steps_for_any_value(schema: Schema, value: Any) -> None:
    made = dump((node(schema, ladder("anyOf", 3)),))
    toll, count = Toll(made.written), steps(made.schema, value)
    assert max(toll.ways, toll.reach) < MANY
    for most in range(count - 3, count) if toll.reach > 1 else ():  # else it grows with the value and no faster
        assert not takes_no_more(made.schema, value, most, toll)
    assert takes_no_more(made.schema, value, count, toll)


def test_a_circle_through_values_has_a_toll_and_deep_values_need_no_count() -> None:
    circle = {f"A{at}": obj(v=INTEGER, n=ref(f"A{(at + 1) % 9}")) for at in range(9)}
    toll = Toll(dump((node(ref("A0"), circle),)).written)
    assert (toll.ways, toll.reach, toll.names) == (1, 1, 0)


def test_what_a_ladder_evaluates_is_looked_at_once_and_no_validator_is_made_for_it() -> None:
    closed = {"allOf": [ref("A0")], "unevaluatedProperties": False}
    before, after = (
        ladder("allOf", 40, {**OBJECT, "properties": {"v": {**INTEGER, "maximum": limit}}}) for limit in (10, 9)
    )
    found = request(closed, closed, base_components=before, components=after)
    assert breaks(found) == ["body.v maximum decreased: undecided (maximum)"]
    union = ladder("anyOf", 40, obj(v=INTEGER))
    lifted = node({"allOf": [ref("A0")], "unevaluatedProperties": False}, union)
    assert accepts(lifted, {"v": 1}) is True
    assert accepts(lifted, {"v": 1, "w": 1}) is False


@pytest.mark.parametrize(
    "rung",
    [
        lambda below: obj("a", "b", a=below, b=below),
        lambda below: {"type": "array", "items": below, "minItems": 2},
    ],
)
def test_no_value_is_made_that_doubles_with_each_level(rung: Any) -> None:
    before, after = (
        {f"A{at}": rung(ref(f"A{at + 1}")) for at in range(40)} | {"A40": {**INTEGER, "maximum": limit}}
        for limit in (10, 9)
    )
    (line,) = breaks(request(ref("A0"), ref("A0"), base_components=before, components=after))
    assert "maximum decreased: undecided (no value is known for" in line


def test_a_schema_that_depends_on_itself_gives_up_itself_alone() -> None:
    loop = {"A": {**obj(v=LIMIT), "dependentSchemas": {"a": ref("A")}}}
    wider = {"A": {**loop["A"], "properties": {"v": {**INTEGER, "maximum": 10}}}}
    schema = obj(loop=ref("A"), other={**INTEGER, "maximum": 10})
    narrower = obj(loop=ref("A"), other=LIMIT)
    found = breaks(request(schema, narrower, base_components=wider, components=loop))
    assert 'body.other maximum decreased: witness {"other":10}' in found
    assert all("undecided" in line for line in found if "other" not in line)
