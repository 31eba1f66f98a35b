"""The queries of insights."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app import faults
from sample_app.core.database import Database
from sample_app.files.models import StoredFile
from sample_app.orders.models import Order, OrderStatus
from sample_app.products.models import Currency, Product


class ExportRow(NamedTuple):
    """An order as a line of the export; the money is in the smallest unit of the currency."""

    order_id: str
    sku: str
    quantity: int
    unit_price: int
    currency: str
    status: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class FileUsage:
    """How many files there are, and how many bytes they have together."""

    count: int
    size: int


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and at which orders: those of the user, or of the whole tenant."""

    user_id: UUID
    tenant_id: str
    sees_all_orders: bool

    def may_see(self) -> list[ColumnElement[bool]]:
        """The conditions on orders; that of the tenant is the session's."""
        return [] if self.sees_all_orders else [Order.user_id == self.user_id]


class InsightRepository:
    """What one caller may see. Every question has a session of its own, so that several can be asked at once."""

    def __init__(self, database: Database, viewer: Viewer) -> None:
        self._database = database
        self._viewer = viewer

    def _transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        return self._database.transaction(read_only=True, tenant_id=self._viewer.tenant_id)

    async def orders_by_status(self) -> dict[OrderStatus, int]:
        """How many orders are how far, without those that their buyers cleared; no entry for none."""
        seen = (*self._viewer.may_see(), Order.cleared_at.is_(None))
        query = select(Order.status, func.count()).where(*seen).group_by(Order.status)
        async with self._transaction() as session:
            return {row[0]: row[1] for row in await session.execute(query)}

    async def file_usage(self) -> FileUsage:
        """What the caller's own files add up to."""
        query = select(func.count(), func.coalesce(func.sum(StoredFile.size), 0)).where(
            StoredFile.owner_id == self._viewer.user_id
        )
        async with self._transaction() as session:
            return FileUsage(*(await session.execute(query)).one())

    async def product_count(self) -> int:
        """How many products the tenant has."""
        query = select(func.count()).select_from(Product).where(Product.deleted_at.is_(None))
        async with self._transaction() as session:
            return await session.scalar(query) or 0

    async def order_totals(self, currency: Currency, *, limit: int) -> list[int]:
        """What the newest confirmed orders cost, cleared or not, at most `limit` of them, in the smallest unit."""
        query = (
            select(Order.quantity * Order.unit_price_amount)
            .where(*self._viewer.may_see(), Order.status == OrderStatus.CONFIRMED, Order.price_currency == currency)
            .order_by(Order.created_at.desc(), Order.id)
            .limit(limit)
        )
        async with self._transaction() as session:
            return [*await session.scalars(query)]

    async def export_page(self, after: ExportRow | None, *, limit: int) -> list[ExportRow]:
        """The next orders after one, the oldest first, at most `limit` of them, without those that were cleared.

        A page begins after a row, and not after a number of rows, so none is left out or comes twice when orders are
        placed meanwhile.
        """
        query = select(
            Order.id,
            Order.sku,
            Order.quantity,
            Order.unit_price_amount,
            Order.price_currency,
            Order.status,
            Order.created_at,
        ).where(
            Order.cleared_at.is_(None), *faults.pick("export-of-all-customers", right=self._viewer.may_see(), wrong=[])
        )
        if after is not None:
            at_once = and_(Order.created_at == after.created_at, Order.id > after.order_id)
            query = query.where(or_(Order.created_at > after.created_at, at_once))
        async with self._transaction() as session:
            rows = await session.execute(query.order_by(Order.created_at, Order.id).limit(limit))
            return [ExportRow(*row) for row in rows]
