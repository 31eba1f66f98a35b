"""What was decided about findings, as the JSON reports of comparisons and fuzzing runs hold it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contractkit.model.approval import Approval
    from contractkit.model.finding import SourcePlace
    from contractkit.model.standing import Standing, Unused


def standing_fields(standing: Standing | None) -> dict[str, Any]:
    """Return the fields `approval`, `ignored`, `fails` and, where something else decided, `notes` of a finding."""
    if standing is None:
        return {"approval": None, "ignored": None, "fails": False}
    fields: dict[str, Any] = {
        "approval": None if standing.approval is None else _approval(standing.approval),
        "ignored": standing.ignored,
        "fails": standing.fails,
    }
    return fields if not standing.notes else {**fields, "notes": list(standing.notes)}


def standing_lines(standing: Standing | None) -> Iterator[tuple[str, str]]:
    """Yield what was decided about a finding as label and text, for a person."""
    if standing is None:
        return
    if (approval := standing.approval) is not None:
        until = "" if approval.until is None else f", until {approval.until.isoformat()}"
        yield "approved", f"by {approval.by} on {approval.at[:10]}{until}: {approval.reason}"
    if standing.ignored is not None:
        yield "ignored", standing.ignored
    for note in standing.notes:
        yield "decided", note


def unused_rows(unused: Iterable[Unused]) -> list[dict[str, Any]]:
    """Return the approvals that do not count, each with the reason."""
    return [{"finding": one.approval.finding, **_approval(one.approval), "why": one.why} for one in unused]


def source_field(place: SourcePlace | None) -> dict[str, Any] | None:
    """Return the field `source` of a finding."""
    if place is None:
        return None
    fields: dict[str, Any] = {"file": place.file, "line": place.line}
    return fields if place.column is None else {**fields, "column": place.column}


def _approval(approval: Approval) -> dict[str, Any]:
    until = None if approval.until is None else approval.until.isoformat()
    return {"by": approval.by, "reason": approval.reason, "at": approval.at, "until": until}
