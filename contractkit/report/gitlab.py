"""GitLab's code quality report: a JSON list that merge requests show at the lines it names.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format; safe, approved and ignored findings are
left out, because GitLab would show them as a loss of quality.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from contractkit.model.finding import Severity
from contractkit.report.jsontext import pretty_json
from contractkit.report.terminal import visible
from contractkit.report.view import Entry, Report, State


def render_gitlab(reports: Sequence[Report]) -> str:
    """Return the reports as one JSON list, with a newline at its end."""
    rows = {}
    for report in reports:
        for entry in report.entries:
            if entry.severity is not Severity.SAFE and entry.state in (State.FAILS, State.PASSES):
                row = _row(report, entry)
                rows[row["fingerprint"]] = row  # GitLab drops a whole report in which one comes twice
    return pretty_json([*rows.values()]) + "\n"


def _row(report: Report, entry: Entry) -> dict[str, Any]:
    place = report.place(entry)
    key = "\n".join((report.kind, report.base.version, entry.id))
    if entry.fails:
        severity = "blocker" if entry.severity is Severity.BREAKING else "critical"
    else:
        severity = "major" if entry.severity is Severity.BREAKING else "minor"
    return {
        "description": visible(f"{entry.about}: {entry.message} ({entry.id})"),
        "check_name": visible(entry.rule),
        "fingerprint": hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest(),
        "severity": severity,
        "location": {"path": visible(place.file), "lines": {"begin": max(place.line or 1, 1)}},
    }
