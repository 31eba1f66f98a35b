"""Values written as text: parameters, headers, cookies and form fields."""

from typing import Any

import pytest

from contractkit.model.change import Direction, Proof
from contractkit.schema.document import Side
from contractkit.schema.engine import Mode
from contractkit.schema.lift import Lift
from contractkit.schema.readings import accepts_as, readings, text_of
from contractkit.schema.result import Context
from tests.schema.points import (
    ARRAY,
    BOOLEAN,
    INTEGER,
    NULL,
    NUMBER,
    STRING,
    Schema,
    breaks,
    changes,
    document,
    obj,
    request,
    response,
)

LIST = {**ARRAY, "items": INTEGER}


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        (INTEGER, STRING),
        (NUMBER, STRING),
        (BOOLEAN, STRING),
        (INTEGER, NUMBER),
        ({**STRING, "pattern": "^[0-9]$"}, INTEGER),
        ({"const": "1"}, INTEGER),
        ({"enum": ["true", "false"]}, BOOLEAN),
        ({"enum": [1, 2]}, {"enum": ["1", "2"]}),
        ({"enum": ["1", "2"]}, {"enum": [1, 2]}),
        ({"type": ["string", "null"]}, STRING),
        ({"anyOf": [INTEGER, NULL]}, INTEGER),
        (NULL, INTEGER),
        ({"anyOf": [INTEGER, STRING]}, STRING),
        (INTEGER, {"anyOf": [BOOLEAN, STRING]}),
        (INTEGER, LIST),
        (STRING, {**ARRAY, "items": STRING, "minItems": 1}),
        (LIST, {**ARRAY, "items": STRING}),
        (LIST, {**LIST, "minItems": 1}),
        ({**LIST, "maxItems": 1}, INTEGER),
        (INTEGER, {**STRING, "pattern": "^-?[0-9]+$"}),
    ],
)
def test_what_is_written_is_understood(sent: Schema, received: Schema) -> None:
    assert breaks(request(sent, received, mode=Mode.TEXT)) == []
    assert breaks(response(received, sent, mode=Mode.TEXT)) == []


@pytest.mark.parametrize(
    ("sent", "received", "lines"),
    [
        (STRING, INTEGER, ['body type changed: witness "a"']),
        (STRING, BOOLEAN, ['body type changed: witness "a"']),
        (NUMBER, INTEGER, ["body type changed: witness 0.5"]),
        (BOOLEAN, INTEGER, ["body type changed: witness true"]),
        (INTEGER, {**STRING, "pattern": "^[0-9]+$"}, ["body pattern added: witness -1"]),
        ({**INTEGER, "maximum": 9}, {**INTEGER, "maximum": 5}, ["body maximum decreased: witness 6"]),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, ['body enum changed: witness "b"']),
        ({"type": ["string", "null"]}, {**STRING, "minLength": 1}, ['body minLength added: witness ""']),
        (LIST, INTEGER, ["body type changed: witness [0,0]"]),
        (LIST, {**LIST, "minItems": 2}, ["body minItems added: witness [0]"]),
        (obj(a=INTEGER), {**obj(a=INTEGER), "minProperties": 2}, ['body minProperties added: witness {"a":0}']),
        (LIST, {**LIST, "maxItems": 1}, ["body maxItems added: witness [0,0]"]),
        ({**ARRAY, "items": STRING}, LIST, ['body[] type changed: witness ["a"]']),
    ],
)
def test_what_is_written_is_refused(sent: Schema, received: Schema, lines: list[str]) -> None:
    assert breaks(request(sent, received, mode=Mode.TEXT)) == lines
    answered = breaks(response(received, sent, mode=Mode.TEXT))
    assert [line.partition(": ")[2] for line in answered] == [line.partition(": ")[2] for line in lines]


