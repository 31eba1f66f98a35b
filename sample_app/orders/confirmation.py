"""The step that decides a pending order: stock and order change in one transaction, or not at all.

It runs in this process, right after the answer to the client. It may run again for the same order without harm, so a
queue that delivers at least once can take over; what a killed process left pending is picked up at the next start, or
by the worker (`worker.py`).
"""

import logging
from datetime import timedelta

from sample_app.core.clock import utc_now
from sample_app.core.database import Database
from sample_app.core.watch import part
from sample_app.notifications.models import Notification, NotificationKind
from sample_app.notifications.repository import add_notification
from sample_app.orders.models import FailureReason, Order, OrderStatus
from sample_app.orders.repository import PendingOrderRepository
from sample_app.products.repository import ProductRepository

logger = logging.getLogger(__name__)


async def decide_order(database: Database, order_id: str) -> None:
    """Confirm the order if the stock is enough, else fail it. Nothing happens if it was decided before."""
    with part("orders.decide", order_id=order_id):
        await _decide(database, order_id)


async def _decide(database: Database, order_id: str) -> None:
    async with database.transaction() as session:
        order = await PendingOrderRepository(session).get(order_id)
        if order is None:
            return
        if await ProductRepository(session).take_stock(order.product_id, order.quantity):
            order.status = OrderStatus.CONFIRMED
        else:
            order.status = OrderStatus.FAILED
            order.failure_reason = FailureReason.OUT_OF_STOCK
        order.decided_at = utc_now()
        add_notification(session, _notification(order))
    logger.info("order %s: %s", order_id, order.status)


def _notification(order: Order) -> Notification:
    """What the buyer is told; in the transaction of the decision, so that it is told exactly once."""
    what = f"Your order of {order.quantity} x {order.sku}"
    if order.status is OrderStatus.CONFIRMED:
        kind, text = NotificationKind.ORDER_CONFIRMED, f"{what} is confirmed."
    else:
        kind, text = NotificationKind.ORDER_FAILED, f"{what} could not be filled: too little is left."
    return Notification(user_id=order.user_id, kind=kind, subject=order.id, text=text)


async def decide_pending_orders(database: Database, *, older_than: timedelta = timedelta()) -> list[str]:
    """Decide all that were left pending for so long, the oldest first; their ids."""
    async with database.transaction(read_only=True) as session:
        waiting = await PendingOrderRepository(session).ids(until=utc_now() - older_than)
    for order_id in waiting:
        await decide_order(database, order_id)
    return waiting
