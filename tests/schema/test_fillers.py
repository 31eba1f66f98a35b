"""A break is shown whatever else the sender must send: values are found for what does not matter to it."""

from typing import Any

import jsonschema
import pytest

from tests.schema.points import INTEGER, NUMBER, STRING, Schema, changes, obj, request, response


def shown(schema: Schema) -> Any:
    """What stands for a required property that did not change, where another one becomes required beside it."""
    (change,) = changes(obj("f", f=schema), obj("f", "new", f=schema, new=INTEGER))
    return None if change.witness is None else change.witness.body["f"]


def listed(items: Schema, least: int, **more: Any) -> Schema:
    return {"type": "array", "items": items, "minItems": least, **more}


@pytest.mark.parametrize("least", [64, 65, 9_000])
def test_a_list_may_have_to_be_long(least: int) -> None:
    assert shown(listed(NUMBER, least)) == [0] * least


def test_long_lists_all_together_are_bounded() -> None:
    names = [f"f{index}" for index in range(9)]
    base = obj(
        *names, **{name: listed({**STRING, "minLength": 100}, 9_000 + index) for index, name in enumerate(names)}
    )
    revision = {**base, "required": [*names, "new"]}
    assert request(base, revision) == ["body.new property added: undecided (no value is known for `f0`)"]


@pytest.mark.parametrize(
    ("items", "least"),
    [
        (INTEGER, 9),
        ({**INTEGER, "minimum": 5, "maximum": 9}, 5),
        ({**INTEGER, "maximum": 9, "multipleOf": 5}, 12),
        ({**NUMBER, "exclusiveMinimum": 0, "maximum": 1}, 7),
        ({"enum": ["a", "b", "c", "d", "e"]}, 5),
        (STRING, 40),
        ({**STRING, "minLength": 5}, 12),
        ({**STRING, "pattern": "^[xy]+$"}, 5),
        ({**STRING, "format": "uuid"}, 6),
        (obj("a", a=INTEGER), 9),
    ],
)
def test_items_may_have_to_be_different(items: Schema, least: int) -> None:
    schema = listed(items, least, uniqueItems=True)
    found = shown(schema)
    assert found is not None
    assert jsonschema.Draft202012Validator(schema).is_valid(found)


def test_more_different_items_than_there_are() -> None:
    assert shown(listed({"enum": [1, 2]}, 3, uniqueItems=True)) is None


@pytest.mark.parametrize(
    ("names", "least", "expected"),
    [
        ({"format": "uuid"}, 1, ["00000000-0000-4000-8000-000000000000"]),
        ({"pattern": "^x-[a-c]$"}, 3, ["x-a", "x-b", "x-c"]),
        ({"enum": ["k1", "k2"]}, 2, ["k1", "k2"]),
    ],
)
def test_names_may_have_to_be_of_a_kind(names: Schema, least: int, expected: list[str]) -> None:
    assert list(shown({"type": "object", "propertyNames": names, "minProperties": least})) == expected


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"format": "uri", "minLength": 35}, "https://aaaaaaaaaaaaaaaaaaaa.aaaaaa"),
        ({"format": "email", "minLength": 20}, "aaaaaaaaaaaaaa@aa.aa"),
        ({"format": "uri", "pattern": r"^https://[a-z]+\.s3\."}, "https://a.s3.aa"),
        ({"format": "duration", "minLength": 12}, "P0000DT00H0M"),
        ({"pattern": r"\bfoo\b"}, "foo"),
        ({"pattern": r"^(?=.*\d)(?!0)[a-z0-9]{3}$(?<!aa1)"}, None),
        ({"pattern": r"\bfoo\b", "examples": ["a foo b"]}, "a foo b"),
        ({"pattern": r"\bfoo\b", "default": "the foo"}, "the foo"),
        ({"format": "date", "pattern": "^2024-02-29$", "example": "2024-02-29"}, "2024-02-29"),
        ({"format": "date", "pattern": "^2024-02-29$", "example": "2024-02-28"}, None),
    ],
)
def test_texts_of_formats_and_patterns(schema: Schema, expected: str | None) -> None:
    assert shown({**STRING, **schema}) == expected


def test_what_has_no_known_value_is_named() -> None:
    hard = {**STRING, "format": "date", "pattern": "^2024-02-29$"}
    base = obj("a", a=obj("rows", rows=listed(obj("on", on=hard), 1)))
    assert request(base, {**base, "required": ["a", "new"]}) == [
        "body.new property added: undecided (no value is known for `a.rows[].on`)"
    ]
    assert response({**base, "required": ["a", "gone"]}, base) == [
        "body.gone property removed: undecided (no value is known for `a.rows[].on`)"
    ]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^(a+)+(?=b)$", None),
        (r"^([a-z]+-?)+(?<!-)$", "a" * 37 + "-aa"),
        (r"^(a|aa)+\b$", "a" * 40),
    ],
)
def test_patterns_that_take_for_ever_elsewhere_do_not_here(pattern: str, expected: str | None) -> None:
    assert shown({**STRING, "pattern": pattern, "minLength": 40}) == expected


def test_lists_inside_each_other_are_bounded_by_what_is_written_of_them() -> None:
    assert shown(listed(listed(NUMBER, 300), 300)) == [[0] * 300] * 300
    assert shown(listed(listed(NUMBER, 3_000), 3_000)) is None


def test_thousands_of_different_items() -> None:
    assert shown(listed(INTEGER, 4_000, uniqueItems=True))[-1] == 3_998


def test_the_order_of_keys_decides_nothing() -> None:
    """Two properties at least, of which one needs another beside it: the other one is taken."""
    empty = {"type": "object", "additionalProperties": False}
    rest = {"type": "object", "additionalProperties": {**STRING, "pattern": "^[a-z]*$"}, "minProperties": 2}
    for names in (("ab", "b"), ("b", "ab")):
        base = {**rest, "properties": dict.fromkeys(names, empty), "dependentRequired": {"ab": ["a"]}}
        revision = {**base, "additionalProperties": {**STRING, "pattern": "^[0-9]*$"}}
        assert request(base, revision) == ['body.* pattern changed: witness {"x":"a","b":{}}']