@pytest.mark.parametrize(
    ("sent", "received", "lines"),
    [
        (obj("a", a=INTEGER), obj("a", a=STRING), []),
        (obj("a", a=STRING), obj("a", a=INTEGER), ['body.a type changed: witness {"a":"a"}']),
        (obj(a={"type": ["integer", "null"]}), obj(a=INTEGER), []),
        (obj(a=INTEGER), obj("a", a=INTEGER), ["body.a required added: witness {}"]),
        (obj(a=INTEGER), ARRAY, ["body type changed: witness {}"]),
    ],
)
def test_the_fields_of_a_form_are_text_and_the_form_is_an_object(
    sent: Schema, received: Schema, lines: list[str]
) -> None:
    assert breaks(request(sent, received, mode=Mode.FORM)) == lines


def test_in_json_the_same_pairs_break() -> None:
    assert breaks(request(INTEGER, STRING)) == ["body type changed: witness 0"]
    assert breaks(request({"type": ["string", "null"]}, STRING)) == ["body nullable removed: witness null"]
    assert breaks(request(LIST, {**LIST, "minItems": 1})) == ["body minItems added: witness []"]
    assert breaks(request({"enum": [1]}, {"enum": ["1"]})) == ["body type changed: witness 1"]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("a", ["a"]),
        ("7", ["7", 7]),
        (7, ["7", 7]),
        (0.5, ["0.5", 0.5]),
        ("1e3", ["1e3", 1000.0]),
        ("1e999", ["1e999"]),
        ("007", ["007"]),
        ("true", ["true", True]),
        (False, ["false", False]),
        ("True", ["True"]),
        (None, [None]),
        ([1, "a"], [["1", "a"], [1, "a"]]),
        ({"k": True}, [{"k": "true"}, {"k": True}]),
    ],
)
def test_readings_of_what_was_written(value: Any, read: list[Any]) -> None:
    assert repr(readings(value)) == repr(read)


@pytest.mark.parametrize(("value", "text"), [("a b", "a b"), (7, "7"), (1.5, "1.5"), (True, "true")])
def test_scalars_are_written_as_json_without_quotes(value: Any, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("items", "aspect", "refusal"),
    [
        ({**STRING, "pattern": "^[+-]?[a-z]+$"}, "pattern", 'does not match "^[+-]?[a-z]+$"'),
        ({**STRING, "maxLength": 3}, "maxLength", '[0]: "aaaa" is longer than 3 characters'),
        ({"enum": ["down", "up"]}, "enum", 'is not one of "down" or "up"'),
    ],
)
def test_a_text_breaks_a_list_beside_null_by_what_is_wrong_with_the_item(
    items: Schema, aspect: str, refusal: str
) -> None:
    sent, received = {"anyOf": [STRING, NULL]}, {"anyOf": [{**ARRAY, "items": items}, NULL]}
    shown = [change for change in changes(sent, received, mode=Mode.TEXT) if change.proof is Proof.WITNESS]
    assert [change.aspect for change in shown] == [aspect]
    assert shown[0].witness is not None
    assert shown[0].witness.refusal.endswith(refusal)


def test_a_list_parameter_reads_a_single_value_as_a_list_of_one() -> None:
    lift = Lift(document(Side.BASE, None, "3.1.0"), Direction.REQUEST)
    assert accepts_as(lift.node(LIST), "7", Context(text=1))
    assert not accepts_as(lift.node(LIST), "a", Context(text=1))
    assert accepts_as(lift.node({**ARRAY, "items": STRING}), "a", Context(text=1))


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        # Whole numbers by their sign and digits, a few of them one by one.
        ({**INTEGER, "minimum": 1, "maximum": 9}, {**STRING, "maxLength": 1, "pattern": "^[1-9]$"}),
        ({**INTEGER, "minimum": 10}, {**STRING, "minLength": 2}),
        ({**INTEGER, "minimum": 0}, {**STRING, "pattern": "^[0-9]+$"}),
        ({**INTEGER, "minimum": 0, "maximum": 9999}, {**STRING, "maxLength": 4}),
        # What cannot be written is never sent: nulls, empty lists, lists in lists.
        ({"type": "array", "items": NULL}, BOOLEAN),
        ({"type": "array", "maxItems": 0}, NULL),
        ({"type": "array", "prefixItems": [NULL], "items": STRING}, {"const": 1}),
        ({"enum": [0, []]}, {"enum": [0]}),
        ({"enum": ["a", ["a", ["b"]]]}, {"enum": ["a"]}),
        # A schema that says nothing of objects and lists means any text.
        (True, STRING),
        ({"title": "T"}, {"anyOf": [STRING, NUMBER]}),
        (True, {"items": {"type": ["string", "number", "boolean"]}}),
        (True, {"type": "array", "items": STRING}),
    ],
)
def test_what_is_never_written_breaks_nobody(sent: Any, received: Any) -> None:
    assert breaks(request(sent, received, mode=Mode.TEXT)) == []


