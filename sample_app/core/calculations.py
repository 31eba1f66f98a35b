"""Long calculations: in processes of their own, because threads would share the event loop's interpreter lock.

A process is started when it is first needed, and ends with the app; `anyio` sees to both.
"""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

import anyio
from anyio import CapacityLimiter, to_process

from sample_app.core.errors import OverloadedError

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


class Calculations:
    """Runs functions in other processes, a few at a time.

    Args:
        processes: how many run at once.
        waiting: how many more may wait for their turn.
        seconds: how long one may take, the wait for its turn included.
    """

    def __init__(self, *, processes: int, waiting: int, seconds: float) -> None:
        self._limiter = CapacityLimiter(processes)
        self._waiting = waiting
        self._seconds = seconds

    @property
    def running(self) -> int:
        """How many are being worked on."""
        return self._limiter.borrowed_tokens

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return self._limiter.statistics().tasks_waiting

    async def run(self, function: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
        """What `function` returns for these arguments. All of it is pickled, so the function is one of a module.

        Raises:
            OverloadedError: too many wait already, or it took too long; then its process was ended.
        """
        if self._limiter.available_tokens == 0 and self.waiting >= self._waiting:
            raise OverloadedError("Too many calculations are waiting; try again in a moment.")
        with anyio.move_on_after(self._seconds):
            return await to_process.run_sync(function, *arguments, cancellable=True, limiter=self._limiter)
        raise OverloadedError("The calculation took too long; ask for less, or try again in a moment.")
