"""New paths that take requests which a template answered before."""

from collections.abc import Callable
from typing import Any

import pytest

from contractkit.diff.walk import Comparison, compare
from contractkit.model.change import Proof
from contractkit.model.contract import Contract

Document = dict[str, Any]
Compare = Callable[[Document, Document], Comparison]
TEXT = {"type": "string"}


def operation(**schemas: Any) -> Document:
    rows = [{"in": "path", "name": name, "required": True, "schema": schema} for name, schema in schemas.items()]
    return {"parameters": rows, "responses": {}}


def document(*servers: str, **paths: Any) -> Document:
    found: Document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}
    return {**found, "servers": [{"url": url} for url in servers]} if servers else found


@pytest.fixture
def shadows(comparison: Compare) -> Callable[[Document, Document], list[tuple[str, str, str, dict[str, str]]]]:
    """Each shadow as the operation, the template, the new path and the texts."""

    def found(base: Document, revision: Document) -> list[tuple[str, str, str, dict[str, str]]]:
        changes = [one for one in comparison(base, revision).changes if one.aspect == "shadow"]
        assert all((one.action, one.proof) == ("added", Proof.DEFINITION) for one in changes)
        return [(one.operation, one.before, one.after, one.facts["texts"]) for one in changes]

    return found


Shadows = Callable[[Document, Document], list[tuple[str, str, str, dict[str, str]]]]


def beside(schema: Any, path: str, **more: Any) -> tuple[Document, Document]:
    template = {"/f/{n}": {"get": {**operation(n=schema), **more}}}
    return document(**template), document(**template, **{path: {"get": operation()}})


SHADOW = [("GET /f/{}", "/f/{n}", "/f/latest", {"n": "latest"})]


def test_a_new_path_takes_a_text_from_a_template(shadows: Shadows) -> None:
    base, revision = beside(TEXT, "/f/latest")
    assert shadows(base, revision) == SHADOW
    assert shadows(revision, base) == shadows(revision, revision) == []


@pytest.mark.parametrize(
    ("schema", "path", "takes"),
    [
        ({"type": "string", "pattern": "^l"}, "/f/latest", True),
        ({"type": "string", "pattern": "^x"}, "/f/latest", False),
        ({"type": "string", "maxLength": 5}, "/f/latest", False),
        ({"type": "string", "format": "uuid"}, "/f/latest", False),
        ({"enum": ["first", "latest"]}, "/f/latest", True),
        ({"enum": ["first"]}, "/f/latest", False),
        ({"type": "integer"}, "/f/latest", False),
        ({"anyOf": [{"type": "integer"}, TEXT]}, "/f/latest", True),
        ({"type": "integer"}, "/f/7", True),
        ({"type": "integer", "maximum": 6}, "/f/7", False),
        ({"type": "boolean"}, "/f/true", True),
        ({"const": "a b"}, "/f/a%20b", True),
        (TEXT, "/f/latest/all", False),
        (TEXT, "/f", False),
        (TEXT, "/f/", False),
        (TEXT, "/f/{n}.json", False),
        (TEXT, "/g/latest", False),
    ],
)
def test_only_a_text_that_the_parameter_took_is_one(shadows: Shadows, schema: Any, path: str, takes: bool) -> None:
    assert bool(shadows(*beside(schema, path))) is takes


def test_only_an_operation_of_the_same_method_that_stays(shadows: Shadows) -> None:
    get, put = {"get": operation(n=TEXT)}, {"put": operation(n=TEXT)}
    new = {"/f/latest": {"get": operation()}}
    assert shadows(document(**{"/f/{n}": {**get, **put}}), document(**{"/f/{n}": put}, **new)) == []
    assert shadows(document(**{"/f/{n}": put}), document(**{"/f/{n}": put}, **new)) == []
    assert shadows(document(**{"/f/{n}": put}), document(**{"/f/{n}": {**get, **put}}, **new)) == []
    assert shadows(document(**{"/f/{n}": get}), document(**{"/f/{other}": get}, **new)) == SHADOW
    known = document(**{"/f/{n}": get, "/f/latest": put})
    assert shadows(known, document(**{"/f/{n}": get, "/f/latest": {**put, "get": operation()}})) == []


