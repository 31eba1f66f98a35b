"""The way to Redis, for whoever has to know of each break and tries again by itself."""

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from sample_app.core.settings import SettingsError

CONNECT_SECONDS = 2.0
_HEALTH_SECONDS = 10


def redis_client(url: str, *, answer_seconds: float, connections: int) -> "Redis":
    """A client that connects at first use, and does not try again by itself.

    Args:
        url: as redis-py reads it, such as `redis://HOST:PORT`.
        answer_seconds: how long to wait for an answer.
        connections: how many there may be at most; who needs another one waits, for a moment.

    Raises:
        SettingsError: the URL cannot be read.
    """
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=connections,
            timeout=CONNECT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=answer_seconds,
            health_check_interval=_HEALTH_SECONDS,
            protocol=2,  # answers have the same form in all versions of redis-py and of Redis
        )
    except ValueError as error:
        reason = str(error).replace(url, "this URL")  # not repeated: it may hold a password
        raise SettingsError(f"REDIS_URL: {reason}") from None
    return Redis.from_pool(pool)
