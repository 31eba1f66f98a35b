"""Leases: one process at a time decides the orders of a product, and one that comes too late changes nothing.

A lease ends by itself, so the work of a process that was killed goes on elsewhere. A process that was only slow may
still believe in its lease; so what it writes is checked against the newest token, in the same transaction.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Update, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.core.database_clock import database_now
from sample_app.orders.models import StockLease


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to decide the orders of a product, until it ends or is given back.

    Attributes:
        token: higher than that of each lease on this product before.
    """

    product_id: UUID
    tenant_id: str
    owner: str
    token: int


class FencedOffError(Exception):
    """The lease has gone to somebody else meanwhile: nothing may be written under it."""


class LeaseRepository:
    """The leases of the session's tenant.

    Args:
        session: of the tenant that sells the product.
        seconds: how long a lease lasts from its beginning, or from when it was renewed last.
    """

    def __init__(self, session: AsyncSession, *, seconds: float) -> None:
        self._session = session
        self._milliseconds = round(seconds * 1000)

    async def take(self, product_id: UUID, *, tenant_id: str, owner: str) -> Lease | None:
        """The lease on a product, with a new token; None while somebody else has it."""
        free = (
            update(StockLease)
            .where(StockLease.product_id == product_id, StockLease.expires_at <= database_now())
            .values(owner=owner, token=StockLease.token + 1, expires_at=self._end)
            .returning(StockLease.token)
            .execution_options(synchronize_session=False)
        )
        token = await self._session.scalar(free)
        if token is None and not await self._is_known(product_id):
            token = await self._begin(product_id, owner)
        return None if token is None else Lease(product_id, tenant_id, owner, token)

    async def renew(self, lease: Lease) -> bool:
        """Let the lease last for its time again from now on; False if it has gone to somebody else."""
        return await self._session.scalar(_own(lease).values(expires_at=self._end)) is not None

    async def give_back(self, lease: Lease) -> None:
        """End the lease. As the last statement of a transaction, this is the fence that keeps late owners out.

        The row stays locked until the transaction ends, so nobody can get a newer token in between.

        Raises:
            FencedOffError: it has gone to somebody else; the transaction must not be committed.
        """
        ended = await self._session.scalar(_own(lease).values(owner=None, expires_at=database_now()))
        if ended is None:
            raise FencedOffError(f"the lease {lease.token} on the product {lease.product_id} has gone to somebody else")

    async def let_nobody_wait_for_long(self) -> None:
        """Give up the transaction if this process stops in it for longer than a lease.

        PostgreSQL then rolls it back and frees the rows that it has locked (its manual, 19.11,
        idle_in_transaction_session_timeout). SQLite has no such limit.
        """
        if self._session.get_bind().dialect.name == "postgresql":
            limit = f"{self._milliseconds}ms"
            await self._session.execute(select(func.set_config("idle_in_transaction_session_timeout", limit, True)))

    async def _is_known(self, product_id: UUID) -> bool:
        query = select(StockLease.product_id).where(StockLease.product_id == product_id)
        return await self._session.scalar(query) is not None

    async def _begin(self, product_id: UUID, owner: str) -> int | None:
        """The first lease on a product; None if somebody else was faster."""
        first = StockLease(product_id=product_id, owner=owner, token=1, expires_at=self._end)
        try:
            async with self._session.begin_nested():
                self._session.add(first)
        except IntegrityError:
            return None
        return 1

    @property
    def _end(self) -> ColumnElement[int]:
        return database_now() + self._milliseconds


def _own(lease: Lease) -> Update:
    return (
        update(StockLease)
        .where(StockLease.product_id == lease.product_id, StockLease.token == lease.token)
        .where(StockLease.owner == lease.owner)  # once it was given back, it cannot be renewed
        .returning(StockLease.token)
        .execution_options(synchronize_session=False)
    )
