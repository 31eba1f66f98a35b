"""Styles of parameters: what is written is compared, and not how a document says so."""

from typing import Any

import pytest

from contractkit.model.change import Proof
from tests.diff.test_parameters import (
    LIST,
    NUMBER,
    OBJECT,
    TEXT,
    Comparing,
    Document,
    Only,
    Seen,
    document,
    parameter,
)


@pytest.mark.parametrize(
    ("where", "schema", "before", "after"),
    [
        ("query", TEXT, {"explode": True}, {"explode": False}),
        ("query", TEXT, {"style": "pipeDelimited"}, {"style": "spaceDelimited"}),
        ("query", NUMBER, {"style": "form"}, {"style": "deepObject"}),
        ("query", LIST, {}, {"style": "form", "explode": True}),
        ("query", LIST, {"style": "spaceDelimited", "explode": True}, {"style": "form"}),
        ("path", LIST, {"explode": False}, {"explode": True}),
        ("header", LIST, {"explode": False}, {"explode": True}),
        ("path", TEXT, {}, {"style": "simple"}),
        ("cookie", TEXT, {"explode": True}, {"explode": False}),
    ],
)
def test_a_style_that_writes_the_same_is_silent(seen: Seen, where: str, schema: Any, before: Any, after: Any) -> None:
    path = "/a/{p}" if where == "path" else "/a"
    base, revision = (document(parameter(where, "p", schema, **fields), path=path) for fields in (before, after))
    assert seen(base, revision) == seen(revision, base) == []


@pytest.mark.parametrize(
    ("where", "schema", "before", "after", "aspect"),
    [
        ("query", LIST, {"explode": True}, {"explode": False}, "explode"),
        ("query", {"type": ["array", "string"]}, {"explode": True}, {"explode": False}, "explode"),
        ("query", {"anyOf": [LIST, {"type": "null"}]}, {"explode": True}, {"explode": False}, "explode"),
        ("query", LIST, {"explode": False}, {"style": "pipeDelimited"}, "style"),
        ("query", OBJECT, {"explode": True}, {"style": "deepObject"}, "style"),
        ("path", TEXT, {}, {"style": "label"}, "style"),
        ("path", TEXT, {"style": "label"}, {"style": "matrix"}, "style"),
        ("header", OBJECT, {"explode": False}, {"explode": True}, "explode"),
        ("cookie", LIST, {}, {"explode": False}, "explode"),
    ],
)
def test_a_style_that_writes_something_else(
    only: Only, where: str, schema: Any, before: Any, after: Any, aspect: str
) -> None:
    path = "/a/{p}" if where == "path" else "/a"
    base, revision = (document(parameter(where, "p", schema, **fields), path=path) for fields in (before, after))
    for change in (only(base, revision), only(revision, base)):
        assert (change.area, change.aspect, change.action) == ("parameter", aspect, "changed")
        assert change.facts["written_before"] != change.facts["written_after"]


def test_a_matrix_parameter_writes_its_name(only: Only) -> None:
    base = document(parameter("path", "x", style="matrix"), path="/a/{x}")
    change = only(base, document(parameter("path", "y", style="matrix"), path="/a/{y}"))
    assert (change.aspect, change.before, change.after) == ("name", "x", "y")


@pytest.mark.parametrize(("style", "names"), [("form", ["a", "b"]), ("deepObject", ["f[a]", "f[b]"])])
def test_loose_parameters_are_an_exploded_object_on_the_wire(seen: Seen, style: str, names: list[str]) -> None:
    loose = document(*(parameter("query", name) for name in names))
    whole = document(parameter("query", "f", OBJECT, style=style))
    assert seen(loose, whole) == seen(whole, loose) == []
    more = document(parameter("query", "f", {**OBJECT, "required": ["a"]}, style=style, required=True))
    assert seen(loose, more) == [f"GET /a request query.{names[0]}: parameter required added"]
    assert seen(more, loose) == [f"GET /a request query.{names[0]}: parameter required removed"]


def test_the_name_of_an_exploded_object_is_not_on_the_wire(seen: Seen) -> None:
    assert seen(document(parameter("query", "f", OBJECT)), document(parameter("query", "g", OBJECT))) == []


def test_reserved_and_empty_values(seen: Seen) -> None:
    plain = document(parameter("query", "p"))
    special = document(parameter("query", "p", allowReserved=True, allowEmptyValue=True))
    assert seen(plain, special) == [
        "GET /a request query.p: parameter allowEmptyValue added",
        "GET /a request query.p: parameter allowReserved added",
    ]
    assert seen(special, plain) == [
        "GET /a request query.p: parameter allowEmptyValue removed",
        "GET /a request query.p: parameter allowReserved removed",
    ]


@pytest.mark.parametrize(
    ("where", "before", "after", "proof"),
    [
        ("path", {}, {}, Proof.CONTAINED),
        ("header", {}, {}, Proof.CONTAINED),
        ("query", {}, {}, Proof.WITNESS),
        ("query", {"explode": False}, {"explode": False}, Proof.CONTAINED),
        ("query", {"explode": False}, {}, Proof.WITNESS),
        ("query", {"style": "pipeDelimited", "explode": False}, {"explode": False}, Proof.CONTAINED),
        ("path", {"style": "label"}, {"style": "label"}, Proof.WITNESS),
    ],
)
def test_a_list_that_is_one_text_becomes_a_text(
    comparison: Comparing, where: str, before: Document, after: Document, proof: Proof
) -> None:
    path = "/a/{p}" if where == "path" else "/a"
    documents = [
        document(parameter(where, "p", schema, **fields), path=path)
        for schema, fields in ((LIST, before), (TEXT, after))
    ]
    proofs = [one.proof for one in comparison(*documents).changes if one.aspect == "type"]
    assert proofs == [proof]
