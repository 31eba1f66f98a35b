"""Changes become a verdict."""

from dataclasses import replace

import pytest

from contractkit.judge.verdict import judge
from contractkit.model.change import Change, Direction, Proof
from contractkit.model.contract import Contract
from contractkit.model.finding import Severity
from contractkit.model.verdict import Bump, Outcome, SideInfo, Verdict

BASE = SideInfo(Contract("a.json", {}))
REVISION = SideInfo(Contract("b.json", {}))
REQUEST, RESPONSE = Direction.REQUEST, Direction.RESPONSE

REQUIRED = Change("schema", "required", "added", "POST /b", "body.qty", REQUEST, proof=Proof.WITNESS)
PATTERN = Change("schema", "pattern", "changed", "POST /b", "body.a", REQUEST, "a", "b", proof=Proof.UNDECIDED)
WIDER = Change("schema", "type", "changed", "POST /a", "body.n", REQUEST, "integer", "number", proof=Proof.CONTAINED)
TEXT = Change("operation", "summary", "changed", "GET /a", before="a", after="b")
VERSION = Change("document", "version", "changed", before="1", after="2")


def verdict(*changes: Change) -> Verdict:
    return judge(changes, BASE, REVISION)


@pytest.mark.parametrize(
    ("changes", "outcome", "bump"),
    [
        ((), Outcome.IDENTICAL, Bump.NONE),
        ((VERSION,), Outcome.COMPATIBLE, Bump.NONE),
        ((TEXT, VERSION), Outcome.COMPATIBLE, Bump.PATCH),
        ((TEXT, WIDER), Outcome.COMPATIBLE, Bump.MINOR),
        ((TEXT, PATTERN), Outcome.RISKY, Bump.MINOR),
        ((REQUIRED, PATTERN, WIDER), Outcome.BREAKING, Bump.MAJOR),
    ],
)
def test_outcome_and_required_bump(changes: tuple[Change, ...], outcome: Outcome, bump: Bump) -> None:
    found = verdict(*changes)
    assert (found.outcome, found.required_bump) == (outcome, bump)
    assert (found.base, found.revision) == (BASE, REVISION)


def test_counts_are_by_severity() -> None:
    found = verdict(REQUIRED, PATTERN, WIDER, TEXT)
    assert {severity: found.count(severity) for severity in Severity} == {
        Severity.BREAKING: 1,
        Severity.RISKY: 1,
        Severity.SAFE: 2,
    }


def test_findings_are_sorted_whatever_the_order_of_changes() -> None:
    answer = replace(WIDER, direction=RESPONSE, operation="POST /b", location="200.body.n")
    changes = [REQUIRED, PATTERN, WIDER, TEXT, VERSION, answer]
    expected = [
        ("", None, "", "document-version-changed"),
        ("GET /a", None, "", "text-changed"),
        ("POST /a", REQUEST, "body.n", "request-type-changed"),
        ("POST /b", REQUEST, "body.a", "request-pattern-changed"),
        ("POST /b", REQUEST, "body.qty", "request-property-became-required"),
        ("POST /b", RESPONSE, "200.body.n", "response-type-changed"),
    ]
    for given in (changes, changes[::-1]):
        found = verdict(*given).findings
        assert [(f.change.operation, f.change.direction, f.change.location, f.rule) for f in found] == expected


@pytest.mark.parametrize("swapped", [False, True])
def test_the_same_finding_twice_is_one_with_all_operations_and_the_higher_severity(swapped: bool) -> None:
    one = replace(REQUIRED, operations=("POST /b", "POST /c"))
    other = replace(REQUIRED, operations=("POST /a", "POST /b"), proof=Proof.UNDECIDED, reason="a lookahead")
    (finding,) = verdict(*((other, one) if swapped else (one, other))).findings
    assert finding.severity is Severity.BREAKING
    assert finding.change.proof is Proof.WITNESS
    assert finding.change.operations == ("POST /a", "POST /b", "POST /c")
