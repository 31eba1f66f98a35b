"""Stock and reservations in the database."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.core.clock import utc_now
from sample_app.inventory.models import InventoryBase, Reservation, StockLevel


class InventoryRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def level(self, product_id: UUID) -> StockLevel | None:
        """How much is left of a product, as it is now; None if nothing is known of it."""
        return await self._session.get(StockLevel, product_id, populate_existing=True)

    async def level_to_change(self, product_id: UUID) -> StockLevel | None:
        """The same, locked until the transaction ends where the database locks rows."""
        return await self._session.get(StockLevel, product_id, populate_existing=True, with_for_update=True)

    async def add_level(self, product_id: UUID, *, stock: int, version: int) -> bool:
        """Note the stock of a product of which nothing was known; False if there is something."""
        return await self._add(StockLevel(product_id=product_id, stock=stock, version=version))

    async def take(self, product_id: UUID, quantity: int) -> bool:
        """Take pieces from the stock if there are enough, in one statement; False if there are not."""
        return await self._change(product_id, -quantity)

    async def give_back(self, product_id: UUID, quantity: int) -> None:
        await self._change(product_id, quantity)

    async def reservation(self, product_id: UUID, order_id: str) -> Reservation | None:
        """What is kept of a product for an order, or was."""
        return await self._session.get(Reservation, (product_id, order_id))

    async def reservation_to_change(self, product_id: UUID, order_id: str) -> Reservation | None:
        """The same, locked until the transaction ends where the database locks rows."""
        return await self._session.get(
            Reservation, (product_id, order_id), populate_existing=True, with_for_update=True
        )

    async def add_reservation(self, product_id: UUID, order_id: str, quantity: int) -> bool:
        """Note pieces for an order of which nothing was known. Of two who do so at once, one waits and gets False."""
        return await self._add(Reservation(product_id=product_id, order_id=order_id, quantity=quantity))

    async def forbid_reservation(self, product_id: UUID, order_id: str) -> bool:
        """Let nothing ever be kept for an order of which nothing was known; False if there is something."""
        return await self._add(Reservation(product_id=product_id, order_id=order_id, quantity=0, released_at=utc_now()))

    async def _change(self, product_id: UUID, difference: int) -> bool:
        statement = (
            update(StockLevel)
            .where(StockLevel.product_id == product_id, StockLevel.stock + difference >= 0)
            .values(stock=StockLevel.stock + difference, version=StockLevel.version + 1)
            .returning(StockLevel.product_id)
            .execution_options(synchronize_session=False)
        )
        return await self._session.scalar(statement) is not None

    async def _add(self, row: InventoryBase) -> bool:
        """Write a new row; False if there is one under its key."""
        try:
            async with self._session.begin_nested():
                self._session.add(row)
        except IntegrityError:
            return False
        return True
