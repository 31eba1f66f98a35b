"""A finding: a rule applied at a place."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from contractkit.model.change import Change
from contractkit.model.records import NamedTuple, record

if TYPE_CHECKING:
    from contractkit.model.confirmation import Confirmation  # only `--confirm` needs it
    from contractkit.model.standing import Standing


class SourcePlace(NamedTuple):
    """A place in a text that the user writes.

    Attributes:
        file: the file, relative to the working folder where it lies below, with `/` between its parts.
        line: counted from 1.
        column: counted from 1; None where only the line is known.
    """

    file: str
    line: int
    column: int | None = None


class Severity(StrEnum):
    """What a change means; what is done about it (`--fail-on`) is a second axis."""

    BREAKING = "breaking"
    RISKY = "risky"
    SAFE = "safe"

    @property
    def rank(self) -> int:
        """2 for breaking, 1 for risky, 0 for safe."""
        return _RANK[self]


_RANK = {Severity.BREAKING: 2, Severity.RISKY: 1, Severity.SAFE: 0}


@record(frozen=True, slots=True)
class Finding:
    """One rule applied to one change.

    Attributes:
        id: fingerprint `ck1-...` of rule, operation, location and the before/after values.
        rule: the rule's id.
        severity: what it means for clients.
        message: one sentence for a person.
        change: the fact behind it.
        confirmation: what the running app said to it; None where it was not asked.
        standing: what it means for the run; None as long as nobody decided.
        source: where in the revision it broke; None where that is not known.
    """

    id: str
    rule: str
    severity: Severity
    message: str
    change: Change
    confirmation: Confirmation | None = None
    standing: Standing | None = None
    source: SourcePlace | None = None

    @property
    def fails(self) -> bool:
        """Whether it makes the run exit with 1."""
        return self.standing is not None and self.standing.fails
