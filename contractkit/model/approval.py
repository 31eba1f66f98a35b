"""An approval: a signature under one finding. Who, when, why, until when, against which stored contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contractkit.model.finding import Severity


class Kind(StrEnum):
    """What made the finding: a comparison, a fuzzing run or a replay."""

    DIFF = "diff"
    FUZZ = "fuzz"
    REPLAY = "replay"


@dataclass(frozen=True, slots=True)
class Approval:
    """A signed decision about one finding.

    Attributes:
        finding: the finding's id.
        kind: what made it.
        rule: the rule or check of the finding, for the reader.
        severity: the severity that was approved; what is worse needs a new signature.
        message: the finding's words when it was approved, for the reader.
        operations: keys of the operations it is approved for; empty for a finding that belongs to none.
        baselines: digests of the stored contracts that it was found against; empty for a finding of `fuzz` or
            `replay`, which is about the code and not about a stored contract.
        by: who approved, as git names people: `Ann <ann@example.com>`.
        reason: why.
        at: when: ISO 8601, UTC, whole seconds.
        until: the last day on which it counts; None for no end.
    """

    finding: str
    kind: Kind
    rule: str
    severity: Severity
    message: str
    operations: tuple[str, ...]
    baselines: tuple[str, ...]
    by: str
    reason: str
    at: str
    until: date | None = None
