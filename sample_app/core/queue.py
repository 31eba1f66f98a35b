"""Work that several processes share: each piece goes to one of them, and to another one if that does not finish it.

What is in the queue may be lost, and may come twice. So whoever puts something in keeps it in the database as well and
looks there now and then, and whoever takes it out can bear to get it again.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from sample_app.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Delivery:
    """A piece of work that was taken from the queue.

    Attributes:
        id: the same each time that it is delivered.
        text: what was put in.
    """

    id: str
    text: str


class Queue(Protocol):
    """A queue between processes. Nothing here fails: what does not work now is logged."""

    async def put(self, text: str) -> bool:
        """Let one of the others do it; False if it did not get into the queue, as far as is known."""
        ...

    async def take(self, count: int) -> list[Delivery]:
        """The next pieces, at most `count`; after a moment without any, none."""
        ...

    async def done(self, delivery: Delivery) -> None:
        """It is done; until then it may be delivered to others."""
        ...

    async def length(self) -> int | None:
        """How many pieces are not done, those that are being worked on included; None if that cannot be told."""
        ...


@asynccontextmanager
async def opened_queue(settings: Settings, name: str) -> AsyncIterator[Queue | None]:
    """The queue of that name, where the settings name a Redis; else None, and there is nobody to share work with.

    Raises:
        SettingsError: the URL of Redis cannot be read.
    """
    if settings.redis_url is None:
        yield None
        return
    from sample_app.core.redis_queue import opened_redis_queue  # the driver is loaded only where it is needed

    # Who holds on to a piece for longer than it may wait for a lease has lost it.
    idle = 2 * settings.order_lease_seconds
    async with opened_redis_queue(settings.redis_url, f"{settings.redis_prefix}:{name}", idle_seconds=idle) as queue:
        yield queue
