"""Request bodies: presence, media types, form fields."""

from collections.abc import Callable
from typing import Any

import pytest

from contractkit.diff.walk import Comparison
from contractkit.model.change import Change, Direction, Proof, Witness
from contractkit.rules.registry import rule_for

Document = dict[str, Any]
Seen = Callable[[Document, Document], list[str]]
Only = Callable[[Document, Document], Change]

JSON, XML, CSV, PROBLEM = "application/json", "application/xml", "text/csv", "application/problem+json"
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
TEXT = {"type": "string"}
LIST = {"type": "array", "items": TEXT}
OBJECT = {"type": "object", "properties": {"a": TEXT}}


def obj(*required: str, **properties: Document) -> Document:
    return {
        "type": "object",
        "properties": {**dict.fromkeys(required, TEXT), **properties},
        "required": list(required),
    }


def document(body: Any = None, **components: Any) -> Document:
    operation: Document = {"responses": {}}
    if body is not None:
        operation["requestBody"] = body
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"post": operation}},
        "components": components,
    }


def body(*media_types: str, schema: Any = None, **fields: Any) -> Document:
    return {"content": {name: {} if schema is None else {"schema": schema} for name in media_types}, **fields}


@pytest.mark.parametrize(
    ("old", "new", "sent"),
    [
        (obj("a", "b"), obj("a", "b", "c"), {"a": "a", "b": "a"}),
        (obj(a={"type": ["string", "null"]}), obj(a={"type": ["integer", "null"]}), {"a": "a"}),
        (obj("b", a=TEXT), obj("b", a={**TEXT, "minLength": 1}), {"a": "", "b": "a"}),
        (obj("b", a=TEXT, b={**TEXT, "example": ""}), obj("b", a={"enum": ["x"]}, b=TEXT), {"a": "a", "b": "a"}),
        (obj("b", a=TEXT, b={"const": ""}), obj("b", a={"enum": ["x"]}, b=TEXT), {"a": "a", "b": ""}),
    ],
)
@pytest.mark.parametrize("media_type", [FORM, MULTIPART])
def test_a_field_of_a_form_is_empty_only_where_it_must(
    comparison: Callable[[Document, Document], Comparison],
    old: Document,
    new: Document,
    sent: Document,
    media_type: str,
) -> None:
    base, revision = (document(body(media_type, schema=schema, required=True)) for schema in (old, new))
    (witness,) = (one.witness for one in comparison(base, revision).changes if one.witness is not None)
    assert witness.body == sent


@pytest.mark.parametrize(("media_type", "files"), [(MULTIPART, ("file",)), (FORM, ()), (JSON, ())])
def test_the_files_of_a_form_are_told(only: Only, media_type: str, files: tuple[str, ...]) -> None:
    upload = {"type": "string", "contentMediaType": "application/octet-stream"}
    base, revision = (body(media_type, schema=obj(*names, file=upload)) for names in ("a", "ab"))
    witness = only(document(base), document(revision)).witness
    assert witness is not None
    assert witness.files == files


@pytest.mark.parametrize(("media_type", "text"), [(JSON, ""), (FORM, "a"), (MULTIPART, "a")])
@pytest.mark.parametrize("required", [True, False])
def test_an_operation_that_is_gone_is_shown_with_the_body_that_it_required(
    only: Only, media_type: str, text: str, required: bool
) -> None:
    base = document(body(media_type, schema=obj("a"), required=required))
    refusal = "there is no POST on this path any more"
    sent: tuple[Any, ...] = ({"Content-Type": media_type}, True, {"a": text}) if required else ()
    assert only(base, {**base, "paths": {}}).witness == Witness(refusal, "POST", "/a", *sent)


def test_an_optional_body_added_and_removed(seen: Seen) -> None:
    base, revision = document(), document(body(JSON))
    assert seen(base, revision) == ["POST /a request body: body presence added"]
    assert seen(revision, base) == ["POST /a request body: body presence removed"]


def test_a_required_body_added(only: Only) -> None:
    change = only(document(), document(body(JSON, XML, required=True)))
    assert (change.before, change.after, change.facts) == (None, [JSON, XML], {"required": True})
    assert change.witness == Witness("a body is required", "POST", "/a")


