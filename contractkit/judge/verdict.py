"""Changes become findings, and findings the one answer."""

from __future__ import annotations

from collections.abc import Iterable

from contractkit.judge.fingerprint import fingerprint
from contractkit.model.change import Change
from contractkit.model.finding import Finding, Severity
from contractkit.model.policy import Clients
from contractkit.model.records import replace
from contractkit.model.verdict import Bump, Outcome, SideInfo, Verdict
from contractkit.rules.registry import rule_for
from contractkit.rules.rule import severity_of

_OUTCOMES = {Severity.BREAKING: Outcome.BREAKING, Severity.RISKY: Outcome.RISKY, Severity.SAFE: Outcome.COMPATIBLE}
_TOLERATED = frozenset({"response-enum-value-added", "sent-message-added"})
"""Rules that break none of the clients that read values they do not know."""
_BUMPS = (Bump.NONE, Bump.PATCH, Bump.MINOR, Bump.MAJOR)


def judge(changes: Iterable[Change], base: SideInfo, revision: SideInfo, clients: Clients = Clients.STRICT) -> Verdict:
    """Return the verdict on the changes between two contracts.

    Args:
        changes: what differs.
        base: the contract that clients were built on.
        revision: the contract that is to replace it.
        clients: what those clients can cope with.

    Returns:
        The verdict. Findings are sorted by (operation, direction, location, rule, id); two with the same id are one,
        which reaches the operations of both and has the higher severity.
    """
    return verdict_of((finding_of(change, clients) for change in changes), base, revision)


def verdict_of(given: Iterable[Finding], base: SideInfo, revision: SideInfo) -> Verdict:
    """Return the verdict that findings make, in whatever order; see `judge`."""
    findings: dict[str, Finding] = {}
    for finding in given:
        known = findings.get(finding.id)
        findings[finding.id] = finding if known is None else _merged(known, finding)
    ordered = tuple(sorted(findings.values(), key=_order))
    return Verdict(_outcome(ordered), _required_bump(ordered), base, revision, ordered)


def finding_of(change: Change, clients: Clients = Clients.STRICT) -> Finding:
    """Return what the rule for a change says of it."""
    rule = rule_for(change)
    severity = severity_of(rule, change)
    if clients is Clients.TOLERANT and rule.id in _TOLERATED:
        severity = Severity.SAFE
    return Finding(
        id=fingerprint(rule.id, change),
        rule=rule.id,
        severity=severity,
        message=rule.message(change),
        change=change,
    )


def _merged(one: Finding, other: Finding) -> Finding:
    worse = one if one.severity.rank >= other.severity.rank else other
    operations = {*one.change.operations, *other.change.operations}
    return replace(worse, change=replace(worse.change, operations=tuple(sorted(operations))))


def _order(finding: Finding) -> tuple[str, str, str, str, str]:
    change = finding.change
    return (change.operation, change.direction or "", change.location, finding.rule, finding.id)


def _outcome(findings: tuple[Finding, ...]) -> Outcome:
    if not findings:
        return Outcome.IDENTICAL
    return _OUTCOMES[max((finding.severity for finding in findings), key=lambda severity: severity.rank)]


def _required_bump(findings: tuple[Finding, ...]) -> Bump:
    """Return the smallest step that semantic versioning allows (semver.org 2.0.0, items 6 to 8).

    What breaks asks for a major release. What is risky asks for a minor one at least: nobody proved that it breaks.
    What is safe asks for what its rule says: a minor release where the contract offers something else than before, a
    patch release where only words changed.
    """
    severities = {finding.severity for finding in findings}
    if Severity.BREAKING in severities:
        return Bump.MAJOR
    if Severity.RISKY in severities:
        return Bump.MINOR
    return max((rule_for(finding.change).bump for finding in findings), key=_BUMPS.index, default=Bump.NONE)
