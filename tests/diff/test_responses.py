"""Responses: statuses and their ranges, bodies, headers, links."""

from collections.abc import Callable
from typing import Any

import pytest

from contractkit.diff.responses import match_statuses
from contractkit.diff.walk import Comparison
from contractkit.model.change import Change, Direction, Proof, Witness

Document = dict[str, Any]
Seen = Callable[[Document, Document], list[str]]
Only = Callable[[Document, Document], Change]

JSON, XML = "application/json", "application/xml"
TEXT = {"type": "string"}
SHORT = {"type": "string", "maxLength": 1}


def document(answered: Any, **components: Any) -> Document:
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"responses": answered}}},
        "components": components,
    }


def answers(*statuses: str, schema: Any = None) -> Document:
    content = {} if schema is None else {"content": {JSON: {"schema": schema}}}
    return document({status: {"description": "d", **content} for status in statuses})


# Statuses


@pytest.mark.parametrize(
    ("base", "revision", "lines"),
    [
        (["200", "204"], ["200"], ["204: response presence removed"]),
        (["200"], ["200", "404"], ["404: response presence added"]),
        (["200"], ["201"], ["200: response presence removed", "201: response presence added"]),
        (["2XX"], ["200"], []),
        (["200"], ["2XX"], ["2XX: response presence added"]),
        (["200", "201"], ["2xx"], ["2XX: response presence added"]),
        (["2XX"], ["2xx"], []),
        (["200"], ["200", "2XX"], ["2XX: response presence added"]),
        (["200", "404"], ["200", "4XX"], ["4XX: response presence added"]),
        (["200", "4XX"], ["200", "404", "409"], []),
        (["200", "404"], ["200", "default"], ["default: response presence added"]),
        (["200", "default"], ["200", "404"], []),
        (["200", "default"], ["200", "404", "default"], []),
        (["default"], ["200"], []),
        (["200"], ["default"], ["default: response presence added"]),
        (["200", "default"], ["201", "default"], ["200: response presence removed", "201: response presence added"]),
        (["200", "default"], ["200"], ["default: response presence removed"]),
    ],
)
def test_statuses(seen: Seen, base: list[str], revision: list[str], lines: list[str]) -> None:
    assert seen(answers(*base), answers(*revision)) == [f"GET /a response {line}" for line in lines]


@pytest.mark.parametrize(
    ("before", "after", "pairs"),
    [
        (["200"], ["200"], [("200", "200")]),
        (["2XX", "200"], ["200", "201"], [("200", "200"), ("2XX", "201")]),
        (["200", "404", "default"], ["200", "4XX"], [("200", "200"), ("404", "4XX"), ("default", "4XX")]),
        (["200", "default"], ["201", "default"], [("default", "default")]),
        ([""], ["XX", "default"], [("", "XX")]),
    ],
)
def test_which_statuses_are_compared(before: list[str], after: list[str], pairs: list[tuple[str, str]]) -> None:
    assert match_statuses(dict.fromkeys(before), dict.fromkeys(after)) == pairs


@pytest.mark.parametrize(
    ("base", "revision", "location"),
    [
        ("200", "2XX", "200.body"),
        ("2XX", "200", "200.body"),
        ("404", "default", "404.body"),
        ("default", "404", "404.body"),
    ],
)
def test_a_covered_status_has_its_schema_compared(
    comparison: Callable[[Document, Document], Comparison], base: str, revision: str, location: str
) -> None:
    changes = comparison(answers(base, schema=SHORT), answers(revision, schema=TEXT)).changes
    found = [(one.location, one.aspect, one.proof) for one in changes if one.area == "schema"]
    assert found == [(location, "maxLength", Proof.WITNESS)]


def test_the_status_is_a_fact(only: Only) -> None:
    change = only(answers("200", "404"), answers("200"))
    assert (change.location, change.direction, change.facts) == ("404", Direction.RESPONSE, {"status": "404"})


def test_texts_of_a_response(seen: Seen) -> None:
    base, revision = answers("200"), answers("200")
    revision["paths"]["/a"]["get"]["responses"]["200"] |= {"description": "e", "summary": "s", "x-y": 1, "odd": 1}
    revision["paths"]["/a"]["get"]["responses"]["x-z"] = 1
    assert seen(base, revision) == [
        "GET /a response: response extension added",
        "GET /a response 200: response description changed",
        "GET /a response 200: response extension added",
        "GET /a response 200: response summary added",
        "GET /a response 200: response unclassified added",
    ]


# Bodies


def test_a_body_removed_and_added(seen: Seen) -> None:
    base, revision = answers("200", schema=TEXT), answers("200")
    assert seen(base, revision) == ["GET /a response 200.body: body presence removed"]
    assert seen(revision, base) == ["GET /a response 200.body: body presence added"]


def typed(*media_types: str) -> Document:
    return document({"200": {"description": "d", "content": {name: {"schema": TEXT} for name in media_types}}})


