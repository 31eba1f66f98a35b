"""Bounds a search by counted steps, never by the clock: the same two documents end alike on every machine."""

from __future__ import annotations

from collections.abc import Callable


class Effort:
    """The steps that the contract points of one direction may take.

    Points that take many steps are few in an honest document; from a number of such steps on, less is spent on each.

    Args:
        most: steps of one contract point.
        light: what every point may take, however many have taken more.
        heavy: steps of points beyond `light`, all together, after which no further point may take more than that.
        elsewhere: a count of steps that others take on behalf of the search; it never falls.
    """

    def __init__(self, most: int, *, light: int, heavy: int, elsewhere: Callable[[], int] = lambda: 0) -> None:
        self._most, self._light, self._heavy_left = most, light, heavy
        self._elsewhere = elsewhere
        self._began: int | None = None
        self._steps = 0
        self._limit = most

    def start(self) -> None:
        """Begin a new contract point."""
        self.rest()
        self._began = self._elsewhere()
        self._limit = self._most if self._heavy_left > 0 else self._light

    def rest(self) -> None:
        """End the contract point: what is taken elsewhere from now on is taken for others."""
        taken = self._taken()
        if taken > self._light:
            self._heavy_left -= taken
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
