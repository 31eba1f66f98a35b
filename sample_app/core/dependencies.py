"""What a route may ask for: settings, the database, a session."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import BackgroundTasks, Depends, Request
from fastapi.requests import HTTPConnection
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.core.background import Background
from sample_app.core.broker import Broker
from sample_app.core.database import Database
from sample_app.core.errors import NotReadyError
from sample_app.core.metrics import Metrics
from sample_app.core.rate_limits import Limit, RateLimitedError, RateLimiter, network_of
from sample_app.core.readiness import Readiness
from sample_app.core.settings import Settings

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def get_settings(connection: HTTPConnection) -> Settings:
    settings: Settings = connection.app.state.settings
    return settings


def get_database(connection: HTTPConnection) -> Database:
    database: Database | None = connection.app.state.database
    if database is None:
        raise NotReadyError("The database is not open.")
    return database


def get_broker(connection: HTTPConnection) -> Broker:
    broker: Broker | None = connection.app.state.broker
    if broker is None:
        raise NotReadyError("The broker is not open.")
    return broker


def new_id() -> UUID:
    """A new id; as a dependency, so that a test can say which."""
    return uuid4()


def get_metrics(request: Request) -> Metrics:
    metrics: Metrics = request.app.state.metrics
    return metrics


def get_readiness(request: Request) -> Readiness:
    readiness: Readiness = request.app.state.readiness
    return readiness


def get_rate_limiter(connection: HTTPConnection) -> RateLimiter:
    limiter: RateLimiter | None = connection.app.state.rate_limiter
    if limiter is None:
        raise NotReadyError("The rate limits are not there.")
    return limiter


SettingsDep = Annotated[Settings, Depends(get_settings)]
DatabaseDep = Annotated[Database, Depends(get_database)]
MetricsDep = Annotated[Metrics, Depends(get_metrics)]


def get_background(tasks: BackgroundTasks, metrics: MetricsDep) -> Background:
    return Background(tasks, metrics)


BackgroundDep = Annotated[Background, Depends(get_background)]
ReadinessDep = Annotated[Readiness, Depends(get_readiness)]
BrokerDep = Annotated[Broker, Depends(get_broker)]
RateLimiterDep = Annotated[RateLimiter, Depends(get_rate_limiter)]


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Counts this request against a limit of its route; the middleware counts all requests of an address."""

    request: Request
    limiter: RateLimiter

    @property
    def address(self) -> str:
        """Whom the request comes from."""
        return network_of(self.request.client.host if self.request.client else None)

    async def enforce(self, limit: Limit, *key: str) -> None:
        """Let the request pass.

        Args:
            limit: the limit.
            key: whose requests are counted together.

        Raises:
            RateLimitedError: there were too many.
        """
        quota = await self.limiter.hit(limit, *key)
        # The middleware writes them into the header of the answer, whatever it will be.
        self.request.state.quotas.append(quota)
        if not quota.allowed:
            raise RateLimitedError(quota)


def get_request_limits(request: Request, limiter: RateLimiterDep) -> RequestLimits:
    return RequestLimits(request, limiter)


RequestLimitsDep = Annotated[RequestLimits, Depends(get_request_limits)]


async def get_session(request: Request, database: DatabaseDep) -> AsyncIterator[AsyncSession]:
    """The session of this request, in its one transaction; a safe method (RFC 9110, section 9.2.1) only reads."""
    async with database.transaction(read_only=request.method in _SAFE_METHODS) as session:
        yield session


# Scope "function": the transaction ends before the answer is sent, so a commit that fails is never reported as success,
# and the client's next request finds what this one wrote.
SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
