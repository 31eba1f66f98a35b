"""The queue between processes: a stream of Redis, read by one group of consumers.

A piece that was delivered stays in the stream until it is done. What a process took and did not finish in time is
delivered to another one (XAUTOCLAIM). A Redis that comes back without its data gets a new stream and group.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from sample_app.core.queue import Delivery
from sample_app.core.redis_client import redis_client

logger = logging.getLogger(__name__)

_GROUP = "workers"
_FIELD = "text"
_LONGEST = 100_000  # so that a queue that nobody reads does not fill the memory of Redis
_BLOCK_SECONDS = 1.0
_ANSWER_SECONDS = 4.0
_WAIT_SECONDS = 0.5
_CONNECTIONS = 4
_DEAD_SECONDS = 3600


class RedisQueue:
    """A stream and its group.

    Args:
        client: a client that does not try again by itself, and waits longer for an answer than a second.
        stream: the key of the stream.
        idle_seconds: after how long another process may get what one has taken.
    """

    def __init__(self, client: "Redis", *, stream: str, idle_seconds: float) -> None:
        self._client = client
        self._stream = stream
        self._idle = round(idle_seconds * 1000)
        self._consumer = uuid4().hex
        self._joined = False
        self._there = True
        self._claimed_at = 0.0
        self._claim_from = "0-0"

    async def put(self, text: str) -> bool:
        try:
            await self._client.xadd(self._stream, {_FIELD: text}, maxlen=_LONGEST, approximate=True)
        except (RedisError, OSError) as error:
            logger.warning("a piece of work did not get into the queue: %s", error)
            return False
        return True

    async def take(self, count: int) -> list[Delivery]:
        try:
            if not self._joined:
                await self._join()
            found = await self._abandoned(count) or await self._new(count)
        except ResponseError as error:
            # Redis has lost its data.
            logger.warning("the queue is begun anew: %s", error)
            self._joined = False
            await asyncio.sleep(_WAIT_SECONDS)
            return []
        except (RedisError, OSError) as error:
            if self._there:
                logger.warning("Redis is not there, so nothing comes from the queue: %s", error)
            self._there = False
            await asyncio.sleep(_WAIT_SECONDS)
            return []
        self._there = True
        return found

    async def done(self, delivery: Delivery) -> None:
        try:
            async with self._client.pipeline(transaction=True) as both:
                both.xack(self._stream, _GROUP, delivery.id)
                both.xdel(self._stream, delivery.id)
                await both.execute()
        except (RedisError, OSError) as error:
            logger.warning("a piece of work was done, and will come again: %s", error)

    async def length(self) -> int | None:
        try:
            return int(await self._client.xlen(self._stream))
        except (RedisError, OSError):
            return None

    async def _join(self) -> None:
        with suppress(ResponseError):  # the group is there
            await self._client.xgroup_create(self._stream, _GROUP, id="0", mkstream=True)
        for consumer in await self._client.xinfo_consumers(self._stream, _GROUP):
            # Each process is a new one; who was killed leaves its name, and what it had is delivered to others.
            if consumer["pending"] == 0 and consumer["idle"] > 1000 * _DEAD_SECONDS:
                await self._client.xgroup_delconsumer(self._stream, _GROUP, consumer["name"])
        self._joined = True

    async def _abandoned(self, count: int) -> list[Delivery]:
        """What others took and did not finish; now and then only, because most of the time there is nothing."""
        now = asyncio.get_running_loop().time()
        if now < self._claimed_at + self._idle / 4000:
            return []
        self._claimed_at = now
        next_id, entries, *_ = await self._client.xautoclaim(
            self._stream, _GROUP, self._consumer, min_idle_time=self._idle, start_id=self._claim_from, count=count
        )
        self._claim_from = next_id.decode()
        return await self._deliveries(entries)

    async def _new(self, count: int) -> list[Delivery]:
        block = round(_BLOCK_SECONDS * 1000)
        # How this answer is typed differs between the versions of redis-py; its form is that of protocol 2.
        answer: Any = await self._client.xreadgroup(
            _GROUP, self._consumer, {self._stream: ">"}, count=count, block=block
        )
        return await self._deliveries(entry for _, entries in answer or () for entry in entries)

    async def _deliveries(self, entries: Iterable[tuple[bytes | None, dict[bytes, bytes] | None]]) -> list[Delivery]:
        found = []
        for entry_id, fields in entries:
            if entry_id is None:  # done by somebody else meanwhile
                continue
            text = (fields or {}).get(_FIELD.encode())
            delivery = Delivery(entry_id.decode(), (text or b"").decode(errors="replace"))
            if text is None:
                logger.warning("an entry in the queue is none of ours: %s", delivery.id)
                await self.done(delivery)
            else:
                found.append(delivery)
        return found


@asynccontextmanager
async def opened_redis_queue(url: str, stream: str, *, idle_seconds: float) -> AsyncIterator[RedisQueue]:
    """A queue whose connections are closed at the end.

    Args:
        url: as redis-py reads it, such as `redis://HOST:PORT`.
        stream: the key of the stream.
        idle_seconds: after how long another process may get what one has taken.

    Raises:
        SettingsError: the URL cannot be read.
    """
    client = redis_client(url, answer_seconds=_ANSWER_SECONDS, connections=_CONNECTIONS)
    try:
        yield RedisQueue(client, stream=stream, idle_seconds=idle_seconds)
    finally:
        await client.aclose()
