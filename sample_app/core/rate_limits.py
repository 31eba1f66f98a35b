"""How often somebody may ask: limits, counted in a storage that processes can share (`core/rate_limit_storage.py`).

A window slides, so nobody gets the double around its end.

When the storage fails, each process counts for itself, in memory and from nothing: all limits go on to hold, for each
process. A circuit sees to it that requests do not wait for a storage that is gone.
"""

import ipaddress
import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

from sample_app.core.circuit import Circuit, CircuitOpenError
from sample_app.core.errors import AppError
from sample_app.core.settings import Settings

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.aio.storage import Storage
    from limits.aio.strategies import RateLimiter as Strategy

_RETRY_SECONDS = 1.0  # how long a storage that failed is left alone

_NETWORK_OF_A_CUSTOMER = 64  # the bits of an IPv6 address that a provider gives to one customer


class Limit(StrEnum):
    """What is limited; also the name of the policy in the header fields."""

    ADDRESS = "address"
    """All requests of an address."""
    SIGN_IN = "sign-in"
    """Attempts to sign in as one user from one address."""
    ORDERS = "orders"
    """Orders of one user."""


@dataclass(frozen=True, slots=True)
class Quota:
    """How a request stands to a limit.

    Attributes:
        limit: the limit.
        amount: how many requests it allows in a window.
        window: the length of the window in seconds.
        allowed: whether this one may pass.
        remaining: how many more may follow now.
        reset: whole seconds until more are allowed again, at least 1.
    """

    limit: Limit
    amount: int
    window: int
    allowed: bool
    remaining: int
    reset: int


def rate_limit_headers(quotas: Iterable[Quota]) -> dict[str, str]:
    """The header fields that tell a client how it stands (draft-ietf-httpapi-ratelimit-headers-10, section 4)."""
    listed = list(quotas)
    return {
        "RateLimit-Policy": ", ".join(f'"{quota.limit}";q={quota.amount};w={quota.window}' for quota in listed),
        "RateLimit": ", ".join(f'"{quota.limit}";r={quota.remaining};t={quota.reset}' for quota in listed),
    }


class RateLimitedError(AppError):
    """The client asks too often (RFC 6585, section 4)."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "rate-limited"
    title = "Too many requests"
    # What such an answer always has; an instance says when to come back, the middleware adds the figures.
    headers: Mapping[str, str] = {"Retry-After": "1", "RateLimit-Policy": "", "RateLimit": ""}

    def __init__(self, quota: Quota) -> None:
        super().__init__(f"The limit `{quota.limit}` is {quota.amount} in {quota.window} seconds.")
        self.headers = {"Retry-After": str(quota.reset)}


class RateLimiter:
    """Counts requests.

    Args:
        settings: has the rates.
        storage: where they are counted as long as it works.

    Attributes:
        circuit: whether it works.
    """

    def __init__(self, settings: Settings, storage: "Storage") -> None:
        from limits import parse
        from limits.aio.storage import MemoryStorage
        from limits.aio.strategies import SlidingWindowCounterRateLimiter
        from limits.errors import StorageError

        self.circuit = Circuit("rate-limits", failures=(StorageError,), threshold=1, seconds=_RETRY_SECONDS)
        self._shared = SlidingWindowCounterRateLimiter(storage)
        self._alone = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._items: Mapping[Limit, RateLimitItem] = {
            Limit(name): parse(rate) for name, rate in settings.rate_limits.items()
        }

    async def hit(self, limit: Limit, *key: str) -> Quota:
        """Count a request of whoever `key` names."""
        from limits.errors import StorageError

        try:
            with self.circuit.guarded():
                return await self._count(self._shared, limit, key)
        except (StorageError, CircuitOpenError):
            return await self._count(self._alone, limit, key)

    async def _count(self, strategy: "Strategy", limit: Limit, key: tuple[str, ...]) -> Quota:
        item = self._items[limit]
        allowed = await strategy.hit(item, limit, *key)
        reset_time, remaining = await strategy.get_window_stats(item, limit, *key)
        return Quota(
            limit=limit,
            amount=item.amount,
            window=item.get_expiry(),
            allowed=allowed,
            remaining=remaining,
            reset=max(1, math.ceil(reset_time - time.time())),
        )


def network_of(address: str | None) -> str:
    """Whom an address belongs to: for IPv6 the network, because one customer has all addresses in it.

    An address that is none (a Unix socket, a test client) is taken as it is.
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return address or "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _NETWORK_OF_A_CUSTOMER), strict=False))
