"""Parameters: what counts is what stands on the wire."""

from collections.abc import Callable
from typing import Any

import pytest

from contractkit.diff.walk import Comparison
from contractkit.model.change import Change, Direction, Proof, Witness

Document = dict[str, Any]
Seen = Callable[[Document, Document], list[str]]
Only = Callable[[Document, Document], Change]
Comparing = Callable[[Document, Document], Comparison]

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
LIST = {"type": "array", "items": TEXT}
OBJECT = {"type": "object", "properties": {"a": TEXT, "b": TEXT}}


def parameter(where: str, name: str, schema: Any = None, **fields: Any) -> Document:
    required = {"required": True} if where == "path" else {}
    return {"in": where, "name": name, "schema": TEXT if schema is None else schema, **required, **fields}


def document(*parameters: Document, path: str = "/a", shared: tuple[Document, ...] = (), **parts: Any) -> Document:
    item = {"parameters": list(shared), "get": {"parameters": list(parameters), "responses": {}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {path: item},
        "components": {"parameters": parts},
    }


# Presence and required


def test_a_path_parameter_without_a_place_in_a_path_that_stays_is_told(comparison: Comparing) -> None:
    for path in ("/a", "/a/{id}"):
        declared = (parameter("path", "id"),) if "{" in path else ()
        base, revision = document(*declared, path=path), document(*declared, parameter("path", "p"), path=path)
        found = comparison(base, revision).changes
        assert [(one.location, one.action) for one in found] == [("path.p", "added")]


def test_a_path_parameter_of_a_callback_is_told(seen: Seen) -> None:
    def calling(*parameters: Document) -> Document:
        made = document()
        call = {"http://a.co/{id}": {"post": {"parameters": list(parameters), "responses": {}}}}
        made["paths"]["/a"]["get"]["callbacks"] = {"done": call}
        return made

    lines = seen(calling(parameter("path", "id")), calling())
    assert lines == ["GET /a callback done POST http://a.co/{id} response path.id: parameter presence removed"]


@pytest.mark.parametrize("where", ["query", "header", "cookie"])
def test_optional_parameter_added_and_removed(seen: Seen, where: str) -> None:
    base, revision = document(), document(parameter(where, "p"))
    assert seen(base, revision) == [f"GET /a request {where}.p: parameter presence added"]
    assert seen(revision, base) == [f"GET /a request {where}.p: parameter presence removed"]


@pytest.mark.parametrize("where", ["query", "header", "cookie"])
def test_a_new_required_parameter_shows_the_request_that_fails(only: Only, where: str) -> None:
    change = only(document(), document(parameter(where, "p", required=True)))
    assert change.facts == {"in": where, "name": "p", "required_before": False, "required_after": True}
    assert change.proof is Proof.DEFINITION
    assert change.witness == Witness(f"the required {where} parameter `p` is missing", "GET", "/a")


def test_required_added_and_removed(only: Only) -> None:
    optional, required = document(parameter("query", "p")), document(parameter("query", "p", required=True))
    change = only(optional, required)
    assert (change.area, change.aspect, change.action) == ("parameter", "required", "added")
    assert (change.location, change.direction) == ("query.p", Direction.REQUEST)
    assert change.witness == Witness("the required query parameter `p` is missing", "GET", "/a")
    change = only(required, optional)
    assert (change.action, change.before, change.after, change.witness) == ("removed", True, False, None)


def test_the_smallest_request_has_all_that_the_base_requires(only: Only) -> None:
    known = (
        parameter("path", "id", {"enum": [7]}),
        parameter("query", "z", {"enum": ["é"]}, required=True),
        parameter("query", "optional", NUMBER),
        parameter("header", "X-Key", {"const": "k"}, required=True),
        parameter("cookie", "s", {"const": "1;2"}, required=True),
    )
    base = document(*known, path="/a/{id}")
    revision = document(*known, parameter("query", "new", required=True), path="/a/{id}")
    assert only(base, revision).witness == Witness(
        "the required query parameter `new` is missing",
        "GET",
        "/a/7?z=%C3%A9",
        {"X-Key": "k", "Cookie": "s=1%3B2"},
    )


# Identity


def test_the_smallest_request_takes_the_examples_of_parameters(only: Only) -> None:
    one, two = {"examples": {"one": {"value": "a b"}}}, {"$ref": "#/components/parameters/Two"}
    known = (
        parameter("path", "id", example="TEA-001"),
        parameter("query", "z", {**TEXT, "default": "ab"}, required=True, **one),
        {"in": "header", "name": "X", "required": True, "content": {"text/plain": {"schema": TEXT, "example": "x1"}}},
        parameter("cookie", "s", {**TEXT, "maxLength": 3}, required=True, examples={"x": two}, example="too long"),
    )
    base = document(*known, path="/a/{id}", Two={"value": "two"})
    revision = document(*known, parameter("query", "new", required=True), path="/a/{id}", Two={"value": "two"})
    assert only(base, revision).witness == Witness(
        "the required query parameter `new` is missing", "GET", "/a/TEA-001?z=a%20b", {"X": "x1", "Cookie": "s=two"}
    )


@pytest.mark.parametrize(
    ("where", "schema", "url", "headers"),
    [
        ("query", {"enum": ["UTC"]}, "/a?p=a", {}),
        ("query", {**TEXT, "minLength": 1}, "/a?p=", {}),
        ("header", {"enum": ["UTC"]}, "/a", {"p": "a"}),
        ("header", {**TEXT, "minLength": 1}, "/a", {"p": ""}),
        ("cookie", {"enum": ["UTC"]}, "/a", {"Cookie": "p=a"}),
        ("cookie", {**TEXT, "minLength": 1}, "/a", {"Cookie": "p="}),
    ],
)
def test_an_optional_parameter_is_sent_and_empty_only_where_nothing_else_shows_the_break(
    only: Only, where: str, schema: Document, url: str, headers: dict[str, str]
) -> None:
    witness = only(document(parameter(where, "p")), document(parameter(where, "p", schema))).witness
    assert witness is not None
    assert (witness.url, witness.headers) == (url, headers)


@pytest.mark.parametrize(("schema", "url"), [(TEXT, "/a?q=a"), ({**TEXT, "maxLength": 0}, "/a?q=")])
def test_what_a_request_needs_besides_is_empty_only_where_it_must(only: Only, schema: Document, url: str) -> None:
    needed = parameter("query", "q", schema, required=True)
    witness = only(document(needed), document(needed, parameter("query", "new", required=True))).witness
    assert witness is not None
    assert witness.url == url


@pytest.mark.parametrize(
    ("said", "beside", "sent"),
    [
        ({"example": "jane@corp.example.org"}, {}, "jane@corp.example.org"),
        ({"examples": ["no address", "joe@corp.example.org"]}, {}, "joe@corp.example.org"),
        ({"default": "info@corp.example.org"}, {}, "info@corp.example.org"),
        ({}, {"example": "jim@corp.example.org"}, "jim@corp.example.org"),
        ({}, {"examples": {"one": {"value": "jo@corp.example.org"}}}, "jo@corp.example.org"),
        ({"example": "a@b.co", "examples": [7], "default": "x@corp.example.org.uk"}, {}, "x"),
        ({}, {}, "x"),
    ],
)
@pytest.mark.parametrize("where", ["path", "query", "header", "cookie"])
def test_where_no_value_can_be_made_an_example_that_fits_is_sent(
    only: Only, said: Document, beside: Document, sent: str, where: str
) -> None:
    schema = {**TEXT, "format": "email", "pattern": r"^[a-z]+@corp\.example\.org$", **said}
    known = parameter(where, "p", schema, **{"required": True, **beside})
    path = "/a/{p}" if where == "path" else "/a"
    new = parameter("query", "new", required=True)
    witness = only(document(known, path=path), document(known, new, path=path)).witness
    assert witness is not None
    found = {
        "path": (f"/a/{sent.replace('@', '%40')}", {}),
        "query": (f"/a?p={sent.replace('@', '%40')}", {}),
        "header": ("/a", {"p": sent}),
        "cookie": ("/a", {"Cookie": f"p={sent.replace('@', '%40')}"}),
    }
    assert (witness.url, witness.headers) == found[where]


def test_header_names_have_no_case(seen: Seen) -> None:
    assert seen(document(parameter("header", "X-A")), document(parameter("header", "x-a"))) == []


@pytest.mark.parametrize("where", ["query", "cookie"])
def test_other_names_have_case(seen: Seen, where: str) -> None:
    assert seen(document(parameter(where, "Ab")), document(parameter(where, "ab"))) == [
        f"GET /a request {where}.Ab: parameter presence removed",
        f"GET /a request {where}.ab: parameter presence added",
    ]


@pytest.mark.parametrize("name", ["Accept", "content-type", "AUTHORIZATION"])
def test_headers_that_are_no_parameters(seen: Seen, name: str) -> None:
    assert seen(document(), document(parameter("header", name, required=True))) == []


def test_path_parameters_are_matched_by_position(seen: Seen) -> None:
    base = document(parameter("path", "x", NUMBER), parameter("path", "y"), path="/a/{x}/{y}")
    swapped = document(parameter("path", "x", NUMBER), parameter("path", "y"), path="/a/{y}/{x}")
    renamed = document(parameter("path", "q"), parameter("path", "p", NUMBER), path="/a/{p}/{q}")
    assert seen(base, renamed) == []
    # Every number is a text, but not every text is a number.
    assert seen(base, swapped) == [
        "GET /a/{}/{} request path.x: schema type changed",
        "GET /a/{}/{} request path.y: schema type changed",
    ]


def test_a_place_in_the_path_that_nobody_describes_takes_any_text(seen: Seen) -> None:
    described = document(parameter("path", "id"), path="/a/{id}")
    assert seen(document(path="/a/{id}"), described) == seen(described, document(path="/a/{id}")) == []


def test_a_parameter_that_the_path_has_no_place_for_is_compared_and_noted(seen: Seen) -> None:
    base, revision = (
        document(parameter("path", "id")),
        document(parameter("path", "id", {"type": "string", "maxLength": 1})),
    )
    assert seen(base, revision) == [
        "GET /a request path.id: schema maxLength added",
        "notice #/paths/~1a/get/parameters/0",
        "notice #/paths/~1a/get/parameters/0",
    ]


def test_parameters_of_the_path_are_inherited_and_overridden(seen: Seen) -> None:
    base = document(shared=(parameter("query", "p"), parameter("header", "H")))
    assert seen(base, document(parameter("query", "p"), parameter("header", "h"))) == []
    overridden = document(
        parameter("query", "p", required=True), shared=(parameter("query", "p"), parameter("header", "H"))
    )
    assert seen(base, overridden) == ["GET /a request query.p: parameter required added"]
    assert seen(overridden, base) == ["GET /a request query.p: parameter required removed"]


def test_a_shared_parameter_is_one_change_for_all_its_operations(only: Only) -> None:
    reference = {"$ref": "#/components/parameters/Limit"}

    def shared(**fields: Any) -> Document:
        found = document(Limit=parameter("query", "limit", **fields))
        found["paths"] = {
            path: {"get": {"parameters": [reference]}, "put": {"parameters": [reference]}} for path in ("/a", "/b")
        }
        return found

    change = only(shared(), shared(required=True))
    assert change.operations == ("GET /a", "GET /b", "PUT /a", "PUT /b")
    assert (change.operation, change.component, change.location) == ("GET /a", "Limit", "query.limit")


def test_a_reference_and_its_target_are_the_same(seen: Seen) -> None:
    inline = document(parameter("query", "p"))
    referenced = document({"$ref": "#/components/parameters/P"}, P=parameter("query", "p"))
    assert seen(inline, referenced) == seen(referenced, inline) == []


# Schema and content


def test_a_schema_shows_the_request(only: Only) -> None:
    base = document(parameter("path", "id", NUMBER), parameter("query", "q", {"enum": ["a b", "c"]}), path="/a/{id}")
    revision = document(parameter("path", "id", NUMBER), parameter("query", "q", {"enum": ["c"]}), path="/a/{id}")
    change = only(base, revision)
    assert (change.area, change.aspect, change.proof) == ("schema", "enum", Proof.WITNESS)
    assert change.witness is not None
    assert (change.witness.method, change.witness.url) == ("GET", "/a/0?q=a%20b")
    assert only(revision, base).proof is Proof.CONTAINED


def content(schema: Any, media_type: str = "application/json", **fields: Any) -> Document:
    return {"in": "query", "name": "q", "content": {media_type: {"schema": schema}}, **fields}


def test_content_against_schema(seen: Seen) -> None:
    base, revision = document(parameter("query", "q", OBJECT)), document(content(OBJECT))
    assert seen(base, revision) == seen(revision, base) == ["GET /a request query.q: parameter content changed"]
    plain = document(content(TEXT, "text/plain"))
    assert seen(plain, document(parameter("query", "q"))) == []


def test_content_is_compared_as_json(only: Only) -> None:
    base = document(content({"type": "object", "properties": {"a": {"type": ["integer", "null"]}}}))
    revision = document(content({"type": "object", "properties": {"a": {"type": "integer"}}}))
    change = only(base, revision)
    assert (change.area, change.aspect, change.location) == ("schema", "nullable", "query.q.a")
    assert change.witness is not None
    assert change.witness.url == "/a?q=%7B%22a%22%3Anull%7D"


def test_query_string(seen: Seen) -> None:
    whole = {"in": "querystring", "name": "all", "content": {"application/x-www-form-urlencoded": {"schema": OBJECT}}}
    renamed = {**whole, "name": "other"}
    assert seen(document(whole), document(renamed)) == []
    assert seen(document(), document({**whole, "required": True})) == [
        "GET /a request querystring: parameter presence added"
    ]


# Texts


def test_texts_of_a_parameter(seen: Seen) -> None:
    base = document(parameter("query", "p"))
    fields = {"description": "d", "example": 1, "examples": {"e": {"value": 1}}, "x-y": 1, "odd": 1}
    revision = document(parameter("query", "p", deprecated=True, **fields, **{"x-sunset": "2030-01-01"}))
    aspects = ["deprecated", "description", "example", "examples", "extension", "sunset", "unclassified"]
    assert seen(base, revision) == [f"GET /a request query.p: parameter {aspect} added" for aspect in aspects]
    assert seen(revision, base) == [f"GET /a request query.p: parameter {aspect} removed" for aspect in aspects]


@pytest.mark.parametrize("schema", [TEXT, {"$ref": "#/components/schemas/Text"}, OBJECT])
def test_what_a_parameter_and_its_schema_say_alike_is_told_once(seen: Seen, schema: Document) -> None:
    """FastAPI marks both."""

    def marked(*, own: bool, inside: bool) -> Document:
        marks = {"deprecated": True, "x-sunset": "2030-01-01"}
        found = document(parameter("query", "p", {**schema, **(marks if inside else {})}, **(marks if own else {})))
        found["components"]["schemas"] = {"Text": TEXT}
        return found

    plain, both = marked(own=False, inside=False), marked(own=True, inside=True)
    once = [marked(own=True, inside=False), marked(own=False, inside=True)]
    for other in (both, *once):
        for before, after, action in ((plain, other, "added"), (other, plain, "removed")):
            assert seen(before, after) == [
                f"GET /a request query.p: parameter {aspect} {action}" for aspect in ("deprecated", "sunset")
            ]
    for before, after in ((both, once[0]), (once[0], both), (both, once[1]), (once[0], once[1])):
        assert seen(before, after) == []


def test_a_component_that_is_deprecated_is_told_beside_the_parameter(seen: Seen) -> None:
    def document_of(deprecated: Document) -> Document:
        found = document(parameter("query", "p", {"$ref": "#/components/schemas/Text"}, **deprecated))
        found["components"]["schemas"] = {"Text": {**TEXT, **deprecated}}
        return found

    assert seen(document_of({}), document_of({"deprecated": True})) == [
        "GET /a request query.p: parameter deprecated added",
        "GET /a request query.p: schema deprecated added",
    ]


@pytest.mark.parametrize(
    "bad", [None, 1, "p", [], {}, {"in": "query"}, {"name": "p", "in": "body"}, {"name": 1, "in": "query"}]
)
def test_a_malformed_parameter_is_noted_and_left_out(seen: Seen, bad: Any) -> None:
    """What it means nobody knows: only where it is empty, nothing changed."""
    base, revision = document(parameter("query", "p")), document(parameter("query", "p"), bad)
    place = "/paths/~1a/get/parameters/1"
    for before, after, action in ((base, revision, "added"), (revision, base, "removed")):
        unknown = [f"{place}: document part {action}"] if bad else []
        assert seen(before, after) == [*unknown, f"notice #{place}"]
    assert seen(revision, revision) == []


def test_a_path_has_no_empty_segment(only: Only) -> None:
    """With no text there the path is another one, whatever the schema says."""

    def path(**schema: Any) -> Document:
        return document(parameter("path", "id", {**TEXT, **schema}), path="/a/{id}/b")

    change = only(path(), path(minLength=1))
    assert (change.aspect, change.proof) == ("minLength", Proof.CONTAINED)
    change = only(path(), path(minLength=2))
    assert (change.aspect, change.proof) == ("minLength", Proof.WITNESS)
    assert change.witness is not None
    assert (change.witness.url, change.witness.refusal) == ("/a/0/b", '"0" is shorter than 2 characters')
    change = only(path(), path(format="uuid"))
    assert change.witness is not None
    assert change.witness.url != "/a//b"
    assert only(path(enum=["", "b"]), path(enum=["b"])).proof is Proof.CONTAINED