@pytest.mark.parametrize(
    ("sent", "received", "witness"),
    [
        ({**INTEGER, "minimum": 9}, {**STRING, "minLength": 2}, "9"),
        ({**INTEGER, "minimum": -1, "maximum": 9}, {**STRING, "maxLength": 1}, "-1"),
        ({**INTEGER, "minimum": 0, "maximum": 10_000}, {**STRING, "maxLength": 4}, "10000"),
        # A list of one is written as its item, and read as such where the receiver takes that.
        ({"items": INTEGER}, {"items": {**INTEGER, "minimum": 0}}, "[-1,0]"),
    ],
)
def test_what_is_written_differently_is_refused(sent: Any, received: Any, witness: str) -> None:
    found = breaks(request(sent, received, mode=Mode.TEXT))
    assert [one.rpartition("witness ")[2] for one in found] == [witness]


@pytest.mark.parametrize("limit", [0, 1, 7, 9, 10, 19, 20, 99, 100, 101, 190, 909, 1000, 1234])
def test_whole_numbers_from_and_up_to_a_limit_are_told_by_their_digits(limit: int) -> None:
    for sent, witness in (({"minimum": limit}, limit), ({"minimum": 0, "maximum": limit + 100}, limit + 100)):
        sender = {**INTEGER, **sent}
        without = {**STRING, "pattern": "^[0-9]+$", "not": {"const": str(witness)}}
        found = breaks(request(sender, without, mode=Mode.TEXT))
        assert [one.rpartition("witness ")[2] for one in found] == [str(witness)]
        assert breaks(request(sender, {**STRING, "pattern": "^(0|[1-9][0-9]*)$"}, mode=Mode.TEXT)) == []


@pytest.mark.parametrize(
    ("sent", "received", "witness"),
    [
        # Read as a number it fits both alternatives, and the type leaves no other reading.
        ({**INTEGER, "minimum": 1, "maximum": 3}, {"anyOf": [{"oneOf": [INTEGER, True]}], **NUMBER}, "1"),
        # Read as a string it fits two alternatives, as a number none.
        (INTEGER, {"oneOf": [STRING, {"oneOf": [STRING, {**INTEGER, "exclusiveMaximum": -1}]}]}, "0"),
        (BOOLEAN, {"oneOf": [STRING, {**STRING, "minLength": 1}]}, "true"),
    ],
)
def test_all_alternatives_of_a_one_of_read_a_text_alike(sent: Any, received: Any, witness: str) -> None:
    found = breaks(request(sent, received, mode=Mode.TEXT))
    assert [one.rpartition("witness ")[2] for one in found] == [witness]


def test_a_one_of_that_reads_a_text_in_one_way_takes_it() -> None:
    for sent, received in (
        (INTEGER, {"oneOf": [INTEGER, STRING]}),
        (BOOLEAN, {"oneOf": [{**STRING, "maxLength": 5}, {"const": False}]}),
        (STRING, {"oneOf": [STRING, NUMBER]}),
    ):
        assert breaks(request(sent, received, mode=Mode.TEXT)) == []


TEXT_OR_NUMBER = {"type": ["integer", "string"]}


