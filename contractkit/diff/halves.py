"""The two halves of a comparison: what clients send, and what they are sent. Each can be compared beside the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from contractkit.diff.record import Place, Record
from contractkit.model.change import Change
from contractkit.model.records import replace


class Half:
    """What is to be compared of one half, and what was found in it.

    What a half finds may not depend on the other one, which may be compared before, after or in another process.

    Args:
        record: takes what is found in this half, and in no other.
    """

    def __init__(self, record: Record) -> None:
        self.record = record
        self._jobs: list[Callable[[], None]] = []

    @property
    def size(self) -> int:
        """How many pairs of parts are to be compared."""
        return len(self._jobs)

    def later(self, compare: Callable[..., None], place: Place, *given: Any, **named: Any) -> None:
        """Put off a comparison that needs a place and more; it records in this half."""
        self._jobs.append(partial(compare, replace(place, record=self.record), *given, **named))

    def compare(self) -> list[Change]:
        """Compare all that was put off, then the schemas that were met, and return what was found."""
        for job in self._jobs:
            job()
        return self.record.definitions() + self.record.engine.changes(self.record.points)
