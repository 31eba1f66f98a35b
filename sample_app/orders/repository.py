"""Orders in the database."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app import faults
from sample_app.core.tenancy import ALL_TENANTS, bind_tenant
from sample_app.orders.models import Order, OrderStatus


class OrderRepository:
    """The orders that one caller may see: of one user unless `user_id` is None, and always of the session's tenant.

    What its buyer cleared is seen by nobody.
    """

    def __init__(self, session: AsyncSession, *, user_id: UUID | None) -> None:
        self._session = session
        self._visible = self._uncleared = select(Order).where(Order.cleared_at.is_(None))
        if user_id is not None:
            self._visible = self._visible.where(Order.user_id == user_id)

    async def get(self, order_id: str) -> Order | None:
        visible = faults.pick("order-of-others-readable", right=self._visible, wrong=self._uncleared)
        options = faults.pick("order-of-other-tenants-readable", right={}, wrong=ALL_TENANTS)
        return await self._session.scalar(visible.where(Order.id == order_id), execution_options=options)

    async def get_to_change(self, order_id: str) -> Order | None:
        """The same, locked until the transaction ends where the database locks rows."""
        return await self._session.scalar(self._visible.where(Order.id == order_id).with_for_update())

    async def page(self, *, status: OrderStatus | None, limit: int, offset: int) -> tuple[list[Order], int]:
        """A part of the orders, the newest first, and how many there are in all."""
        query = self._visible
        if status is not None:
            query = query.where(Order.status == status)
        counted = faults.pick("order-total-ignores-filter", right=query, wrong=self._visible)
        total = await self._session.scalar(select(func.count()).select_from(counted.subquery()))
        # The id settles the order of two that came at the same moment, so that no page shows one twice.
        newest_first = query.order_by(Order.created_at.desc(), Order.id)
        if faults.is_on("orders-filter-and-offset-fail") and status is not None and offset > 0:
            newest_first = newest_first.filter_by(state=status)
        items = await self._session.scalars(newest_first.limit(limit).offset(offset))
        return [*items], total or 0

    async def add(self, order: Order) -> None:
        self._session.add(order)
        await self._session.flush()
        if faults.is_on("order-lost"):
            await self._session.rollback()


class PendingOrderRepository:
    """The orders of all tenants that something is left to do for: for the confirming step, never for a route."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._pending = select(Order).where(Order.status == OrderStatus.PENDING)

    async def get(self, order_id: str) -> Order | None:
        """The order as it is now. From here on the session works for the order's tenant alone."""
        return await self._one(self._pending.where(Order.id == order_id))

    async def get_to_change(self, order_id: str, *, wait: bool = True) -> Order | None:
        """The same, locked until the transaction ends where the database locks rows.

        Args:
            order_id: the order.
            wait: while somebody else has it locked; otherwise it is not found.
        """
        return await self._one(self._pending.where(Order.id == order_id).with_for_update(skip_locked=not wait))

    async def placed_until(self, moment: datetime) -> list[tuple[UUID, str]]:
        """The products and ids of those that were placed until then, the oldest first."""
        placed = self._pending.where(Order.created_at <= moment).order_by(Order.created_at, Order.id)
        rows = await self._session.execute(
            placed.with_only_columns(Order.product_id, Order.id), execution_options=ALL_TENANTS
        )
        return [(product_id, order_id) for product_id, order_id in rows]

    async def release_due(self, *, limit: int) -> list[tuple[UUID, str]]:
        """The products and ids of some that failed, and for which the inventory may still keep pieces."""
        query = select(Order.product_id, Order.id).where(Order.release_due).order_by(Order.id).limit(limit)
        rows = await self._session.execute(query, execution_options=ALL_TENANTS)
        return [(product_id, order_id) for product_id, order_id in rows]

    async def note_released(self, order_ids: Sequence[str]) -> None:
        """Note that the inventory keeps nothing for these any more."""
        released = update(Order).where(Order.id.in_(order_ids)).values(release_due=False)
        await self._session.execute(
            released.execution_options(synchronize_session=False), execution_options=ALL_TENANTS
        )

    async def _one(self, query: Select[Order]) -> Order | None:
        order = await self._session.scalar(query, execution_options=ALL_TENANTS)
        if order is not None:
            bind_tenant(self._session, order.tenant_id)
        return order
