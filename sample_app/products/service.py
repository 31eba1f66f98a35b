"""What can be done with products."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sample_app import faults
from sample_app.core.clock import utc_now
from sample_app.core.etags import is_meant
from sample_app.products.errors import (
    PreconditionRequiredError,
    ProductChangedError,
    ProductNotFoundError,
    SkuTakenError,
)
from sample_app.products.filters import ProductFilter
from sample_app.products.models import Product
from sample_app.products.repository import ProductRepository


class StockKeeper(Protocol):
    """Who knows how much there is; see `sample_app/stock/inventory.py`."""

    async def left(self, product: Product) -> int: ...
    async def tell(self, product: Product) -> int | None: ...


@dataclass(frozen=True, slots=True)
class ProductService:
    products: ProductRepository
    inventory: StockKeeper

    async def page(self, wanted: ProductFilter, *, limit: int, offset: int) -> tuple[list[Product], int]:
        """A part of the products, and how many there are in all."""
        return await self.products.page(wanted, limit=limit, offset=offset)

    async def get(self, sku: str) -> Product:
        """The product with that SKU.

        Raises:
            ProductNotFoundError: the tenant has none.
        """
        product = await self.products.get(sku)
        if product is None:
            raise ProductNotFoundError(f"No product has the SKU {sku}.")
        return product

    async def left(self, product: Product) -> int:
        """How many are left, as sure as it can be told.

        Raises:
            NotReadyError: it cannot be told now.
        """
        return await self.inventory.left(product)

    async def create(self, sku: str, columns: Mapping[str, Any]) -> Product:
        """A new product.

        Raises:
            SkuTakenError: there is one with that SKU.
            NotReadyError: its stock cannot be noted now.
        """
        if await self.products.get(sku) is not None:
            raise SkuTakenError(f"There is a product with the SKU {sku}.")
        return await self._with_stock(await self.products.add(sku, columns), columns)

    async def put(self, sku: str, columns: Mapping[str, Any], *, if_match: str | None) -> tuple[Product, bool]:
        """The product as given, and whether it is new; what was not given is gone.

        Raises:
            ProductChangedError: `if_match` does not name its state; nothing has a state that is not there.
            NotReadyError: as for `create`.
        """
        product = await self.products.get(sku)
        if product is None or faults.is_on("product-put-again-refused"):
            if if_match is not None:
                raise ProductChangedError(f"No product has the SKU {sku}.")
            return await self._with_stock(await self.products.add(sku, columns), columns), True
        _expect(product, if_match)
        return await self._with_stock(await self.products.change(product, columns), columns), False

    async def update(self, sku: str, columns: Mapping[str, Any], *, if_match: str | None) -> Product:
        """The product with some columns changed.

        Raises:
            ProductNotFoundError: the tenant has none.
            PreconditionRequiredError: the client does not say which state it knows, and could undo what others did.
            ProductChangedError: it is in another state.
            NotReadyError: as for `create`.
        """
        product = await self.get(sku)
        if if_match is None:
            raise PreconditionRequiredError("Send the ETag that you read as If-Match, or * to change any state of it.")
        _expect(product, if_match)
        return await self._with_stock(await self.products.change(product, columns), columns)

    async def delete(self, sku: str, *, if_match: str | None) -> None:
        """Take the product out of the catalogue; orders keep it.

        Raises:
            ProductNotFoundError: the tenant has none.
            ProductChangedError: it is in another state than `if_match` says.
        """
        product = await self.get(sku)
        _expect(product, if_match)
        await self.products.change(product, {"deleted_at": utc_now()})

    async def _with_stock(self, product: Product, columns: Mapping[str, Any]) -> Product:
        """The product, once the inventory knows its new stock; nothing is written if that cannot be told."""
        if "stock" in columns:
            product.stock_version = await self.inventory.tell(product) or product.stock_version
        return product


def _expect(product: Product, if_match: str | None) -> None:
    """Go on if the product is in the state that the client knows.

    Raises:
        ProductChangedError: it is in another one.
    """
    if faults.is_on("stale-change-accepted"):
        return
    if if_match is not None and not is_meant(if_match, product.etag):
        raise ProductChangedError(f"The product {product.sku} was changed; read it again.")