def test_spellings_of_a_template_are_one(shadows: Shadows) -> None:
    spelled = {"/f/{a}": {"put": operation(a=TEXT)}, "/f/{n}": {"get": operation(n=TEXT)}}
    new = {"/f/latest": {"get": operation(), "put": operation()}}
    assert shadows(document(**spelled), document(**spelled, **new)) == [
        *SHADOW,
        ("PUT /f/{}", "/f/{a}", "/f/latest", {"a": "latest"}),
    ]


def test_the_most_concrete_template_answers(shadows: Shadows) -> None:
    paths = {
        "/{a}/{b}": {"get": operation(a=TEXT, b=TEXT), "put": operation(a=TEXT, b=TEXT)},
        "/f/{n}": {"get": operation(n=TEXT)},
        "/{t}/latest": {"delete": operation(t=TEXT)},
    }
    new = {method: operation() for method in ("get", "put", "delete", "patch")}
    assert shadows(document(**paths), document(**paths, **{"/f/latest": new})) == [
        ("DELETE /{}/latest", "/{t}/latest", "/f/latest", {"t": "f"}),
        *SHADOW,
        ("PUT /{}/{}", "/{a}/{b}", "/f/latest", {"a": "f", "b": "latest"}),
    ]
    refusing = {**paths, "/f/{n}": {"get": operation(n={"type": "integer"})}}
    assert [one[0] for one in shadows(document(**refusing), document(**refusing, **{"/f/latest": new}))] == [
        "DELETE /{}/latest",
        "PUT /{}/{}",
    ]


def test_parameters_around_the_text(shadows: Shadows) -> None:
    paths = {"/{a}/x-{b}/{c}/{d}": {"get": operation(a=TEXT, b=TEXT, c={"const": "mid"}, d=TEXT)}}
    new = {"/{one}/x-{b}/mid/{d}": {"get": operation(one=TEXT, b=TEXT, d=TEXT)}}
    assert shadows(document(**paths), document(**paths, **new)) == [
        ("GET /{}/x-{}/{}/{}", "/{a}/x-{b}/{c}/{d}", "/{one}/x-{b}/mid/{d}", {"c": "mid"})
    ]


def test_base_paths_count(shadows: Shadows) -> None:
    base, revision = beside(TEXT, "/f/latest")
    moved = document(**{f"/v1{path}": item for path, item in revision["paths"].items()})
    assert shadows({**base, "servers": [{"url": "/v1"}]}, moved) == [
        ("GET /f/{}", "/f/{n}", "/v1/f/latest", {"n": "latest"})
    ]
    around = document("https://a.example/{zone}", **{"/f": {"get": operation()}, "/g": {"get": operation()}})
    assert shadows(around, document(**{path: {"get": operation()} for path in ("/{z}/f", "/{z}/g", "/eu/f")})) == []


@pytest.mark.parametrize(
    ("parameter", "takes"),
    [
        ({"style": "label"}, False),
        ({"schema": None, "content": {"application/json": {"schema": TEXT}}}, False),
        ({"schema": {"$ref": "#/no"}}, True),
    ],
)
def test_other_ways_to_write_a_parameter(shadows: Shadows, parameter: Document, takes: bool) -> None:
    base, revision = beside(TEXT, "/f/latest")
    for side in (base, revision):
        (row,) = side["paths"]["/f/{n}"]["get"]["parameters"]
        row.update(parameter)
    assert bool(shadows(base, revision)) is takes


def test_what_nobody_can_read_on_both_sides_is_no_difference() -> None:
    base, revision = beside(TEXT, "/f/latest")
    for side in (base, revision):
        side["paths"]["/f/{n}"]["get"]["parameters"].append({"in": "body", "name": 3})
    found = compare(Contract("base", base), Contract("revision", revision)).changes
    assert [(one.operation, one.aspect) for one in found] == [("GET /f/latest", "presence"), ("GET /f/{}", "shadow")]


def test_many_paths_are_looked_at_quickly() -> None:
    paths = {f"/a{index}/{{id}}/{{key}}": {"get": operation(id=TEXT, key=TEXT)} for index in range(1500)}
    new = {f"/b{index}/x/y": {"get": operation()} for index in range(1500)}
    found = compare(Contract("base", document(**paths)), Contract("revision", document(**paths, **new))).changes
    assert {one.aspect for one in found} == {"presence"}
