"""The stability that `x-stability-level` promises changed: stable, beta, alpha, draft, in this order.

Where the extension is missing, the promise is `stable`. The level is a promise written in the contract: a client built
on `stable` was told that what it uses stays as it is. A lower level takes that back, and so does a level that is none
of the four, of which nobody can tell what it promises: `breaking`, although nothing fails today. Where such a level
stood before, nobody can tell whether anything was taken back: `risky`, unless it is now `stable`, the most there is.

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
_DRAFT, _STABLE = 0, 3


def is_stability(change: Change) -> bool:
    """Whether an extension's change is one of the level of stability."""
    return change.facts.get("key") == KEY


def _levels(change: Change) -> tuple[int | None, int | None]:
    """Return how much each side promises, None for a level that is none of the four."""
    before, after = ("stable" if level is None else level for level in (change.before, change.after))
    return _rank(before), _rank(after)


def _rank(level: object) -> int | None:
    return _LEVELS.index(level) if isinstance(level, str) and level in _LEVELS else None


def _lowered(change: Change) -> bool:
    """Whether a level that promised something (`draft` does not) is lower now, or cannot be read any more."""
    if not is_stability(change):
        return False
    before, after = _levels(change)
    return before is not None and before > (_DRAFT if after is None else after)


def _unclear(change: Change) -> bool:
    """Whether nobody can tell: after a level that cannot be read, or from `draft` to one that cannot be read."""
    if not is_stability(change):
        return False
    before, after = _levels(change)
    return after != _STABLE if before is None else before == _DRAFT and after is None


def _kept(change: Change) -> bool:
    return is_stability(change) and not _lowered(change) and not _unclear(change)


def _message(change: Change) -> str:
    before, after = ("none (`stable`)" if level is None else shown(level) for level in (change.before, change.after))
    subject = f"the stability (`{KEY}`) of {place(change)}"
    if _lowered(change) and _levels(change)[1] is not None:
        return f"{subject} was lowered from {before} to {after}"
    levels = zip((change.before, change.after), _levels(change), strict=True)
    unknown = [shown(level) for level, rank in levels if rank is None]
    note = f"; {' and '.join(unknown)} {'is' if len(unknown) == 1 else 'are'} none of {', '.join(_LEVELS)}"
    return f"{subject} changed from {before} to {after}" + (note if unknown else "")


_NO_VALUE = "everything still works; what is broken is a promise"

RULES = (
    Rule(
        id="stability-decreased",
        summary="`x-stability-level` promises less than before",
        severity=Severity.BREAKING,
        selects=tuple(Selection(area, ("extension",), where=_lowered) for area in AREAS),
        message=_message,
        breaks=operations({KEY: "stable"}, {KEY: "beta"}),
        holds=operations({KEY: "beta"}, {KEY: "stable"}),
        mirror="stability-increased",
        no_witness=_NO_VALUE,
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
        no_witness=_NO_VALUE,
    ),
    Rule(
        id="stability-unclear",
        summary="`x-stability-level` is or was none of the known levels, so that nobody can tell what it promises",
        severity=Severity.RISKY,
        selects=tuple(Selection(area, ("extension",), where=_unclear) for area in AREAS),
        message=_message,
        breaks=operations({KEY: "settled"}, {KEY: "beta"}),
        holds=operations({KEY: "settled"}, {KEY: "stable"}),
        no_mirror="what cannot be read has no opposite",
        no_witness=_NO_VALUE,
    ),
)
