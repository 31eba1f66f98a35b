"""What a gate said to changes that are known to break clients, or known not to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from contractkit.model.contract import Contract


class Said(StrEnum):
    """What the gate said to one changed document."""

    CAUGHT = "caught"
    MISSED = "missed"
    ALLOWED = "allowed"
    UNDECIDED = "undecided"
    QUIET = "quiet"
    FALSE_ALARM = "false-alarm"


@dataclass(frozen=True)
class Trial:
    """One changed document and what came of it.

    Attributes:
        kind: the name of the kind of change.
        number: which of its kind.
        where: the operation and place.
        breaks: whether clients break.
        said: what the gate said.
        passes: whether the gate let it through (exit code 0).
        rules: the rules that spoke, worst first.
        document: the changed document.
    """

    kind: str
    number: int
    where: str
    breaks: bool
    said: Said
    passes: bool
    rules: tuple[str, ...]
    document: Mapping[str, Any]

    @property
    def is_good(self) -> bool:
        """Whether the gate did what it is for."""
        return self.passes is not self.breaks


@dataclass(frozen=True)
class Row:
    """What the gate said to the changes of one kind, counted."""

    kind: str
    says: str
    breaks: bool
    counts: Mapping[Said, int]

    @property
    def made(self) -> int:
        """How many changes of this kind were tried."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Behaviour:
    """One way in which the app was made to break its contract, and who noticed.

    Attributes:
        kind: such as `field-dropped`.
        where: the operation and place.
        reached: whether any message was really changed.
        fuzz: the checks of `contractkit fuzz` that found it.
        replay: the rules of `contractkit replay` that found it, in a recording of the sound app.
    """

    kind: str
    where: str
    reached: bool
    fuzz: tuple[str, ...]
    replay: tuple[str, ...]

    @property
    def noticed(self) -> bool:
        """Whether anything found it."""
        return bool(self.fuzz or self.replay)


@dataclass(frozen=True)
class Selftest:
    """The result of a self-test.

    Attributes:
        contract: the contract that was changed.
        seed: the seed that the changes were drawn by.
        rows: one for each kind of which there was a change.
        absent: kinds that the contract has no place for.
        trials: all changes.
        behaviours: the ways in which the app was broken, where there is an app.
    """

    contract: Contract
    seed: int
    rows: tuple[Row, ...]
    absent: tuple[str, ...]
    trials: tuple[Trial, ...]
    behaviours: tuple[Behaviour, ...] = ()

    @property
    def bad(self) -> tuple[Trial, ...]:
        """Breaks that would pass, and rewrites that would not."""
        return tuple(trial for trial in self.trials if not trial.is_good)

    @property
    def fails(self) -> bool:
        """Whether the command exits with 1."""
        return bool(self.bad)