def test_a_body_became_required_and_optional(only: Only) -> None:
    optional, required = document(body(JSON)), document(body(JSON, required=True))
    change = only(optional, required)
    assert (change.area, change.aspect, change.action) == ("body", "required", "added")
    assert change.witness == Witness("a body is required", "POST", "/a")
    change = only(required, optional)
    assert (change.action, change.witness) == ("removed", None)


def test_texts_of_a_body(seen: Seen) -> None:
    base, revision = document(body(JSON)), document(body(JSON, description="d", **{"x-y": 1, "odd": 1}))
    aspects = ["description", "extension", "unclassified"]
    assert seen(base, revision) == [f"POST /a request body: body {aspect} added" for aspect in aspects]
    assert seen(revision, base) == [f"POST /a request body: body {aspect} removed" for aspect in aspects]


def test_texts_of_a_media_type(seen: Seen) -> None:
    fields = {"example": 1, "examples": {"a": {"value": 1}}, "x-y": 1, "odd": 1}
    base, revision = document({"content": {JSON: {}}}), document({"content": {JSON: fields}})
    aspects = ["example", "examples", "extension", "unclassified"]
    assert seen(base, revision) == [f"POST /a request body: media-type {aspect} added" for aspect in aspects]
    assert seen(revision, base) == [f"POST /a request body: media-type {aspect} removed" for aspect in aspects]


@pytest.mark.parametrize(
    ("base", "revision", "lines"),
    [
        ([JSON, XML], [JSON], ["removed"]),
        ([JSON], [JSON, XML], ["added"]),
        ([JSON], [XML], ["added", "removed"]),
        ([JSON], [PROBLEM], ["changed"]),
        ([JSON], ["*/*"], []),
        (["*/*"], [JSON], ["removed"]),
        ([JSON], ["Application/JSON;charset=utf-8"], []),
        ([JSON], [JSON + ";v=1"], ["removed"]),
        ([JSON + ";v=1"], [JSON], []),
    ],
)
def test_media_types(seen: Seen, base: list[str], revision: list[str], lines: list[str]) -> None:
    expected = [f"POST /a request body: media-type presence {action}" for action in lines]
    assert seen(document(body(*base)), document(body(*revision))) == expected


@pytest.mark.parametrize("revision", [XML, PROBLEM])
def test_a_media_type_that_is_not_accepted_any_more_shows_the_request(
    comparison: Callable[[Document, Document], Comparison], revision: str
) -> None:
    found = comparison(document(body(JSON, schema={"const": 7})), document(body(revision, schema={"const": 7})))
    (change,) = (one for one in found.changes if one.before == JSON)
    refusal = "a body of type application/json is not accepted"
    assert change.witness == Witness(refusal, "POST", "/a", {"Content-Type": JSON}, True, 7)
    assert change.proof is Proof.DEFINITION


@pytest.mark.parametrize("media_type", [JSON, "APPLICATION/json", "*/*", "application/*", JSON + "; charset=utf-8"])
def test_a_respelled_media_type_has_its_schema_compared(only: Only, media_type: str) -> None:
    change = only(document(body(JSON, schema=TEXT)), document(body(media_type, schema={**TEXT, "maxLength": 1})))
    assert (change.area, change.aspect, change.location, change.proof) == ("schema", "maxLength", "body", Proof.WITNESS)
    assert change.facts["media_type"] == JSON
    assert change.witness == Witness(
        change.witness.refusal if change.witness else "", "POST", "/a", {"Content-Type": JSON}, True, "aa"
    )


def test_another_json_type_is_told_and_has_its_schema_compared(seen: Seen) -> None:
    base, revision = document(body(JSON, schema=TEXT)), document(body(PROBLEM, schema={**TEXT, "maxLength": 1}))
    assert seen(base, revision) == [
        "POST /a request body: media-type presence changed",
        "POST /a request body: schema maxLength added",
    ]


