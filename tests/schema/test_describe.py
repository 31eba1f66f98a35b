"""Annotations, and what differs where nothing breaks."""

from collections.abc import Callable

import pytest

from contractkit.model.change import Direction, Proof
from contractkit.schema import expand
from contractkit.schema.document import Side
from contractkit.schema.engine import SchemaEngine
from tests.schema.points import (
    ARRAY,
    INTEGER,
    NULL,
    NUMBER,
    OBJECT,
    SILENCE,
    STRING,
    Schema,
    both_ways,
    changes,
    document,
    line,
    obj,
    point,
    ref,
    request,
    response,
)


def _proof(line: str) -> Proof:
    """Of what is no question of values there is no proof about values."""
    promise = line.partition(" ")[0] in ("deprecated", "extension", "sunset")
    return Proof.DEFINITION if promise else Proof.CONTAINED


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ({}, {"description": "a"}, "description added"),
        ({"description": "a"}, {"description": "b"}, "description changed"),
        ({"description": "a"}, {}, "description removed"),
        ({}, {"default": "a"}, "default added"),
        ({"default": "a"}, {"default": "b"}, "default changed"),
        ({"default": ""}, {}, "default removed"),
        ({"default": False}, {"default": 0}, "default changed"),
        ({}, {"examples": ["a"]}, "examples added"),
        ({"example": 1}, {"example": True}, "example changed"),
        ({}, {"deprecated": True}, "deprecated added"),
        ({"deprecated": True}, {"deprecated": False}, "deprecated removed"),
        ({}, {"readOnly": True}, "readOnly added"),
        ({"writeOnly": True}, {}, "writeOnly removed"),
        ({}, {"x-team": "a"}, "extension added"),
        ({"x-team": "a"}, {"x-team": ["a"]}, "extension changed"),
        ({}, {"x-sunset": "2030-01-01"}, "sunset added"),
        ({}, {"externalDocs": {"url": "https://a.co"}}, "externalDocs added"),
        ({}, {"xml": {"name": "a"}}, "xml added"),
        ({}, {"$comment": "a"}, "$comment added"),
    ],
)
class TestAnnotations:
    def test_they_are_facts_in_both_directions(self, before: Schema, after: Schema, line: str) -> None:
        assert request({**STRING, **before}, {**STRING, **after}) == [f"body {line}: {_proof(line)}"]
        assert response({**STRING, **before}, {**STRING, **after}) == [f"body {line}: {_proof(line)}"]

    def test_of_a_property(self, before: Schema, after: Schema, line: str) -> None:
        # `readOnly` properties are seen where they are sent.
        compared = response if line.startswith("readOnly") else request
        found = compared(obj(a={**STRING, **before}), obj(a={**STRING, **after}))
        assert found == [f"body.a {line}: {_proof(line)}"]

    def test_of_a_component(self, before: Schema, after: Schema, line: str) -> None:
        (change,) = changes(
            ref("A"), ref("A"), base_components={"A": {**STRING, **before}}, components={"A": {**STRING, **after}}
        )
        assert (change.component, f"{change.aspect} {change.action}", change.proof) == ("A", line, _proof(line))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"title": "a"}, {"title": "b"}),
        ({}, {"default": None}),
        ({}, {"deprecated": False}),
        ({"readOnly": False}, {}),
        ({"default": 1}, {"default": 1.0}),
        ({"examples": [{"a": 1, "b": 2}]}, {"examples": [{"b": 2, "a": 1}]}),
    ],
)
def test_texts_that_say_the_same(before: Schema, after: Schema) -> None:
    assert both_ways({**STRING, **before}, {**STRING, **after}) == SILENCE


def test_a_text_beside_a_reference() -> None:
    assert request(ref("A"), {**ref("A"), "description": "d"}, components={"A": STRING}) == [
        "body description added: contained"
    ]


@pytest.mark.parametrize(
    ("holder", "place"),
    [
        (lambda schema: {**ARRAY, "items": schema}, "body[]"),
        (lambda schema: {"anyOf": [schema, NULL]}, "body"),
        (lambda schema: obj(a={"anyOf": [schema, NULL]}), "body.a"),
    ],
)
def test_texts_below(holder: Callable[[Schema], Schema], place: str) -> None:
    assert request(holder(STRING), holder({**STRING, "description": "d"})) == [f"{place} description added: contained"]