@pytest.mark.parametrize(
    ("base", "revision", "actions"),
    [
        ([JSON, XML], [JSON], ["removed"]),
        ([JSON], [JSON, XML], ["added"]),
        (["*/*"], [JSON], []),
        ([JSON], ["*/*"], []),
        ([JSON], [XML], ["added", "removed"]),
        ([JSON], ["application/problem+json"], ["changed"]),
    ],
)
def test_media_types(seen: Seen, base: list[str], revision: list[str], actions: list[str]) -> None:
    lines = [f"GET /a response 200.body: media-type presence {action}" for action in actions]
    assert seen(typed(*base), typed(*revision)) == lines


@pytest.mark.parametrize(
    ("status", "code"), [("200", "200"), ("2XX", "200"), ("404", "404"), ("4XX", "400"), ("default", "500")]
)
def test_a_witness_is_a_whole_response(only: Only, status: str, code: str) -> None:
    headers = {
        "X-Must": {"required": True, "schema": {"const": "m"}},
        "X-May": {"schema": TEXT},
        "Content-Type": {"required": True, "schema": TEXT},
    }

    def answer(schema: Any) -> Document:
        response = {"description": "d", "headers": headers, "content": {JSON: {"schema": schema}}}
        return document({"201": {"description": "made"}, status: response})

    change = only(answer(SHORT), answer(TEXT))
    assert change.witness is not None
    assert (change.location, change.proof) == (f"{status}.body", Proof.WITNESS)
    assert change.witness == Witness(
        change.witness.refusal, None, None, {"X-Must": "m", "Content-Type": JSON}, True, "aa", code
    )


def test_a_default_alone_is_a_success(only: Only) -> None:
    change = only(answers("default", schema=SHORT), answers("default", schema=TEXT))
    assert change.witness is not None
    assert change.witness.status == "200"


# Headers


def headed(**headers: Any) -> Document:
    return document(
        {"200": {"description": "d", "headers": {name.replace("_", "-"): row for name, row in headers.items()}}}
    )


def test_headers_removed_and_added(only: Only) -> None:
    for required in (True, False):
        base, revision = headed(X_A={"schema": TEXT, "required": required}), headed()
        change = only(base, revision)
        assert (change.area, change.aspect, change.action) == ("header", "presence", "removed")
        assert change.location == "200.header.X-A"
        assert change.facts == {"status": "200", "name": "X-A", "required_before": required, "required_after": False}
        change = only(revision, base)
        assert (change.action, change.facts["required_after"]) == ("added", required)


def test_a_header_became_optional_and_required(seen: Seen) -> None:
    base, revision = headed(X_A={"schema": TEXT, "required": True}), headed(x_a={"schema": TEXT})
    assert seen(base, revision) == ["GET /a response 200.header.X-A: header required removed"]
    assert seen(revision, base) == ["GET /a response 200.header.x-a: header required added"]


def test_content_type_is_no_header(seen: Seen) -> None:
    assert seen(headed(content_type={"schema": TEXT, "required": True}), headed()) == []


def test_a_header_is_text_and_shows_the_response(only: Only) -> None:
    base, revision = headed(X_A={"schema": {"type": "integer"}}), headed(X_A={"schema": {"enum": ["a"]}})
    change = only(base, revision)
    assert (change.location, change.area, change.proof) == ("200.header.X-A", "schema", Proof.WITNESS)
    assert change.witness is not None
    assert (change.witness.status, change.witness.headers, change.witness.has_body) == ("200", {"X-A": "a"}, False)
    assert only(headed(X_A={"schema": TEXT}), headed(X_A={"schema": {"type": "integer"}})).proof is Proof.CONTAINED


def test_style_and_texts_of_a_header(seen: Seen) -> None:
    objects = {"type": "object", "properties": {"a": TEXT}}
    base = headed(X_A={"schema": objects})
    revision = headed(
        X_A={"schema": objects, "explode": True, "description": "d", "deprecated": True, "x-y": 1, "odd": 1}
    )
    assert seen(base, revision) == [
        f"GET /a response 200.header.X-A: header {change}"
        for change in (
            "deprecated added",
            "description added",
            "explode changed",
            "extension added",
            "unclassified added",
        )
    ]


