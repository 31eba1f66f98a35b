"""Webhooks and callbacks: the server sends the request, the client answers."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from contractkit.diff.walk import Comparison
from contractkit.model.change import Change, Direction, Proof, Witness

Document = dict[str, Any]
Seen = Callable[[Document, Document], list[str]]
Only = Callable[[Document, Document], Change]
Compare = Callable[[Document, Document], Comparison]

TEXT = {"type": "string"}
SHORT = {"type": "string", "maxLength": 1}


def document(**fields: Any) -> Document:
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, **fields}


def operation(body: Any = None, answer: Any = None, **fields: Any) -> Document:
    def content(schema: Any) -> Document:
        return {} if schema is None else {"content": {"application/json": {"schema": schema}}}

    found: Document = {"responses": {"200": {"description": "d", **content(answer)}}, **fields}
    if body is not None:
        found["requestBody"] = content(body)
    return found


def webhook(**operations: Any) -> Document:
    return document(webhooks={"order": operations})


def callback(expression: str = "{$request.body#/url}", name: str = "done", **operations: Any) -> Document:
    return document(paths={"/a": {"post": {"responses": {}, "callbacks": {name: {expression: operations}}}}})


WAYS = [
    (webhook, "webhook POST order"),
    (callback, "POST /a callback done POST {$request.body#/url}"),
]


@pytest.mark.parametrize(("make", "key"), WAYS)
def test_the_server_sends_the_request(only: Only, make: Callable[..., Document], key: str) -> None:
    change = only(make(post=operation(SHORT)), make(post=operation(TEXT)))
    assert (change.operation, change.location, change.direction) == (key, "body", Direction.RESPONSE)
    assert (change.area, change.aspect, change.proof) == ("schema", "maxLength", Proof.WITNESS)
    assert change.witness is not None
    assert (change.witness.method, change.witness.body, change.witness.status) == ("POST", "aa", None)
    assert only(make(post=operation(TEXT)), make(post=operation(SHORT))).proof is Proof.CONTAINED


@pytest.mark.parametrize(("make", "key"), WAYS)
def test_the_client_sends_the_response(only: Only, make: Callable[..., Document], key: str) -> None:
    change = only(make(post=operation(answer=TEXT)), make(post=operation(answer=SHORT)))
    assert (change.operation, change.location, change.direction) == (key, "200.body", Direction.REQUEST)
    assert change.proof is Proof.WITNESS
    assert change.witness == Witness(
        change.witness.refusal if change.witness else "",
        None,
        None,
        {"Content-Type": "application/json"},
        True,
        "aa",
        "200",
    )
    assert only(make(post=operation(answer=SHORT)), make(post=operation(answer=TEXT))).proof is Proof.CONTAINED


@pytest.mark.parametrize(("make", "key"), WAYS)
def test_presence(seen: Seen, make: Callable[..., Document], key: str) -> None:
    area = key.split()[0] if make is webhook else "callback"
    other = key.replace("POST order", "PUT order").replace(" POST {", " PUT {")
    one, two = make(post=operation()), make(post=operation(), put=operation())
    assert seen(one, two) == [f"{other}: {area} presence added"]
    assert seen(two, one) == [f"{other}: {area} presence removed"]


def test_what_the_server_sends_more_needs_no_request_to_show_it(comparison: Compare) -> None:
    parameters = [{"in": "header", "name": "X-A", "required": True, "schema": TEXT}]
    found = comparison(webhook(post=operation()), webhook(post=operation(TEXT, parameters=parameters))).changes
    assert [(one.area, one.action, one.direction, one.witness) for one in found] == [
        ("body", "added", Direction.RESPONSE, None),
        ("parameter", "added", Direction.RESPONSE, None),
    ]


def test_a_lone_callback_whose_address_changed(seen: Seen) -> None:
    base, revision = (
        callback("{$request.body#/a}", post=operation()),
        callback("{$request.body#/b}", post=operation(TEXT)),
    )
    assert seen(base, revision) == [
        "POST /a response done: callback expression changed",
        "POST /a callback done POST {$request.body#/a} response body: body presence added",
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_what_an_address_is_read_from_is_no_parameter(seen: Seen, turned: bool) -> None:
    pair = [
        callback("{$request.query.url}/events/{$response.body#/id}", post=operation()),
        callback("{$request.query.url}/events", post=operation()),
    ]
    base, revision = reversed(pair) if turned else pair
    assert seen(base, revision) == ["POST /a response done: callback expression changed"]


def test_a_parameter_that_a_callback_describes_stays_the_same_in_another_address(comparison: Compare) -> None:
    described = [{"in": "path", "name": "id", "required": True, "schema": {"enum": [7]}}]
    base = callback("{$request.body#/url}/{id}/{$request.body#/z}", post=operation(SHORT, parameters=described))
    revision = callback("{$request.body#/url}/{id}", post=operation(TEXT, parameters=described))
    found = comparison(base, revision)
    assert [(one.area, one.aspect, one.location) for one in found.changes] == [
        ("callback", "expression", "done"),
        ("schema", "maxLength", "body"),
    ]
    assert found.base_warnings == found.revision_warnings == ()
    witness = found.changes[1].witness
    assert witness is not None
    assert witness.url == "{$request.body#/url}/7"


def test_callbacks_in_callbacks_turn_again(only: Only) -> None:
    def nested(schema: Any) -> Document:
        inner = {"in": {"{$url}": {"put": operation(schema)}}}
        return callback("{$u}", post=operation(callbacks=inner))

    change = only(nested(TEXT), nested(SHORT))
    assert change.operation == "POST /a callback done POST {$u} callback in PUT {$url}"
    assert (change.direction, change.proof) == (Direction.REQUEST, Proof.WITNESS)


@pytest.mark.parametrize("siblings", [{}, {"summary": "s"}])
def test_callbacks_in_a_circle_end(seen: Seen, siblings: Document) -> None:
    def circle(schema: Any) -> Document:
        again = {"done": {"$ref": "#/components/callbacks/Done"}}
        item = {"post": operation(schema, callbacks=again)}
        found = document(paths={"/a": {"post": {"responses": {}, "callbacks": again}}})
        found["components"] = {
            "callbacks": {"Done": {"{$u}": {"$ref": "#/components/pathItems/I", **siblings}}},
            "pathItems": {"I": item},
        }
        return found

    key = "POST /a callback done POST {$u}"
    assert seen(circle(SHORT), circle(SHORT)) == []
    assert seen(circle(SHORT), circle(TEXT)) == [
        f"{key} response body: schema maxLength removed",
        f"{key} callback done POST {{$u}} request body: schema maxLength removed",
    ]


def test_security_of_a_webhook_is_what_the_server_carries(only: Only) -> None:
    base = webhook(post=operation(security=[{"key": []}]))
    base["components"] = {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "k"}}}
    base["security"] = [{"key": []}]
    revision = copy.deepcopy(base)
    del revision["webhooks"]["order"]["post"]["security"]
    change = only(base, revision)
    assert (change.area, change.aspect, change.action) == ("security", "requirement", "removed")
    assert (change.direction, change.facts["stricter"]) == (Direction.RESPONSE, True)
    assert only(revision, base).facts["stricter"] is False


def test_a_webhook_moved_into_a_component(seen: Seen) -> None:
    revision = document(webhooks={"order": {"$ref": "#/components/pathItems/Order"}})
    revision["components"] = {"pathItems": {"Order": {"post": operation(TEXT)}}}
    assert seen(webhook(post=operation(TEXT)), revision) == []
