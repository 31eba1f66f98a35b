"""The SARIF report, as GitHub code scanning takes it (OASIS SARIF 2.1.0, with the properties that GitHub reads).

Safe findings are left out: each would become an alert. Approved and ignored ones are notes with a suppression.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from contractkit import __version__
from contractkit.model.finding import Severity
from contractkit.report.jsontext import pretty_json
from contractkit.report.lines import decided
from contractkit.report.pages import RulePage
from contractkit.report.terminal import visible
from contractkit.report.view import Entry, Place, Report

_LEVELS = {Severity.BREAKING: "error", Severity.RISKY: "warning", Severity.SAFE: "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render_sarif(reports: Sequence[Report]) -> str:
    """Return the reports as one SARIF log, a run each, with a newline at its end."""
    return pretty_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(report) for report in reports]}) + "\n"


def _run(report: Report) -> dict[str, Any]:
    entries = [entry for entry in report.entries if entry.severity is not Severity.SAFE]
    rules = sorted({entry.rule for entry in entries})
    numbers = {rule: number for number, rule in enumerate(rules)}
    driver = {
        "name": "contractkit",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule, report.pages.get(rule)) for rule in rules],
    }
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"contractkit/{report.kind}/{quote(visible(report.base.version), safe='')}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, entry, numbers[entry.rule]) for entry in entries],
    }


def _rule(rule_id: str, page: RulePage | None) -> dict[str, Any]:
    name = visible(rule_id)
    if page is None:
        return {"id": name, "shortDescription": {"text": name}, "help": {"text": name}}
    show = f"`contractkit rules show {name}` shows examples."
    return {
        "id": name,
        "shortDescription": {"text": page.summary},
        "fullDescription": {"text": page.text.partition("\n\n")[0].replace("\n", " ")},
        "help": {"text": f"{page.text}\n\n{show}", "markdown": f"{page.text}\n\n{show}"},
        "defaultConfiguration": {"level": _LEVELS[page.severity]},
        "properties": {
            "tags": ["api", "contract"],
            "precision": "very-high",
            "problem.severity": _problem(page.severity),
        },
    }


def _problem(severity: Severity) -> str:
    """Return GitHub's word for a severity; its `recommendation` is SARIF's note."""
    return "recommendation" if severity is Severity.SAFE else _LEVELS[severity]


def _result(report: Report, entry: Entry, number: int) -> dict[str, Any]:
    decision = decided(entry)
    result: dict[str, Any] = {
        "ruleId": visible(entry.rule),
        "ruleIndex": number,
        "level": "note" if decision is not None else "error" if entry.fails else _LEVELS[entry.severity],
        "message": {"text": _plain(f"{entry.about}: {entry.message}")},
        "locations": [_location(report.place(entry), entry)],
        "partialFingerprints": {"contractkit/v1": visible(entry.id)},
        "properties": {"id": visible(entry.id), "severity": str(entry.severity), "proof": visible(entry.proof)},
    }
    if decision is not None:
        # Both stand in files of their own: `external` (3.35.2).
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": visible(decision)}]
    return result


def _location(place: Place, entry: Entry) -> dict[str, Any]:
    region = {"startLine": max(place.line or 1, 1)}
    if place.column is not None:
        region["startColumn"] = max(place.column, 1)
    name = f"{entry.operation} {entry.where}".strip() or "document"
    return {
        "physicalLocation": {"artifactLocation": {"uri": _uri(place.file)}, "region": region},
        "logicalLocations": [{"fullyQualifiedName": visible(name), "kind": "member"}],
    }


def _uri(file: str) -> str:
    """Return a path as a URI reference (RFC 3986): relative ones stay so, which GitHub asks for."""
    path = quote(visible(file), safe="/")
    return f"file://{path}" if path.startswith("/") else path


def _plain(text: str) -> str:
    r"""Return a text for `message.text`, in which brackets would be links (SARIF 2.1.0, 3.11.6)."""
    return visible(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
