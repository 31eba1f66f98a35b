"""Puts the JSON reports of a run's shards together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from contractkit.model.errors import InputError
from contractkit.model.finding import Severity

_ORDER = ("breaking", "risky", "compatible")


def merge_reports(reports: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Return one report of several.

    Args:
        reports: file names and reports of the same contract and seed.

    Raises:
        InputError: a report is of another contract or seed than the first.
    """
    (_, first), *rest = reports
    for file, one in rest:
        for field in ("base", "seed"):
            if one[field] != first[field]:
                raise InputError(file, f"its {field} is not that of {reports[0][0]}", "merge the shards of one run")
    found = [[_whole(finding) for finding in one["findings"]] for _, one in reports]
    findings = {finding["id"]: finding for rows in reversed(found) for finding in rows}
    for rows in found:
        for finding in rows:
            kept = findings[finding["id"]]
            kept["operations"] = sorted({*kept["operations"], *finding["operations"]})
            # What is open in one part is open in the whole.
            kept["fails"] = kept["fails"] or finding["fails"]
            kept["approval"] = kept["approval"] if finding["approval"] else None
            kept["ignored"] = kept["ignored"] if finding["ignored"] else None
            kept["severity"] = max(kept["severity"], finding["severity"], key=lambda one: Severity(one).rank)
    ordered = sorted(findings.values(), key=lambda one: (one["operation"], one["location"], one["rule"], one["id"]))
    counts = {str(severity): sum(one["severity"] == severity for one in ordered) for severity in Severity}
    operations = [one["operations"] for _, one in reports]
    outcome = next((name for name in _ORDER if counts.get(name)), "compatible")
    return {
        **first,
        "outcome": outcome,
        "counts": {**counts, "approved": sum(one["approval"] is not None for one in ordered)},
        "findings": ordered,
        "unused_approvals": _once(row for _, one in reports for row in one.get("unused_approvals", ())),
        "unstable": [finding for _, one in reports for finding in one["unstable"]],
        "operations": {
            "total": sum(one["total"] for one in operations),
            "tested": sum(one["tested"] for one in operations),
            "names": [row for one in operations for row in one.get("names", ())],
            "untested": [row for one in operations for row in one["untested"]],
            "partial": [row for one in operations for row in one.get("partial", ())],
        },
        "requests": sum(one["requests"] for _, one in reports),
        "seconds": round(max(one["seconds"] for _, one in reports), 3),
        "complete": all(one["complete"] for _, one in reports),
        "notes": list(dict.fromkeys(note for _, one in reports for note in one.get("notes", ()))),
    }


def _whole(finding: Mapping[str, Any]) -> dict[str, Any]:
    """Return a finding with what older reports left out, as `reading.py` reads them."""
    decided = finding.get("approval") or finding.get("ignored")
    fails = finding["severity"] == Severity.BREAKING and not decided
    return {"approval": None, "ignored": None, "fails": fails, **finding}


def _once(rows: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for row in rows:
        if row not in found:
            found.append(row)
    return found


def summary_text(report: Mapping[str, Any]) -> str:
    """Return a merged report as text: a line for each finding, and the totals."""
    lines = [
        f"{one['severity']:<10}{one['operation'] or 'the whole app'}: {one['message']} ({one['id']} {one['rule']})"
        for one in report["findings"]
    ]
    operations = report["operations"]
    lines += [f"not tested  {one['operation']}: {one['reason']}" for one in operations["untested"]]
    counts = report["counts"]
    lines.append(
        f"{counts['breaking']} breaking, {counts['risky']} risky · {operations['tested']} of {operations['total']} "
        f"operations tested · {report['requests']} requests · seed {report['seed']}"
    )
    return "\n".join(lines) + "\n"
