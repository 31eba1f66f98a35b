"""How late the event loop is: what blocks it makes every request of the process wait."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

_EVERY_SECONDS = 0.25
_SAMPLES = 60  # so the worst of the last quarter of a minute, the usual pause between two looks at the figures


class LoopLag:
    """Asks to be woken again and again, and notes how much later it was."""

    def __init__(self) -> None:
        self._late: deque[float] = deque(maxlen=_SAMPLES)

    def worst(self) -> float | None:
        """In seconds, of the last 15 seconds; None before the first sample."""
        return max(self._late, default=None)

    @asynccontextmanager
    async def measured(self) -> AsyncIterator[None]:
        """Measure the loop that runs this, until the end of the block."""
        task = asyncio.create_task(self._measure())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            self._late.clear()

    async def _measure(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _EVERY_SECONDS
            await asyncio.sleep(_EVERY_SECONDS)
            self._late.append(max(loop.time() - due, 0.0))
