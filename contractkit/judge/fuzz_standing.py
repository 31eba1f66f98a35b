"""What the findings of a fuzzing run mean for the run; see `contractkit.judge.standing`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from contractkit.judge.standing import UNMATCHED, Bench, Case
from contractkit.model.approval import Approval
from contractkit.model.change import Direction
from contractkit.model.fuzz import FuzzFinding, FuzzVerdict
from contractkit.model.policy import Policy


def settle_fuzz(
    verdict: FuzzVerdict,
    policy: Policy,
    approvals: Sequence[Approval] = (),
    *,
    today: date | None = None,
    whole: bool = True,
) -> FuzzVerdict:
    """Return a fuzzing run's verdict with the standing of each finding; see `settle`.

    Args:
        verdict: what was found.
        policy: what the project decided once for all.
        approvals: the signatures of this API.
        today: the day on which approvals are judged; today's (UTC) if left out.
        whole: whether all operations and checks had their turn: only then an approval without a finding is news.
    """
    bench = Bench(policy, (verdict.contract.contract,), today or datetime.now(UTC).date())
    usable = bench.usable(approvals, verdict.kind, "")
    findings = tuple(
        replace(finding, standing=bench.standing(_fuzz_case(finding), usable)) for finding in verdict.findings
    )
    known = {finding.id: finding.severity for finding in (*verdict.findings, *verdict.unstable)}
    unused = bench.unused(approvals, verdict.kind, known, "", frozenset())
    if not whole:
        unused = tuple(one for one in unused if one.approval.finding in known or one.why != UNMATCHED)
    return replace(verdict, findings=findings, unused=unused)


def _fuzz_case(finding: FuzzFinding) -> Case:
    operations = finding.operations or ((finding.operation,) if finding.operation else ())
    return Case(finding.id, finding.check, finding.severity, operations, Direction.RESPONSE, finding.message)
