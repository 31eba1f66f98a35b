"""Types, enumerations, booleans, null and numbers."""

from typing import Any

import pytest

from contractkit.model.change import Proof
from contractkit.schema.point import Mode
from tests.schema.points import (
    BOOLEAN,
    INTEGER,
    NULL,
    NUMBER,
    OBJECT,
    SILENCE,
    STRING,
    Schema,
    both_ways,
    breaks,
    changes,
    narrowing,
    request,
    response,
)


@pytest.mark.parametrize(
    ("loose", "tight", "tightened", "loosened", "witness"),
    [
        ({**INTEGER, "minimum": 1}, {**INTEGER, "minimum": 2}, "minimum increased", "minimum decreased", "1"),
        (INTEGER, {**INTEGER, "minimum": 2}, "minimum added", "minimum removed", "0"),
        (INTEGER, {**INTEGER, "minimum": -5}, "minimum added", "minimum removed", "-6"),
        (NUMBER, {**NUMBER, "minimum": 0}, "minimum added", "minimum removed", "-1"),
        ({**NUMBER, "minimum": 1}, {**NUMBER, "exclusiveMinimum": 1}, "minimum changed", "minimum changed", "1"),
        ({**INTEGER, "maximum": 9}, {**INTEGER, "maximum": 5}, "maximum decreased", "maximum increased", "6"),
        (INTEGER, {**INTEGER, "maximum": 5}, "maximum added", "maximum removed", "6"),
        ({**NUMBER, "maximum": 5}, {**NUMBER, "exclusiveMaximum": 5}, "maximum changed", "maximum changed", "5"),
        ({**NUMBER, "maximum": 1, "minimum": 0}, {**NUMBER, "maximum": 0, "minimum": 0}, "maximum decreased",
         "maximum increased", "1"),
        (INTEGER, {**INTEGER, "multipleOf": 5}, "multipleOf added", "multipleOf removed", "1"),
        ({**INTEGER, "multipleOf": 5}, {**INTEGER, "multipleOf": 10}, "multipleOf increased", "multipleOf decreased",
         "5"),
        (NUMBER, INTEGER, "type changed", "type changed", "0.5"),
        ({**NUMBER, "minimum": 3}, {**INTEGER, "minimum": 3}, "type changed", "type changed", "3.5"),
        ({"type": ["string", "integer"]}, STRING, "type changed", "type changed", "0"),
        ({"type": ["string", "boolean"]}, STRING, "type changed", "type changed", "true"),
        ({"type": ["string", "null"]}, STRING, "nullable removed", "nullable added", "null"),
        ({"anyOf": [INTEGER, NULL]}, INTEGER, "nullable removed", "nullable added", "null"),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, "enum changed", "enum changed", '"b"'),
        ({"enum": [1, 2.5]}, {"enum": [1]}, "enum changed", "enum changed", "2.5"),
        (STRING, {"enum": ["a"]}, "enum added", "enum removed", '""'),
        (STRING, {"enum": [""]}, "enum added", "enum removed", '"a"'),
        (NUMBER, {"const": 0}, "enum added", "enum removed", "1"),
        (BOOLEAN, {"enum": [True]}, "enum changed", "enum changed", "false"),
        (BOOLEAN, {"const": False}, "enum changed", "enum changed", "true"),
        ({"enum": [{"a": 1}, {"a": 2}]}, {"enum": [{"a": 1}]}, "enum changed", "enum changed", '{"a":2}'),
        ({**STRING, "pattern": "^(asc|desc)$"}, {"enum": ["asc"]}, "enum added", "enum removed", '"desc"'),
        ({**STRING, "pattern": "^a+$"}, {"enum": ["a", "aa", "aaa"]}, "enum added", "enum removed", '"aaaa"'),
    ],
)  # fmt: skip
def test_a_narrower_schema_breaks_who_sends_more(
    loose: Schema, tight: Schema, tightened: str, loosened: str, witness: str
) -> None:
    assert both_ways(loose, tight) == narrowing(f"body {tightened}", f"body {loosened}", witness)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({**INTEGER, "minimum": 1}, {**INTEGER, "exclusiveMinimum": 0}),
        ({**INTEGER, "minimum": 0.5}, {**INTEGER, "minimum": 1}),
        ({**INTEGER, "maximum": 4.75}, {**INTEGER, "exclusiveMaximum": 5}),
        ({**INTEGER, "multipleOf": 5, "minimum": 1}, {**INTEGER, "multipleOf": 5, "minimum": 5}),
        ({**NUMBER, "minimum": 0, "exclusiveMinimum": -1}, {**NUMBER, "minimum": 0}),
        ({"const": "a"}, {"enum": ["a"]}),
        ({"const": "a"}, {"const": "a", "enum": ["a", "b"], "type": "string"}),
        ({"type": "string", "enum": ["a", 1]}, {"enum": ["a"]}),
        ({"enum": ["a", "b"]}, {"enum": ["b", "a", "b"]}),
        ({"enum": [1]}, {"enum": [1.0]}),
        ({"enum": [None, "a"]}, {"anyOf": [{"const": "a"}, NULL]}),
        (BOOLEAN, {"enum": [True, False]}),
        (NULL, {"const": None}),
        ({"type": ["string", "null"]}, {"anyOf": [NULL, STRING]}),
        ({"type": ["integer", "number"]}, NUMBER),
        ({"type": ["integer"]}, INTEGER),
        (True, {}),
        (False, {"not": {}}),
        (False, {"enum": []}),
    ],
)
def test_two_spellings_of_the_same_values_differ_in_nothing(one: Schema, other: Schema) -> None:
    assert both_ways(one, other) == SILENCE


