"""Something became deprecated, no longer is, or its announced end (`x-sunset`) moved.

Nothing breaks today: the operation, parameter, header or property still works. The mark tells clients to move on, and
the date tells by when. Semantic versioning asks for a minor release when something is marked as deprecated (item 7).
Whoever planned by a date is hurt where it moves to an earlier one, or where what stands there is no date (RFC 3339)
any more: `risky`.

Instead: keep to a date that was announced, or move it to a later one; announcing an end is how a removal should begin.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from contractkit.model.change import Change
from contractkit.model.finding import Severity
from contractkit.rules.examples import Example, operations
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import place, shown

_AREAS = ("operation", "parameter", "header", "schema", "security")
_STILL_WORKS = "everything still works"


def _deprecated(change: Change) -> str:
    sunset = change.facts.get("sunset")
    return f"{place(change)} is now deprecated" + (f", to end on {sunset}" if sunset else ", no end announced")


def _sunset(change: Change) -> str:
    if change.before is None:
        return f"{place(change)} is to end on {shown(change.after)}"
    if change.after is None:
        return f"the end of {place(change)}, announced for {shown(change.before)}, is no longer announced"
    return f"the end of {place(change)} moved from {shown(change.before)} to {shown(change.after)}"


def _day(value: object) -> date | None:
    """Return the day of a date or a date with time (RFC 3339, 5.6), in UTC where it says its offset."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None


def _hurts(change: Change) -> bool:
    """Whether a date that was announced moved to an earlier day, or became something else."""
    if change.before is None or change.after is None:
        return False
    before, after = _day(change.before), _day(change.after)
    return after is None or (before is not None and after < before)


def _waits(change: Change) -> bool:
    return not _hurts(change)


def _ends(before: object, after: object) -> Example:
    return operations({"deprecated": True, "x-sunset": before}, {"deprecated": True, "x-sunset": after})


RULES = (
    Rule(
        id="deprecated",
        summary="an operation, parameter, header or property is now deprecated",
        severity=Severity.SAFE,
        selects=tuple(Selection(area, ("deprecated",), ("added", "changed")) for area in _AREAS),
        message=_deprecated,
        breaks=operations({}, {"deprecated": True}),
        holds=operations({}, {"deprecated": False}),
        mirror="reactivated",
        no_witness=_STILL_WORKS,
    ),
    Rule(
        id="reactivated",
        summary="an operation, parameter, header or property is no longer deprecated",
        severity=Severity.SAFE,
        selects=tuple(Selection(area, ("deprecated",), ("removed",)) for area in _AREAS),
        message=lambda change: f"{place(change)} is no longer deprecated",
        breaks=operations({"deprecated": True}, {}),
        holds=operations({"deprecated": False}, {}),
        mirror="deprecated",
        no_witness=_STILL_WORKS,
    ),
    Rule(
        id="sunset-changed",
        summary="the announced end of something deprecated was added, removed or moved to a later day",
        severity=Severity.SAFE,
        selects=tuple(Selection(area, ("sunset",), where=_waits) for area in _AREAS),
        message=_sunset,
        breaks=_ends("2030-01-01", "2031-01-01"),
        holds=_ends("2030-01-01", "2030-01-01"),
        mirror="sunset-moved-earlier",
        no_witness=_STILL_WORKS,
    ),
    Rule(
        id="sunset-moved-earlier",
        summary="the announced end of something deprecated moved to an earlier day, or is no date any more",
        severity=Severity.RISKY,
        selects=tuple(Selection(area, ("sunset",), where=_hurts) for area in _AREAS),
        message=_sunset,
        breaks=_ends("2031-01-01", "2030-01-01"),
        holds=_ends("2030-01-01", "2031-01-01"),
        mirror="sunset-changed",
        no_witness=_STILL_WORKS,
        annotation=True,
    ),
)
