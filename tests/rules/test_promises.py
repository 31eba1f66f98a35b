"""What is promised of an operation: its announced end, its stability, and which values may come."""

import pytest

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.registry import rule_for
from contractkit.rules.rule import severity_of

REQUEST, RESPONSE = Direction.REQUEST, Direction.RESPONSE


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
