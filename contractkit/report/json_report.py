"""The JSON report: one object, the same bytes for the same two documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from contractkit.model.change import Witness
from contractkit.model.contract import Notice, made_digests
from contractkit.model.finding import Finding, Severity
from contractkit.model.verdict import Bump, Outcome, SideInfo, Verdict
from contractkit.report.curl import curl_line, server_url
from contractkit.report.jsontext import pretty_json, sane
from contractkit.report.standing import source_field, standing_fields, unused_rows

if TYPE_CHECKING:
    from contractkit.model.confirmation import Confirmation

SCHEMA_VERSION = 1


def render_json(verdict: Verdict) -> str:
    """Return the report of a comparison as JSON text in ASCII, with a newline at its end.

    Beside the fixed fields, an undecided finding has a `reason`, one that was tried on the app a `confirmation`,
    and `warnings` lists what was set aside in each document. Values before and after that are too large or nested too
    deep to be read are cut, and say so.
    """
    return pretty_json(report(verdict)) + "\n"


def report(verdict: Verdict) -> dict[str, Any]:
    """Return the report as JSON values, its keys in the order in which they are printed."""
    server = server_url(verdict.revision.contract)
    sides = (verdict.base, verdict.revision)
    if all(side.made is None for side in sides):
        made_digests([side.contract for side in sides])  # at once: most parts are the same objects
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "diff",
        "outcome": str(verdict.outcome),
        "required_bump": str(verdict.required_bump),
        "base": _side(verdict.base),
        "revision": _side(verdict.revision),
        "counts": {**{str(severity): verdict.count(severity) for severity in Severity}, "approved": verdict.approved},
        "version": _version(verdict),
        "only_text": verdict.only_text,
        "findings": [_finding(finding, server) for finding in verdict.findings],
        "unused_approvals": unused_rows(verdict.unused),
        "warnings": {"base": _notices(verdict.base.warnings), "revision": _notices(verdict.revision.warnings)},
    }


def whole_report(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return the comparisons with several baselines as one JSON value, their reports in `reports`; one as itself."""
    if len(verdicts) == 1:
        return report(verdicts[0])
    worst = max(verdicts, key=lambda one: list(reversed(Outcome)).index(one.outcome))
    bump = max(verdicts, key=lambda one: list(reversed(Bump)).index(one.required_bump))
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "diffs",
        "outcome": str(worst.outcome),
        "required_bump": str(bump.required_bump),
        "reports": [report(one) for one in verdicts],
    }


def render_all_json(verdicts: Sequence[Verdict]) -> str:
    """Return `whole_report` as JSON text, as `render_json` does."""
    return pretty_json(whole_report(verdicts)) + "\n"


def _version(verdict: Verdict) -> dict[str, Any] | None:
    """Return the version that semantic versioning asks for; None where versions are no numbers."""
    step = verdict.version
    return None if step is None else {"needed": step.needed, "enough": step.enough, "fails": step.fails}


def _side(side: SideInfo) -> dict[str, Any]:
    return {"source": side.source, "title": side.title, "version": side.version, "digest": side.digest}


def _finding(finding: Finding, server: str) -> dict[str, Any]:
    change = finding.change
    fields: dict[str, Any] = {
        "id": finding.id,
        "rule": finding.rule,
        "severity": str(finding.severity),
        "proof": str(change.proof),
        "operation": change.operation,
        "direction": None if change.direction is None else str(change.direction),
        "location": change.location,
        "component": change.component,
        "operations": list(change.operations),
        "message": finding.message,
        "before": sane(change.before),
        "after": sane(change.after),
        "witness": None if change.witness is None else _witness(change.witness, server),
        "source": source_field(finding.source),
        **standing_fields(finding.standing),
    }
    if change.reason is not None:
        fields["reason"] = change.reason
    if finding.confirmation is not None:
        fields["confirmation"] = _confirmation(finding.confirmation)
    return fields


def _confirmation(confirmation: Confirmation) -> dict[str, Any]:
    step = confirmation.step
    fields: dict[str, Any] = {"answer": str(confirmation.answer), "note": confirmation.note}
    if step is not None:
        sent: dict[str, Any] = {"method": step.method, "url": step.url, "headers": dict(step.headers)}
        if step.has_body:
            sent["body"] = sane(step.body)
        fields["request"] = sent
        fields["response"] = {"status": step.status, "body": sane(step.answer)}
    return fields


def _witness(witness: Witness, server: str) -> dict[str, Any]:
    """Return the parts of a message that apply: a request has no status, a response no method, url or curl line."""
    is_response = witness.status is not None
    parts: dict[str, Any] = {}
    if not is_response and witness.method is not None:
        parts["method"] = witness.method
    if not is_response and witness.url is not None:
        parts["url"] = witness.url
    if witness.headers:
        parts["headers"] = dict(witness.headers)
    if witness.has_body:
        parts["body"] = witness.body
    if not is_response and (curl := curl_line(witness, server)) is not None:
        parts["curl"] = curl
    if is_response:
        parts["status"] = witness.status
    parts["refusal"] = witness.refusal
    return parts


def _notices(notices: Iterable[Notice]) -> list[dict[str, str]]:
    return [{"place": notice.place, "text": notice.text} for notice in notices]
