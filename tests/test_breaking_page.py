"""docs/breaking.md: each row of its tables, and what it calls no change at all, is compared."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from contractkit.api.comparing import compare
from contractkit.judge.standing import settle
from contractkit.model.contract import Contract
from contractkit.model.policy import Policy
from contractkit.rules import examples
from contractkit.rules.examples import Example

PAGE = (Path(__file__).parents[1] / "docs" / "breaking.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (.+?) \| (breaking|risky|safe) \| `([a-z-]+)` \|", re.MULTILINE)

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
DONE: Schema = {"responses": {"200": {"description": "done"}}}


def an_object(*required: str, closed: bool = False, **properties: Schema) -> Schema:
    more = {"additionalProperties": False} if closed else {}
    return {"type": "object", "required": [*required], "properties": properties, **more}


def statuses(*codes: str) -> Schema:
    return {"responses": {code: {"description": "an answer"} for code in codes}}


def an_error(media_type: str, schema: Schema) -> Schema:
    content = {media_type: {"schema": schema}}
    return {"responses": {"404": {"description": "gone", "content": content}}}


def query(name: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "schema": schema}


def served(url: str, path: str = "/orders") -> Schema:
    return {"servers": [{"url": url}], "paths": {path: {"get": DONE}}}


def secured(*ways: Schema) -> Schema:
    flows = {"clientCredentials": {"tokenUrl": "/token", "scopes": {"read": "", "write": ""}}}
    schemes = {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "bearer": {"type": "http", "scheme": "bearer"},
        "oauth": {"type": "oauth2", "flows": flows},
    }
    operation = {**DONE, "security": [*ways]}
    return {"components": {"securitySchemes": schemes}, "paths": {"/orders": {"get": operation}}}


def by_path(name: str) -> Schema:
    parameter = {"name": name, "in": "path", "required": True, "schema": TEXT}
    return {"paths": {f"/orders/{{{name}}}": {"get": {**DONE, "parameters": [parameter]}}}}


sent, got = examples.request_schemas, examples.response_schemas
sent_value, got_value = examples.request_values, examples.response_values
RESPONSES = {
    "a new value in an enum": got_value({"enum": ["a"]}, {"enum": ["a", "b"]}),
    "a new property": got(an_object(a=TEXT), an_object(a=TEXT, b=TEXT)),
    "a new property in an object with `additionalProperties: false`": got(
        an_object(a=TEXT, closed=True), an_object(a=TEXT, b=TEXT, closed=True)
    ),
    "an optional property goes": got(an_object(a=TEXT, b=TEXT), an_object(a=TEXT)),
    "an object with `additionalProperties: false` opens": got(an_object(a=TEXT, closed=True), an_object(a=TEXT)),
    "an object is closed": got(an_object(a=TEXT), an_object(a=TEXT, closed=True)),
    "a value may be null": got_value(TEXT, {"type": ["string", "null"]}),
    "an integer becomes a number": got_value(WHOLE, {"type": "number"}),
    "a longer text (`maxLength`), a wider range": got_value({**TEXT, "maxLength": 3}, {**TEXT, "maxLength": 5}),
    "a known format goes or becomes another one": got_value({**TEXT, "format": "date"}, TEXT),
    "a field of an error's body goes": examples.operations(
        an_error("application/json", an_object("a", a=TEXT)), an_error("application/json", an_object())
    ),
    "another JSON media type (`application/problem+json`)": examples.operations(
        an_error("application/json", an_object()), an_error("application/problem+json", an_object())
    ),
    "a further success status": examples.operations(statuses("200"), statuses("200", "201")),
    "a further error status": examples.operations(statuses("200"), statuses("200", "404")),
    "a redirect with the same method (307) becomes one with GET (303)": examples.operations(
        statuses("307"), statuses("303")
    ),
    "an optional header goes": examples.response_headers({"X-A": {"schema": TEXT}}, {}),
}
REQUESTS = {
    "a new optional property": sent(an_object(a=TEXT), an_object(a=TEXT, b=TEXT)),
    "a property goes from an open object": sent(an_object(a=TEXT, b=TEXT), an_object(a=TEXT)),
    "a property goes from an object with `additionalProperties: false`": sent(
        an_object(a=TEXT, b=TEXT, closed=True), an_object(a=TEXT, closed=True)
    ),
    "an object is closed": sent(an_object(a=TEXT), an_object(a=TEXT, closed=True)),
    "a property becomes `readOnly`": sent(
        an_object("a", a=TEXT, closed=True), an_object("a", a={**TEXT, "readOnly": True}, closed=True)
    ),
    "a required property is no longer `readOnly`": sent(
        an_object("a", a={**TEXT, "readOnly": True}), an_object("a", a=TEXT)
    ),
    "another default": sent_value({**WHOLE, "default": 1}, {**WHOLE, "default": 2}),
    "a format appears that is known (`date`, `uuid`, `email`, ...)": sent_value(TEXT, {**TEXT, "format": "date"}),
    "an optional query parameter goes, or gets another name": examples.parameters(
        [query("a", TEXT)], [query("b", TEXT)]
    ),
    "a new optional query parameter": examples.parameters([], [query("a", TEXT)]),
    "a query parameter that was an integer may be any text": examples.parameters(
        [query("a", WHOLE)], [query("a", TEXT)]
    ),
    "a new path (`/orders/latest`) that a template (`/orders/{id}`) took before": examples.documents(
        {"paths": {"/orders/{id}": {"get": DONE}}},
        {"paths": {"/orders/{id}": {"get": DONE}, "/orders/latest": {"get": DONE}}},
    ),
}
GONE = {**DONE, "deprecated": True, "x-sunset": "2020-01-31"}
REST = {
    "an operation goes that was deprecated, after its `x-sunset` day": examples.documents(
        {"paths": {"/orders": {"get": DONE, "post": GONE}}}, {"paths": {"/orders": {"get": DONE}}}
    ),
    "the host of the servers changes": examples.documents(
        served("https://a.example/v1"), served("https://b.example/v1")
    ),
    "the base path of the servers changes": examples.documents(
        served("https://a.example/v1"), served("https://a.example/v2")
    ),
    "`operationId` changes": examples.operations({"operationId": "a"}, {"operationId": "b"}),
    "a webhook goes": examples.documents({"webhooks": {"shipped": {"post": DONE}}}, {}),
    "a further way to sign in": examples.documents(secured({"key": []}), secured({"key": []}, {"oauth": ["read"]})),
    "a further scope is asked for": examples.documents(
        secured({"oauth": ["read"]}), secured({"oauth": ["read", "write"]})
    ),
    "what is packed into a text (`contentSchema`) gets another type": sent_value(
        {**TEXT, "contentMediaType": "application/json", "contentSchema": {"type": "integer"}},
        {**TEXT, "contentMediaType": "application/json", "contentSchema": {"type": "boolean"}},
    ),
    "`contentEncoding` changes": sent_value(
        {**TEXT, "contentEncoding": "base64"}, {**TEXT, "contentEncoding": "base32"}
    ),
}
NOTHING = {
    "A path parameter gets another name": examples.documents(by_path("id"), by_path("order")),
    "A format that no validator knows": sent_value({**WHOLE, "format": "int32"}, {**WHOLE, "format": "int64"}),
    "A bearer token is described": examples.documents(secured({"bearer": []}), secured({"oauth": []})),
    "A base path moves": examples.documents(served("https://a.example/v1"), served("https://a.example", "/v1/orders")),
    "A `readOnly` property gets tighter": sent(
        an_object(a={**TEXT, "readOnly": True}), an_object(a={**TEXT, "readOnly": True, "maxLength": 3})
    ),
}
SECTIONS = {"Responses": RESPONSES, "Requests": REQUESTS, "The rest": REST}


def found(example: Example, policy: Policy) -> list[tuple[str, str, bool]]:
    """The findings of a pair: severity, rule, and whether it makes the check fail."""
    base, revision = (Contract("a.json", document) for document in example.documents())
    verdict = settle(compare(base, revision), policy, today=date(2030, 1, 1))
    standings = [(one, one.standing) for one in verdict.findings]
    return [(str(one.severity), one.rule, is_settled is not None and is_settled.fails) for one, is_settled in standings]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_row_is_what_a_comparison_says(section: str) -> None:
    rows = ROW.findall(PAGE.split(f"\n### {section}\n")[1].split("\n#")[0])
    assert [name for name, _, _ in rows] == list(SECTIONS[section])
    for name, severity, rule in rows:
        said = [(one, other) for one, other, _ in found(SECTIONS[section][name], Policy())]
        assert (severity, rule) in said, name
        order = ("breaking", "risky", "safe")
        assert min(order.index(one) for one, _ in said) == order.index(severity), name


@pytest.mark.parametrize("name", NOTHING)
def test_what_is_no_change_gives_no_finding(name: str) -> None:
    section = PAGE.split("\n### No change at all\n")[1]
    assert len(re.findall(rf"^- {re.escape(name)}", section, re.MULTILINE)) == 1
    assert section.count("\n- ") == len(NOTHING)
    assert found(NOTHING[name], Policy()) == []


def test_a_sunset_that_is_over_passes_unless_the_switch_says_otherwise() -> None:
    pair = REST["an operation goes that was deprecated, after its `x-sunset` day"]
    assert found(pair, Policy()) == [("breaking", "operation-removed", False)]
    assert found(pair, Policy(sunset=False)) == [("breaking", "operation-removed", True)]
