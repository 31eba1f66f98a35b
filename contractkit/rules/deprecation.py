"""Something became deprecated, no longer is, or its announced end (`x-sunset`) changed.

The operation, parameter, header or property still works. The mark tells clients to move on, and the date tells by
when. Semantic versioning asks for a minor release when something is marked as deprecated (item 7). A date is a promise
written in the contract: whoever planned by it is let down where it moves to an earlier day, or where none can be read
any more while the mark stays: `breaking`, although nothing fails today. Where no date was announced, and what stands
there now is no date (RFC 3339), nobody can tell when it ends: `risky`.

Instead: keep to a date that was announced, or move it to a later one; announcing an end is how a removal should begin.
"""

from __future__ import annotations

from contractkit.model.change import Change
from contractkit.model.dates import day
from contractkit.model.finding import Severity
from contractkit.rules.examples import Example, operations
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import place, shown

_AREAS = ("operation", "parameter", "header", "schema", "security")
_STILL_WORKS = "everything still works"
_PROMISE = "everything still works; what is broken is a promise"


def _deprecated(change: Change) -> str:
    sunset = change.facts.get("sunset")
    return f"{place(change)} is now deprecated" + (f", to end on {sunset}" if sunset else ", no end announced")


def _sunset(change: Change) -> str:
    if change.before is None:
        text = f"{place(change)} is to end on {shown(change.after)}"
    elif change.after is None:
        text = f"the end of {place(change)}, announced for {shown(change.before)}, is no longer announced"
    else:
        text = f"the end of {place(change)} moved from {shown(change.before)} to {shown(change.after)}"
    return f"{text}, which is no date" if change.after is not None and day(change.after) is None else text


def _earlier(change: Change) -> bool:
    before, after = day(change.before), day(change.after)
    return before is not None and after is not None and after < before


def _withdrawn(change: Change) -> bool:
    """Whether a date that was announced cannot be read any more, of something that still is deprecated."""
    if day(change.before) is None or day(change.after) is not None:
        return False
    return change.after is not None or bool(change.facts.get("deprecated"))


def _unreadable(change: Change) -> bool:
    return change.after is not None and day(change.before) is None and day(change.after) is None


def _harmless(change: Change) -> bool:
    return not (_earlier(change) or _withdrawn(change) or _unreadable(change))


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
        summary="the announced end of something deprecated was added or moved to a later day, or nothing ends any more",
        severity=Severity.SAFE,
        selects=tuple(Selection(area, ("sunset",), where=_harmless) for area in _AREAS),
        message=_sunset,
        breaks=_ends("2030-01-01", "2031-01-01"),
        holds=_ends("2030-01-01", "2030-01-01"),
        mirror="sunset-moved-earlier",
        no_witness=_STILL_WORKS,
    ),
    Rule(
        id="sunset-moved-earlier",
        summary="the announced end of something deprecated moved to an earlier day",
        severity=Severity.BREAKING,
        selects=tuple(Selection(area, ("sunset",), where=_earlier) for area in _AREAS),
        message=_sunset,
        breaks=_ends("2031-01-01", "2030-01-01"),
        holds=_ends("2030-01-01", "2031-01-01"),
        mirror="sunset-changed",
        no_witness=_PROMISE,
    ),
    Rule(
        id="sunset-withdrawn",
        summary="the announced end of something deprecated is gone, or is no date any more",
        severity=Severity.BREAKING,
        selects=tuple(Selection(area, ("sunset",), where=_withdrawn) for area in _AREAS),
        message=_sunset,
        breaks=operations({"deprecated": True, "x-sunset": "2031-01-01"}, {"deprecated": True}),
        holds=operations({"deprecated": True, "x-sunset": "2031-01-01"}, {}),
        no_mirror="the announcement of a day is told by `sunset-changed`",
        no_witness=_PROMISE,
    ),
    Rule(
        id="sunset-unreadable",
        summary="the end of something deprecated is announced by what is no date",
        severity=Severity.RISKY,
        selects=tuple(Selection(area, ("sunset",), where=_unreadable) for area in _AREAS),
        message=_sunset,
        breaks=operations({}, {"deprecated": True, "x-sunset": "soon"}),
        holds=operations({}, {"deprecated": True, "x-sunset": "2031-01-01"}),
        no_mirror="what cannot be read has no opposite",
        no_witness=_STILL_WORKS,
    ),
)
