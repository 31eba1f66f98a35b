"""Products on the wire."""

from typing import Annotated, Any

from fastapi import Path
from pydantic import Field

from sample_app import faults
from sample_app.core.pagination import PageQuery
from sample_app.core.schemas import ApiModel
from sample_app.products.models import Category, Currency, Product

SKU_PATTERN = r"^[A-Z]{2,8}-[0-9]{3}$"

SkuPath = Annotated[
    str, Path(pattern=SKU_PATTERN, description="The product's stock keeping unit.", examples=["TEA-001"])
]

_NO_CATEGORY: Any = faults.pick("product-category-required", right=None, wrong=...)


class ProductQuery(PageQuery):
    """Which products to list."""

    category: Category | None = Field(default=_NO_CATEGORY, description="Only this category.")


class Price(ApiModel):
    """An amount of money, whole so that nothing is rounded."""

    amount: int = Field(description="In the smallest unit of the currency.", ge=0, examples=[495])
    currency: Currency


class ProductRead(ApiModel):
    """A product of the catalogue."""

    sku: str = Field(description="The stock keeping unit.", pattern=SKU_PATTERN, examples=["TEA-001"])
    name: str = Field(description="The name to show.", examples=["Assam, 100 g"])
    description: str | None = Field(description="More about it, if there is more.", examples=["A strong black tea."])
    category: Category
    price: Price
    if not faults.is_on("product-stock-dropped"):
        stock: int = Field(description="How many are left.", ge=0, examples=[1000])

    @classmethod
    def of(cls, product: Product) -> "ProductRead":
        """The product as clients see it."""
        price = Price(amount=product.price_amount, currency=product.price_currency)
        fields = {name: getattr(product, name) for name in cls.model_fields if name != "price"}
        if faults.is_on("product-without-description-malformed") and product.description is None:
            del fields["description"]
            return cls.model_construct(price=price, **fields)
        return cls(price=price, **fields)