@pytest.mark.parametrize(
    ("sent", "received", "found"),
    [
        ({"maximum": 10}, {"maximum": 5}, ["body maximum decreased: witness 6"]),
        ({"minimum": 1}, {"minimum": 5}, ["body minimum increased: witness 1"]),
        ({"multipleOf": 2}, {"multipleOf": 4}, ["body multipleOf increased: witness 2"]),
        ({"allOf": [{"maximum": 10}]}, {"allOf": [{"maximum": 5}]}, ["body maximum decreased: witness 6"]),
        ({"items": {"maximum": 9}}, {"items": {"maximum": 5}}, ["body[] maximum decreased: witness [6,0]"]),
        (True, {"maximum": 5}, ["body maximum added: witness 6"]),
        (INTEGER, {"maximum": 5}, ["body maximum added: witness 6"]),
        (STRING, {"maximum": 5}, ['body maximum added: witness "6"']),
        ({"enum": ["7", "a"]}, {"maximum": 5}, ['body enum removed: witness "7"']),
        ({"maximum": 5}, {"maximum": 10}, []),
        ({**STRING, "pattern": "^[a-z]+$"}, {"maximum": 5}, []),
        # With a pattern the sender's text is a string, whatever its bound says of numbers.
        ({"maximum": 5, "pattern": "^[0-9]+$"}, {"maximum": 5}, ['body maximum added: witness "6"']),
        # A string is named, so the text may be one.
        (INTEGER, {"anyOf": [{"maximum": 5}, STRING]}, []),
        ({"maximum": 10}, {"maximum": 5, "pattern": "^"}, []),
    ],
)
def test_without_a_type_a_bound_is_one_of_the_numbers_that_are_written(
    sent: Any, received: Any, found: list[str]
) -> None:
    assert breaks(request(sent, received, mode=Mode.TEXT)) == found


def test_a_bound_beside_number_or_string_is_undecided() -> None:
    sent, received = {**TEXT_OR_NUMBER, "maximum": 10}, {**TEXT_OR_NUMBER, "maximum": 5}
    reason = "a number that may also be read as a string"
    assert request(sent, received, mode=Mode.TEXT) == [f"body maximum decreased: undecided ({reason})"]
    assert breaks(request(received, sent, mode=Mode.TEXT)) == []
    assert breaks(request(NUMBER, TEXT_OR_NUMBER, mode=Mode.TEXT)) == []


def test_a_text_is_read_as_the_schema_reads_it() -> None:
    lift = Lift(document(Side.BASE, None, "3.1.0"), Direction.REQUEST)
    bounded = lift.node({"maximum": 5})
    assert readings("7", bounded) == [7]
    assert readings("a", bounded) == ["a"]
    assert readings(["7"], lift.node({"items": {"maximum": 5}})) == [[7], "7", 7]
    assert readings({"a": 7, "b": 7}, lift.node({"properties": {"a": {"maximum": 5}}})) == [
        {"a": 7, "b": "7"},
        {"a": 7, "b": 7},
    ]
    assert readings("7", lift.node({"maximum": 5, **STRING})) == ["7", 7]
    assert not accepts_as(bounded, "7", Context(text=1))


@pytest.mark.parametrize("items", [INTEGER, BOOLEAN, NUMBER, STRING, {"anyOf": [INTEGER, STRING]}])
@pytest.mark.parametrize("limits", [(None, 10), (20, 10), (1000, 500)])
def test_a_limit_of_items_is_shown_however_many_there_are(items: Schema, limits: tuple[int | None, int]) -> None:
    before, after = ({**ARRAY, "items": items, **({} if most is None else {"maxItems": most})} for most in limits)
    found = changes(before, after, mode=Mode.TEXT)
    assert [(change.aspect, change.witness and len(change.witness.body)) for change in found] == [
        ("maxItems", limits[1] + 1)
    ]


