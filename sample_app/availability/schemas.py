"""Availability on the wire, in each version."""

from enum import StrEnum

from pydantic import Field

from sample_app.core.schemas import ApiModel
from sample_app.products.models import Product
from sample_app.products.schemas import SKU_PATTERN

_FEW = 10


class Level(StrEnum):
    """How much is left."""

    PLENTY = "plenty"
    FEW = "few"
    NONE = "none"


class AvailabilityRead(ApiModel):
    """Whether a product can be had (version 2)."""

    sku: str = Field(description="The stock keeping unit.", pattern=SKU_PATTERN, examples=["TEA-001"])
    level: Level

    @classmethod
    def of(cls, product: Product) -> "AvailabilityRead":
        level = Level.PLENTY if product.stock > _FEW else Level.FEW if product.stock else Level.NONE
        return cls(sku=product.sku, level=level)


class AvailabilityV1(ApiModel):
    """Whether a product can be had (version 1)."""

    sku: str = Field(description="The stock keeping unit.", pattern=SKU_PATTERN, examples=["TEA-001"])
    in_stock: bool = Field(description="Whether any are left; use `level`.", deprecated=True)

    @classmethod
    def of(cls, product: Product) -> "AvailabilityV1":
        return cls(sku=product.sku, in_stock=product.stock > 0)