def test_a_schema_given_where_there_was_none(comparison: Callable[[Document, Document], Comparison]) -> None:
    nothing, something = document(body(JSON)), document(body(JSON, schema=OBJECT))
    narrower, wider = (comparison(*pair).changes for pair in ((nothing, something), (something, nothing)))
    assert {(one.area, one.location.partition(".")[0]) for one in (*narrower, *wider)} == {("schema", "body")}
    assert Proof.WITNESS in {one.proof for one in narrower}
    assert {one.proof for one in wider} == {Proof.CONTAINED}


def test_bodies_by_reference(only: Only, seen: Seen) -> None:
    def shared(**fields: Any) -> Document:
        found = document(None, requestBodies={"B": body(JSON, **fields)})
        reference = {"requestBody": {"$ref": "#/components/requestBodies/B"}}
        found["paths"] = {"/a": {"post": reference}, "/b": {"put": reference}}
        return found

    change = only(shared(), shared(required=True))
    assert (change.operations, change.component) == (("POST /a", "PUT /b"), "B")
    assert (
        seen(document(body(JSON)), document({"$ref": "#/components/requestBodies/B"}, requestBodies={"B": body(JSON)}))
        == []
    )


def test_streamed_items(only: Only) -> None:
    base = document({"content": {"application/jsonl": {"itemSchema": TEXT}}})
    revision = document({"content": {"application/jsonl": {"itemSchema": {**TEXT, "maxLength": 1}}}})
    change = only(base, revision)
    assert (change.aspect, change.location, change.direction) == ("maxLength", "body[]", Direction.REQUEST)
    assert change.witness is not None
    assert change.witness.body == ["aa"]


# Forms


def form(media_type: str = FORM, schema: Any = None, **encoding: Any) -> Document:
    properties = {"a": TEXT, "l": LIST, "o": OBJECT, "f": {"type": "string", "format": "binary"}}
    content: Document = {"schema": schema or {"type": "object", "properties": properties}}
    if encoding:
        content["encoding"] = encoding
    return document({"content": {media_type: content}})


@pytest.mark.parametrize(
    ("media_type", "encoding"),
    [
        (FORM, {"a": {"style": "form"}}),
        (FORM, {"a": {"explode": False}}),
        (FORM, {"l": {"explode": True}}),
        (MULTIPART, {"a": {"contentType": "text/plain"}}),
        (MULTIPART, {"o": {"contentType": JSON}}),
        (MULTIPART, {"f": {"contentType": "application/octet-stream"}}),
        (MULTIPART, {"l": {"contentType": "text/plain;charset=utf-8"}}),
    ],
)
def test_an_encoding_that_says_what_holds_anyway(seen: Seen, media_type: str, encoding: Document) -> None:
    plain, said = form(media_type), form(media_type, **encoding)
    assert seen(plain, said) == seen(said, plain) == []


@pytest.mark.parametrize(
    ("media_type", "before", "after", "accepted"),
    [
        (FORM, {"l": {"explode": True}}, {"l": {"explode": False}}, False),
        (FORM, {}, {"l": {"style": "pipeDelimited"}}, False),
        (FORM, {"o": {"style": "form"}}, {"o": {"style": "deepObject"}}, False),
        (FORM, {}, {"a": {"allowReserved": True}}, False),
        (MULTIPART, {}, {"f": {"contentType": "image/png"}}, False),
        (MULTIPART, {"f": {"contentType": "image/png"}}, {"f": {"contentType": "image/png, image/gif"}}, True),
        (MULTIPART, {"f": {"contentType": "image/png, image/gif"}}, {"f": {"contentType": "image/png"}}, False),
        (MULTIPART, {"f": {"contentType": "image/png"}}, {"f": {"contentType": "image/*"}}, True),
        (MULTIPART, {}, {"f": {"headers": {"X-A": {"schema": TEXT}}}}, False),
    ],
)
def test_an_encoding_that_writes_something_else(
    only: Only, media_type: str, before: Document, after: Document, accepted: bool
) -> None:
    change = only(form(media_type, **before), form(media_type, **after))
    (field,) = after
    assert (change.area, change.aspect, change.location) == ("media-type", "encoding", "body")
    assert (change.before, change.after) == (before.get(field), after[field])
    assert change.facts == {"media_type": media_type, "field": field, "accepted": accepted}