@pytest.mark.parametrize(
    ("pattern", "enum"),
    [
        ({"pattern": "^(asc|desc)$"}, ["asc", "desc"]),
        ({"pattern": "^[ab]{1,2}$"}, ["a", "b", "aa", "ab", "ba", "bb"]),
        ({"pattern": "^a+$", "maxLength": 2}, ["a", "aa"]),
        ({"maxLength": 0}, [""]),
    ],
)
def test_a_pattern_of_few_texts_lies_within_a_list_of_them(pattern: Schema, enum: list[str]) -> None:
    added, removed = ["body enum added: contained"], ["body enum removed: contained"]
    assert both_ways({**STRING, **pattern}, {"enum": enum}) == (added, added, removed, removed)


@pytest.mark.parametrize(
    ("before", "after", "sent_by_clients", "sent_by_the_server"),
    [
        (NUMBER, STRING, "type changed: witness 0", 'type changed: witness ""'),
        (STRING, BOOLEAN, 'type changed: witness ""', "type changed: witness true"),
        (INTEGER, OBJECT, "type changed: witness 0", "type changed: witness {}"),
        ({"type": "array"}, OBJECT, "type changed: witness []", "type changed: witness {}"),
        ({"enum": ["a", "b"]}, {"enum": ["b", "c"]}, 'enum changed: witness "a"', 'enum changed: witness "c"'),
    ],
)
def test_other_values_break_both_sides(
    before: Schema, after: Schema, sent_by_clients: str, sent_by_the_server: str
) -> None:
    assert request(before, after) == [f"body {sent_by_clients}"]
    assert response(before, after) == [f"body {sent_by_the_server}"]


@pytest.mark.parametrize(
    ("one", "other", "sent"),
    [
        ({"enum": [1]}, {"enum": [True]}, ["body type changed: witness 1"]),
        ({"const": 0}, {"const": False}, ["body type changed: witness 0"]),
        ({"enum": [1, 2]}, {"enum": [True, 2]}, ["body enum changed: witness 1"]),
        ({"enum": [[1]]}, {"enum": [[True]]}, ["body enum changed: witness [1]"]),
        ({"enum": [{"a": 0}]}, {"enum": [{"a": False}]}, ['body enum changed: witness {"a":0}']),
        ({"const": "1"}, {"const": 1}, ['body type changed: witness "1"']),
    ],
)
def test_true_is_not_one_and_false_is_not_zero(one: Schema, other: Schema, sent: list[str]) -> None:
    assert breaks(request(one, other)) == sent


def test_listed_values_are_held_against_every_keyword() -> None:
    listed = {"enum": [1, 20, 30]}
    assert breaks(request(listed, {**INTEGER, "maximum": 20})) == ["body maximum changed: witness 30"]
    assert breaks(request(listed, {**INTEGER, "minimum": 5})) == ["body minimum changed: witness 1"]
    assert breaks(request(listed, {**NUMBER, "multipleOf": 4})) == ["body multipleOf changed: witness 1"]
    assert breaks(request(listed, {**NUMBER, "minimum": 1, "maximum": 30})) == []
    texts = {"enum": ["a", "bcd"]}
    assert breaks(request(texts, {**STRING, "maxLength": 2})) == ['body maxLength changed: witness "bcd"']
    assert breaks(request(texts, {**STRING, "pattern": "^[a-d]*$"})) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({**INTEGER, "minimum": 1}, {**INTEGER, "minimum": 2}, (1, 2)),
        ({**NUMBER, "minimum": 1}, {**NUMBER, "exclusiveMinimum": 1}, (1, "> 1")),
        ({**NUMBER, "maximum": 0.5}, {**NUMBER, "exclusiveMaximum": 0.5}, (0.5, "< 0.5")),
        ({"type": ["string", "integer"]}, STRING, (["integer", "string"], "string")),
        (NUMBER, INTEGER, ("number", "integer")),
        ({"enum": ["b", "a"]}, {"enum": ["a"]}, (["a", "b"], ["a"])),
        (STRING, {"enum": ["a"]}, (None, ["a"])),
        ({"type": ["string", "null"]}, STRING, (True, False)),
    ],
)
def test_before_and_after_are_the_keyword_s_own_values(before: Schema, after: Schema, said: tuple[Any, Any]) -> None:
    (change,) = changes(before, after)
    assert (change.before, change.after) == said


