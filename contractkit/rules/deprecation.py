"""Something became deprecated, no longer is, or its announced end (`x-sunset`) moved.

Nothing breaks today: the operation, parameter, header or property still works. The mark tells clients to move on, and
the date tells by when. Semantic versioning asks for a minor release when something is marked as deprecated (item 7).

Instead: nothing; this is how a later removal should begin.
"""

from __future__ import annotations

from contractkit.model.change import Change
from contractkit.model.finding import Severity
from contractkit.rules.examples import operations
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
        summary="the announced end of something deprecated was added, removed or moved",
        severity=Severity.SAFE,
        selects=tuple(Selection(area, ("sunset",)) for area in _AREAS),
        message=_sunset,
        breaks=operations(
            {"deprecated": True, "x-sunset": "2030-01-01"}, {"deprecated": True, "x-sunset": "2031-01-01"}
        ),
        holds=operations(
            {"deprecated": True, "x-sunset": "2030-01-01"}, {"deprecated": True, "x-sunset": "2030-01-01"}
        ),
        no_mirror="one rule covers added, removed and moved",
        no_witness=_STILL_WORKS,
    ),
)
