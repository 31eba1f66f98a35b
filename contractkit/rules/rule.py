"""What a rule is: an id, a severity, the changes it selects, a message and an example pair that shows it."""

from __future__ import annotations

from collections.abc import Callable

from contractkit.model.change import Change, Direction, Proof
from contractkit.model.finding import Severity
from contractkit.model.records import NamedTuple, record
from contractkit.model.verdict import Bump
from contractkit.rules.examples import Example

AREAS = (
    "document",
    "server",
    "path",
    "operation",
    "parameter",
    "body",
    "media-type",
    "response",
    "header",
    "security",
    "schema",
    "callback",
    "webhook",
    "link",
    "message",
    "close-code",
)
"""Every area that a change may have."""


class Selection(NamedTuple):
    """The changes a rule speaks about; what is None does not matter.

    Attributes:
        area: the change's area.
        aspects: the change's aspect is one of these.
        actions: the change's action is one of these.
        direction: who sends.
        where: a last question about the change's values or facts.
    """

    area: str
    aspects: tuple[str, ...]
    actions: tuple[str, ...] | None = None
    direction: Direction | None = None
    where: Callable[[Change], bool] | None = None

    def matches(self, change: Change) -> bool:
        """Tell whether a change of this area and aspect is meant."""
        return (
            (self.actions is None or change.action in self.actions)
            and (self.direction is None or change.direction is self.direction)
            and (self.where is None or self.where(change))
        )


@record(frozen=True, slots=True, kw_only=True)
class Rule:
    """A judgement on one kind of change.

    Attributes:
        id: in kebab-case; part of every fingerprint, so it is never reused for another meaning.
        summary: half a sentence for lists.
        severity: what the change means where no proof decides it (see `severity_of`).
        selects: the changes it speaks about; every change is selected by one rule at most.
        message: makes one sentence for a person that names the names and values.
        breaks: an example on which exactly this rule is reported, at `severity`.
        holds: a change close by that breaks nobody.
        mirror: the rule for the same change with the directions exchanged, or with adding and removing exchanged.
        no_mirror: why there is no such rule.
        no_witness: why no request or response can show the change.
        bump: the version step the change asks for where it is safe.
    """

    id: str
    summary: str
    severity: Severity
    selects: tuple[Selection, ...]
    message: Callable[[Change], str]
    breaks: Example
    holds: Example
    mirror: str | None = None
    no_mirror: str = ""
    no_witness: str = ""
    bump: Bump = Bump.MINOR


def severity_of(rule: Rule, change: Change) -> Severity:
    """Return what a change means: its proof speaks first, then the rule.

    A checked witness about values is `breaking`, a proof of containment is `safe`, what could not be decided is
    `risky`; for the rest (`definition`, and changes that are no question of values) the rule's severity holds.
    """
    if change.proof is Proof.UNDECIDED:
        return Severity.RISKY
    if change.proof is Proof.CONTAINED:
        return Severity.SAFE
    if change.proof is Proof.WITNESS and change.area == "schema":
        return Severity.BREAKING
    return rule.severity