@pytest.mark.parametrize(
    ("method", "base", "revision", "lines"),
    [
        ("post", ["307"], ["303"], ["303: response redirect changed"]),
        ("post", ["308"], ["301"], ["301: response redirect changed"]),
        ("post", ["307"], ["302"], ["302: response redirect changed"]),
        ("put", ["307"], ["303"], ["303: response redirect changed"]),
        ("put", ["307"], ["302"], ["302: response presence added", "307: response presence removed"]),
        ("get", ["307"], ["303"], ["303: response presence added", "307: response presence removed"]),
        ("post", ["307"], ["308"], ["307: response presence removed", "308: response presence added"]),
        ("post", ["303"], ["307"], ["303: response presence removed", "307: response presence added"]),
        ("post", ["307"], ["307", "303"], ["303: response presence added"]),
        ("post", ["307", "308"], ["303"], ["303: response redirect changed", "308: response presence removed"]),
        ("post", ["307", "3XX"], ["303", "3XX"], []),
    ],
)
def test_a_redirect_that_is_followed_with_another_method(
    seen: Seen, method: str, base: list[str], revision: list[str], lines: list[str]
) -> None:
    pair = [answers(*side) for side in (base, revision)]
    for one in pair:
        one["paths"]["/a"] = {method: one["paths"]["/a"]["get"]}
    assert seen(*pair) == [f"{method.upper()} /a response {line}" for line in lines]


def test_who_is_redirected_is_asked_of_clients_alone(seen: Seen) -> None:
    """The client answers a webhook: nobody knows how the server follows."""
    base, revision = (
        {**document({}), "paths": {}, "webhooks": {"paid": {"post": {"responses": {code: {"description": "d"}}}}}}
        for code in ("307", "303")
    )
    assert seen(base, revision) == [
        "webhook POST paid request 303: response presence added",
        "webhook POST paid request 307: response presence removed",
    ]


def test_what_a_header_and_its_schema_say_alike_is_told_once(seen: Seen) -> None:
    marks = {"deprecated": True, "x-sunset": "2030-01-01"}
    both = headed(X_A={"schema": {**TEXT, **marks}, **marks})
    assert seen(headed(X_A={"schema": TEXT}), both) == [
        f"GET /a response 200.header.X-A: header {aspect} added" for aspect in ("deprecated", "sunset")
    ]
    assert seen(both, headed(X_A={"schema": {**TEXT, **marks}})) == []


def test_shared_responses_and_headers_are_one_change(only: Only) -> None:
    def shared(status_header: Any) -> Document:
        found = document(
            {},
            responses={"Error": {"description": "d", "headers": {"X-A": {"$ref": "#/components/headers/A"}}}},
            headers={"A": status_header},
        )
        responses = {"responses": {"404": {"$ref": "#/components/responses/Error"}}}
        found["paths"] = {"/a": {"get": responses}, "/b": {"get": responses}}
        return found

    change = only(shared({"required": True, "schema": TEXT}), shared({"schema": TEXT}))
    assert (change.operations, change.component) == (("GET /a", "GET /b"), "Error")
    assert (change.aspect, change.action) == ("required", "removed")


# Links


def linked(**links: Any) -> Document:
    found = document({"200": {"description": "d", "links": links}})
    found["paths"]["/b/{id}"] = {"get": {"operationId": "b", "responses": {}}}
    return found


def test_links(seen: Seen) -> None:
    base = linked(next={"operationId": "b", "parameters": {"id": "$response.body#/id"}})
    assert seen(base, linked()) == ["GET /a response 200.link.next: link presence removed"]
    assert seen(linked(), base) == ["GET /a response 200.link.next: link presence added"]
    other = {"operationId": "c", "parameters": {}, "requestBody": 1, "server": {"url": "/"}, "description": "d"}
    assert seen(base, linked(next={**other, "x-y": 1, "odd": 1})) == [
        f"GET /a response 200.link.next: link {change}"
        for change in (
            "description added",
            "extension added",
            "parameters changed",
            "requestBody added",
            "server added",
            "target changed",
            "unclassified added",
        )
    ]


def test_a_link_follows_its_operation_not_its_name(seen: Seen) -> None:
    base, revision = linked(next={"operationId": "b"}), linked(next={"operationId": "renamed"})
    revision["paths"]["/b/{id}"]["get"]["operationId"] = "renamed"
    by_place = linked(next={"operationRef": "#/paths/~1b~1{id}/get"})
    assert seen(base, revision) == ["GET /b/{}: operation operationId changed"]
    assert seen(base, by_place) == []


@pytest.mark.parametrize(
    ("bad", "unknown"),
    [
        (None, None),
        (1, ""),
        ([], None),
        ("r", ""),
        ({"200": None}, None),
        ({"200": {"content": 1}}, "/200/content"),
        ({"200": {"headers": [1]}}, "/200/headers"),
    ],
)
def test_malformed_responses_are_noted(seen: Seen, bad: Any, unknown: str | None) -> None:
    """What is empty is as good as absent; what else cannot be read is a change that nobody can judge."""
    lines = seen(document({"200": {"description": "d"}}), document(bad))
    assert any(line.startswith("notice #/paths/~1a/get/responses") for line in lines)
    added = [f"/paths/~1a/get/responses{unknown}: document part added"] if unknown is not None else []
    assert [line for line in lines if line.startswith("/")] == added
    assert {line for line in lines if line.startswith("GET")} <= {
        "GET /a response 200: response presence removed",
        "GET /a response 200: response description removed",
    }
