"""The order service, as a route asks for it: with the rows that the caller may see."""

import logging
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.requests import HTTPConnection

from sample_app.auth.dependencies import CurrentUserDep, TenantSessionDep
from sample_app.core.background import Background
from sample_app.core.dependencies import BackgroundDep, RequestLimitsDep
from sample_app.core.errors import NotReadyError
from sample_app.core.queue import Queue
from sample_app.core.rate_limits import Limit
from sample_app.orders.confirmation import OrderDecider
from sample_app.orders.repository import OrderRepository
from sample_app.orders.service import Buyer, OrderQueue, OrderService
from sample_app.products.dependencies import ProductServiceDep
from sample_app.stock.errors import InventoryError
from sample_app.users.models import Role

logger = logging.getLogger(__name__)


def get_order_decider(connection: HTTPConnection) -> OrderDecider:
    decider: OrderDecider | None = connection.app.state.order_decider
    if decider is None:
        raise NotReadyError("Orders cannot be decided.")
    return decider


@dataclass(frozen=True, slots=True)
class AfterResponse:
    """An order queue without a broker: the order is decided by this process once the answer is sent."""

    background: Background
    decider: OrderDecider

    def put(self, order_id: str) -> None:
        self.background.add(self._decide, order_id)

    async def _decide(self, order_id: str) -> None:
        await _decide_or_leave(self.decider, order_id)


@dataclass(frozen=True, slots=True)
class ForWorkers:
    """An order queue that the order workers read. What does not get there is decided by this process."""

    background: Background
    queue: Queue
    decider: OrderDecider

    def put(self, order_id: str) -> None:
        self.background.add(self._hand_over, order_id)

    async def _hand_over(self, order_id: str) -> None:
        if not await self.queue.put(order_id):
            await _decide_or_leave(self.decider, order_id)


async def _decide_or_leave(decider: OrderDecider, order_id: str) -> None:
    try:
        await decider.decide(order_id)
    except InventoryError as error:  # who looks after what was left pending tries it again
        logger.warning("order %s stays pending: %s", order_id, error.detail)


def get_order_queue(
    request: Request, background: BackgroundDep, decider: Annotated[OrderDecider, Depends(get_order_decider)]
) -> OrderQueue:
    """Where orders go: to the workers, if there is a queue between processes."""
    shared: Queue | None = request.app.state.order_queue
    return AfterResponse(background, decider) if shared is None else ForWorkers(background, shared, decider)


def get_buyer(user: CurrentUserDep) -> Buyer:
    return Buyer(user_id=user.id, tenant_id=user.tenant_id)


def get_order_service(
    session: TenantSessionDep,
    user: CurrentUserDep,
    products: ProductServiceDep,
    queue: Annotated[OrderQueue, Depends(get_order_queue)],
) -> OrderService:
    """An admin sees the orders of the whole tenant, a customer the own ones."""
    owner = None if user.role is Role.ADMIN else user.id
    return OrderService(orders=OrderRepository(session, user_id=owner), products=products, queue=queue)


async def limit_orders(user: CurrentUserDep, limits: RequestLimitsDep) -> None:
    """Count the orders of a user, in both versions together."""
    await limits.enforce(Limit.ORDERS, str(user.id))


BuyerDep = Annotated[Buyer, Depends(get_buyer)]
OrderServiceDep = Annotated[OrderService, Depends(get_order_service)]
