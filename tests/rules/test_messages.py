"""What the rules say to a person."""

import pytest

from contractkit.model.change import Change, Direction
from contractkit.rules.registry import rule_for

REQUEST, RESPONSE = Direction.REQUEST, Direction.RESPONSE


@pytest.mark.parametrize(
    ("change", "rule", "message"),
    [
        (
            Change("schema", "required", "added", "POST /a", "body.qty", REQUEST),
            "request-property-became-required",
            "`qty` became required",
        ),
        (
            Change("schema", "property", "removed", "POST /a", "200.body.id", RESPONSE, facts={"required": True}),
            "response-required-property-removed",
            "property `id`, which was always there, was removed",
        ),
        (
            Change("schema", "minimum", "increased", "GET /a", "query.limit", REQUEST, 1, 5),
            "request-minimum-increased",
            "`minimum` of query parameter `limit` rose from 1 to 5",
        ),
        (
            Change("schema", "minimum", "changed", "GET /a", "query.limit", REQUEST, "> 0", 0),
            "request-minimum-decreased",
            '`minimum` of query parameter `limit` fell from "> 0" to 0',
        ),
        (
            Change("schema", "maximum", "changed", "GET /a", "200.body.n", RESPONSE, 5, "< 5"),
            "response-maximum-decreased",
            '`maximum` of `n` fell from 5 to "< 5"',
        ),
        (
            Change("schema", "maxLength", "added", "POST /a", "body.name", REQUEST, None, 20),
            "request-max-length-decreased",
            "`name` got `maxLength` 20",
        ),
        (
            Change("schema", "maxLength", "removed", "POST /a", "200.body.name", RESPONSE, 20, None),
            "response-max-length-increased",
            "`name` lost `maxLength` 20",
        ),
        (
            Change("schema", "type", "changed", "POST /a", "body.qty", REQUEST, "number", "integer"),
            "request-type-changed",
            'the type of `qty` changed from "number" to "integer"',
        ),
        (
            Change(
                "schema", "anyOf", "changed", "GET /a", "200.body.c", RESPONSE, [], {}, facts={"alternative": "Dog"}
            ),
            "response-any-of-changed",
            "`c` may now be `Dog`: no alternative of `anyOf` took all of it",
        ),
        (
            Change(
                "schema",
                "oneOf",
                "changed",
                "POST /a",
                "body.c",
                REQUEST,
                {"const": 1},
                [],
                facts={"alternative": None},
            ),
            "request-one-of-changed",
            '`c` may no longer be {"const": 1}: no alternative of `oneOf` takes all of it alone',
        ),
        (
            Change(
                "schema",
                "anyOf",
                "changed",
                "POST /a",
                "body.c",
                REQUEST,
                {"type": ["string", "null", "array"]},
                [],
                facts={"alternative": None},
            ),
            "request-any-of-changed",
            "`c` may no longer be a string, null or a list: no alternative of `anyOf` takes all of it",
        ),
        (
            Change(
                "schema",
                "type",
                "changed",
                "POST /a",
                "body.c",
                REQUEST,
                ["null", "boolean", "string"],
                "string",
                facts={"is_one_of_several": True},
            ),
            "request-type-changed",
            '`c` may no longer be "boolean"',
        ),
        (
            Change(
                "schema",
                "type",
                "changed",
                "GET /a",
                "200.body.c",
                RESPONSE,
                ["integer", "string"],
                ["array", "boolean", "string"],
                facts={"is_one_of_several": True},
            ),
            "response-type-changed",
            '`c` may now be "array" or "boolean" too',
        ),
        (
            Change("schema", "enum", "changed", "POST /a", "body.c", REQUEST, ["red", "blue"], ["red", "green"]),
            "request-enum-value-removed",
            '`c` may be "green" and no longer "blue"',
        ),
        (
            Change("schema", "enum", "changed", "POST /a", "200.body.c", RESPONSE, ["red", "blue"], ["red", "green"]),
            "response-enum-value-added",
            '`c` may be "green" and no longer "blue"',
        ),
        (
            Change("schema", "enum", "changed", "POST /a", "body.c", REQUEST, [1, 2], [1.0, True]),
            "request-enum-value-removed",
            "`c` may be true and no longer 2",
        ),
        (
            Change(
                "schema", "enum", "removed", "POST /a", "body.c", REQUEST, ["a", "b"], None, facts={"values": ["b"]}
            ),
            "request-enum-value-removed",
            '`c` may no longer be "b"',
        ),
        (
            Change(
                "schema", "enum", "changed", "POST /a", "200.body.c", RESPONSE, None, True, facts={"values": [True]}
            ),
            "response-enum-value-added",
            "`c` may now be true too",
        ),
        (
            Change("schema", "enum", "removed", "POST /a", "body.c", REQUEST, ["a", "b"], None),
            "request-enum-removed",
            '`c` is no longer limited to "a" and "b"',
        ),
        (
            Change("schema", "type", "added", "GET /a", "query.c", REQUEST, None, "integer"),
            "request-type-changed",
            'query parameter `c`, of any type before, is now "integer"',
        ),
        (
            Change("schema", "type", "changed", "POST /a", "200.body.c", RESPONSE, "string", []),
            "response-type-changed",
            "`c` may no longer have any value",
        ),
        (
            Change("schema", "type", "removed", "POST /a", "body.c", REQUEST, [], None),
            "request-type-changed",
            "`c`, which could have no value before, may have one now",
        ),
        (
            Change("schema", "enum", "added", "POST /a", "body.c", REQUEST, None, ["red"]),
            "request-enum-added",
            '`c`, not listed before, must now be "red"',
        ),
        (
            Change("schema", "enum", "added", "POST /a", "body.c", REQUEST, None, ["a", "b", "c", "d", "e"]),
            "request-enum-added",
            '`c`, not listed before, must now be "a", "b", "c" or 2 more',
        ),
        (
            Change("schema", "enum", "changed", "POST /a", "200.body.c", RESPONSE, ["a", "b"], ["a", "b", "c", "d"]),
            "response-enum-value-added",
            '`c` may now be "c" or "d" too',
        ),
        (
            Change("operation", "presence", "removed", "GET /a", facts={"sunset_before": "2026-01-01"}),
            "operation-removed",
            "`GET /a` was removed; its end was announced for 2026-01-01",
        ),
        (
            Change("operation", "presence", "removed", "GET /a", facts={"deprecated_before": True}),
            "operation-removed",
            "`GET /a` was removed; it was deprecated, no end was announced",
        ),
        (
            Change("operation", "presence", "removed", "GET /a"),
            "operation-removed",
            "`GET /a` was removed without having been deprecated",
        ),
        (
            Change("path", "prefix", "changed", before="", after="/api"),
            "path-prefix-moved",
            "all paths below `/` moved to `/api`",
        ),
        (
            Change("path", "prefix", "changed", before="/v1", after="/v2", facts={"moved": 2, "below": 3}),
            "path-prefix-moved",
            "2 of 3 paths below `/v1` moved to `/v2`",
        ),
        (
            Change("parameter", "presence", "added", "GET /a", "query.q", REQUEST, facts={"required_after": True}),
            "required-parameter-added",
            "query parameter `q` is new and required",
        ),
        (
            Change("webhook", "presence", "removed", "webhook POST order-paid"),
            "webhook-removed",
            "webhook `POST order-paid` was removed; clients wait for it in vain",
        ),
        (
            Change("callback", "presence", "added", "POST /a callback done POST {$url} callback then PUT {$url}"),
            "callback-added",
            "callback `then PUT {$url}` is new",
        ),
        (
            Change(
                "callback", "expression", "changed", "POST /a", "done", None, "{$a}", "{$b}", facts={"name": "done"}
            ),
            "callback-expression-changed",
            "callback `done` goes to `{$b}`, no longer to `{$a}`",
        ),
        (
            Change("parameter", "presence", "removed", "webhook POST a", "query.q", RESPONSE),
            "webhook-parameter-removed",
            "optional query parameter `q` was removed",
        ),
        (
            Change("response", "presence", "removed", "GET /a", "200", RESPONSE, facts={"status": "200"}),
            "success-status-removed",
            "success status 200 was removed",
        ),
        (
            Change("operation", "deprecated", "added", "GET /a", facts={"sunset": "2030-01-01"}),
            "deprecated",
            "`GET /a` is now deprecated, to end on 2030-01-01",
        ),
        (
            Change(
                "operation",
                "extension",
                "changed",
                "GET /a",
                before="stable",
                after="beta",
                facts={"key": "x-stability-level"},
            ),
            "stability-decreased",
            'the stability (`x-stability-level`) of `GET /a` was lowered from "stable" to "beta"',
        ),
        (
            Change("operation", "extension", "added", "GET /a", after="ga", facts={"key": "x-stability-level"}),
            "stability-decreased",
            'the stability (`x-stability-level`) of `GET /a` changed from none (`stable`) to "ga"; '
            '"ga" is none of draft, alpha, beta, stable',
        ),
        (
            Change("operation", "sunset", "added", "GET /a", after="soon", facts={"deprecated": True}),
            "sunset-unreadable",
            '`GET /a` is to end on "soon", which is no date',
        ),
        (
            Change("operation", "extension", "added", "GET /a", facts={"key": "x-owner"}),
            "extension-changed",
            "extension `x-owner` added to `GET /a`",
        ),
    ],
)
def test_rule_and_message(change: Change, rule: str, message: str) -> None:
    found = rule_for(change)
    assert (found.id, found.message(change)) == (rule, message)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("added", "`odd` of `GET /a` was added: null"),
        ("removed", "`odd` of `GET /a` was removed: null"),
        ("changed", "`odd` of `GET /a` changed from null to null"),
    ],
)
def test_a_null_that_nobody_knows_is_named_by_its_field(action: str, message: str) -> None:
    change = Change("operation", "unclassified", action, "GET /a", facts={"key": "odd"})
    assert rule_for(change).message(change) == message


