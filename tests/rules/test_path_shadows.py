"""What the rule says about a new path in the place of a template."""

import pytest

from contractkit.model.change import Change
from contractkit.model.finding import Severity
from contractkit.rules.registry import rule_for
from contractkit.rules.rule import severity_of


@pytest.mark.parametrize(
    ("texts", "words"),
    [({"id": "latest"}, '"latest" as `id`'), ({"a": "x", "b": "y"}, '"x" as `a` and "y" as `b`')],
)
def test_it_names_the_texts_and_who_answers(texts: dict[str, str], words: str) -> None:
    facts = {"texts": texts, "by": "GET /a/latest"}
    change = Change("operation", "shadow", "added", "GET /a/{}", before="/a/{id}", after="/a/latest", facts=facts)
    rule = rule_for(change)
    assert (rule.id, severity_of(rule, change)) == ("path-shadows-template", Severity.RISKY)
    assert rule.message(change) == f"requests with {words} are answered by `GET /a/latest` now"
