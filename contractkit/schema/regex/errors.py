"""What a question may raise, and the meter that keeps every question bounded."""

from __future__ import annotations

STEPS_PER_STATE = 40


class Unsupported(Exception):  # noqa: N818 - an answer, not a fault
    """The pattern or the question lies beyond this engine; the text names the construct or the budget."""


class InvalidPattern(ValueError):  # noqa: N818 - named after what it says
    """The text is no regular expression; the text says what is wrong and at which character."""


class Meter:
    """Counts the work of one question, so that its end depends on its size and never on the clock.

    Args:
        budget: how many states may be made; elementary steps are limited to `STEPS_PER_STATE` times as many.
    """

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._states = budget
        self._steps = budget * STEPS_PER_STATE

    @property
    def left(self) -> int:
        """How many states may still be made; the steps taken count, too."""
        return max(0, min(self._states, self._steps // STEPS_PER_STATE))

    def state(self) -> None:
        """Count one new state; raises `Unsupported` when the budget is used up."""
        self._states -= 1
        if self._states < 0:
            raise self.exhausted()

    def spend(self, steps: int) -> None:
        """Count elementary steps; raises `Unsupported` when the budget is used up."""
        self._steps -= steps
        if self._steps < 0:
            raise self.exhausted()

    def exhausted(self) -> Unsupported:
        """The exception for a question that is larger than the budget."""
        return Unsupported(f"state budget of {self.budget}")
