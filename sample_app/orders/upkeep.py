"""What makes up for lost orders: those that were left pending are decided, and those pending for too long fail.

What the inventory keeps for orders that failed is given back, too.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from sample_app.core.errors import NotReadyError
from sample_app.orders.confirmation import OrderDecider

logger = logging.getLogger(__name__)

ORDER_QUEUE = "orders"
"""The name of the queue between processes."""

# A process decides its orders right after the answer, and a worker what is in the queue, so one that is older was left.
LEFT_FOR_WORKER = timedelta(seconds=5)
_LEFT = timedelta(seconds=30)


async def look_after_orders(decider: OrderDecider, *, older_than: timedelta | None) -> bool:
    """Look once; whether database and inventory let it.

    Args:
        decider: decides them.
        older_than: what has been pending for so long is decided; None to leave that to others.
    """
    try:
        await decider.end_overdue()
        if older_than is not None:
            await decider.decide_pending(older_than=older_than)
        await decider.release_failed()
    except NotReadyError as error:
        logger.warning("not this time: %s", error.detail)
        return False
    return True


@asynccontextmanager
async def orders_looked_after(decider: OrderDecider, *, every: float, decides: bool) -> AsyncIterator[None]:
    """Look again and again, until the end of the block.

    Args:
        decider: decides them.
        every: seconds between two looks.
        decides: whether what was left pending is decided here, too.
    """

    async def look() -> None:
        while True:
            await asyncio.sleep(every)
            try:
                await look_after_orders(decider, older_than=_LEFT if decides else None)
            except Exception:
                logger.exception("orders could not be looked after")

    task = asyncio.create_task(look())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
