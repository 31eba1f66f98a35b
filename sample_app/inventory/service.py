"""What can be done at the inventory. Everything may be asked for again: what was done once is not done twice."""

from dataclasses import dataclass
from uuid import UUID

from sample_app.core.clock import utc_now
from sample_app.inventory.errors import (
    OutOfStockError,
    ReservationDiffersError,
    ReservationNotFoundError,
    ReservationReleasedError,
    StockKnownError,
    StockUnknownError,
)
from sample_app.inventory.models import Reservation, StockLevel
from sample_app.inventory.repository import InventoryRepository


@dataclass(frozen=True, slots=True)
class InventoryService:
    inventory: InventoryRepository

    async def level(self, product_id: UUID) -> StockLevel:
        """How much is left of a product.

        Raises:
            StockUnknownError: nobody has told.
        """
        level = await self.inventory.level(product_id)
        if level is None:
            raise StockUnknownError(f"Nothing is known of the stock of {product_id}.")
        return level

    async def set_level(
        self, product_id: UUID, *, stock: int, known_version: int, only_new: bool
    ) -> tuple[StockLevel, bool]:
        """Say how much there is of a product; how it is now, and whether it was new.

        Args:
            product_id: the product.
            stock: how many pieces there are, those that are kept for orders not among them.
            known_version: the newest that the caller has heard of. A change gets a higher one, also if the database
                was lost meanwhile.
            only_new: whether to leave what is known as it is.

        Raises:
            StockKnownError: something is known, and `only_new`.
        """
        if await self.inventory.add_level(product_id, stock=stock, version=known_version + 1):
            return await self.level(product_id), True
        level = await self.inventory.level_to_change(product_id)
        assert level is not None  # levels stay
        if only_new:
            raise StockKnownError(f"The stock of {product_id} is known.")
        if level.stock != stock or level.version < known_version:
            level.stock, level.version = stock, max(level.version, known_version) + 1
        return level, False

    async def reservation(self, product_id: UUID, order_id: str) -> Reservation:
        """What is kept of a product for an order.

        Raises:
            ReservationNotFoundError: nothing is, or no more.
        """
        reservation = await self.inventory.reservation(product_id, order_id)
        if reservation is None or reservation.released_at is not None:
            raise ReservationNotFoundError(f"Nothing is reserved for the order {order_id}.")
        return reservation

    async def reserve(self, product_id: UUID, order_id: str, quantity: int) -> tuple[StockLevel, bool]:
        """Keep pieces for an order, once; what is left, and whether they were not kept before.

        Raises:
            StockUnknownError: nothing is known of the product.
            OutOfStockError: too few are left.
            ReservationReleasedError: it is over with the order.
            ReservationDiffersError: another quantity is kept for it.
        """
        if not await self.inventory.add_reservation(product_id, order_id, quantity):
            known = await self.inventory.reservation_to_change(product_id, order_id)
            assert known is not None  # reservations stay
            if known.released_at is not None:
                raise ReservationReleasedError(f"The order {order_id} needs nothing any more.")
            if known.quantity != quantity:
                raise ReservationDiffersError(f"{known.quantity} are reserved for the order {order_id}.")
            return await self.level(product_id), False
        # A refusal takes the reservation back with all of the transaction, so the order may be tried again.
        if not await self.inventory.take(product_id, quantity):
            level = await self.level(product_id)
            raise OutOfStockError(f"Only {level.stock} are left of {product_id}.")
        return await self.level(product_id), True

    async def release(self, product_id: UUID, order_id: str) -> None:
        """Give back what is kept for an order, once, and keep nothing for it from now on."""
        if await self.inventory.forbid_reservation(product_id, order_id):
            return
        reservation = await self.inventory.reservation_to_change(product_id, order_id)
        assert reservation is not None  # reservations stay
        if reservation.released_at is None:
            reservation.released_at = utc_now()
            await self.inventory.give_back(product_id, reservation.quantity)
