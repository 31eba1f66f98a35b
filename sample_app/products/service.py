"""What can be done with products."""

from dataclasses import dataclass

from sample_app.products.errors import ProductNotFoundError
from sample_app.products.models import Category, Product
from sample_app.products.repository import ProductRepository


@dataclass(frozen=True, slots=True)
class ProductService:
    products: ProductRepository

    async def page(self, *, category: Category | None, limit: int, offset: int) -> tuple[list[Product], int]:
        """A part of the catalogue, and how many products it has in all."""
        return await self.products.page(category=category, limit=limit, offset=offset)

    async def get(self, sku: str) -> Product:
        """The product with that SKU.

        Raises:
            ProductNotFoundError: the tenant has none.
        """
        product = await self.products.get(sku)
        if product is None:
            raise ProductNotFoundError(f"No product has the SKU {sku}.")
        return product
