"""How often somebody may ask: limits, counted in a storage that processes can share.

The storage is named by a URL, as the library `limits` reads it: memory by default, Redis when several processes are to
count together. A window slides, so nobody gets the double around its end.

When the storage fails, sign-in is closed (503): the limit is what stands between a guesser and the passwords. All
other limits are open, since they guard nothing but the load.
"""

import ipaddress
import logging
import math
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

from sample_app.core.errors import AppError, NotReadyError
from sample_app.core.settings import Settings, SettingsError

if TYPE_CHECKING:
    from limits import RateLimitItem

logger = logging.getLogger(__name__)

_NETWORK_OF_A_CUSTOMER = 64  # the bits of an IPv6 address that a provider gives to one customer


class Limit(StrEnum):
    """What is limited; also the name of the policy in the header fields."""

    ADDRESS = "address"
    """All requests of an address."""
    SIGN_IN = "sign-in"
    """Attempts to sign in as one user from one address."""
    ORDERS = "orders"
    """Orders of one user."""


_CLOSED_ON_FAILURE: Collection[Limit] = {Limit.SIGN_IN}


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

    Raises:
        SettingsError: there is no such storage, or its driver is not installed.
    """

    def __init__(self, settings: Settings) -> None:
        from limits import parse
        from limits.aio.strategies import SlidingWindowCounterRateLimiter
        from limits.errors import ConfigurationError
        from limits.storage import storage_from_string

        try:
            storage = storage_from_string(settings.rate_limit_storage_url, wrap_exceptions=True)
        except ConfigurationError as error:
            # The URL is not repeated: it may hold a password.
            reason = str(error).replace(settings.rate_limit_storage_url, "this URL")
            raise SettingsError(f"SAMPLE_APP_RATE_LIMIT_STORAGE_URL: {reason}") from None
        self._strategy = SlidingWindowCounterRateLimiter(storage)
        self._items: Mapping[Limit, RateLimitItem] = {
            Limit(name): parse(rate) for name, rate in settings.rate_limits.items()
        }

    async def hit(self, limit: Limit, *key: str) -> Quota | None:
        """Count a request of whoever `key` names; None if it may pass because it cannot be counted.

        Raises:
            NotReadyError: it cannot be counted, and the limit is one that must be.
        """
        from limits.errors import StorageError

        item = self._items[limit]
        try:
            allowed = await self._strategy.hit(item, limit, *key)
            reset_time, remaining = await self._strategy.get_window_stats(item, limit, *key)
        except StorageError as error:
            logger.warning("rate limit %s: the storage fails: %s", limit, error.storage_error)
            if limit in _CLOSED_ON_FAILURE:
                raise NotReadyError("Attempts to sign in cannot be counted now.") from None
            return None
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