MANY = ("GET /a", "GET /b", "GET /c")
KEY, OPEN = ["API key in the header x-key"], ["none"]


@pytest.mark.parametrize(
    ("change", "rule", "message"),
    [
        (
            Change("security", "requirement", "added", "GET /a", "security", REQUEST, OPEN, KEY, operations=MANY[:1]),
            "security-added",
            '`GET /a` was open and now asks for ["API key in the header x-key"]',
        ),
        (
            Change("security", "requirement", "added", "GET /a", "security", REQUEST, OPEN, KEY, operations=MANY),
            "security-added",
            '`GET /a` and 2 other operations were open and now ask for ["API key in the header x-key"]',
        ),
        (
            Change(
                "security", "requirement", "changed", "GET /a", "security", REQUEST, KEY, ["b"], operations=MANY[1:]
            ),
            "security-made-stricter",
            '`GET /a` and 1 other operation ask for more: ["API key in the header x-key"] before, ["b"] now',
        ),
        (
            Change(
                "security",
                "requirement",
                "added",
                "webhook POST a",
                "security",
                RESPONSE,
                OPEN,
                KEY,
                facts={"stricter": False},
            ),
            "webhook-credentials-added",
            "the server shows other credentials when it calls `webhook POST a`: "
            '["none"] before, ["API key in the header x-key"] now',
        ),
        (
            Change(
                "security",
                "requirement",
                "removed",
                "webhook POST a",
                "security",
                RESPONSE,
                KEY,
                OPEN,
                facts={"stricter": True},
            ),
            "webhook-credentials-removed",
            "the server shows other credentials when it calls `webhook POST a`: "
            '["API key in the header x-key"] before, ["none"] now',
        ),
    ],
)
def test_credentials_are_told_once_for_all_operations(change: Change, rule: str, message: str) -> None:
    found = rule_for(change)
    assert (found.id, found.message(change)) == (rule, message)
