"""Where requests are counted: in the process, or in a Redis that all processes share.

Whatever else the library `limits` knows by a URL (`async+memcached://`, `async+redis+cluster://`) can be named too.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from sample_app.core.settings import Settings, SettingsError

if TYPE_CHECKING:
    from limits.aio.storage import Storage

# A count that takes longer than this is not worth the wait: each request pays for it.
_ANSWER_SECONDS = 0.5
_CONNECTIONS = 20

_REDIS_SCHEMES = ("async+redis://", "async+rediss://", "async+redis+unix://")


@asynccontextmanager
async def opened_storage(settings: Settings) -> AsyncIterator["Storage"]:
    """The storage that the settings ask for: one named by its own URL, else the Redis of the app, else memory.

    Nothing is connected yet, so a Redis that is not there does not keep the app from starting.

    Raises:
        SettingsError: there is no such storage, its driver is not installed, or the URL cannot be read.
    """
    url = settings.rate_limit_storage_url
    if url is None and settings.redis_url is not None:
        async with _opened_redis("REDIS_URL", settings.redis_url, settings.redis_prefix) as storage:
            yield storage
    elif url is not None and url.startswith(_REDIS_SCHEMES):
        address = url.removeprefix("async+").replace("redis+unix://", "unix://", 1)
        async with _opened_redis("SAMPLE_APP_RATE_LIMIT_STORAGE_URL", address, settings.redis_prefix) as storage:
            yield storage
    else:
        yield _named(url or "async+memory://")


def _named(url: str) -> "Storage":
    from limits.aio.storage import Storage
    from limits.errors import ConfigurationError
    from limits.storage import storage_from_string

    try:
        storage = storage_from_string(url, wrap_exceptions=True)
    except ConfigurationError as error:
        reason = str(error).replace(url, "this URL")  # not repeated: it may hold a password
        raise SettingsError(f"SAMPLE_APP_RATE_LIMIT_STORAGE_URL: {reason}") from None
    assert isinstance(storage, Storage)
    return storage


@asynccontextmanager
async def _opened_redis(variable: str, url: str, prefix: str) -> AsyncIterator["Storage"]:
    from limits.aio.storage import RedisStorage
    from redis.asyncio import BlockingConnectionPool
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    try:
        # It waits for one of a few connections, where the pool that the library makes would open one for each request.
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=_ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),  # the circuit decides when to try again
            socket_connect_timeout=_ANSWER_SECONDS,
            socket_timeout=_ANSWER_SECONDS,
        )
    except ValueError as error:
        raise SettingsError(f"{variable}: {str(error).replace(url, 'this URL')}") from None
    options: dict[str, Any] = {"connection_pool": pool}  # the library says that options are texts and numbers only
    try:
        # The pool knows the address; the library wants to see one of its own kind.
        yield RedisStorage(
            "async+redis://", wrap_exceptions=True, implementation="redispy", key_prefix=f"{prefix}:limits", **options
        )
    finally:
        await pool.disconnect()
