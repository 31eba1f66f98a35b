"""The inventory: who knows how much there is of each product. What follows is what the shop asks of it."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sample_app.core.circuit import Circuit
from sample_app.products.models import Product
from sample_app.products.repository import ProductRepository


@dataclass(frozen=True, slots=True)
class Wanted:
    """The pieces of a product that an order needs."""

    order_id: str
    tenant_id: str
    product_id: UUID
    quantity: int


class Claim(Protocol):
    """What came of asking for the pieces of an order."""

    async def settle(self, products: ProductRepository) -> bool:
        """Whether the order can have them. Part of the transaction that decides the order."""
        ...


class Inventory(Protocol):
    """Where stock is kept. What may take long, or fail, is asked outside of transactions where that can be.

    Attributes:
        circuit: whether it works, where it is a service of its own.
    """

    circuit: Circuit | None

    async def answers(self) -> bool:
        """Whether it can be worked with."""
        ...

    async def left(self, product: Product) -> int:
        """How many pieces are left.

        Raises:
            InventoryError: it cannot be told now.
        """
        ...

    async def tell(self, product: Product) -> int | None:
        """Tell how much there is of a product that was added or changed; the version of that, if it has one.

        Raises:
            InventoryError: nobody was told, so the change must not be written.
        """
        ...

    async def claim(self, wanted: Wanted) -> Claim:
        """Ask for the pieces of an order, before the transaction that decides it. May be repeated for an order.

        Raises:
            InventoryError: it is not known whether they can be had; the order stays as it is.
        """
        ...

    async def release(self, product_id: UUID, order_id: str) -> None:
        """Give back the pieces of an order that failed, if any are kept for it. May be repeated.

        Raises:
            InventoryError: it has to be tried again.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The pieces are with the products, in the database of the orders."""

    wanted: Wanted

    async def settle(self, products: ProductRepository) -> bool:
        return await products.take_stock(self.wanted.product_id, self.wanted.quantity)


class OwnInventory:
    """The stock that stands with the products: taken in the transaction that decides the order."""

    circuit: Circuit | None = None

    async def answers(self) -> bool:
        return True  # it is the database, which is asked by itself

    async def left(self, product: Product) -> int:
        return product.stock

    async def tell(self, product: Product) -> int | None:
        return None  # who has the product has its stock

    async def claim(self, wanted: Wanted) -> Claim:
        return _Shelf(wanted)

    async def release(self, product_id: UUID, order_id: str) -> None:
        """Nothing is kept for orders that were not confirmed."""
