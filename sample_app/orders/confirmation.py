"""The step that decides a pending order: under a lease on its product, in one transaction, or not at all.

It may run again for the same order without harm, in several processes at once, so a queue that delivers at least once
will do, and so will looking in the database for what was left pending.
"""

import asyncio
import logging
import os
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from uuid import UUID, uuid4
from weakref import WeakValueDictionary

from sample_app.core.clock import utc_now
from sample_app.core.database import Database
from sample_app.core.settings import Settings
from sample_app.core.watch import part
from sample_app.notifications.models import Notification, NotificationKind
from sample_app.notifications.repository import add_notification
from sample_app.orders.leases import FencedOffError, Lease, LeaseRepository
from sample_app.orders.models import OWNER_LENGTH, FailureReason, Order, OrderStatus
from sample_app.orders.repository import PendingOrderRepository
from sample_app.products.repository import ProductRepository
from sample_app.stock.inventory import Claim, Inventory, OwnInventory, Wanted

logger = logging.getLogger(__name__)

_LOOKS = (0.02, 0.06)  # seconds between two attempts to get a lease
_AT_ONCE = 10
_RENEWALS = 3  # in the time that a lease lasts
_RELEASES = 100


class OrderDecider:
    """Decides orders for one process.

    Args:
        database: where orders, stock and leases are.
        settings: how long a lease lasts, and how long an order may be pending.
        inventory: where stock is kept; with the products if left out.
    """

    def __init__(self, database: Database, settings: Settings, inventory: Inventory | None = None) -> None:
        self._database = database
        self._inventory = inventory or OwnInventory()
        self._lease_seconds = settings.order_lease_seconds
        self._limit = timedelta(seconds=settings.order_seconds)
        self._owner = f"{socket.gethostname()[: OWNER_LENGTH - 50]}-{os.getpid()}-{uuid4().hex}"
        self._lines: WeakValueDictionary[UUID, _Line] = WeakValueDictionary()

    async def decide(self, order_id: str) -> bool:
        """Confirm the order if the stock is enough, else fail it. Nothing happens if it was decided before.

        Returns:
            Whether it is decided now. False if others kept the lease on its product for as long as one lasts.

        Raises:
            OverloadedError: the database has no capacity left, or cannot be reached.
            InventoryError: the inventory cannot be worked with now; the order stays pending.
        """
        with part("orders.decide", order_id=order_id):
            async with self._database.transaction(read_only=True) as session:
                order = await PendingOrderRepository(session).get(order_id)
            if order is None:
                return True
            line = self._lines.setdefault(order.product_id, _Line())
            async with line.turn:
                return await self._decide(order, line)

    async def decide_pending(self, *, older_than: timedelta = timedelta()) -> list[str]:
        """Decide all that were left pending for so long, those of a product in their order; the ids of the decided.

        Raises:
            OverloadedError, InventoryError: as for `decide`; the other products had their turn.
        """
        async with self._database.transaction(read_only=True) as session:
            left = await PendingOrderRepository(session).placed_until(utc_now() - older_than)
        hands = asyncio.Semaphore(_AT_ONCE)

        async def decide_all(order_ids: list[str]) -> list[str]:
            async with hands:
                return [order_id async for order_id in self._decided(order_ids)]

        by_product = groupby(sorted(left, key=itemgetter(0)), key=itemgetter(0))  # stable: the oldest stays first
        work = [decide_all([order_id for _, order_id in orders]) for _, orders in by_product]
        done = await asyncio.gather(*work, return_exceptions=True)
        for outcome in done:
            if isinstance(outcome, BaseException):
                raise outcome
        return [order_id for ids in done if not isinstance(ids, BaseException) for order_id in ids]

    async def end_overdue(self) -> list[str]:
        """Fail what has been pending for too long, whoever holds leases; the ids.

        An order that somebody is just deciding is left to them.

        Raises:
            OverloadedError: as for `decide`.
        """
        async with self._database.transaction(read_only=True) as session:
            overdue = await PendingOrderRepository(session).placed_until(utc_now() - self._limit)
        ended = []
        for _, order_id in overdue:
            async with self._database.transaction() as session:
                order = await PendingOrderRepository(session).get_to_change(order_id, wait=False)
                if order is None:
                    continue
                order.fail(FailureReason.TIMED_OUT)
                add_notification(session, _notification(order))
            ended.append(order_id)
            logger.warning("order %s: %s, it was pending for too long", order_id, order.status)
        return ended

    async def release_failed(self) -> None:
        """Let the inventory have back what it may keep for orders that failed meanwhile, some of them at a time.

        Raises:
            OverloadedError, InventoryError: as for `decide`; it is tried again the next time.
        """
        async with self._database.transaction(read_only=True) as session:
            due = await PendingOrderRepository(session).release_due(limit=_RELEASES)
        for product_id, order_id in due:
            await self._inventory.release(product_id, order_id)
        if due:
            async with self._database.transaction() as session:
                await PendingOrderRepository(session).note_released([order_id for _, order_id in due])

    async def _decided(self, order_ids: list[str]) -> AsyncIterator[str]:
        """Decide one after the other, until one has to wait for too long."""
        for order_id in order_ids:
            if not await self.decide(order_id):
                return
            yield order_id

    async def _decide(self, order: Order, line: "_Line") -> bool:
        """As `decide`, once it is this order's turn in the process."""
        loop = asyncio.get_running_loop()
        while True:
            turn = await self._take_lease(order)
            if turn.lease is not None:
                try:
                    async with self._renewed(turn.lease):
                        await self._settle(order, turn.lease)
                except FencedOffError as error:
                    logger.warning("order %s: not decided here, %s", order.id, error)
                else:
                    line.moved_at = loop.time()
                    return True
            elif turn.decided:
                return True
            if loop.time() >= line.moved_at + self._lease_seconds:
                return False
            await asyncio.sleep(random.uniform(*_LOOKS))

    async def _take_lease(self, order: Order) -> "_Turn":
        async with self._database.transaction(tenant_id=order.tenant_id) as session:
            if await PendingOrderRepository(session).get(order.id) is None:
                return _Turn(decided=True)
            leases = LeaseRepository(session, seconds=self._lease_seconds)
            return _Turn(lease=await leases.take(order.product_id, tenant_id=order.tenant_id, owner=self._owner))

    async def _settle(self, pending: Order, lease: Lease) -> None:
        """Stock, order, notification and the end of the lease: all of it, or nothing.

        Where the inventory is a service of its own, the pieces are reserved before, under the id of the order: what
        does not come to its end here comes again, and finds them.

        Raises:
            FencedOffError: the lease has gone to somebody else.
        """
        claim = None
        if not self._is_overdue(pending):
            wanted = Wanted(pending.id, pending.tenant_id, pending.product_id, pending.quantity)
            claim = await self._inventory.claim(wanted)
        async with self._database.transaction(tenant_id=lease.tenant_id) as session:
            leases = LeaseRepository(session, seconds=self._lease_seconds)
            await leases.let_nobody_wait_for_long()
            order = await PendingOrderRepository(session).get_to_change(pending.id)
            if order is not None:
                await self._judge(order, claim, ProductRepository(session))
                order.lease_token = lease.token
                add_notification(session, _notification(order))
            await leases.give_back(lease)
        if order is not None:
            logger.info("order %s: %s", order.id, order.status)

    async def _judge(self, order: Order, claim: Claim | None, products: ProductRepository) -> None:
        if claim is None or self._is_overdue(order):
            order.fail(FailureReason.TIMED_OUT)
        elif await claim.settle(products):
            order.status = OrderStatus.CONFIRMED
            order.decided_at = utc_now()
        else:
            order.fail(FailureReason.OUT_OF_STOCK)

    def _is_overdue(self, order: Order) -> bool:
        return order.created_at <= utc_now() - self._limit

    @asynccontextmanager
    async def _renewed(self, lease: Lease) -> AsyncIterator[None]:
        """Renew the lease again and again until the end of the block; if that fails, give it back."""
        done = asyncio.Event()
        watchdog = asyncio.create_task(self._watch(lease, done))
        try:
            yield
        except BaseException:
            done.set()
            await watchdog
            await self._release(lease)
            raise
        finally:
            done.set()
            await watchdog

    async def _watch(self, lease: Lease, done: asyncio.Event) -> None:
        while True:
            try:
                await asyncio.wait_for(done.wait(), self._lease_seconds / _RENEWALS)
            except TimeoutError:
                pass
            else:
                return
            try:
                async with self._database.transaction(tenant_id=lease.tenant_id) as session:
                    renewed = await LeaseRepository(session, seconds=self._lease_seconds).renew(lease)
            except Exception as error:  # it is tried again, and the fence is there if that is too late
                logger.warning("the lease %d on product %s was not renewed: %s", lease.token, lease.product_id, error)
                continue
            if not renewed:
                return

    async def _release(self, lease: Lease) -> None:
        try:
            async with self._database.transaction(tenant_id=lease.tenant_id) as session:
                await LeaseRepository(session, seconds=self._lease_seconds).give_back(lease)
        except FencedOffError:
            pass
        except Exception:
            logger.warning("the lease %d on the product %s ends by itself", lease.token, lease.product_id)