def test_a_keyword_that_nobody_knows() -> None:
    assert request(STRING, {**STRING, "foo": 1}) == ["body extension added: definition"]


def test_deprecation_hands_on_the_sunset() -> None:
    (change,) = [
        one
        for one in changes(STRING, {**STRING, "deprecated": True, "x-sunset": "2030-01-01"})
        if one.aspect == "deprecated"
    ]
    assert change.facts["sunset"] == "2030-01-01"


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (INTEGER, NUMBER, ["body type changed: contained"]),
        (STRING, {"type": ["string", "null"]}, ["body nullable added: contained"]),
        ({**STRING, "minLength": 2, "maxLength": 3}, STRING,
         ["body maxLength removed: contained", "body minLength removed: contained"]),
        (obj("a", a=INTEGER), obj(a=NUMBER), ["body.a required removed: contained", "body.a type changed: contained"]),
        (obj(a={**ARRAY, "items": INTEGER}), obj(a={**ARRAY, "items": NUMBER}), ["body.a[] type changed: contained"]),
        (obj(a=obj(b=INTEGER)), obj(a=obj(b=INTEGER, c=STRING)), ["body.a.c property added: contained"]),
        ({**OBJECT, "additionalProperties": INTEGER}, {**OBJECT, "additionalProperties": NUMBER},
         ["body.* type changed: contained"]),
        ({"anyOf": [INTEGER, NULL]}, {"anyOf": [NUMBER, NULL]}, ["body type changed: contained"]),
        ({**OBJECT, "patternProperties": {"^a": INTEGER}}, {**OBJECT, "patternProperties": {"^a": NUMBER}},
         ["body.* type changed: contained"]),
        (False, STRING, ["body type changed: contained"]),
    ],
)  # fmt: skip
def test_what_the_receiver_accepts_is_told_at_its_place(before: Schema, after: Schema, lines: list[str]) -> None:
    assert request(before, after) == lines


def test_a_break_is_not_told_twice() -> None:
    found = changes(obj(a=INTEGER, b=STRING), obj(a=STRING, b=INTEGER), Direction.RESPONSE)
    assert sorted((change.location, change.aspect) for change in found) == [("body.a", "type"), ("body.b", "type")]


def test_equal_parts_beside_a_change_are_not_told() -> None:
    big = obj(x=ref("Same"), y=INTEGER)
    components = {"Same": obj(a=STRING, b={"anyOf": [ref("Same"), NULL]})}
    assert request(big, obj(x=ref("Same"), y=NUMBER), components=components) == ["body.y type changed: contained"]


def test_every_point_is_described_whatever_was_spent_on_those_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expand, "STEP_BUDGET", 20)
    points = []
    for number in range(8):
        base, revision = obj(a=STRING, b=STRING, c=STRING), obj(a=STRING, b=STRING, c={**STRING, "description": "d"})
        points.append(point(base, revision, operation=f"POST /x{number}"))
    sides = [document(side, None, "3.1.0", schema=[one.base for one in points]) for side in Side]
    found = SchemaEngine(sides[0], sides[1]).changes(points)
    assert [line(change) for change in found] == ["body.c description added: contained"] * 8


def test_a_text_beside_a_reference_inside_a_component_that_is_used_elsewhere() -> None:
    used = {"A": STRING, "B": obj(a=ref("A"))}
    texts = {"A": STRING, "B": obj(a={**ref("A"), "description": "d"})}
    assert request(ref("B"), ref("B"), base_components=used, components=texts) == [
        "body.a description added: contained"
    ]


def test_values_that_are_listed_in_several_alternatives_are_one_list() -> None:
    split = {"anyOf": [{**STRING, "const": "a"}, {"enum": ["b", 1]}, {"enum": [2]}]}
    assert both_ways(split, {"enum": [1, 2, "a", "b"]}) == SILENCE
    assert both_ways(split, {"enum": ["a", "b", "c", 1, 2]})[1] == ['body enum changed: witness "c"']
    assert request(split, {"enum": ["a", "b", "c", 1, 2]}) == ["body enum changed: contained"]
    assert request(split, {"anyOf": [STRING, {"enum": [1, 2]}]}) == [
        "body anyOf removed: contained",
        "body enum removed: contained",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [("^[0-9]{5}$", r"^\d{5}$"), ("^(a|b)$", "^[ab]$"), ("a+", "a"), (r"^\w+$", "^[A-Za-z0-9_]{1,}$")],
)
def test_two_spellings_of_a_pattern_are_silent(one: str, other: str) -> None:
    assert both_ways({**STRING, "pattern": one}, {**STRING, "pattern": other}) == SILENCE


