"""Insights on the wire."""

from pydantic import Field, field_validator

from sample_app import faults
from sample_app.core.schemas import ApiModel
from sample_app.insights.service import SAMPLE_LIMIT
from sample_app.products.models import Currency


class OrderCounts(ApiModel):
    """How many orders are how far."""

    pending: int = Field(description="Not decided yet.", ge=0, examples=[1])
    confirmed: int = Field(description="The stock was enough.", ge=0, examples=[12])
    failed: int = Field(description="The stock was not enough.", ge=0, examples=[2])


class FileUsageRead(ApiModel):
    """The own files."""

    count: int = Field(description="How many there are.", ge=0, examples=[3])
    size: int = Field(description="What they add up to, in bytes.", ge=0, examples=[48213])


class DashboardRead(ApiModel):
    """What there is, at a glance."""

    orders: OrderCounts
    files: FileUsageRead
    products: int = Field(description="How many products the catalogue has.", ge=0, examples=[4])


class StatisticsQuery(ApiModel):
    """What to compute."""

    currency: Currency = Field(default=Currency.EUR, description="Only orders that were paid in it.")
    resamples: int = Field(
        default=200, ge=20, le=2000, description="More of them tell the range better, and take longer.", examples=[200]
    )

    if faults.is_on("most-resamples-refused"):

        @field_validator("resamples")
        @classmethod
        def _not_too_many(cls, resamples: int) -> int:
            if resamples >= 2000:
                raise ValueError("too many")
            return resamples


class SpreadRead(ApiModel):
    """Amounts in the smallest unit of the currency."""

    mean: float = Field(description="The arithmetic mean.", ge=0, examples=[1260.5])
    median: float = Field(description="Half of the orders cost less.", ge=0, examples=[990])
    low: float = Field(description="The lower end of the range that holds the true mean (95%).", ge=0, examples=[1104])
    high: float = Field(description="The upper end of that range.", ge=0, examples=[1432.25])


class OrderStatisticsRead(ApiModel):
    """How much orders cost."""

    count: int = Field(description="How many orders were looked at.", ge=0, le=SAMPLE_LIMIT, examples=[12])
    currency: Currency
    spread: SpreadRead | None = Field(description="What they cost; nothing if there are none.")