def test_the_refused_values_of_an_enumeration_are_named() -> None:
    (change,) = changes({"enum": ["a", "b", "c"]}, {"enum": ["b"]})
    assert change.facts["values"] == ["a", "c"]


@pytest.mark.parametrize(
    ("narrow", "line"),
    [
        (STRING, "type added: witness null"),
        (INTEGER, "type added: witness null"),
        ({"type": ["string", "null"]}, "type added: witness true"),
    ],
)
def test_a_type_where_there_was_none_is_one_finding(narrow: Schema, line: str) -> None:
    assert [one for one in breaks(request(True, narrow)) if one != "body type changed: witness 0.5"] == [f"body {line}"]


def test_bounds_that_leave_a_few_values_list_them() -> None:
    assert breaks(request({**INTEGER, "minimum": 4, "maximum": 4}, {**INTEGER, "multipleOf": 4, "maximum": 7})) == []
    assert breaks(request({**NUMBER, "multipleOf": 4, "minimum": 1, "maximum": 11}, {"enum": [4, 8]})) == []
    assert breaks(request({**NUMBER, "multipleOf": 4, "minimum": 1, "maximum": 12}, {"enum": [4, 8]})) == [
        "body enum changed: witness 12"
    ]


def test_a_grid_of_whole_numbers_is_one_of_integers() -> None:
    assert breaks(request({**NUMBER, "multipleOf": 2}, INTEGER)) == []
    assert breaks(request({**NUMBER, "multipleOf": 1.0}, INTEGER)) == []
    assert breaks(request({**NUMBER, "multipleOf": 0.5}, INTEGER)) == ["body type changed: witness 0.5"]
    assert breaks(request({**INTEGER, "multipleOf": 1.5}, {**NUMBER, "multipleOf": 3})) == []


def test_decimal_fractions_are_exact() -> None:
    tenth, third = {**NUMBER, "multipleOf": 0.1}, {**NUMBER, "multipleOf": 0.3}
    assert request(third, tenth) == ["body multipleOf decreased: contained"]
    assert breaks(request({**NUMBER, "multipleOf": 0.01}, {**NUMBER, "multipleOf": 0.25})) != []
    assert breaks(request({**NUMBER, "multipleOf": 0.75}, {**NUMBER, "multipleOf": 0.25})) == []


def test_each_limit_is_shown_by_a_value_that_it_refuses() -> None:
    assert request(INTEGER, {**INTEGER, "minimum": 0, "maximum": 10}) == [
        "body maximum added: witness 11",
        "body minimum added: witness -1",
    ]
    found = changes(STRING, {**STRING, "minLength": 3, "maxLength": 5, "pattern": "^[a-z]+$"}, mode=Mode.TEXT)
    refusals = {change.aspect: change.witness.refusal for change in found if change.witness is not None}
    assert refusals == {
        "maxLength": '"aaaaaa" is longer than 5 characters',
        "minLength": '"a" is shorter than 3 characters',
        "pattern": '"0" does not match "^[a-z]+$"',
    }


@pytest.mark.parametrize("mode", [Mode.JSON, Mode.TEXT])
@pytest.mark.parametrize(
    ("few", "listed", "shown"),
    [
        ({**INTEGER, "minimum": 0, "maximum": 1}, [0, 1], None),
        ({**INTEGER, "exclusiveMinimum": 0, "exclusiveMaximum": 3}, [1, 2, 5], None),
        ({**INTEGER, "minimum": 0, "maximum": 4, "multipleOf": 2}, [0, 2, 4], None),
        ({**INTEGER, "minimum": 0, "maximum": 2}, [0, 1], 2),
        ({**NUMBER, "minimum": 0, "maximum": 1}, [0, 1], 0.1),
    ],
)
def test_a_list_of_the_few_numbers_there_are_refuses_none(
    few: Schema, listed: list[int], shown: Any, mode: Mode
) -> None:
    found = [change for change in changes(few, {"enum": listed}, mode=mode) if change.proof is not Proof.CONTAINED]
    assert [change.witness and change.witness.body for change in found] == ([] if shown is None else [shown])


def test_listed_whole_numbers_are_integers() -> None:
    (change,) = changes({"enum": [1, 2]}, {"enum": ["one", "two"]})
    assert (change.aspect, change.before, change.after) == ("type", "integer", "string")