def test_two_patterns_that_nobody_can_read_are_told() -> None:
    one, other = {**STRING, "pattern": r"\ba\b"}, {**STRING, "pattern": r"\bb\b"}
    assert [found.partition(":")[0] for found in request(one, other)] == ["body pattern changed"]


_X = {"required": ["x"]}
_IF = {"properties": {"kind": {"const": "x"}}, "required": ["kind"]}
_A = {"contains": {"const": "a"}}


@pytest.mark.parametrize(
    ("tight", "loose", "aspect"),
    [
        ({**OBJECT, "if": _IF, "then": _X}, {**OBJECT, "if": _IF}, "conditional"),
        ({**OBJECT, "if": _IF, "then": _X, "else": _X}, {**OBJECT, "if": _IF, "then": _X}, "conditional"),
        ({**OBJECT, "dependentSchemas": {"a": _X}}, {**OBJECT, "dependentSchemas": {"a": True}}, "dependentSchemas"),
        ({**ARRAY, **_A}, ARRAY, "contains"),
        ({**ARRAY, **_A, "minContains": 3}, {**ARRAY, **_A, "minContains": 2}, "minContains"),
        ({**ARRAY, **_A, "maxContains": 3}, {**ARRAY, **_A}, "maxContains"),
        ({**obj(a=STRING), "unevaluatedProperties": False}, obj(a=STRING), "unevaluatedProperties"),
        ({**OBJECT, "additionalProperties": INTEGER}, OBJECT, "additionalProperties"),
        ({**ARRAY, "prefixItems": [STRING], "unevaluatedItems": False}, {**ARRAY, "prefixItems": [STRING]},
         "unevaluatedItems"),
    ],
)  # fmt: skip
def test_what_is_loosened_is_told_once_and_by_its_own_name(tight: Schema, loose: Schema, aspect: str) -> None:
    assert [(one.aspect, one.proof) for one in changes(tight, loose)] == [(aspect, Proof.CONTAINED)]


@pytest.mark.parametrize(
    ("schema", "aspect", "value"),
    [
        ({**STRING, "not": {"const": "a"}}, "not", {"const": "a"}),
        ({**ARRAY, "contains": INTEGER}, "contains", INTEGER),
        ({**OBJECT, "propertyNames": {"maxLength": 3}}, "propertyNames", {"maxLength": 3}),
        ({**OBJECT, "if": _IF, "then": _X}, "conditional", {"if": _IF, "then": _X}),
    ],
)
def test_a_keyword_that_is_gone_is_told_as_it_was_written(schema: Schema, aspect: str, value: Schema) -> None:
    (change,) = changes(schema, {"type": schema["type"]})
    assert (change.aspect, change.before, change.after) == (aspect, value, None)


def test_what_is_below_a_reference_inside_a_keyword_is_told() -> None:
    schema = {**OBJECT, "dependentSchemas": {"a": ref("A")}}
    tight, loose = {"A": {"required": ["b", "c"]}}, {"A": {"required": ["b"]}}
    assert request(schema, schema, base_components=tight, components=loose) == [
        "body dependentSchemas changed: contained"
    ]


def test_a_property_that_could_never_be_there_is_new() -> None:
    assert request(obj(a=False), obj(a=STRING)) == ["body.a property added: contained"]
    assert response(obj(a=STRING), obj(a=False)) == ["body.a property removed: contained"]


@pytest.mark.parametrize(
    ("typed", "name"), [(obj(a=STRING, b=obj(c=INTEGER)), "object"), (ref("A"), "string"), (NULL, "null")]
)
def test_any_value_is_one_fact(typed: Schema, name: str) -> None:
    (change,) = changes(obj(x=typed), obj(x={}), components={"A": STRING})
    assert (change.location, change.aspect, change.before, change.after) == ("body.x", "type", name, None)


