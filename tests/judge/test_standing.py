"""What the policy and the approvals make of findings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contractkit.judge.fuzz_standing import settle_fuzz
from contractkit.judge.standing import may_approve, settle
from contractkit.judge.verdict import judge
from contractkit.model.approval import Approval, Kind
from contractkit.model.change import Change, Direction, Proof
from contractkit.model.contract import Contract
from contractkit.model.finding import Finding, Severity
from contractkit.model.fuzz import FuzzFinding, FuzzVerdict
from contractkit.model.policy import Clients, Level, LevelRule, Policy, VersionPolicy
from contractkit.model.standing import Standing
from contractkit.model.verdict import Outcome, SideInfo, Verdict, VersionStep

TODAY = date(2030, 6, 15)
REQUEST, RESPONSE = Direction.REQUEST, Direction.RESPONSE
BASE = Contract(
    "@shop",
    {
        "info": {"version": "1.4.0"},
        "paths": {
            "/a": {"get": {"tags": ["public"]}},
            "/b": {"get": {"tags": ["internal"], "deprecated": True, "x-sunset": "2030-06-14"}},
            "/c": {"get": {"deprecated": True, "x-sunset": "2030-06-15"}},
        },
    },
)
REQUIRED = Change(
    "schema", "required", "added", "GET /a", "body.q", REQUEST, operations=("GET /a", "GET /b"), proof=Proof.WITNESS
)
WIDER = Change("schema", "type", "changed", "GET /a", "body.n", REQUEST, "integer", "number", proof=Proof.CONTAINED)
UNSURE = Change("schema", "pattern", "changed", "GET /a", "body.p", REQUEST, "a", "b", proof=Proof.UNDECIDED)
ADDED = Change("schema", "enum", "changed", "GET /a", "200.body.s", RESPONSE, ["a"], ["a", "b"], proof=Proof.WITNESS)


def found(*changes: Change, version: str = "1.4.0", clients: Clients = Clients.STRICT) -> Verdict:
    revision = Contract("shop:app", {"info": {"version": version}})
    return judge(changes, SideInfo(BASE), SideInfo(revision), clients)


def gone(path: str) -> Change:
    return Change("operation", "presence", "removed", f"GET {path}", before=path)


def signed(of: Finding, **changed: Any) -> Approval:
    approval = Approval(
        of.id,
        Kind.DIFF,
        of.rule,
        of.severity,
        of.message,
        of.change.operations,
        (BASE.digest,),
        "Ann <ann@example.com>",
        "agreed",
        "2030-01-01T00:00:00Z",
    )
    return replace(approval, **changed)


def standings(verdict: Verdict) -> list[Standing | None]:
    return [finding.standing for finding in verdict.findings]


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [
        ("breaking", {"request-property-became-required"}),
        ("risky", {"request-property-became-required", "request-pattern-changed"}),
        ("never", set()),
    ],
)
def test_fail_on_says_from_which_severity_on_a_finding_fails(fail_on: str, failing: set[str]) -> None:
    verdict = settle(found(REQUIRED, WIDER, UNSURE), Policy(fail_on=fail_on), today=TODAY)
    assert {finding.rule for finding in verdict.findings if finding.fails} == failing
    assert verdict.fails is bool(failing)


def test_an_approved_finding_passes_and_keeps_its_severity() -> None:
    verdict = found(REQUIRED)
    approval = signed(verdict.findings[0])
    settled = settle(verdict, Policy(), [approval], today=TODAY)
    assert standings(settled) == [Standing(approval=approval)]
    assert (settled.outcome, settled.approved, settled.fails, settled.unused) == (Outcome.BREAKING, 1, False, ())


def test_the_approval_that_ends_first_is_named() -> None:
    verdict = found(REQUIRED)
    first = signed(verdict.findings[0], until=date(2030, 7, 1))
    settled = settle(verdict, Policy(), [signed(verdict.findings[0]), first], today=TODAY)
    assert standings(settled) == [Standing(approval=first)]


VOID: dict[str, dict[str, Any]] = {
    "ended on 2030-06-14": {"until": date(2030, 6, 14)},
    "is for a baseline that is not stored": {"baselines": ("sha256:other",)},
    "matches no finding any more": {"finding": "ck1-0000000000000000"},
    "was for something risky, and it is breaking now": {"severity": Severity.RISKY},
    "is by Bob <bob@example.com>, who is not among `approvers`": {"by": "Bob <bob@example.com>"},
}


@pytest.mark.parametrize("why", VOID)
def test_an_approval_that_does_not_count_is_told(why: str) -> None:
    verdict = found(REQUIRED)
    approval = signed(verdict.findings[0], **VOID[why])
    settled = settle(verdict, Policy(approvers=("Ann",)), [approval], today=TODAY)
    assert standings(settled) == [Standing(fails=True)]
    assert [(one.approval, one.why) for one in settled.unused] == [(approval, why)]


def test_an_approval_counts_on_its_last_day() -> None:
    verdict = found(REQUIRED)
    approval = signed(verdict.findings[0], until=TODAY)
    assert not settle(verdict, Policy(), [approval], today=TODAY).fails


def test_an_approval_for_another_stored_baseline_waits_for_it_in_silence() -> None:
    verdict = found(REQUIRED)
    approval = signed(verdict.findings[0], baselines=("sha256:other",))
    settled = settle(verdict, Policy(), [approval], today=TODAY, stored=frozenset({"sha256:other"}))
    assert (settled.fails, settled.unused) == (True, ())


def test_an_approval_of_one_operation_leaves_the_others_open_until_they_are_approved_too() -> None:
    verdict = found(REQUIRED)
    one = signed(verdict.findings[0], operations=("GET /a",))
    other = signed(verdict.findings[0], operations=("GET /b",))
    half = settle(verdict, Policy(), [one], today=TODAY)
    assert standings(half) == [Standing(fails=True, notes=("approved, but not for GET /b",))]
    assert half.unused == ()
    assert not settle(verdict, Policy(), [one, other], today=TODAY).fails


ROWS = [
    (LevelRule(Level.WARN, rules=("request-*",), reason="known"), Standing(notes=("warn: known",))),
    (LevelRule(Level.WARN, rules=("response-*",)), Standing(fails=True)),
    (LevelRule(Level.IGNORE, operations=("GET /*",), reason="not public"), Standing(ignored="not public")),
    (LevelRule(Level.IGNORE, operations=("GET /b",), reason="not public"), Standing(fails=True)),
    (LevelRule(Level.WARN, direction=REQUEST), Standing()),
    (LevelRule(Level.WARN, direction=RESPONSE), Standing(fails=True)),
    (LevelRule(Level.WARN, tags=("internal",)), Standing(fails=True)),
    (LevelRule(Level.WARN, tags=("internal", "public")), Standing()),
]


@pytest.mark.parametrize(("row", "standing"), ROWS)
def test_a_level_holds_for_findings_that_it_fits_wholly(row: LevelRule, standing: Standing) -> None:
    assert standings(settle(found(REQUIRED), Policy(levels=(row,)), today=TODAY)) == [standing]


def test_the_last_level_that_fits_decides_and_may_let_something_safe_fail() -> None:
    rows = (LevelRule(Level.IGNORE, reason="x"), LevelRule(Level.FAIL, rules=("request-type-changed",)))
    assert standings(settle(found(WIDER), Policy(levels=rows), today=TODAY)) == [Standing(fails=True)]
    assert standings(settle(found(WIDER), Policy("never", rows), today=TODAY)) == [Standing()]


def test_tolerant_clients_read_values_that_they_do_not_know() -> None:
    strict, tolerant = found(ADDED), found(ADDED, clients=Clients.TOLERANT)
    assert [(one.outcome, one.required_bump.value) for one in (strict, tolerant)] == [
        (Outcome.BREAKING, "major"),
        (Outcome.COMPATIBLE, "minor"),
    ]
    assert strict.findings[0].id == tolerant.findings[0].id


def test_what_was_announced_to_end_may_go_the_day_after() -> None:
    verdict = found(gone("/a"), gone("/b"), gone("/c"))
    note = "its end was announced for 2030-06-14, which is over"
    expected = [Standing(fails=True), Standing(notes=(note,)), Standing(fails=True)]
    assert standings(settle(verdict, Policy(), today=TODAY)) == expected
    assert all(one.fails for one in settle(verdict, Policy(sunset=False), today=TODAY).findings)


def test_properties_and_parameters_may_end_too() -> None:
    ended = {"deprecated": True, "x-sunset": "2030-01-01"}
    order = {"properties": {"old": {"type": "string", **ended}, "kept": {"type": "string"}}}
    operation = {
        "parameters": [{"in": "query", "name": "q", **ended}, {"in": "query", "name": "r", "deprecated": True}],
        "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}}},
    }
    base = Contract("a", {"paths": {"/a": {"get": operation}}, "components": {"schemas": {"Order": order}}})

    def lost(area: str, aspect: str, location: str) -> Change:
        return Change(area, aspect, "removed", "GET /a", location, RESPONSE, facts={"required": True})

    changes = (
        lost("schema", "property", "200.body.kept"),
        lost("schema", "property", "200.body.old"),
        lost("parameter", "presence", "query.q"),
        lost("parameter", "presence", "query.r"),
    )
    verdict = judge(changes, SideInfo(base), SideInfo(Contract("b", {})))
    settled = settle(verdict, Policy(), today=TODAY)
    assert {one.change.location: bool(one.standing and one.standing.notes) for one in settled.findings} == {
        "200.body.kept": False,
        "200.body.old": True,
        "query.q": True,
        "query.r": False,
    }


VERSIONS = [
    ("1.4.0", VersionPolicy.REPORT, VersionStep("2.0.0", enough=False), True),
    ("1.5.0", VersionPolicy.REQUIRE, VersionStep("2.0.0", enough=False, fails=True), True),
    ("2.0.0", VersionPolicy.REQUIRE, VersionStep("2.0.0", enough=True), True),
    ("2.0.0", VersionPolicy.PERMIT, VersionStep("2.0.0", enough=True), False),
    ("1.5.0", VersionPolicy.PERMIT, VersionStep("2.0.0", enough=False), True),
]


@pytest.mark.parametrize(("version", "policy", "step", "fails"), VERSIONS)
def test_the_step_of_the_version(version: str, policy: VersionPolicy, step: VersionStep, fails: bool) -> None:
    settled = settle(found(REQUIRED, version=version), Policy(version=policy), today=TODAY)
    assert (settled.version, settled.fails) == (step, fails)


@pytest.mark.parametrize(
    ("before", "changes", "needed"),
    [
        ("0.4.1", (REQUIRED,), "0.5.0"),
        ("0.4.1", (WIDER,), "0.4.2"),
        ("v2.1", (WIDER,), "2.2.0"),
        ("3", (), "3.0.0"),
        ("2024-01-01", (REQUIRED,), None),
        ("next", (REQUIRED,), None),
    ],
)
def test_the_version_that_is_needed(before: str, changes: tuple[Change, ...], needed: str | None) -> None:
    base = Contract("a", {"info": {"version": before}})
    verdict = settle(judge(changes, SideInfo(base), SideInfo(base)), Policy(), today=TODAY)
    assert (verdict.version and verdict.version.needed) == needed


def test_a_version_step_alone_can_fail_but_not_with_never() -> None:
    verdict = found(WIDER)
    assert settle(verdict, Policy(version=VersionPolicy.REQUIRE), today=TODAY).fails
    assert not settle(verdict, Policy("never", version=VersionPolicy.REQUIRE), today=TODAY).fails


def fuzzed(*findings: FuzzFinding) -> FuzzVerdict:
    return FuzzVerdict(SideInfo(BASE), "shop:app", findings, (), (), 10, 1.0, 1)


CRASH = FuzzFinding("ck1-1111111111111111", "server-error", Severity.BREAKING, "GET /a", ("GET /a",), "", "it", "", ())


def test_findings_of_fuzz_are_approved_whatever_the_baseline_is() -> None:
    approval = Approval(
        CRASH.id, Kind.FUZZ, CRASH.check, CRASH.severity, "it", ("GET /a",), (), "Ann", "soon", "2030-01-01T00:00:00Z"
    )
    settled = settle_fuzz(fuzzed(CRASH), Policy(), [approval], today=TODAY)
    assert [one.standing for one in settled.findings] == [Standing(approval=approval)]
    assert (settled.fails, settled.approved, settled.unused) == (False, 1, ())
    assert settle_fuzz(fuzzed(CRASH), Policy(), today=TODAY).fails
    clean = settle_fuzz(fuzzed(), Policy(), [approval], today=TODAY)
    assert [one.why for one in clean.unused] == ["matches no finding any more"]
    assert settle_fuzz(fuzzed(), Policy(), [approval], today=TODAY, whole=False).unused == ()


@pytest.mark.parametrize(
    ("by", "listed"),
    [
        ("Ann <ann@example.com>", "Ann"),
        ("Ann <ann@example.com>", "ann@example.com"),
        ("Ann <ann@example.com>", "Ann <ann@example.com>"),
        ("Ann", "Ann"),
    ],
)
def test_people_are_known_by_name_address_or_both(by: str, listed: str) -> None:
    assert may_approve(by, (listed,))
    assert not may_approve("Bob <bob@example.com>", (listed,))
