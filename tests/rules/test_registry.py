"""Every rule is well formed, and every change has at most one."""

import importlib
import itertools
import pkgutil
import re

import pytest

import contractkit.rules
from contractkit.model.change import Change, Direction, Proof
from contractkit.model.finding import Severity
from contractkit.rules import registry
from contractkit.rules.registry import all_rules, page, rule_for, selecting
from contractkit.rules.rule import severity_of

HELPERS = {"examples", "families", "registry", "rule", "wording"}
RULES = all_rules()


def test_every_module_is_a_page_or_a_known_helper() -> None:
    names = {info.name for info in pkgutil.iter_modules(contractkit.rules.__path__)}
    without = {name for name in names if not hasattr(importlib.import_module(f"contractkit.rules.{name}"), "RULES")}
    assert without == HELPERS


@pytest.mark.parametrize("rule_id", RULES)
def test_ids_are_kebab_case(rule_id: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+|deprecated|reactivated", rule_id)


@pytest.mark.parametrize("rule_id", RULES)
def test_a_rule_has_a_mirror_that_points_back_or_says_why_not(rule_id: str) -> None:
    rule = RULES[rule_id]
    assert (rule.mirror is None) == bool(rule.no_mirror)
    if rule.mirror is not None:
        assert RULES[rule.mirror].mirror == rule_id


@pytest.mark.parametrize("rule_id", RULES)
def test_a_page_says_what_it_is_why_it_breaks_and_what_to_do_instead(rule_id: str) -> None:
    paragraphs = page(rule_id).split("\n\n")
    assert paragraphs[0].endswith(".")
    assert len(paragraphs) >= 3
    assert [index for index, text in enumerate(paragraphs) if text.startswith("Instead: ")] == [len(paragraphs) - 1]


def test_an_unknown_rule_has_no_page() -> None:
    with pytest.raises(KeyError):
        page("no-such-rule")


def test_no_change_is_selected_by_two_rules() -> None:
    keys = {
        (selection.area, aspect)
        for rule in RULES.values()
        for selection in rule.selects
        for aspect in selection.aspects
    }
    values = (None, 1, ["a"], ["a", "b"], ["b"])
    facts: list[dict[str, object]] = [
        {**required, **status, **more}
        for required in (
            {"required": False, "required_before": False, "required_after": True},
            {"required": True, "required_before": True, "required_after": False},
        )
        for status in ({}, {"status": "200"}, {"status": "303"}, {"status": "404"}, {"status": "default"})
        for more in (
            {},
            {"stricter": True, "accepted": True, "field": "tokenUrl", "flow": "password"},
            {"stricter": False, "accepted": False, "flow": "password"},
        )
    ]
    actions = ("added", "removed", "changed", "increased", "decreased")
    twice = {
        (area, aspect, action, direction)
        for (area, aspect), action, direction in itertools.product(sorted(keys), actions, (None, *Direction))
        for before, after, more in itertools.product(values, values, facts)
        if len(
            selecting(
                Change(
                    area, aspect, action, direction=direction, before=before, after=after, facts=more, location="200"
                )
            )
        )
        > 1
    }
    assert twice == set()


BOUNDS = [
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
]
KEYWORDS = [
    "minContains",
    "maxContains",
    "type",
    "multipleOf",
    "pattern",
    "format",
    "uniqueItems",
    "contains",
    "propertyNames",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "items",
    "prefixItems",
    "dependentRequired",
    "dependentSchemas",
    "conditional",
    "not",
    "anyOf",
    "oneOf",
    "discriminator",
    "contentMediaType",
    "contentEncoding",
    "contentSchema",
    "schema",
]
BOTH = ("added", "removed")
ALL = ("added", "removed", "changed")
VOCABULARY = [
    *(("schema", aspect, ("added", "removed", "increased", "decreased", "changed")) for aspect in BOUNDS),
    *(("schema", aspect, ALL) for aspect in KEYWORDS),
    *(("schema", aspect, BOTH) for aspect in ("property", "required", "nullable", "deprecated")),
    ("schema", "enum", ALL),
    *(
        ("schema", aspect, ALL)
        for aspect in ("description", "default", "example", "examples", "readOnly", "writeOnly", "extension", "sunset")
    ),
    ("path", "prefix", ("changed",)),
    *(("server", aspect, ("changed",)) for aspect in ("base-path", "host", "other")),
    *(("operation", aspect, BOTH) for aspect in ("presence", "deprecated", "sunset")),
    *(
        ("operation", aspect, ALL)
        for aspect in ("operationId", "tags", "summary", "description", "externalDocs", "extension", "sunset")
    ),
    *(("parameter", aspect, BOTH) for aspect in ("presence", "required", "deprecated", "sunset")),
    *(
        ("parameter", aspect, ALL)
        for aspect in (
            "style",
            "explode",
            "allowReserved",
            "allowEmptyValue",
            "content",
            "description",
            "example",
            "examples",
            "extension",
        )
    ),
    *(("body", aspect, BOTH) for aspect in ("presence", "required", "description")),
    ("media-type", "presence", ALL),
    *(("media-type", aspect, ALL) for aspect in ("encoding", "example", "examples", "extension")),
    ("operation", "shadow", ("added",)),
    ("response", "redirect", ("changed",)),
    *(("response", aspect, BOTH) for aspect in ("presence", "description", "extension")),
    *(("header", aspect, BOTH) for aspect in ("presence", "required", "style", "deprecated", "description")),
    *(("security", aspect, ALL) for aspect in ("requirement", "alternative", "scope")),
    *(("security", aspect, ALL) for aspect in ("scheme", "flow", "scope-description", "description", "deprecated")),
    ("callback", "expression", ("changed",)),
    ("parameter", "name", ("changed",)),
    *((area, "presence", BOTH) for area in ("callback", "webhook", "link", "message", "close-code")),
    ("message", "known", BOTH),
    *((area, "description", ALL) for area in ("message", "close-code")),
    *(("link", aspect, ALL) for aspect in ("target", "parameters", "description")),
    *(
        ("document", aspect, ALL)
        for aspect in (
            "title",
            "description",
            "version",
            "contact",
            "license",
            "tags",
            "externalDocs",
            "openapi",
            "component",
            "extension",
        )
    ),
]


@pytest.mark.parametrize(("area", "aspect", "actions"), VOCABULARY)
@pytest.mark.parametrize("direction", Direction)
def test_the_whole_vocabulary_has_rules(area: str, aspect: str, actions: tuple[str, ...], direction: Direction) -> None:
    values = {"added": (None, ["a"]), "removed": (["a"], None)}
    unnamed = {
        action
        for action in actions
        for before, after in [values.get(action, (["a"], ["b"]))]
        for status in ("200", "303", "404")
        for change in [Change(area, aspect, action, location=status, direction=direction, before=before, after=after)]
        if rule_for(change).id == "unclassified-change"
    }
    assert unnamed == set()


def test_what_nobody_knows_is_risky() -> None:
    change = Change("operation", "unclassified", "changed", operation="GET /a", before=1, after=2, facts={"key": "odd"})
    rule = rule_for(change)
    assert (rule.id, severity_of(rule, change)) == ("unclassified-change", Severity.RISKY)
    assert rule.message(change) == "`odd` of `GET /a` changed from 1 to 2"


@pytest.mark.parametrize(
    ("area", "aspect", "proof", "expected"),
    [
        ("schema", "type", Proof.WITNESS, Severity.BREAKING),
        ("schema", "type", Proof.DEFINITION, Severity.BREAKING),
        ("schema", "type", Proof.UNDECIDED, Severity.RISKY),
        ("schema", "type", Proof.CONTAINED, Severity.SAFE),
        ("schema", "description", Proof.DEFINITION, Severity.SAFE),
        ("parameter", "presence", Proof.DEFINITION, Severity.SAFE),
        ("parameter", "presence", Proof.WITNESS, Severity.SAFE),
        ("callback", "presence", Proof.DEFINITION, Severity.SAFE),
    ],
)
def test_severity_follows_the_proof_and_then_the_rule(area: str, aspect: str, proof: Proof, expected: Severity) -> None:
    change = Change(area, aspect, "added", direction=Direction.REQUEST, before="a", after="b", proof=proof)
    assert severity_of(rule_for(change), change) is expected


def test_a_page_names_the_aspects_it_speaks_about() -> None:
    """By them a page is found without being imported."""
    for module, rules in registry.pages().items():
        aspects = {aspect for rule in rules for selection in rule.selects for aspect in selection.aspects}
        assert {aspect for aspect in aspects if module not in registry._pages_that_name(aspect)} == set(), module
