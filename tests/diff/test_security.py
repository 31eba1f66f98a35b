"""Security: what a request must carry, whatever the schemes are called."""

from collections.abc import Callable
from typing import Any

import pytest

from contractkit.diff.walk import Comparison
from contractkit.model.change import Change, Credential, Direction

Document = dict[str, Any]
Seen = Callable[[Document, Document], list[str]]
Only = Callable[[Document, Document], Change]
Compare = Callable[[Document, Document], Comparison]

BEARER = "bearer token in the header Authorization"
FLOW = {"tokenUrl": "/token", "scopes": {"read": "r", "write": "w"}}
SCHEMES: dict[str, Any] = {
    "oauth": {"type": "oauth2", "flows": {"password": FLOW}},
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": "/.well-known"},
    "bearer": {"type": "http", "scheme": "Bearer"},
    "basic": {"type": "http", "scheme": "basic"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "KEY": {"type": "apiKey", "in": "header", "name": "x-key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "tls": {"type": "mutualTLS"},
}


def document(
    own: Any = None, *, root: Any = None, schemes: Any = None, operations: tuple[str, ...] = ("get",)
) -> Document:
    operation: Document = {"responses": {}}
    if own is not None:
        operation["security"] = own
    found: Document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": dict.fromkeys(operations, operation)},
        "components": {"securitySchemes": SCHEMES if schemes is None else schemes},
    }
    if root is not None:
        found["security"] = root
    return found


@pytest.mark.parametrize(
    ("base", "revision"),
    [
        ([{"oauth": []}], [{"bearer": []}]),
        ([{"oauth": []}], [{"oidc": []}]),
        ([{"key": []}], [{"KEY": []}]),
        ([{"key": [], "basic": []}], [{"basic": [], "KEY": []}]),
        ([{"key": []}, {"basic": []}], [{"basic": []}, {"key": []}]),
        ([{"oauth": ["read", "write"]}], [{"oauth": ["write", "read"]}]),
        ([{"oauth": []}, {"bearer": []}], [{"bearer": []}]),
        ([], [{}]),
        ([], None),
    ],
)
def test_the_same_on_the_wire_is_silent(seen: Seen, base: Any, revision: Any) -> None:
    assert seen(document(base), document(revision)) == seen(document(revision), document(base)) == []


@pytest.mark.parametrize(
    ("base", "revision", "aspect", "action", "stricter"),
    [
        (None, [{"key": []}], "requirement", "added", True),
        ([{"key": []}], None, "requirement", "removed", False),
        ([{"key": []}], [], "requirement", "removed", False),
        ([{"key": []}], [{"key": []}, {}], "alternative", "added", False),
        ([{"key": []}, {}], [{"key": []}], "alternative", "removed", True),
        ([{"key": []}], [{"key": []}, {"basic": []}], "alternative", "added", False),
        ([{"key": []}, {"basic": []}], [{"key": []}], "alternative", "removed", True),
        ([{"key": []}], [{"key": [], "basic": []}], "requirement", "changed", True),
        ([{"key": [], "basic": []}], [{"key": []}], "requirement", "changed", False),
        ([{"key": [], "basic": []}], [{"key": []}, {"basic": []}], "requirement", "changed", False),
        ([{"key": []}], [{"query": []}], "requirement", "changed", True),
        ([{"basic": []}], [{"bearer": []}], "requirement", "changed", True),
        ([{"tls": []}], [{"key": []}], "requirement", "changed", True),
        ([{"oauth": ["read"]}], [{"oauth": ["read", "write"]}], "scope", "added", True),
        ([{"oauth": ["read", "write"]}], [{"oauth": ["read"]}], "scope", "removed", False),
        ([{"oauth": ["read"]}], [{"oauth": ["write"]}], "scope", "changed", True),
        ([{"oauth": ["read"]}], [{"bearer": []}], "scope", "removed", False),
        ([{"key": []}, {"key": [], "basic": []}], [{"key": []}], "alternative", "removed", False),
    ],
)
def test_requirements(only: Only, base: Any, revision: Any, aspect: str, action: str, stricter: bool) -> None:
    change = only(document(base), document(revision))
    assert (change.operation, change.location, change.direction) == ("GET /a", "security", Direction.REQUEST)
    assert (change.area, change.aspect, change.action) == ("security", aspect, action)
    assert change.facts == {"stricter": stricter}


def test_before_and_after_are_what_stands_on_the_wire(only: Only) -> None:
    change = only(document([{"key": [], "oauth": ["write", "read"]}, {"basic": []}]), document([{}]))
    assert change.before == [
        "API key in the header x-key and " + BEARER + " (read, write)",
        "basic credentials in the header Authorization",
    ]
    assert change.after == ["none"]


# The document's own requirement


def test_the_documents_requirement_is_one_change(only: Only) -> None:
    operations = ("get", "put", "delete")
    change = only(document(operations=operations), document(root=[{"key": []}], operations=operations))
    assert (change.aspect, change.action, change.facts) == ("requirement", "added", {"stricter": True})
    assert change.operations == ("DELETE /a", "GET /a", "PUT /a")


def test_an_operation_overrides_the_document(seen: Seen) -> None:
    root: list[Any] = [{"key": []}]
    assert seen(document([], root=root), document([])) == []
    assert seen(document([{"key": []}]), document(root=root)) == []
    assert seen(document(root=root), document([], root=root)) == [
        "GET /a request security: security requirement removed"
    ]
    assert seen(document([], root=root), document(root=root)) == ["GET /a request security: security requirement added"]


# Schemes


def schemes(**changed: Any) -> Document:
    return document([{"key": []}, {"oauth": ["read"]}, {"oidc": [], "bearer": []}], schemes={**SCHEMES, **changed})


def test_a_scheme_that_moved_is_told_once_for_all_its_users(only: Only) -> None:
    def keyed(place: Any) -> Document:
        return document([{"key": []}], schemes={"key": place}, operations=("get", "put"))

    change = only(keyed(SCHEMES["key"]), keyed(SCHEMES["query"]))
    assert (change.area, change.aspect, change.action, change.location) == (
        "security",
        "scheme",
        "changed",
        "scheme.key",
    )
    assert (change.before, change.after) == ("API key in the header x-key", "API key in the query key")
    assert change.operations == ("GET /a", "PUT /a")
    assert change.facts == {"name": "key", "stricter": True}


def test_an_unused_scheme_that_moved_hurts_nobody(only: Only) -> None:
    base, revision = document(schemes={"key": SCHEMES["key"]}), document(schemes={"key": SCHEMES["query"]})
    change = only(base, revision)
    assert (change.area, change.aspect, change.location) == ("document", "component", "components.securitySchemes.key")
    assert (change.before, change.after) == (SCHEMES["key"], SCHEMES["query"])
    assert change.operations == ()


def test_a_scheme_of_an_operation_that_is_gone_is_unused(seen: Seen) -> None:
    base = document([{"key": []}], schemes={"key": SCHEMES["key"]})
    revision = {**document(schemes={"key": SCHEMES["query"]}), "paths": {}}
    assert seen(base, revision) == [
        "components.securitySchemes.key: document component changed",
        "GET /a: operation presence removed",
    ]


def test_the_schemes_of_calls_that_did_not_change_are_compared(only: Only) -> None:
    call: Document = {"post": {"security": [{"key": []}], "responses": {}}}
    operation = {"responses": {}, "callbacks": {"done": {"http://c.example": call}}}

    def calling(scheme: Any) -> Document:
        found = document(schemes={"key": scheme})
        return {**found, "webhooks": {"order": call}, "paths": {"/a": {"get": operation}}}

    change = only(calling(SCHEMES["key"]), calling(SCHEMES["query"]))
    assert (change.location, change.facts) == ("scheme.key", {"name": "key", "stricter": True})
    assert change.operations == ("GET /a callback done POST http://c.example", "webhook POST order")


def test_what_many_operations_ask_for_alike_is_one_change(comparison: Compare) -> None:
    base, revision = document(), document()
    operations: list[tuple[str, str, Any, Any]] = [
        ("/b", "get", None, [{"key": []}]),
        ("/a", "put", None, [{"key": []}]),
        ("/c", "get", None, [{"basic": []}]),
        ("/d", "get", [{"basic": []}], [{"key": []}]),
    ]
    for path, method, before, after in operations:
        for side, security in ((base, before), (revision, after)):
            requirement: Document = {} if security is None else {"security": security}
            side["paths"].setdefault(path, {})[method] = {"responses": {}, **requirement}
    found = [(one.aspect, one.action, one.operation, one.operations) for one in comparison(base, revision).changes]
    assert found == [
        ("requirement", "added", "GET /c", ("GET /c",)),
        ("requirement", "changed", "GET /d", ("GET /d",)),
        ("requirement", "added", "PUT /a", ("GET /b", "PUT /a")),
    ]


def test_another_way_to_the_same_header(only: Only) -> None:
    base = document([{"auth": []}], schemes={"auth": SCHEMES["bearer"]})
    revision = document([{"auth": []}], schemes={"auth": SCHEMES["oauth"]})
    change = only(base, revision)
    assert (change.aspect, change.before, change.after) == ("scheme", "http", "oauth2")
    assert change.facts == {"name": "auth", "stricter": False}


def test_schemes_added_and_removed(only: Only) -> None:
    without = document(schemes={})
    change = only(without, document(schemes={"oauth": SCHEMES["oauth"]}))
    assert (change.aspect, change.action, change.after) == ("scheme", "added", BEARER)
    change = only(document(schemes={"oauth": SCHEMES["oauth"]}), without)
    assert (change.aspect, change.action, change.before) == ("scheme", "removed", BEARER)


@pytest.mark.parametrize(
    ("changed", "lines"),
    [
        (
            {"oauth": {**SCHEMES["oauth"], "flows": {"password": {**FLOW, "tokenUrl": "/t"}}}},
            ["oauth.password: flow changed"],
        ),
        (
            {"oauth": {**SCHEMES["oauth"], "flows": {"implicit": FLOW}}},
            ["oauth.implicit: flow added", "oauth.password: flow removed"],
        ),
        ({"oidc": {**SCHEMES["oidc"], "openIdConnectUrl": "/o"}}, ["oidc: flow changed"]),
        (
            {"oauth": {**SCHEMES["oauth"], "flows": {"password": {**FLOW, "scopes": {"read": "R", "new": ""}}}}},
            [
                "oauth.password: scope added",
                "oauth.password: scope removed",
                "oauth.password: scope-description changed",
            ],
        ),
        ({"bearer": {**SCHEMES["bearer"], "bearerFormat": "JWT"}}, ["bearer: bearerFormat added"]),
        (
            {"key": {**SCHEMES["key"], "description": "d", "deprecated": True, "x-y": 1, "odd": 1}},
            ["key: deprecated added", "key: description added", "key: extension added", "key: unclassified added"],
        ),
    ],
)
def test_what_schemes_say_beside(seen: Seen, changed: Any, lines: list[str]) -> None:
    expected = [line.replace(": ", ": security ") for line in lines]
    assert seen(schemes(), schemes(**changed)) == [f"scheme.{line}" for line in expected]


def test_an_unknown_scheme_is_noted(comparison: Compare) -> None:
    found = comparison(document([{"nobody": []}]), document([{"nobody": ["s"]}]))
    assert [(one.aspect, one.before) for one in found.changes] == [("scope", ["unknown scheme nobody"])]
    assert [one.text for one in found.base_warnings] == ["there is no security scheme `nobody`"]


@pytest.mark.parametrize("bad", [1, "key", {"key": []}, [1], [None], [{"key": 1}]])
def test_malformed_requirements(seen: Seen, bad: Any) -> None:
    lines = seen(document([{"key": []}]), document(bad))
    changes = [line for line in lines if not line.startswith(("notice", "/"))]
    assert changes in ([], ["GET /a request security: security requirement removed"])
    unknown = [line for line in lines if line.startswith("/")]
    place = "/security" if isinstance(bad, list) else "/paths/~1a/get/security"
    assert unknown == ([] if bad == [None] else [f"{place}: document part added"])
    assert len(lines) == len(unknown) + len(changes) + 1


BEARER_TOKEN = Credential("header", "Authorization", "bearer")
API_KEY = Credential("header", "X-Key")


@pytest.mark.parametrize(
    ("own", "root", "credentials"),
    [
        (None, None, ()),
        ([{"oauth": ["read"]}], None, (BEARER_TOKEN,)),
        ([{"oidc": []}, {"key": []}], None, (BEARER_TOKEN,)),
        ([{"key": [], "bearer": []}], None, (API_KEY, BEARER_TOKEN)),
        ([{"oauth": [], "bearer": []}], None, (BEARER_TOKEN,)),
        ([{"basic": []}], None, (Credential("header", "Authorization", "basic"),)),
        ([{"query": []}], None, (Credential("query", "key"),)),
        ([{"tls": []}], None, (Credential("certificate"),)),
        ([{"key": []}, {}], None, ()),
        (None, [{"key": []}], (API_KEY,)),
        ([], [{"key": []}], ()),
    ],
)
def test_a_witness_says_what_the_sender_shows(only: Only, own: Any, root: Any, credentials: Any) -> None:
    base, revision = document(own, root=root), document(own, root=root)
    revision["paths"]["/a"]["get"] = {
        **revision["paths"]["/a"]["get"],
        "parameters": [{"in": "query", "name": "q", "required": True, "schema": {}}],
    }
    witness = only(base, revision).witness
    assert witness is not None
    assert (witness.credentials, witness.headers) == (credentials, {})
