"""The broker between processes: Redis publish and subscribe.

All messages go over one channel of Redis, and each worker picks those that it has listeners for. So no worker has to
subscribe and wait before a socket may be sure to get all that follows.

What happens without Redis: the app starts and its sockets stay; messages reach the listeners of the same worker; the
connection is tried again, at least every two seconds. Afterwards all workers are told that something may have been
lost.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError

from sample_app.core.broker import LocalBroker
from sample_app.core.redis_client import redis_client

logger = logging.getLogger(__name__)

_ANSWER_SECONDS = 2.0
_CONNECTIONS = 4  # one to hear by, one to send by, and some that were broken off
_LOOK_SECONDS = 1.0
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 2.0


class RedisBroker(LocalBroker):
    """Delivers in the process at once, and to the other workers through Redis.

    Args:
        client: a client that does not try again by itself.
        channel: the channel that the workers share.
    """

    def __init__(self, client: "Redis", *, channel: str) -> None:
        super().__init__()
        self._client = client
        self._channel = channel
        self._origin = uuid4().hex
        self._connected = asyncio.Event()
        self._sending = asyncio.Lock()
        self._lost = False

    async def publish(self, channel: str, message: str) -> None:
        self.deliver(channel, message)
        await self._send({"channel": channel, "message": message})

    async def connected(self) -> bool:
        """Whether Redis is there, after a moment at most."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._connected.wait(), _ANSWER_SECONDS)
        return self._connected.is_set()

    async def listen(self) -> None:
        """Hear the other workers, until cancelled."""
        wait = _FIRST_WAIT
        while True:
            try:
                await self._hear()
            except (RedisError, OSError) as error:
                if self._connected.is_set() or not self._lost:
                    logger.warning("Redis is not there, messages stay within this worker: %s", error)
                wait = _FIRST_WAIT if self._connected.is_set() else min(2 * wait, _LONGEST_WAIT)
                self._connected.clear()
                self._lost = True
            await asyncio.sleep(wait)

    async def _hear(self) -> None:
        async with self._client.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.subscribe(self._channel)
            self._connected.set()
            if self._lost:
                logger.warning("Redis is back")
                self._lost = False
                self.tell_missed()
                await self._send({"lost": True})
            while self._connected.is_set():
                heard = await pubsub.get_message(timeout=_LOOK_SECONDS)
                if heard is not None:
                    self._take(heard["data"])
            raise ConnectionError("a message could not be sent")

    def _take(self, data: bytes) -> None:
        try:
            envelope = json.loads(data)
            if envelope["origin"] == self._origin:
                return
            if envelope.get("lost"):
                self.tell_missed()
            else:
                self.deliver(envelope["channel"], envelope["message"])
        except (ValueError, KeyError, TypeError) as error:
            logger.warning("a message in Redis is none of ours: %r", error)

    async def _send(self, content: dict[str, object]) -> None:
        # One after the other, over one connection: they keep their order, and a rush opens no more connections.
        async with self._sending:
            if not self._connected.is_set():
                self._lost = True  # others hear of it once Redis is back, and no caller waits for it now
                return
            try:
                await self._client.publish(self._channel, json.dumps({"origin": self._origin, **content}))
            except (RedisError, OSError) as error:
                self._lost = True
                self._connected.clear()  # `listen` connects again, and tells the others
                logger.warning("a message did not reach the other workers: %s", error)


@asynccontextmanager
async def opened_redis_broker(url: str, *, prefix: str) -> AsyncIterator[RedisBroker]:
    """A broker that hears the other workers, until the end.

    Args:
        url: as redis-py reads it, such as `redis://HOST:PORT`.
        prefix: apps with the same one hear each other.

    Raises:
        SettingsError: the URL cannot be read.
    """
    client = redis_client(url, answer_seconds=_ANSWER_SECONDS, connections=_CONNECTIONS)
    broker = RedisBroker(client, channel=f"{prefix}:events")
    listening = asyncio.create_task(broker.listen())
    try:
        await broker.connected()
        yield broker
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await client.aclose()
