"""The JSON report of a fuzzing run: the shape of a comparison's, `kind` is `fuzz`, or `replay`."""

from __future__ import annotations

import base64
from typing import Any

from contractkit.model.change import Witness
from contractkit.model.finding import Severity
from contractkit.model.fuzz import FuzzFinding, FuzzVerdict, OperationResult, Step
from contractkit.report.curl import MOST_BYTES, curl_line
from contractkit.report.json_report import SCHEMA_VERSION
from contractkit.report.jsontext import pretty_json, sane
from contractkit.report.standing import standing_fields, unused_rows


def render_fuzz_json(verdict: FuzzVerdict, server: str) -> str:
    """Return the report of a run as JSON text in ASCII, with a newline at its end.

    Args:
        verdict: the run.
        server: the address that curl lines are written for.
    """
    return pretty_json(report(verdict, server)) + "\n"


def report(verdict: FuzzVerdict, server: str) -> dict[str, Any]:
    """Return the report as JSON values, its keys in the order in which they are printed."""
    side, other = verdict.contract, verdict.revision or verdict.contract
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": verdict.kind,
        "outcome": str(verdict.outcome),
        "required_bump": "none",
        "base": {"source": side.source, "title": side.title, "version": side.version, "digest": side.digest},
        "revision": {
            "source": verdict.target,
            "title": other.title,
            "version": other.version,
            "digest": other.digest,
        },
        "counts": {**{str(severity): verdict.count(severity) for severity in Severity}, "approved": verdict.approved},
        "findings": [_finding(finding, server) for finding in verdict.findings],
        "unused_approvals": unused_rows(verdict.unused),
        "unstable": [_finding(finding, server) for finding in verdict.unstable],
        "operations": {
            "total": len(verdict.operations),
            "tested": sum(one.tested for one in verdict.operations),
            "names": [one.operation for one in verdict.operations],
            "untested": [_untested(one) for one in verdict.operations if not one.tested],
            "partial": [one.operation for one in verdict.operations if one.partial],
        },
        "requests": verdict.requests,
        "seconds": round(verdict.seconds, 3),
        "seed": verdict.seed,
        "complete": verdict.complete,
        "notes": list(verdict.notes),
    }


def _untested(one: OperationResult) -> dict[str, Any]:
    return {"operation": one.operation, "reason": one.reason, "allowed": one.allowed, "requests": one.requests}


def _finding(finding: FuzzFinding, server: str) -> dict[str, Any]:
    return {
        "id": finding.id,
        "rule": finding.check,
        "severity": str(finding.severity),
        "proof": "witness",
        "operation": finding.operation,
        "direction": "response",
        "location": finding.location,
        "component": None,
        "operations": list(finding.operations),
        "message": finding.message,
        "before": sane(finding.before),
        "after": sane(finding.after),
        "witness": {
            **_step(finding.steps[-1], server),
            "sequence": [_step(step, server) for step in finding.steps[:-1]],
        },
        "source": None if finding.file is None else {"file": finding.file, "line": finding.line},
        **standing_fields(finding.standing),
        "mend": finding.mend,
    }


def _step(step: Step, server: str) -> dict[str, Any]:
    parts: dict[str, Any] = {"method": step.method, "url": step.url, "headers": {**step.headers, **step.credentials}}
    if step.has_body:
        parts["body"] = sane(step.body)
    if step.raw is not None and len(step.raw) > MOST_BYTES:
        parts["truncated"] = True
    elif step.raw is not None:
        parts["base64"] = base64.b64encode(step.raw).decode()
    curl = step_curl(step, server)
    if curl is not None:
        parts["curl"] = curl
    parts["response"] = {
        "status": step.status,
        "headers": dict(step.answer_headers),
        "body": sane(step.answer),
    }
    return parts


def step_curl(step: Step, server: str) -> str | None:
    """Return the request as a line for a shell; credentials are variables that the shell fills in."""
    witness = Witness("", step.method, step.url, step.headers, step.has_body, step.body)
    line = curl_line(witness, server, step.raw)
    if line is None:
        return None
    # Alone these are for the shell to expand: whatever was generated is quoted, or pasting the line would run it.
    return line + "".join(f' -H "{name}: {value}"' for name, value in step.credentials.items())