def test_unknown_fields_of_an_encoding(seen: Seen) -> None:
    base, revision = form(a={"style": "form"}), form(a={"style": "form", "x-y": 1, "odd": 2})
    assert seen(base, revision) == [
        "POST /a request body: media-type extension added",
        "POST /a request body: media-type unclassified added",
    ]


def test_form_fields_are_text(only: Only) -> None:
    def fields(schema: Any) -> Document:
        return form(schema={"type": "object", "properties": {"n": schema}, "required": ["n"]})

    assert only(fields({"type": "integer"}), fields(TEXT)).proof is Proof.CONTAINED
    change = only(fields(TEXT), fields({"type": "integer"}))
    assert (change.proof, change.location) == (Proof.WITNESS, "body.n")
    assert change.witness is not None
    assert change.witness.headers == {"Content-Type": FORM}


# What stands where no body should


@pytest.mark.parametrize(
    ("bad", "unknown"),
    [
        (None, ""),
        (1, "/"),
        ("b", "/"),
        ([], ""),
        ({"content": None}, ""),
        ({"content": []}, ""),
        ({"content": {JSON: 1}}, "/content/application~1json"),
    ],
)
def test_malformed_bodies_are_noted(seen: Seen, bad: Any, unknown: str) -> None:
    """What is empty is as good as absent; what else cannot be read is a change that nobody can judge."""
    base, revision = document({"content": {}}), document({"content": {}})
    revision["paths"]["/a"]["post"]["requestBody"] = bad
    lines = seen(base, revision)
    place = f"/paths/~1a/post/requestBody{unknown.rstrip('/')}"
    assert [line for line in lines if not line.startswith("notice")] == [
        *([f"{place}: document part added"] if unknown else []),
        *([] if isinstance(bad, dict) else ["POST /a request body: body presence removed"]),
    ]
    assert any(line.startswith("notice #/paths/~1a/post/requestBody") for line in lines)


@pytest.mark.parametrize(
    "given", [{"example": {"a": "ab", "b": 4}}, {"examples": {"bad": 1, "one": {"value": {"a": "ab", "b": 4}}}}]
)
def test_a_witness_takes_the_examples_of_its_media_type(only: Only, given: Document) -> None:
    def side(limit: Document) -> Document:
        schema = {
            "type": "object",
            "required": ["a", "b"],
            "properties": {"a": TEXT, "b": {"type": "integer", **limit}},
        }
        return document({"content": {JSON: {"schema": schema, **given}}})

    witness = only(side({}), side({"maximum": 9})).witness
    assert witness is not None
    assert witness.body == {"a": "ab", "b": 10}


def test_a_description_of_a_media_type_is_a_text(only: Only) -> None:
    """OpenAPI has none there, and frameworks write one all the same."""
    base, revision = document({"content": {JSON: {}}}), document({"content": {JSON: {"description": "d"}}})
    change = only(base, revision)
    assert (change.aspect, change.action, rule_for(change).id) == ("description", "added", "text-changed")


AS_JSON, STYLED = {"contentType": "application/json"}, {"style": "deepObject"}


@pytest.mark.parametrize(
    ("media_type", "encoding", "is_json"),
    [
        (MULTIPART, {}, True),
        (MULTIPART, {"a": AS_JSON}, True),
        (MULTIPART, {"a": STYLED}, False),
        (MULTIPART, {"b": {"explode": False}}, False),
        (FORM, {}, False),
        (FORM, {"a": AS_JSON}, True),
        (FORM, {"a": STYLED}, False),
    ],
)
def test_an_object_in_a_form_is_json_where_no_style_writes_it(
    only: Only, media_type: str, encoding: Document, *, is_json: bool
) -> None:
    old, new = (
        form(media_type, {"type": "object", "properties": {"a": obj(x={"type": kind})}}, **encoding)
        for kind in ("integer", "string")
    )
    change = only(old, new)
    assert (change.location, change.aspect) == ("body.a.x", "type")
    assert change.proof is (Proof.WITNESS if is_json else Proof.CONTAINED)
    if change.witness is not None:
        assert change.witness.body == {"a": {"x": 0}}