@dataclass(slots=True, weakref_slot=True)
class _Line:
    """Those of this process who wait for the lease on a product: only the first of them asks the database.

    Attributes:
        turn: held by the first.
        moved_at: when one of them was done last, or the line began, by the clock of the event loop. Who comes to its
            turn much later than that need not wait once more.
    """

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    moved_at: float = field(default_factory=lambda: asyncio.get_running_loop().time())


@dataclass(frozen=True, slots=True)
class _Turn:
    """What came of asking for a lease: the lease, or that the order needs none any more, or neither."""

    lease: Lease | None = None
    decided: bool = False


def _notification(order: Order) -> Notification:
    """What the buyer is told; in the transaction of the decision, so that it is told exactly once."""
    what = f"Your order of {order.quantity} x {order.sku}"
    if order.status is OrderStatus.CONFIRMED:
        kind, text = NotificationKind.ORDER_CONFIRMED, f"{what} is confirmed."
    elif order.failure_reason is FailureReason.TIMED_OUT:
        kind, text = NotificationKind.ORDER_FAILED, f"{what} could not be decided in time."
    else:
        kind, text = NotificationKind.ORDER_FAILED, f"{what} could not be filled: too little is left."
    return Notification(user_id=order.user_id, kind=kind, subject=order.id, text=text)
