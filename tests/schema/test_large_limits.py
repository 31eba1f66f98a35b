"""Limits that only a large value goes beyond are shown by one, up to what is still made."""

from typing import Any

import pytest

from contractkit.model.change import Change, Proof
from tests.schema.points import ARRAY, INTEGER, OBJECT, STRING, Schema, changes

DISTINCT: Schema = {**ARRAY, "items": INTEGER, "uniqueItems": True}
NAMES: Schema = {**DISTINCT, "items": {**STRING, "minLength": 3}}


def shown(schema: Schema, **limit: int) -> Change:
    (one,) = changes(schema, {**schema, **limit})
    return one


@pytest.mark.parametrize(
    ("schema", "limit", "size"),
    [
        (STRING, {"maxLength": 1_000_000}, 1_000_001),
        (ARRAY, {"maxItems": 10_000}, 10_001),
        (DISTINCT, {"maxItems": 1_000}, 1_001),
        (NAMES, {"maxItems": 10_000}, 10_001),
        (OBJECT, {"maxProperties": 100}, 101),
        (OBJECT, {"maxProperties": 10_000}, 10_001),
    ],
)
def test_a_value_just_beyond_the_limit(schema: Schema, limit: dict[str, int], size: int) -> None:
    change = shown(schema, **limit)
    assert change.proof is Proof.WITNESS
    assert change.witness is not None
    value: Any = change.witness.body
    assert len(value) == size
    if schema.get("uniqueItems"):
        assert len({*value}) == size


@pytest.mark.parametrize(
    ("schema", "limit"),
    [
        (STRING, {"maxLength": 1_000_001}),
        (ARRAY, {"maxItems": 10_001}),
        (DISTINCT, {"maxItems": 10_001}),
        (OBJECT, {"maxProperties": 20_000}),
    ],
)
def test_beyond_what_is_made_it_is_undecided(schema: Schema, limit: dict[str, int]) -> None:
    assert shown(schema, **limit).proof is Proof.UNDECIDED


def test_large_values_are_made_while_there_is_room_for_them() -> None:
    """Otherwise a document of many limits would take minutes; what is left is undecided."""

    def fields(count: int, **limit: int) -> Schema:
        return {**OBJECT, "properties": {f"p{index:03}": {**ARRAY, **limit} for index in range(count)}}

    def proofs(count: int, limit: int) -> set[Proof]:
        return {change.proof for change in changes(fields(count), fields(count, maxItems=limit))}

    assert proofs(100, 9_000) == {Proof.WITNESS, Proof.UNDECIDED}
    assert proofs(300, 900) == {Proof.WITNESS}
