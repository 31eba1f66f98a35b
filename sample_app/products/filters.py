"""Which products to list."""

from typing import NamedTuple

from sample_app.products.models import Category


class ProductFilter(NamedTuple):
    """Which products, and in which order.

    Attributes:
        category: only of this one.
        text: only those with this text in the name, whatever its case.
        min_price: only from this amount.
        max_price: only up to this amount.
        order: what to sort by: `sku`, `price` or `name`.
        descending: the other way round.
    """

    category: Category | None = None
    text: str | None = None
    min_price: int | None = None
    max_price: int | None = None
    order: str = "sku"
    descending: bool = False
