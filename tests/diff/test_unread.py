"""What nobody can read: numbers that nobody keeps, references that lead nowhere. Where they differ, that is said."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contractkit.diff.walk import compare
from contractkit.model.change import Proof
from contractkit.model.contract import Contract
from contractkit.model.records import replace
from contractkit.sources.load import load

Write = Callable[[str, str], Contract]
LONG = "7" * 5000


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def made(name: str, number: str) -> Contract:
        file = tmp_path / name
        schema = f'{{"type": "number", "maximum": {number}}}'
        info = '"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}'
        file.write_text(f'{{{info}, "components": {{"schemas": {{"A": {schema}}}}}}}')
        return load(str(file))

    return made


def shown(number: str) -> str:
    return f"{number[:12]}... (5000 characters, sha256:{hashlib.sha256(number.encode()).hexdigest()[:16]})"


@pytest.mark.parametrize(
    ("old", "new", "action", "before", "after"),
    [
        ("1e400", "1e500", "changed", "1e400", "1e500"),
        (LONG, f"{LONG[:-1]}8", "changed", shown(LONG), shown(f"{LONG[:-1]}8")),
        ("1e400", "null", "removed", "1e400", None),
        ("null", "NaN", "added", None, "NaN"),
    ],
)
@pytest.mark.parametrize("ending", ["json", "yaml"])
def test_numbers_that_are_not_read_differ(
    write: Write, ending: str, old: str, new: str, action: str, before: str | None, after: str | None
) -> None:
    if ending == "yaml" and new == "NaN":
        new = ".nan"
    (change,) = compare(write(f"old.{ending}", old), write(f"new.{ending}", new)).changes
    assert (change.area, change.aspect, change.action) == ("document", "number", action)
    assert (change.location, change.before, change.after) == ("/components/schemas/A/maximum", before, after)
    assert (change.proof, change.reason) == (
        Proof.UNDECIDED,
        "the number is beyond what JSON readers keep, so it was not compared",
    )


def test_the_same_number_is_the_same_in_both_notations(write: Write) -> None:
    for json, yaml in (("1e400", "1e400"), ("NaN", ".nan"), ("-Infinity", "-.inf"), (LONG, LONG)):
        assert compare(write("a.json", json), write("b.yaml", yaml)).changes == ()


def test_a_stored_contract_has_null_for_it(write: Write) -> None:
    stored = replace(write("old.json", "null"), source="@shop")
    assert compare(stored, write("new.json", "1e400")).changes == ()


A, B = {"$ref": "https://example.com/a.json#/A"}, {"$ref": "#/components/parameters/Nowhere"}
OK = {"200": {"description": "ok"}}


def operation(**fields: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "paths": {"/o": {"post": {"responses": OK, **fields}}}}


HOLDERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "/paths/~1o/post/parameters/0": lambda part: operation(parameters=[part]),
    "/paths/~1o/post/requestBody": lambda part: operation(requestBody=part),
    "/paths/~1o/post/responses/200": lambda part: operation(responses={"200": part}),
    "/paths/~1o/post/responses/200/headers/X": lambda part: operation(responses={"200": {"headers": {"X": part}}}),
    "/paths/~1o/post/responses/200/links/L": lambda part: operation(responses={"200": {"links": {"L": part}}}),
    "/paths/~1o/post/callbacks/c": lambda part: operation(callbacks={"c": part}),
    "/paths/~1o": lambda part: {"openapi": "3.1.0", "paths": {"/o": part}},
    "/components/securitySchemes/k": lambda part: {
        **operation(security=[{"k": []}]),
        "components": {"securitySchemes": {"k": part}},
    },
}


def unknown(base: dict[str, Any], revision: dict[str, Any]) -> list[tuple[Any, ...]]:
    found = compare(Contract("", base), Contract("", revision)).changes
    assert {one.proof for one in found if one.aspect == "$ref"} <= {Proof.UNDECIDED}
    return [(one.location, one.action, one.before, one.after, one.reason) for one in found if one.aspect == "$ref"]


@pytest.mark.parametrize("place", HOLDERS)
def test_references_that_lead_nowhere_differ(place: str) -> None:
    made = HOLDERS[place]
    reason = f"what stands at `{B['$ref']}` is not known"
    assert unknown(made(A), made(B)) == [(place, "changed", A["$ref"], B["$ref"], reason)]
    assert unknown(made(A), made(A)) == []


def test_they_come_and_go() -> None:
    reason = f"what stands at `{A['$ref']}` is not known"
    place = "/paths/~1o/post/parameters/0"
    assert unknown(operation(), operation(parameters=[A])) == [(place, "added", None, A["$ref"], reason)]
    assert unknown(operation(parameters=[A]), operation()) == [(place, "removed", A["$ref"], None, reason)]
    assert unknown(operation(parameters=[A, B]), operation(parameters=[B, A])) == []


def test_one_that_stays_hides_nothing() -> None:
    def query(**schema: Any) -> dict[str, Any]:
        return operation(parameters=[A, {"name": "q", "in": "query", "schema": schema}])

    found = compare(Contract("", query(type="string")), Contract("", query(type="integer"))).changes
    assert [(one.location, one.aspect, one.proof) for one in found] == [("query.q", "type", Proof.WITNESS)]


ODD: dict[str, tuple[Any, Any]] = {
    "/paths/~1o/post/parameters/0": (
        operation(parameters=[{"name": "a", "in": "body", "schema": {"type": "string"}}]),
        operation(parameters=[{"name": "a", "in": "body", "schema": {"type": "integer"}}]),
    ),
    "/paths/~1o/post/parameters": (operation(parameters={"a": 1}), operation(parameters={"b": 1})),
    "/paths/~1o/post/deprecated": (operation(deprecated="yes"), operation(deprecated="no")),
    "/paths/~1o/post/security": (operation(security="a"), operation(security="b")),
    "/paths/~1o/post/requestBody/content": (
        operation(requestBody={"content": [1]}),
        operation(requestBody={"content": [True]}),
    ),
    "/components": ({**operation(), "components": [1]}, {**operation(), "components": [2]}),
}


def odd(base: dict[str, Any], revision: dict[str, Any]) -> list[tuple[Any, ...]]:
    found = compare(Contract("", base), Contract("", revision)).changes
    reason = "it is not what OpenAPI has there, so nobody knows what it means"
    assert {(one.proof, one.reason) for one in found if one.aspect == "part"} <= {(Proof.UNDECIDED, reason)}
    return [(one.location, one.action) for one in found if one.aspect == "part"]


@pytest.mark.parametrize("place", ODD)
def test_what_is_not_what_openapi_has_there_differs(place: str) -> None:
    base, revision = ODD[place]
    assert odd(base, revision) == [(place, "changed")]
    assert odd(base, operation()) == [(place, "removed")]
    assert odd(operation(), revision) == [(place, "added")]
    assert odd(base, base) == []


@pytest.mark.parametrize("empty", [None, [], "", {}])
def test_what_is_empty_is_as_good_as_absent(empty: Any) -> None:
    names = ("requestBody", "parameters", "deprecated", "callbacks")
    assert odd(operation(**dict.fromkeys(names, empty)), operation()) == []


def test_equal_texts_under_other_names_are_not_the_same() -> None:
    base, revision = operation(deprecated="yes"), operation(requestBody={"required": "yes"})
    assert odd(base, revision) == [
        ("/paths/~1o/post/deprecated", "removed"),
        ("/paths/~1o/post/requestBody/required", "added"),
    ]
