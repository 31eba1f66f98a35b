"""The queries of reports."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app import faults
from sample_app.orders.models import Order, OrderStatus
from sample_app.products.models import Product


@dataclass(frozen=True, slots=True)
class SalesLine:
    """What was sold of one product in one currency: pieces, and money in the smallest unit."""

    sku: str
    currency: str
    quantity: int
    revenue: int


class ReportRepository:
    """Reports about the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def low_stock(self, *, below: int, limit: int, offset: int) -> tuple[list[Product], int]:
        """A part of the products with less than `below` left, the scarcest first, and how many there are in all."""
        query = select(Product).where(Product.stock < below, Product.deleted_at.is_(None))
        total = await self._session.scalar(select(func.count()).select_from(query.subquery()))
        scarcest_first = query.order_by(Product.stock, Product.sku)
        if faults.is_on("stock-report-pages-overlap"):
            offset = max(offset - 1, 0)
        items = [*await self._session.scalars(scarcest_first.limit(limit).offset(offset))]
        if faults.is_on("empty-stock-report-fails"):
            assert items[0].stock < below
        return items, total or 0

    async def sales(self, *, limit: int, offset: int) -> tuple[list[SalesLine], int]:
        """A part of the sums over confirmed orders, by SKU and currency, and how many lines there are in all."""
        query = (
            select(
                Order.sku,
                Order.price_currency,
                func.sum(Order.quantity),
                func.sum(Order.quantity * Order.unit_price_amount),
            )
            .where(Order.status == OrderStatus.CONFIRMED)
            .group_by(Order.sku, Order.price_currency)
        )
        total = await self._session.scalar(select(func.count()).select_from(query.subquery()))
        in_order = query.order_by(Order.sku, Order.price_currency).limit(limit).offset(offset)
        rows = await self._session.execute(in_order)
        lines = [SalesLine(sku, currency, quantity, revenue) for sku, currency, quantity, revenue in rows]
        return lines, faults.pick("sales-total-of-page", right=total or 0, wrong=len(lines))
