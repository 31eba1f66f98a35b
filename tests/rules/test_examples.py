"""The example pairs of every rule, judged by the whole comparison."""

import pytest

from contractkit.api.comparing import compare
from contractkit.model.contract import Contract
from contractkit.model.finding import Severity
from contractkit.model.verdict import Outcome, Verdict
from contractkit.rules.examples import Example
from contractkit.rules.registry import all_rules
from contractkit.rules.rule import Rule

RULES = [pytest.param(rule, id=rule.id) for rule in all_rules().values()]


def _compared(example: Example) -> Verdict:
    base, revision = example.documents()
    return compare(Contract("base.json", base), Contract("revision.json", revision))


@pytest.mark.parametrize("rule", RULES)
def test_breaks_reports_exactly_this_rule(rule: Rule) -> None:
    findings = _compared(rule.breaks).findings
    grave = [(finding.rule, finding.severity) for finding in findings if finding.severity is not Severity.SAFE]
    safe = [finding.rule for finding in findings if finding.severity is Severity.SAFE]
    if rule.severity is Severity.SAFE:
        assert grave == []
        assert safe.count(rule.id) == 1
    else:
        assert grave == [(rule.id, rule.severity)]


@pytest.mark.parametrize("rule", RULES)
def test_breaks_has_a_witness_or_the_rule_says_why_not(rule: Rule) -> None:
    findings = _compared(rule.breaks).findings
    (finding,) = [one for one in findings if (one.rule, one.severity) == (rule.id, rule.severity)]
    assert finding.change.witness is not None or rule.no_witness != ""


@pytest.mark.parametrize("rule", RULES)
def test_holds_reports_nothing_breaking(rule: Rule) -> None:
    findings = _compared(rule.holds).findings
    assert [finding.rule for finding in findings if finding.severity is Severity.BREAKING] == []


@pytest.mark.parametrize("rule", RULES)
def test_each_document_is_identical_with_itself(rule: Rule) -> None:
    for document in (*rule.breaks.documents(), *rule.holds.documents()):
        verdict = compare(Contract("base.json", document), Contract("revision.json", document))
        assert (verdict.outcome, verdict.findings) == (Outcome.IDENTICAL, ())
