"""Bounds a search by counted steps, never by the clock: the same two documents end alike on every machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence


class Effort:
    """The steps that the contract points of one direction may take.

    Points that take many steps are few in an honest document; from a number of such steps on, less is spent on each,
    and after as many of those still less.

    Args:
        most: steps of one contract point.
        tiers: what every point may take once points have taken, beyond that, a number of steps all together; the
            largest first.
        elsewhere: a count of steps that others take on behalf of the search; it never falls.
    """

    def __init__(
        self, most: int, tiers: Sequence[tuple[int, int]], *, elsewhere: Callable[[], int] = lambda: 0
    ) -> None:
        self._limits = [most, *(limit for limit, _ in tiers)]
        self._left = [total for _, total in tiers]
        self._elsewhere = elsewhere
        self._began: int | None = None
        self._steps = 0
        self._limit = most

    def start(self) -> None:
        """Begin a new contract point."""
        self.rest()
        self._began = self._elsewhere()
        used = [limit for limit, left in zip(self._limits[1:], self._left, strict=True) if left <= 0]
        self._limit = min([self._limits[0], *used])

    def rest(self) -> None:
        """End the contract point: what is taken elsewhere from now on is taken for others."""
        taken = self._taken()
        for tier, left in enumerate(self._left):
            if taken > self._limits[tier + 1]:
                self._left[tier] = left - min(taken, self._limits[tier])
        self._steps = 0
        self._began = None

    def spend(self, steps: int = 1) -> None:
        """Count steps of the contract point."""
        self._steps += steps

    def is_spent(self) -> bool:
        """Whether the contract point has taken all steps that it may."""
        return self._taken() > self._limit

    def _taken(self) -> int:
        return self._steps if self._began is None else self._steps + self._elsewhere() - self._began
