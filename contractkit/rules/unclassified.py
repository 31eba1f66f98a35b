"""The documents differ here in a way that no other rule speaks about.

Whether clients break cannot be told: the change may be harmless, or it may be one that contractkit does not know yet.
It is `risky`, so that it is never dropped in silence.

Instead: look at the two documents at the place named. If the change is of a kind that has a name, report it to the
project so that it gets a rule of its own.
"""

from __future__ import annotations

from contractkit.model.change import Change
from contractkit.model.finding import Severity
from contractkit.rules.examples import operations
from contractkit.rules.rule import Rule
from contractkit.rules.wording import place, shown


def _message(change: Change) -> str:
    what = change.facts.get("key") or change.aspect
    if what == "unclassified":
        what = change.area
    subject = place(change) if what == "part" else f"`{what}` of {place(change)}"
    # The action tells what was there: null is a value here, and not the same as nothing.
    if change.action == "added":
        return f"{subject} was added: {shown(change.after)}"
    if change.action == "removed":
        return f"{subject} was removed: {shown(change.before)}"
    return f"{subject} changed from {shown(change.before)} to {shown(change.after)}"


RULES = (
    Rule(
        id="unclassified-change",
        summary="a difference that no other rule speaks about",
        severity=Severity.RISKY,
        selects=(),  # the registry falls back to this rule
        message=_message,
        breaks=operations({"priority": "low"}, {"priority": "high"}),
        holds=operations({"priority": "low"}, {"priority": "low"}),
        no_mirror="there is nothing to mirror in what is not known",
        no_witness="what is not known cannot be shown",
    ),
)
