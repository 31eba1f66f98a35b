"""What the review page shows and does: reports with the approvals as they are now, signing, and taking back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contractkit.api.approving import approvals_for, found_in, last_day
from contractkit.api.project import KINDS, api_of, approvals_of, last_report, read_reports, today
from contractkit.model.errors import InputError

if TYPE_CHECKING:
    from contractkit.api.approving import Found
    from contractkit.model.contract import Contract
    from contractkit.model.policy import Policy
    from contractkit.model.verdict import Verdict
    from contractkit.report.view import Report
    from contractkit.sources.config import Config


class Reviewing:
    """The findings of reports, and the decisions about them.

    Args:
        config: the project's configuration.
        policy: what is done about findings.
        reports: reports as JSON values, of `diff` and `fuzz`.
        verdicts: the comparisons that some of them were made of, for their definitions and tags.
    """

    def __init__(
        self, config: Config, policy: Policy, reports: Sequence[dict[str, Any]], verdicts: Sequence[Verdict] = ()
    ) -> None:
        self._config = config
        self._policy = policy
        self._reports = reports
        self._verdicts = verdicts
        self._found = {one.id: one for one in found_in(config, reports)}

    def reports(self) -> list[Report]:
        """Return the reports, each finding with the approval that covers it now."""
        from contractkit.api.pages import describe
        from contractkit.report.reading import read_report

        return [read_report(self._decided(one), describe=describe) for one in self._reports]

    def definitions(self) -> dict[str, tuple[str, str]]:
        """Return what findings are about, in both contracts, as text by the finding's id; where it is known."""
        from contractkit.model.finding import Severity
        from contractkit.openapi.locate import Locator

        found: dict[str, tuple[str, str]] = {}
        for verdict in self._verdicts:
            locators = [Locator(side.contract.document) for side in (verdict.base, verdict.revision)]
            for finding in verdict.findings:
                if finding.severity is Severity.SAFE or finding.id in found or not finding.change.location:
                    continue
                places = [one.find(finding.change.operation, finding.change.location) for one in locators]
                if any(place.exact for place in places):
                    before, after = (_text(one.meant) if one.exact else "" for one in places)
                    found[finding.id] = (before, after)
        return found

    def approve(self, finding: str, by: str, reason: str, until: str = "", operation: str = "") -> str:
        """Sign a finding and return what was done, in words.

        Args:
            finding: its id.
            by: who signs.
            reason: why.
            until: the last day on which it counts, as 2030-12-31; empty for no end.
            operation: the key of the one operation that it is for; empty for all.

        Raises:
            InputError: there is no such finding or operation, no reason, or no such day; or it cannot be written.
        """
        from contractkit.store.approvals import ApprovalStore

        one = self._one(finding)
        if not reason.strip():
            raise InputError("reason", "is empty", "say why it may pass")
        if operation and operation not in one.operations:
            raise InputError(operation, f"{one.id} does not reach this operation", "choose one of the list")
        end = last_day(until or None, "until")
        store = ApprovalStore(self._config.baselines, one.api)
        chosen = (operation,) if operation else None
        for approval, alone in approvals_for(one, chosen, by, reason.strip(), end):
            store.add(approval, alone=alone)
        return f"approved {one.id} ({one.rule})" + (f" for {operation}" if operation else "")

    def revoke(self, finding: str) -> str:
        """Remove the approvals of a finding and return what was done, in words.

        Raises:
            InputError: there is no such finding, or its approvals cannot be removed.
        """
        from contractkit.store.approvals import ApprovalStore

        one = self._one(finding)
        store = ApprovalStore(self._config.baselines, one.api)
        removed = store.remove([approval for approval in store.all() if approval.finding == one.id])
        return f"revoked the approval of {one.id} ({one.rule})" if removed else f"{one.id} was not approved"

    def _one(self, finding: str) -> Found:
        if finding not in self._found:
            raise InputError(finding[:40] or "id", "no finding has this id", "load the page again")
        return self._found[finding]

    def _decided(self, report: dict[str, Any]) -> dict[str, Any]:
        digest = report["base"]["digest"]
        sides = [(one.base, one.revision) for one in self._verdicts if one.base.digest == digest]
        return decided(self._config, self._policy, report, [side.contract for pair in sides for side in pair])


def decided(
    config: Config,
    policy: Policy,
    report: dict[str, Any],
    contracts: Sequence[Contract] = (),
    *,
    anew: bool = False,
) -> dict[str, Any]:
    """Return a report with the standing that its findings have now.

    Args:
        config: the project's configuration.
        policy: what is done about findings.
        report: a report as JSON values.
        contracts: where operations have their tags.
        anew: whether the policy is another than the report was made under; else what let a finding pass still does.
    """
    from contractkit.judge.standing import UNMATCHED, Bench, Case
    from contractkit.model.change import Direction
    from contractkit.model.finding import Severity
    from contractkit.report.standing import standing_fields, unused_rows

    base, kind = report["base"], report["kind"]
    digest = base["digest"] if kind == "diff" else ""
    approvals = approvals_of(config, api_of(config, base["source"], base["title"]))
    bench = Bench(policy, contracts, today())
    usable = bench.usable(approvals, kind, digest)
    findings, known = [], {}
    for row in report["findings"]:
        severity = Severity(row["severity"])
        known[row["id"]] = severity
        operations = tuple(row["operations"]) or ((row["operation"],) if row["operation"] else ())
        direction = None if row["direction"] is None else Direction(row["direction"])
        case = Case(row["id"], row["rule"], severity, operations, direction, row["message"])
        findings.append(_with_standing(row, standing_fields(bench.standing(case, usable)), anew=anew))
    unused = bench.unused(approvals, kind, known, digest, frozenset())
    if kind != "diff":  # one that matches nothing is news where all had its turn, which the run itself knows
        told = {row["finding"] for row in report["unused_approvals"]}
        unused = tuple(one for one in unused if one.why != UNMATCHED or one.approval.finding in told)
    return {
        **report,
        "counts": {**report["counts"], "approved": sum(row["approval"] is not None for row in findings)},
        "findings": findings,
        "unused_approvals": unused_rows(unused),
    }


def last_runs(config: Config, files: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return the reports in files, or of the last runs here.

    Raises:
        InputError: a file cannot be read, or is no report.
    """
    if files:
        return [row for file in files for row in read_reports(Path(file), file)]
    known = [file for file in (last_report(config, kind) for kind in KINDS) if file.is_file()]
    return [row for file in known for row in read_reports(file, str(file))]


def _text(value: Any) -> str:
    """Return a definition as JSON, its keys sorted: what an app writes in another order is the same."""
    from contractkit.report.jsontext import sane

    return json.dumps(sane(value), indent=2, sort_keys=True)


def _with_standing(row: dict[str, Any], fields: Mapping[str, Any], *, anew: bool) -> dict[str, Any]:
    """Return a finding with what approvals make of it now."""
    was_open = anew or row.get("fails", False) or row.get("approval") is not None
    if row.get("ignored") is not None or (not was_open and fields["approval"] is None):
        return row
    kept = {key: value for key, value in row.items() if key != "notes"}
    return {**kept, **fields}
