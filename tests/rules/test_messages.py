"""What the rules say to a person."""

import pytest

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.registry import rule_for
from contractkit.rules.rule import severity_of

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
            '`c` may no longer be {"const": 1}: no alternative of `oneOf` takes all of it',
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


SUNSETS = [
    ("2030-01-01", "2031-01-01", "sunset-changed"),
    ("2030-01-01", "2030-01-01T12:00:00Z", "sunset-changed"),
    ("soon", "2030-01-01", "sunset-changed"),
    (None, "soon", "sunset-unreadable"),
    ("soon", "later", "sunset-unreadable"),
    ("20300101", "2029-W01-1", "sunset-unreadable"),
    (None, "2030-01-01", "sunset-changed"),
    ("soon", None, "sunset-changed"),
    ("2030-01-01", None, "sunset-withdrawn"),
    ("2030-01-01", "2029-12-31", "sunset-moved-earlier"),
    ("2030-01-01T00:00:00Z", "2030-01-01T00:00:00+02:00", "sunset-moved-earlier"),
    ("0001-01-01T00:00:00+02:00", "2030-01-01", "sunset-changed"),
    ("2030-01-01", "soon", "sunset-withdrawn"),
    ("2030-01-01", 20310101, "sunset-withdrawn"),
    ("2030-01-01", ["2031-01-01"], "sunset-withdrawn"),
]
SUNSET_SEVERITIES = {
    "sunset-changed": Severity.SAFE,
    "sunset-unreadable": Severity.RISKY,
    "sunset-moved-earlier": Severity.BREAKING,
    "sunset-withdrawn": Severity.BREAKING,
}


@pytest.mark.parametrize(("before", "after", "rule"), SUNSETS)
def test_an_announced_end_is_a_promise(before: object, after: object, rule: str) -> None:
    facts = {"deprecated": True}
    change = Change("schema", "sunset", "changed", "GET /a", "body.a", REQUEST, before, after, facts=facts)
    found = rule_for(change)
    assert (found.id, severity_of(found, change)) == (rule, SUNSET_SEVERITIES[rule])


@pytest.mark.parametrize("after", [None, "2031-01-01"])
def test_an_end_goes_with_the_mark(after: object) -> None:
    facts = {"deprecated": False}
    change = Change("schema", "sunset", "changed", "GET /a", "body.a", REQUEST, "2030-01-01", after, facts=facts)
    assert rule_for(change).id == "sunset-changed"


STABILITY_SEVERITIES = {
    "stability-decreased": Severity.BREAKING,
    "stability-unclear": Severity.RISKY,
    "stability-increased": Severity.SAFE,
}


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("stable", "beta", "stability-decreased"),
        ("beta", "alpha", "stability-decreased"),
        ("alpha", "draft", "stability-decreased"),
        (None, "beta", "stability-decreased"),
        ("stable", "shaky", "stability-decreased"),
        ("stable", {"level": 1}, "stability-decreased"),
        ("alpha", "shaky", "stability-decreased"),
        ("draft", "shaky", "stability-unclear"),
        ("shaky", "beta", "stability-unclear"),
        ("shaky", 1, "stability-unclear"),
        ("shaky", "stable", "stability-increased"),
        (["shaky"], None, "stability-increased"),
        ("draft", "stable", "stability-increased"),
        ("alpha", None, "stability-increased"),
        (None, "stable", "stability-increased"),
    ],
)
def test_the_levels_of_stability(before: object, after: object, rule: str) -> None:
    change = Change(
        "operation", "extension", "changed", "GET /a", "", None, before, after, facts={"key": "x-stability-level"}
    )
    found = rule_for(change)
    assert (found.id, severity_of(found, change)) == (rule, STABILITY_SEVERITIES[rule])


@pytest.mark.parametrize(
    ("direction", "before", "after", "rule"),
    [
        (REQUEST, [1, 2], [True, 2.0], "request-extensible-enum-value-removed"),
        (REQUEST, [1, 2], [2, 1, 3], "extension-changed"),
        (REQUEST, [1, 2], None, "extension-changed"),
        (REQUEST, "a", ["b"], "extension-changed"),
        (RESPONSE, [1, 2], [1], "extension-changed"),
    ],
)
def test_values_that_may_be_joined_by_others(direction: Direction, before: object, after: object, rule: str) -> None:
    facts = {"key": "x-extensible-enum"}
    change = Change("schema", "extension", "changed", "GET /a", "body.a", direction, before, after, facts=facts)
    assert rule_for(change).id == rule


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
