"""Null that was always there: one change for all the values that a newer framework says may be null."""

from collections.abc import Callable
from typing import Any

import pytest

from contractkit.diff.walk import Comparison
from contractkit.model.change import Change, Proof

Document = dict[str, Any]
Compare = Callable[[Document, Document], Comparison]


def document(*, null: bool, names: str = "abc", extra: Document | None = None) -> Document:
    """`GET /a` answers with an object of these properties, `GET /b` with the property `z` alone."""

    def answer(schema: Document) -> Document:
        return {"get": {"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}}

    def value(name: str) -> Document:
        text = {"type": "string", "maxLength": ord(name)}
        return {"anyOf": [text, {"type": "null"}]} if null else text

    first = {"type": "object", "required": [*names], "properties": {name: value(name) for name in names}}
    second = {"type": "object", "properties": {"z": value("z"), **(extra or {})}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": answer(first), "/b": answer(second)},
    }


def nulls(found: Comparison) -> list[Change]:
    return [change for change in found.changes if change.aspect == "nullable"]


def test_many_are_one(comparison: Compare) -> None:
    (change,) = nulls(comparison(document(null=False), document(null=True)))
    assert (change.operation, change.location, change.operations) == ("GET /a", "200.body.a", ("GET /a", "GET /b"))
    assert change.before is None
    assert change.after == ["GET /a 200.body.a", "GET /a 200.body.b", "GET /a 200.body.c", "GET /b 200.body.z"]
    assert change.facts["null_everywhere"] == 4
    assert change.proof is Proof.WITNESS
    assert change.witness is not None
    assert change.witness.body["a"] is None


def test_a_few_stay_apart(comparison: Compare) -> None:
    found = nulls(comparison(document(null=False, names="a"), document(null=True, names="a")))
    assert [(change.location, "null_everywhere" in change.facts) for change in found] == [
        ("200.body.a", False),
        ("200.body.z", False),
    ]


@pytest.mark.parametrize(
    "extra", [{"n": {"type": "null"}}, {"n": {"type": ["null", "string"]}}, {"n": {"type": "string", "nullable": True}}]
)
def test_a_base_that_says_null_knows_how_to(comparison: Compare, extra: Document) -> None:
    found = nulls(comparison(document(null=False, extra=extra), document(null=True, extra=extra)))
    assert [change.location for change in found] == ["200.body.a", "200.body.b", "200.body.c", "200.body.z"]


@pytest.mark.parametrize("extra", [{"n": {"example": {"type": "null"}}}, {"n": {"x-odd": {"nullable": True}}}])
def test_examples_say_nothing(comparison: Compare, extra: Document) -> None:
    (change,) = nulls(comparison(document(null=False, extra=extra), document(null=True, extra=extra)))
    assert change.facts["null_everywhere"] == 4