def test_a_type_for_what_had_none_is_one_break() -> None:
    (change,) = changes(True, INTEGER, mode=Mode.TEXT)
    assert (change.aspect, change.before, change.after, change.proof) == ("type", None, "integer", Proof.WITNESS)


@pytest.mark.parametrize(
    ("union", "told"),
    [
        ({"anyOf": [INTEGER, NULL]}, "integer"),
        ({"anyOf": [BOOLEAN, NULL]}, "boolean"),
        ({"anyOf": [INTEGER, NUMBER, BOOLEAN]}, ["number", "boolean"]),
    ],
)
def test_the_type_of_a_union_is_that_of_its_alternatives(union: Schema, told: Any) -> None:
    (change,) = changes({"anyOf": [STRING, NULL]}, union, mode=Mode.TEXT)
    assert (change.before, change.after) == ("string", told)


@pytest.mark.parametrize("mode", [Mode.TEXT, Mode.FORM])
def test_null_that_cannot_be_written_is_no_change(mode: Mode) -> None:
    one, other = (
        (obj(a=STRING), obj(a={"anyOf": [STRING, NULL]}))
        if mode is Mode.FORM
        else (
            STRING,
            {"anyOf": [STRING, NULL]},
        )
    )
    for direction in Direction:
        assert changes(one, other, direction, mode=mode) == changes(other, one, direction, mode=mode) == []


LINE = obj(qty=INTEGER)
LINES = {**ARRAY, "items": LINE}


@pytest.mark.parametrize(
    ("sent", "received", "mode", "lines"),
    [
        (obj(a=LINE), obj(a=obj(qty=STRING)), Mode.FORM, ['body.a.qty type changed: witness {"a":{"qty":0}}']),
        (obj(a=LINE), obj(a=obj(qty=STRING)), Mode.STYLED, []),
        (obj(a=LINE), obj(a=obj(qty=STRING)), Mode.TEXT, []),
        (obj(a=INTEGER), obj(a=STRING), Mode.FORM, []),
        (obj(a=obj(qty=NUMBER)), obj(a=LINE), Mode.FORM, ['body.a.qty type changed: witness {"a":{"qty":0.5}}']),
        (
            obj(a=obj(qty={"type": ["integer", "null"]})),
            obj(a=LINE),
            Mode.FORM,
            ['body.a.qty nullable removed: witness {"a":{"qty":null}}'],
        ),
        (
            obj(a={"anyOf": [STRING, LINE]}),
            obj(a={"anyOf": [STRING, obj(qty=STRING)]}),
            Mode.FORM,
            ['body.a.qty type changed: witness {"a":{"qty":0}}'],
        ),
        (obj(a={}), obj(a=STRING), Mode.FORM, []),
    ],
)
def test_an_object_in_a_form_is_json(sent: Schema, received: Schema, mode: Mode, lines: list[str]) -> None:
    assert breaks(request(sent, received, mode=mode)) == lines


def test_objects_in_a_list_of_a_form_are_json_too() -> None:
    (line,) = breaks(request(obj(a=LINES), obj(a={**ARRAY, "items": obj(qty=STRING)}), mode=Mode.FORM))
    assert line == 'body.a[].qty type changed: witness {"a":[{"qty":0}]}'


@pytest.mark.parametrize(
    ("sent", "received", "lines"),
    [
        (LIST, STRING, []),
        (LIST, {"anyOf": [STRING, NULL]}, []),
        (LIST, {**STRING, "maxLength": 3}, ["body type changed: undecided (a list that is written as one text)"]),
        (LIST, INTEGER, ["body type changed: witness [0,0]"]),
        (LIST, {**LIST, "maxItems": 1}, ["body maxItems added: witness [0,0]"]),
        ({**ARRAY, "items": STRING}, LIST, ['body[] type changed: witness ["a"]']),
    ],
)
def test_a_list_that_is_written_as_one_text_is_a_text_too(sent: Schema, received: Schema, lines: list[str]) -> None:
    assert breaks(request(sent, received, mode=Mode.JOINED)) == lines
