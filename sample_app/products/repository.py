"""Products in the database."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app import faults
from sample_app.products.errors import SkuTakenError
from sample_app.products.filters import ProductFilter
from sample_app.products.models import Product

_ORDERS = {"sku": Product.sku, "price": Product.price_amount, "name": Product.name}


class ProductRepository:
    """The products of the session's tenant; deleted ones are not among them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, sku: str) -> Product | None:
        query = select(Product) if faults.is_on("deleted-product-still-readable") else _products()
        return await self._session.scalar(query.where(Product.sku == sku))

    async def page(self, wanted: ProductFilter, *, limit: int, offset: int) -> tuple[list[Product], int]:
        """A part of the products, and how many there are in all."""
        query = _products().where(*_conditions(wanted))
        total = await self._session.scalar(select(func.count()).select_from(query.subquery()))
        column = _ORDERS[wanted.order]
        # The SKU decides between equals, so that no product is on two pages.
        ordered = query.order_by(column.desc() if wanted.descending else column, Product.sku)
        return [*await self._session.scalars(ordered.limit(limit).offset(offset))], total or 0

    async def add(self, sku: str, columns: Mapping[str, Any]) -> Product:
        """Write a new product; the database decides whether the SKU is free, also for two at once.

        Raises:
            SkuTakenError: it is not.
        """
        product = Product(sku=sku, **columns)
        self._session.add(product)
        try:
            await self._session.flush()
        except IntegrityError:
            raise SkuTakenError(f"There is a product with the SKU {sku}.") from None
        return product

    async def change(self, product: Product, columns: Mapping[str, Any]) -> Product:
        """Set some columns; its entity tag changes if one of them does."""
        if faults.is_on("product-changes-not-kept"):
            self._session.expunge(product)
        changed = {name: value for name, value in columns.items() if getattr(product, name) != value}
        for name, value in changed.items():
            setattr(product, name, value)
        product.version += 1 if changed else 0
        await self._session.flush()
        return product

    async def take_stock(self, product_id: UUID, quantity: int) -> bool:
        """Take `quantity` from the stock if there is enough, in one statement; False if there is not."""
        taken = await self._session.scalar(
            update(Product)
            .where(Product.id == product_id, Product.stock >= quantity)
            .values(stock=Product.stock - quantity, version=Product.version + 1)
            .returning(Product.id)
        )
        return taken is not None

    async def note_stock(self, product_id: UUID, *, stock: int, stock_version: int) -> None:
        """Write what the inventory service says is left, unless something newer is known."""
        await self._session.execute(
            update(Product)
            .where(Product.id == product_id, Product.stock_version < stock_version)
            .values(stock=stock, stock_version=stock_version, version=Product.version + 1)
            .execution_options(synchronize_session=False)
        )


def _products() -> Select[Product]:
    return select(Product).where(Product.deleted_at.is_(None))


def _conditions(wanted: ProductFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.category is not None:
        found.append(Product.category == wanted.category)
    if wanted.text is not None:
        found.append(Product.name.icontains(wanted.text, autoescape=True))
    if wanted.min_price is not None:
        found.append(Product.price_amount >= wanted.min_price)
    if wanted.max_price is not None:
        found.append(Product.price_amount <= wanted.max_price)
    return found
