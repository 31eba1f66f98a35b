"""What the workers tell each other: messages on channels, to everyone who listens, kept nowhere.

One interface for one process and for many: :class:`LocalBroker` in the process, `core/redis_broker.py` between
processes. Whoever must not miss anything keeps it in the database, and looks there again when the broker says that
something may have been lost (`missed`).
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from typing import Protocol

from sample_app.core.settings import Settings

Handler = Callable[[str], None]
"""Takes a message. It must return at once and raise nothing: all listeners of the process wait for it."""


class Broker(Protocol):
    """Carries messages to the listeners of all workers."""

    async def publish(self, channel: str, message: str) -> None:
        """Tell everyone who listens on `channel`. Never fails: what cannot be carried further is logged."""
        ...

    async def connected(self) -> bool:
        """Whether it reaches the other workers, after a moment at most."""
        ...

    def subscribed(
        self, channel: str, handler: Handler, missed: Callable[[], None] | None = None
    ) -> AbstractContextManager[None]:
        """Listen on `channel` for as long as the context lasts.

        Args:
            channel: any name.
            handler: gets each message.
            missed: called when messages of other workers may have been lost.
        """
        ...


class LocalBroker:
    """Messages within one process."""

    def __init__(self) -> None:
        # Dicts, because they keep the order: who came first is told first.
        self._handlers: dict[str, dict[object, Handler]] = {}
        self._missed: dict[object, Callable[[], None]] = {}

    async def publish(self, channel: str, message: str) -> None:
        self.deliver(channel, message)

    async def connected(self) -> bool:
        return True

    @contextmanager
    def subscribed(self, channel: str, handler: Handler, missed: Callable[[], None] | None = None) -> Iterator[None]:
        key = object()
        self._handlers.setdefault(channel, {})[key] = handler
        if missed is not None:
            self._missed[key] = missed
        try:
            yield
        finally:
            self._missed.pop(key, None)
            del self._handlers[channel][key]
            if not self._handlers[channel]:
                del self._handlers[channel]

    def deliver(self, channel: str, message: str) -> None:
        """Tell the listeners of this process."""
        for handler in [*self._handlers.get(channel, {}).values()]:
            handler(message)

    def tell_missed(self) -> None:
        """Tell the listeners of this process that something may have been lost."""
        for missed in [*self._missed.values()]:
            missed()


@asynccontextmanager
async def opened_broker(settings: Settings) -> AsyncIterator[Broker]:
    """The broker that the settings ask for: through Redis with a URL, else within the process.

    Raises:
        SettingsError: the URL cannot be read.
    """
    if settings.redis_url is None:
        yield LocalBroker()
        return
    from sample_app.core.redis_broker import opened_redis_broker  # the driver is loaded only where it is needed

    async with opened_redis_broker(settings.redis_url, prefix=settings.redis_prefix) as broker:
        yield broker
