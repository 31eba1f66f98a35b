"""A circuit breaker: what has just failed again and again is left alone for a while, so that nobody waits for it.

Written here because the kept libraries for coroutines let every waiting caller through at once when they try again
(`purgatory` 3, `circuitbreaker` 2), which is the rush that a service which has just come back does not need. This one
sends a single call, and all others are refused until that one has shown how things are.
"""

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum

logger = logging.getLogger(__name__)


class CircuitState(IntEnum):
    """How a circuit is; the number is what `/metrics` shows."""

    CLOSED = 0
    """All calls are made."""
    TRYING = 1
    """One call is on its way to show whether it works again; all others are refused."""
    OPEN = 2
    """All calls are refused."""


class CircuitOpenError(Exception):
    """A call was not made, because those before it failed.

    Attributes:
        retry_after: whole seconds until one is made again, at least 1.
    """

    def __init__(self, name: str, retry_after: int) -> None:
        super().__init__(f"circuit {name} is open")
        self.retry_after = retry_after


class Circuit:
    """Watches the calls of one kind.

    Args:
        name: what the log and the figures call it.
        failures: the exceptions that mean that the other side cannot be worked with; all others mean nothing.
        threshold: that many failures in a row open the circuit.
        seconds: how long it is open before one call is let through.
        clock: gives seconds; only differences count.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: tuple[type[Exception], ...],
        threshold: int,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.refused = 0
        self._failures = failures
        self._threshold = threshold
        self._seconds = seconds
        self._clock = clock
        self._state = CircuitState.CLOSED
        self._in_a_row = 0
        self._opened_at = 0.0

    @property
    def state(self) -> CircuitState:
        """How it is now. An open one stays open until a call comes, however long that takes."""
        return self._state

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Make a call in the block.

        Raises:
            CircuitOpenError: the call is not to be made now.
        """
        trial = self._admit()
        try:
            yield
        except self._failures as error:
            self._failed(trial, error)
            raise
        except BaseException:
            if trial:  # cancelled, say: nothing is known, and the next call is to find out
                self._state = CircuitState.OPEN
            raise
        self._succeeded(trial)

    def _admit(self) -> bool:
        """Whether the call is the trial."""
        if self._state is CircuitState.CLOSED:
            return False
        left = self._opened_at + self._seconds - self._clock()
        if self._state is CircuitState.TRYING or left > 0:
            self.refused += 1
            raise CircuitOpenError(self.name, max(1, math.ceil(left)))
        self._state = CircuitState.TRYING
        return True

    def _failed(self, trial: bool, error: Exception) -> None:
        # A call from before the opening says nothing new when it fails at last.
        if not trial and self._state is not CircuitState.CLOSED:
            return
        self._in_a_row += 1
        if trial or self._in_a_row >= self._threshold:
            self._state, self._opened_at = CircuitState.OPEN, self._clock()
            if not trial:
                logger.warning(
                    "circuit %s: open, failures in a row: %d, the last: %s", self.name, self._in_a_row, error
                )

    def _succeeded(self, trial: bool) -> None:
        if trial:
            self._state = CircuitState.CLOSED
            logger.warning("circuit %s: closed again", self.name)
        if self._state is CircuitState.CLOSED:
            self._in_a_row = 0
