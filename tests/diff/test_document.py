"""What documents say about themselves, unused components, and the order of it all."""

import copy
import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from contractkit.diff.walk import Comparison
from contractkit.model.change import Change
from contractkit.schema.sameness import same_text

Document = dict[str, Any]
Seen = Callable[[Document, Document], list[str]]
Compare = Callable[[Document, Document], Comparison]


def document(**fields: Any) -> Document:
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}, **fields}


def test_information(seen: Seen) -> None:
    info = {
        "title": "u",
        "version": "2",
        "summary": "s",
        "description": "d",
        "termsOfService": "/t",
        "contact": {"name": "c"},
        "license": {"name": "l"},
        "x-y": 1,
        "odd": 1,
    }
    assert seen(document(), document(info=info)) == [
        f"info: document {change}"
        for change in (
            "contact added",
            "description added",
            "extension added",
            "license added",
            "summary added",
            "termsOfService added",
            "title changed",
            "unclassified added",
            "version changed",
        )
    ]


def test_the_whole_document(seen: Seen) -> None:
    revision = document(tags=[{"name": "t"}], externalDocs={"url": "/"}, odd=1, **{"x-y": 1})
    revision["openapi"] = "3.1.1"
    assert seen(document(), revision) == [
        f": document {change}"
        for change in ("extension added", "externalDocs added", "openapi changed", "tags added", "unclassified added")
    ]


def test_extensions_of_the_maps(seen: Seen) -> None:
    base = document(paths={"x-a": 1}, components={"x-b": 1})
    assert seen(base, document(paths={"x-a": 2}, components={})) == [
        "components: document extension removed",
        "paths: document extension changed",
    ]


# Operations


def test_texts_of_an_operation(seen: Seen) -> None:
    plain: Document = {"responses": {}}
    said = {
        "operationId": "o",
        "tags": ["t"],
        "summary": "s",
        "description": "d",
        "externalDocs": {"url": "/"},
        "deprecated": True,
        "x-sunset": "2030-01-01",
        "x-y": 1,
        "odd": 1,
        **plain,
    }
    base, revision = (document(paths={"/a": {"get": one}}) for one in (plain, said))
    aspects = [
        "deprecated",
        "description",
        "extension",
        "externalDocs",
        "operationId",
        "summary",
        "sunset",
        "tags",
        "unclassified",
    ]
    assert seen(base, revision) == [f"GET /a: operation {aspect} added" for aspect in aspects]
    assert seen(revision, base) == [f"GET /a: operation {aspect} removed" for aspect in aspects]


def test_deprecation_carries_its_date(comparison: Compare) -> None:
    plain, said = (
        document(paths={"/a": {"get": {"responses": {}, **fields}}})
        for fields in ({}, {"deprecated": True, "x-sunset": "2030-01-01"})
    )
    facts = [(one.aspect, one.action, one.facts) for one in comparison(plain, said).changes]
    assert facts == [
        ("deprecated", "added", {"sunset": "2030-01-01"}),
        ("sunset", "added", {"deprecated": True}),
    ]


# Components


def using(name: str, **schemas: Any) -> Document:
    body = {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}
    return document(paths={"/a": {"post": {"requestBody": body, "responses": {}}}}, components={"schemas": schemas})


def test_unused_components(seen: Seen) -> None:
    base = using("A", A={}, Gone={}, Other={"type": "string"})
    revision = using("A", A={}, New={}, Other={"type": "integer"})
    assert seen(base, revision) == [
        "components.schemas.Gone: document component removed",
        "components.schemas.New: document component added",
        "components.schemas.Other: document component changed",
    ]


def test_component_names_are_no_identity(seen: Seen) -> None:
    schema = {"type": "object", "properties": {"self": {"$ref": "#/components/schemas/A"}}}
    renamed = json.loads(json.dumps(schema).replace("/A", "/A-Input"))
    assert seen(using("A", A=schema), using("A-Input", **{"A-Input": renamed})) == []


def test_a_model_that_only_a_discriminator_can_find(seen: Seen) -> None:
    pet = {"type": "object", "discriminator": {"propertyName": "kind"}, "properties": {"kind": {"type": "string"}}}
    heirs = [
        {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"b": {"type": kind}}}]}
        for kind in ("string", "integer")
    ]
    base, revision = (using("Pet", Pet=pet, Dog=heir) for heir in heirs)
    assert seen(base, revision) == ["components.schemas.Dog: document unclassified changed"]


