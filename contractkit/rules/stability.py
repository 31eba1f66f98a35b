"""The stability that `x-stability-level` promises became less: stable, beta, alpha, draft, in this order.

Where the extension is missing, the promise is `stable`. Nothing breaks today, but clients built on a stable promise now
stand on something that may change at any time; of a level that is none of the four nobody can tell what it promises:
`risky`.

Instead: keep the level of what clients use, and offer what is not settled beside it.
"""

from __future__ import annotations

from contractkit.model.change import Change
from contractkit.model.finding import Severity
from contractkit.rules.examples import operations
from contractkit.rules.rule import AREAS, Rule, Selection
from contractkit.rules.wording import place, shown

KEY = "x-stability-level"
_LEVELS = ("draft", "alpha", "beta", "stable")


def is_stability(change: Change) -> bool:
    """Whether an extension's change is one of the level of stability."""
    return change.facts.get("key") == KEY


def _lowered(change: Change) -> bool:
    if not is_stability(change):
        return False
    before, after = ("stable" if level is None else level for level in (change.before, change.after))
    if before not in _LEVELS or after not in _LEVELS:
        return True
    return _LEVELS.index(after) < _LEVELS.index(before)


def _kept(change: Change) -> bool:
    return is_stability(change) and not _lowered(change)


def _message(change: Change) -> str:
    before, after = ("nothing" if level is None else shown(level) for level in (change.before, change.after))
    return f"`{KEY}` of {place(change)} changed from {before} to {after}"


_STILL_WORKS = "everything still works"

RULES = (
    Rule(
        id="stability-decreased",
        summary="`x-stability-level` promises less than before",
        severity=Severity.RISKY,
        selects=tuple(Selection(area, ("extension",), where=_lowered) for area in AREAS),
        message=_message,
        breaks=operations({KEY: "stable"}, {KEY: "beta"}),
        holds=operations({KEY: "beta"}, {KEY: "stable"}),
        mirror="stability-increased",
        no_witness=_STILL_WORKS,
        annotation=True,
    ),
    Rule(
        id="stability-increased",
        summary="`x-stability-level` promises as much as before, or more",
        severity=Severity.SAFE,
        selects=tuple(Selection(area, ("extension",), where=_kept) for area in AREAS),
        message=_message,
        breaks=operations({KEY: "alpha"}, {KEY: "beta"}),
        holds=operations({KEY: "beta"}, {KEY: "beta"}),
        mirror="stability-decreased",
        no_witness=_STILL_WORKS,
    ),
)
