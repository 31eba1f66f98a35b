"""Products in the database."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.products.models import Category, Product


class ProductRepository:
    """The products of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, sku: str) -> Product | None:
        return await self._session.scalar(select(Product).where(Product.sku == sku))

    async def page(self, *, category: Category | None, limit: int, offset: int) -> tuple[list[Product], int]:
        """A part of the products in the order of their SKUs, and how many there are in all."""
        query = select(Product)
        if category is not None:
            query = query.where(Product.category == category)
        total = await self._session.scalar(select(func.count()).select_from(query.subquery()))
        items = await self._session.scalars(query.order_by(Product.sku).limit(limit).offset(offset))
        return [*items], total or 0

    async def take_stock(self, product_id: UUID, quantity: int) -> bool:
        """Take `quantity` from the stock if there is enough, in one statement; False if there is not."""
        taken = await self._session.scalar(
            update(Product)
            .where(Product.id == product_id, Product.stock >= quantity)
            .values(stock=Product.stock - quantity)
            .returning(Product.id)
        )
        return taken is not None
