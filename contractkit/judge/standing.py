"""What findings mean for the run: the project's policy and the approvals, after the severities are known.

Severity is what a change means. Whether it makes the run fail is decided here, and only here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from contractkit.judge.semver import version_step
from contractkit.model.change import Direction
from contractkit.model.contract import Contract
from contractkit.model.finding import Finding, Severity
from contractkit.model.policy import Level, LevelRule, Policy, VersionPolicy
from contractkit.model.records import NamedTuple, replace
from contractkit.model.standing import Standing, Unused
from contractkit.model.verdict import Verdict

if TYPE_CHECKING:
    from contractkit.model.approval import Approval
    from contractkit.openapi.locate import Locator


class Case(NamedTuple):
    """What decides about a finding, of either kind."""

    id: str
    rule: str
    severity: Severity
    operations: tuple[str, ...]
    direction: Direction | None
    message: str


def settle(
    verdict: Verdict,
    policy: Policy,
    approvals: Sequence[Approval] = (),
    *,
    today: date | None = None,
    stored: frozenset[str] = frozenset(),
) -> Verdict:
    """Return a comparison's verdict with the standing of each finding.

    Args:
        verdict: what was found.
        policy: what the project decided once for all.
        approvals: the signatures of this API.
        today: the day on which approvals and announced ends are judged; today's (UTC) if left out.
        stored: digests of the stored contracts; approvals against one of the others wait for it, and are no news.
    """
    today = today or datetime.now(UTC).date()
    bench = Bench(policy, (verdict.base.contract, verdict.revision.contract), today)
    digest = verdict.base.digest if approvals else ""
    usable = bench.usable(approvals, "diff", digest)
    step = version_step(verdict, policy)
    permitted = policy.version is VersionPolicy.PERMIT and step is not None and step.enough
    findings = []
    for finding in verdict.findings:
        standing = bench.standing(_case(finding), usable)
        if standing.fails and finding.severity is Severity.BREAKING:
            if permitted:
                standing = standing._replace(fails=False, notes=(*standing.notes, "the new version announces it"))
            elif policy.sunset and (end := bench.ended_on(finding)):
                note = f"its end was announced for {end}, which is over"
                standing = standing._replace(fails=False, notes=(*standing.notes, note))
        findings.append(replace(finding, standing=standing))
    known = {finding.id: finding.severity for finding in verdict.findings}
    unused = bench.unused(approvals, "diff", known, digest, stored)
    return replace(verdict, findings=tuple(findings), unused=unused, version=step)


UNMATCHED = "matches no finding any more"
"""Why an approval without a finding does not count."""


class Bench:
    """Decides about one finding after the other.

    Args:
        policy: what the project decided once for all.
        contracts: where operations have their tags; the base first.
        today: the day on which approvals are judged.
    """

    def __init__(self, policy: Policy, contracts: Sequence[Contract], today: date) -> None:
        self._policy = policy
        self._contracts = contracts
        self._today = today
        never = policy.fail_on == "never"
        self._limit = None if never else Severity(policy.fail_on).rank

    def usable(self, approvals: Iterable[Approval], kind: str, digest: str) -> Mapping[str, list[Approval]]:
        """Return the approvals that count for this base, by finding."""
        found: dict[str, list[Approval]] = {}
        for one in approvals:
            if one.kind == kind and self._void(one) is None and (kind != "diff" or digest in one.baselines):
                found.setdefault(one.finding, []).append(one)
        return found

    def standing(self, case: Case, usable: Mapping[str, list[Approval]]) -> Standing:
        """Return the standing of a finding, given the approvals that count."""
        row = self._row(case)
        if row is not None and row.level is Level.IGNORE:
            return Standing(ignored=row.reason or "by configuration")
        fails = self._limit is not None and case.severity.rank >= self._limit
        notes: tuple[str, ...] = ()
        if row is not None and self._limit is not None:
            fails = row.level is Level.FAIL
            if row.reason:
                notes = (f"{row.level}: {row.reason}",)
        covering = [one for one in usable.get(case.id, ()) if one.severity.rank >= case.severity.rank]
        covered = {operation for one in covering for operation in one.operations}
        missing = [operation for operation in case.operations if operation not in covered]
        if covering and not missing:
            first = min(covering, key=lambda one: (one.until or date.max, one.at, one.by))
            return Standing(approval=first, notes=notes)
        if covering and fails:
            notes = (*notes, f"approved, but not for {', '.join(missing)}")
        return Standing(fails=fails, notes=notes)

    def unused(
        self,
        approvals: Iterable[Approval],
        kind: str,
        known: Mapping[str, Severity],
        digest: str,
        stored: frozenset[str],
    ) -> tuple[Unused, ...]:
        """Return the approvals of a kind that do not count, sorted.

        Args:
            approvals: all of them.
            kind: `diff`, `fuzz` or `replay`.
            known: the severities of the findings there are, by id.
            digest: the digest of the base.
            stored: digests of the stored contracts.
        """
        found = []
        for one in approvals:
            if one.kind != kind:
                continue
            here = kind != "diff" or digest in one.baselines
            if not here and stored.intersection(one.baselines):
                continue  # it waits for a comparison with that one
            why = self._void(one)
            if why is None and not here:
                why = "is for a baseline that is not stored"
            if why is None and one.finding not in known:
                why = UNMATCHED
            if why is None and known[one.finding].rank > one.severity.rank:
                why = f"was for something {one.severity}, and it is {known[one.finding]} now"
            if why is not None:
                found.append(Unused(one, why))
        return tuple(sorted(found, key=lambda one: (one.approval.finding, one.approval.operations)))

    def ended_on(self, finding: Finding) -> date | None:
        """Return the day that the first contract announced as the end of what is gone, where it is over; else None."""
        if finding.change.action != "removed":
            return None
        from contractkit.judge.sunset import ended_on

        return ended_on(finding, self._locators[0], self._today)

    def _void(self, approval: Approval) -> str | None:
        if approval.until is not None and self._today > approval.until:
            return f"ended on {approval.until.isoformat()}"
        if self._policy.approvers and not may_approve(approval.by, self._policy.approvers):
            return f"is by {approval.by}, who is not among `approvers`"
        return None

    def _row(self, case: Case) -> LevelRule | None:
        return next((row for row in reversed(self._policy.levels) if self._fits(row, case)), None)

    def _fits(self, row: LevelRule, case: Case) -> bool:
        from fnmatch import fnmatchcase

        if row.rules and not any(fnmatchcase(case.rule, glob) for glob in row.rules):
            return False
        if row.direction is not None and row.direction is not case.direction:
            return False
        if not row.operations and not row.tags:
            return True
        # A finding that reaches other operations too is left to the rows that speak of those.
        return bool(case.operations) and all(self._names(row, operation) for operation in case.operations)

    def _names(self, row: LevelRule, operation: str) -> bool:
        from fnmatch import fnmatchcase

        by_path = not row.operations or any(fnmatchcase(operation, glob) for glob in row.operations)
        return by_path and (not row.tags or bool(self._tags(operation).intersection(row.tags)))

    def _tags(self, operation: str) -> frozenset[str]:
        """Return the tags of an operation, in whichever contract has it."""
        found: set[str] = set()
        for locator in self._locators:
            place = locator.find(operation, "")
            tags = place.value.get("tags") if place.exact and isinstance(place.value, Mapping) else None
            found.update(tag for tag in (tags if isinstance(tags, list) else ()) if isinstance(tag, str))
        return frozenset(found)

    @cached_property
    def _locators(self) -> tuple[Locator, ...]:
        from contractkit.openapi.locate import Locator

        return tuple(Locator(contract.document) for contract in self._contracts)


def may_approve(by: str, approvers: Iterable[str]) -> bool:
    """Return whether a person, as git names people, is among those listed by name, address or both."""
    name, _, rest = by.partition(" <")
    return bool({by, name.strip(), rest.rstrip(">").strip()}.intersection(approvers) - {""})


def _case(finding: Finding) -> Case:
    change = finding.change
    operations = change.operations or ((change.operation,) if change.operation else ())
    return Case(finding.id, finding.rule, finding.severity, operations, change.direction, finding.message)
