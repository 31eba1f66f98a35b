"""What can be done with orders."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sample_app import faults
from sample_app.core.clock import utc_now
from sample_app.core.watch import part
from sample_app.orders.errors import NotTheBuyerError, OrderDecidedError, OrderNotFoundError, OrderPendingError
from sample_app.orders.models import FailureReason, Order, OrderStatus, new_order_id
from sample_app.orders.repository import OrderRepository
from sample_app.products.service import ProductService


class OrderQueue(Protocol):
    """Where a pending order goes to be decided, once the transaction that wrote it has ended."""

    def put(self, order_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who orders, and where."""

    user_id: UUID
    tenant_id: str


@dataclass(frozen=True, slots=True)
class OrderService:
    orders: OrderRepository
    products: ProductService
    queue: OrderQueue

    async def place(self, buyer: Buyer, *, sku: str, quantity: int) -> Order:
        """A new pending order. Whether the stock is enough is decided later, in the order's own transaction.

        Raises:
            ProductNotFoundError: the tenant has no such product.
        """
        with part("orders.place"):
            order = await self._new_order(buyer, sku=sku, quantity=quantity)
        self.queue.put(order.id)
        return order

    async def _new_order(self, buyer: Buyer, *, sku: str, quantity: int) -> Order:
        product = await self.products.get(sku)
        order = Order(
            id=new_order_id(sku),
            tenant_id=buyer.tenant_id,
            user_id=buyer.user_id,
            product_id=product.id,
            sku=sku,
            quantity=quantity,
            unit_price_amount=product.price_amount,
            price_currency=product.price_currency,
            status=OrderStatus.PENDING,
        )
        await self.orders.add(order)
        return order

    async def page(self, *, status: OrderStatus | None, limit: int, offset: int) -> tuple[list[Order], int]:
        """A part of the orders the caller may see, and how many there are in all."""
        with part("orders.page"):
            await faults.dawdle("failed-orders-slow", when=status is OrderStatus.FAILED)
            return await self.orders.page(status=status, limit=limit, offset=offset)

    async def get(self, order_id: str) -> Order:
        """The order of that name.

        Raises:
            OrderNotFoundError: there is none, or it is not the caller's to see; the caller is not told which.
        """
        return self._found(await self.orders.get(order_id), order_id)

    async def write_note(self, order_id: str, note: str | None) -> Order:
        """Replace the note on an order, whatever its status; None takes it away.

        Raises:
            OrderNotFoundError: as for `get`.
        """
        order = self._found(await self.orders.get_to_change(order_id), order_id)
        order.note = note
        return order

    async def cancel(self, order_id: str) -> Order:
        """Fail a pending order on the caller's wish. To cancel a cancelled one changes nothing.

        Raises:
            OrderNotFoundError: as for `get`.
            OrderDecidedError: it was confirmed, or failed for another reason.
        """
        order = self._found(await self.orders.get_to_change(order_id), order_id)
        if order.failure_reason is FailureReason.CANCELLED:
            return order
        if order.status is not OrderStatus.PENDING:
            raise OrderDecidedError(f"The order {order_id} is {order.status}; only pending ones can be cancelled.")
        order.fail(FailureReason.CANCELLED)
        return order

    async def clear(self, buyer: Buyer, order_id: str) -> None:
        """Take a decided order from sight. What was sold stays sold, and what was taken from the stock stays taken.

        Raises:
            OrderNotFoundError: as for `get`.
            NotTheBuyerError: somebody else placed it.
            OrderPendingError: it is not decided.
        """
        order = self._found(await self.orders.get_to_change(order_id), order_id)
        if order.user_id != buyer.user_id:
            raise NotTheBuyerError(f"Only who placed the order {order_id} can clear it.")
        if order.status is OrderStatus.PENDING:
            raise OrderPendingError(f"The order {order_id} is pending; cancel it, or wait until it is decided.")
        order.cleared_at = utc_now()

    @staticmethod
    def _found(order: Order | None, order_id: str) -> Order:
        if order is None:
            raise OrderNotFoundError(f"There is no order {order_id}.")
        return order
