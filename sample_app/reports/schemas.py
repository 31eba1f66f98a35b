"""Reports on the wire."""

from pydantic import Field

from sample_app.core.pagination import PageQuery
from sample_app.core.schemas import ApiModel
from sample_app.products.models import Currency
from sample_app.products.schemas import SKU_PATTERN, Price
from sample_app.reports.repository import SalesLine


class StockQuery(PageQuery):
    """Which products to report."""

    below: int = Field(default=50, ge=1, le=1_000_000, description="Those with less than this left.")


class StockLineRead(ApiModel):
    """A product that is running out."""

    sku: str = Field(description="The stock keeping unit.", pattern=SKU_PATTERN, examples=["LAST-010"])
    name: str = Field(description="The name to show.", examples=["Moon oolong, 50 g"])
    stock: int = Field(description="How many are left.", ge=0, examples=[10])


class SalesLineRead(ApiModel):
    """What was sold of one product, over all confirmed orders."""

    sku: str = Field(description="The stock keeping unit.", pattern=SKU_PATTERN, examples=["TEA-001"])
    quantity: int = Field(description="How many pieces.", ge=1, examples=[12])
    revenue: Price = Field(description="What they brought in.")

    @classmethod
    def of(cls, line: SalesLine) -> "SalesLineRead":
        """The line as clients see it."""
        revenue = Price(amount=line.revenue, currency=Currency(line.currency))
        return cls(sku=line.sku, quantity=line.quantity, revenue=revenue)