def test_a_component_used_by_a_component_alone_is_unused(seen: Seen) -> None:
    circle = {"B": {"$ref": "#/components/schemas/C"}, "C": {"items": {"$ref": "#/components/schemas/B"}}}
    assert seen(using("A", A={}, **circle), using("A", A={})) == [
        "components.schemas.B: document component removed",
        "components.schemas.C: document component removed",
    ]


# Order and equality

LARGE = document(
    servers=[{"url": "/v1"}],
    security=[{"key": []}],
    tags=[{"name": "t"}],
    paths={
        "/a/{x}": {
            "parameters": [{"in": "path", "name": "x", "required": True, "schema": {"type": "integer"}}],
            "get": {
                "tags": ["t"],
                "parameters": [{"in": "query", "name": "q", "schema": {"type": "array", "items": {"type": "string"}}}],
                "responses": {
                    "200": {
                        "description": "d",
                        "headers": {"X-A": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}},
                        "links": {"l": {"operationId": "b"}},
                    },
                    "default": {"$ref": "#/components/responses/E"},
                },
            },
        },
        "/b": {
            "post": {
                "operationId": "b",
                "deprecated": True,
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}},
                "responses": {"201": {"description": "d"}},
                "callbacks": {"c": {"{$u}": {"post": {"responses": {"200": {"description": "d"}}}}}},
            }
        },
    },
    webhooks={"w": {"post": {"requestBody": {"content": {"text/plain": {}}}, "responses": {}}}},
    components={
        "schemas": {
            "A": {"type": "object", "properties": {"n": {"$ref": "#/components/schemas/A"}, "s": {"type": "string"}}},
            "Unused": {},
        },
        "responses": {"E": {"description": "e"}},
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "k"}},
    },
)


def places(node: Any) -> list[tuple[Any, Any]]:
    """All (holder, key) pairs of a document."""
    found = []
    stack = [node]
    while stack:
        one = stack.pop()
        items = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ()
        for key, value in items:
            found.append((one, key))
            stack.append(value)
    return found


def reversed_keys(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: reversed_keys(node[key]) for key in reversed(node)}
    return [reversed_keys(item) for item in node] if isinstance(node, list) else node


COUNT = len(places(LARGE))


def edited(index: int, value: Any, **fields: Any) -> Document:
    """The large document with one place replaced (or dropped where the value is `...`)."""
    found = copy.deepcopy({**LARGE, **fields})
    holder, key = places(found)[index]
    if value is ...:
        del holder[key]
    else:
        holder[key] = value
    return found


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
def test_a_document_says_the_same_as_itself(seen: Seen, version: str) -> None:
    one = {**LARGE, "openapi": version}
    assert seen(one, copy.deepcopy(one)) == []
    assert seen(one, reversed_keys(one)) == []


@pytest.mark.parametrize("index", range(COUNT))
def test_the_order_of_keys_changes_nothing(comparison: Compare, index: int) -> None:
    base, revision = copy.deepcopy(LARGE), edited(index, ...)
    once, again = comparison(base, revision), comparison(reversed_keys(base), reversed_keys(revision))

    def told(found: Comparison) -> list[tuple[Any, ...]]:
        def row(one: Change) -> tuple[Any, ...]:
            return (one.area, one.aspect, one.action, one.operation, one.location, one.operations, one.proof)

        return [row(one) for one in found.changes]

    assert told(once) == told(again)
    assert (once.base_warnings, once.revision_warnings) == (again.base_warnings, again.revision_warnings)


HOSTILE: list[Any] = [
    None,
    True,
    0,
    1.5,
    "",
    "x",
    [],
    [None],
    {},
    {"": None},
    {"$ref": "#/nowhere"},
    {"$ref": 1},
    [[]],
    {"x": []},
]


@pytest.mark.parametrize("index", range(COUNT))
def test_whatever_stands_anywhere_raises_nothing_and_is_never_overlooked(comparison: Compare, index: int) -> None:
    for value, version in itertools.product(HOSTILE, ("3.0.3", "3.1.0")):
        odd = edited(index, value, openapi=version)
        base = copy.deepcopy({**LARGE, "openapi": version})
        for pair in ((base, odd), (odd, base)):
            found = comparison(*pair)
            told = (*found.changes, *found.base_warnings, *found.revision_warnings)
            assert told or means_the_same(index, base, odd), (places(odd)[index], value)
        assert comparison(odd, copy.deepcopy(odd)).changes == ()


def means_the_same(index: int, base: Document, odd: Document) -> bool:
    """Nothing was replaced, or what every path parameter is anyway."""
    return same_text(base, odd) or places(base)[index][1] == "required"