def test_a_component_that_says_nothing_any_more_is_told_once() -> None:
    found = changes(obj(x=ref("A")), obj(x=ref("A")), base_components={"A": {}}, components={"A": STRING})
    assert [one.proof for one in found] == [Proof.WITNESS]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"anyOf": [INTEGER, STRING]}, INTEGER),
        ({**STRING, "not": {"const": "a"}}, {**STRING, "not": {"enum": ["a", "b"]}}),
        ({}, STRING),
    ],
)
def test_a_break_inside_a_part_is_not_told_a_second_time_around_it(before: Schema, after: Schema) -> None:
    whole = {"allOf": [ref("Base"), obj(y=STRING)]}
    found = changes(whole, whole, base_components={"Base": obj(x=before)}, components={"Base": obj(x=after)})
    assert [(one.location, one.component, one.proof) for one in found] == [("body.x", "Base", Proof.WITNESS)]


def test_a_text_inside_a_part() -> None:
    assert request({"allOf": [{**STRING, "default": "a"}]}, {"allOf": [{**STRING, "default": "b"}]}) == [
        "body default changed: contained"
    ]
    assert both_ways({"allOf": [{**STRING, "default": "a"}]}, {**STRING, "default": "a"}) == SILENCE


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({"enum": ["a"]}, {"enum": ["a", 1]}),
        ({"const": "auto"}, {"anyOf": [{"const": "auto"}, INTEGER]}),
        ({"enum": [1, 2]}, {"anyOf": [{"enum": [1, 2]}, obj(a=STRING)]}),
        ({"enum": [1, None]}, {"enum": [1, None, "a"]}),
    ],
)
def test_values_of_another_kind_beside_a_list_are_told(narrow: Schema, wide: Schema) -> None:
    assert request(narrow, wide) == response(wide, narrow) == ["body type changed: contained"]


def test_what_stands_beside_a_component_in_a_union_is_told() -> None:
    tight, loose = ({"anyOf": [{**ref("A"), "minLength": size}, NULL]} for size in (3, 2))
    assert request(tight, loose, components={"A": STRING}) == ["body minLength decreased: contained"]
    beside = [{**obj(x={**STRING, "minLength": size}), "anyOf": [ref("A"), ref("B")]} for size in (3, 2)]
    components = {"A": obj("a", a=STRING), "B": obj("b", b=STRING)}
    assert request(*beside, components=components) == ["body.x minLength decreased: contained"]


def test_a_text_of_a_component_in_a_union_is_told() -> None:
    union = {"anyOf": [ref("A"), NULL]}
    texts = {"A": {**STRING, "description": "d"}}
    assert request(union, union, base_components={"A": STRING}, components=texts) == [
        "body description added: contained"
    ]


@pytest.mark.parametrize(
    ("limited", "line"),
    [
        ({"minLength": 3}, "body minLength removed: contained"),
        ({"not": STRING}, "body not removed: contained"),
        ({"properties": {"a": STRING}}, "body.a property removed: contained"),
    ],
)
def test_anything_beside_what_refuses_no_type_is_described_keyword_by_keyword(limited: Schema, line: str) -> None:
    assert request(limited, {}) == [line]
    assert not [one for one in response(limited, {}) if " type " in one]


@pytest.mark.parametrize(
    ("limited", "types"),
    [(STRING, "string"), ({"type": ["string", "null"]}, ["null", "string"]), (NULL, "null"), (False, [])],
)
def test_anything_beside_some_types_names_all_of_these(limited: Schema, types: object) -> None:
    (change,) = changes(limited, {})
    assert (change.aspect, change.before, change.after) == ("type", types, None)


def test_a_name_that_was_refused_alone_and_is_said_nothing_of_now() -> None:
    refused, free = obj(a=STRING, b=False), obj(a=STRING)
    assert [found.split()[:2] for found in request(refused, free)] == [["body.b", "schema"]]
    assert [found.split()[:2] for found in request(free, refused)] == [["body.b", "schema"]]
    assert [found.split()[1] for found in request(refused, {**free, "additionalProperties": False})] == [
        "additionalProperties"
    ]
