"""One value against one schema: the engine's own judgement, held against a validator that shares no code with it."""

import itertools
from typing import Any

import jsonschema_rs
import pytest

from contractkit.model.change import Direction
from contractkit.schema.confirm import Validators
from contractkit.schema.document import Side
from contractkit.schema.dump import dump
from contractkit.schema.evaluate import CannotSayError, accepts
from contractkit.schema.lift import Lift
from contractkit.schema.node import Node
from contractkit.schema.point import Mode
from tests.schema.points import ARRAY, INTEGER, NUMBER, OBJECT, STRING, Components, Schema, document, obj, ref

VALUES: list[Any] = [
    None, True, False, 0, 1, 2, -1, 0.5, 1.0, 3, 10, "", "a", "ab", "abc", "b", "1", "é", "2024-01-01",
    [], [0], [1], [1, 1], [1, True], [0, "a"], ["a"], ["a", "a"], [[]], [1, 2, 3],
    {}, {"a": 1}, {"a": "x"}, {"b": 1}, {"a": 1, "b": 2}, {"ab": 1}, {"a": 1, "b": 2, "c": 3}, {"a": {"a": 1}},
]  # fmt: skip
SCHEMAS: list[Schema] = [
    True,
    False,
    {},
    STRING,
    INTEGER,
    NUMBER,
    {"type": ["array", "null"]},
    {"enum": [1, "a", None, [1], {"a": 1}]},
    {"const": True},
    {"const": [1, True]},
    {"minimum": 1, "exclusiveMaximum": 3},
    {"exclusiveMinimum": 0, "multipleOf": 0.5},
    {"minLength": 1, "maxLength": 2},
    {"pattern": "^a"},
    {"minItems": 1, "maxItems": 2, "uniqueItems": True},
    {"items": INTEGER},
    {"prefixItems": [INTEGER, STRING], "items": False},
    {"contains": {"const": 1}, "minContains": 1, "maxContains": 1},
    {"contains": STRING, "minContains": 0, "maxContains": 1},
    {"prefixItems": [INTEGER], "unevaluatedItems": {"type": "null"}},
    {"contains": {"const": 1}, "unevaluatedItems": STRING},
    obj("a", a=INTEGER),
    {**obj(a=INTEGER), "additionalProperties": False},
    {"additionalProperties": INTEGER, "patternProperties": {"^a$": STRING}},
    {"propertyNames": {"maxLength": 1}, "minProperties": 1, "maxProperties": 2},
    {"dependentRequired": {"a": ["b"]}},
    {"dependentSchemas": {"a": {"maxProperties": 1}}},
    {**obj(a=True), "anyOf": [obj("b", b=True), {"maxProperties": 5}], "unevaluatedProperties": False},
    {"allOf": [{"minimum": 1}, {"maximum": 1}]},
    {"anyOf": [STRING, {"minimum": 2}]},
    {"oneOf": [NUMBER, INTEGER, STRING]},
    {"oneOf": [True, True]},
    {"not": {"type": ["string", "number"]}},
    {"if": OBJECT, "then": {"required": ["a"]}, "else": {"not": ARRAY}},
    {"if": STRING, "then": False},
    ref("Tree"),
]  # fmt: skip
COMPONENTS: Components = {"Tree": obj(a={"anyOf": [INTEGER, ref("Tree")]})}


def lifted(schema: Schema) -> Node:
    return Lift(document(Side.BASE, COMPONENTS, "3.1.0", schema), Direction.REQUEST).node(schema)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_it_judges_as_a_validator_does(schema: Schema) -> None:
    whole = {"allOf": [schema], "components": {"schemas": COMPONENTS}}
    validator = jsonschema_rs.Draft202012Validator(whole)
    node = lifted(schema)
    assert [accepts(node, value) for value in VALUES] == [validator.is_valid(value) for value in VALUES]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_schema_written_back_means_the_same(schema: Schema) -> None:
    whole = {"allOf": [schema], "components": {"schemas": COMPONENTS}}
    one, other = (jsonschema_rs.Draft202012Validator(each) for each in (whole, dump((lifted(schema),)).schema))
    assert [one.is_valid(value) for value in VALUES] == [other.is_valid(value) for value in VALUES]


def test_formats_are_judged_where_that_is_sure() -> None:
    date = lifted({**STRING, "format": "date"})
    assert accepts(date, "2024-01-01")
    assert not accepts(date, "today")
    assert not accepts(date, "2024-13-01")
    with pytest.raises(CannotSayError, match="format date"):
        accepts(date, "2023-02-29")


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "made.up"}, "made.up"),
        ({**STRING, "pattern": "("}, "pattern"),
        ({**STRING, "pattern": r"(a)\1"}, "pattern"),
    ],
)
def test_what_cannot_be_judged_says_why(schema: Schema, reason: str) -> None:
    with pytest.raises(CannotSayError, match=reason):
        accepts(lifted(schema), "a")


class TestConfirm:
    """A witness is valid for the sender's whole schema and invalid for the receiver's, or it does not count."""

    @pytest.mark.parametrize(
        ("sender", "receiver", "value", "counts"),
        [
            (INTEGER, {**INTEGER, "minimum": 1}, 0, True),
            (INTEGER, {**INTEGER, "minimum": 1}, 1, False),
            (INTEGER, {**INTEGER, "minimum": 1}, "a", False),
            (STRING, {**STRING, "pattern": "^a"}, "b", True),
            (NUMBER, {**NUMBER, "multipleOf": 0.5}, 0.25, True),
            (STRING, {**STRING, "format": "date"}, "today", True),
            (STRING, {**STRING, "pattern": "("}, "a", False),
            ({"type": "made.up"}, STRING, 1, False),
        ],
    )
    def test_both_sides_are_asked(self, sender: Schema, receiver: Schema, value: Any, counts: bool) -> None:
        assert Validators().confirm(lifted(sender), lifted(receiver), value, mode=Mode.JSON) is counts

    @pytest.mark.parametrize(
        ("sender", "receiver", "value", "counts"),
        [
            (INTEGER, STRING, 7, False),
            (STRING, INTEGER, "7", False),
            (STRING, INTEGER, "a", True),
            (STRING, {**ARRAY, "items": INTEGER}, "7", False),
            (STRING, {**ARRAY, "items": INTEGER}, "a", True),
        ],
    )
    def test_in_text_every_reading_must_be_refused(
        self, sender: Schema, receiver: Schema, value: Any, counts: bool
    ) -> None:
        assert Validators().confirm(lifted(sender), lifted(receiver), value, mode=Mode.TEXT) is counts

    def test_the_refusal_names_the_place(self) -> None:
        words = Validators().refusal(lifted(obj(a={**ARRAY, "items": INTEGER})), {"a": [1, "x"]}, mode=Mode.JSON)
        assert words.startswith("a[1]: ")
        assert Validators().refusal(lifted(STRING), "fine", mode=Mode.JSON) == ""


def test_values_differ_pairwise_in_the_schemas_chosen() -> None:
    """The table above tells values apart: no two schemas accept the same of them, but for the ones that say it."""
    seen = [tuple(accepts(lifted(schema), value) for value in VALUES) for schema in SCHEMAS]
    twins = [(SCHEMAS[i], SCHEMAS[j]) for i, j in itertools.combinations(range(len(SCHEMAS)), 2) if seen[i] == seen[j]]
    assert twins == [(True, {}), (False, {"oneOf": [True, True]})]
