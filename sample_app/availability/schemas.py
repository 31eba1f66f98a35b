"""Availability on the wire, in each version."""

from enum import StrEnum

from pydantic import Field

from sample_app.core.schemas import ApiModel
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
    def of(cls, sku: str, left: int) -> "AvailabilityRead":
        level = Level.PLENTY if left > _FEW else Level.FEW if left else Level.NONE
        return cls(sku=sku, level=level)


class AvailabilityV1(ApiModel):
    """Whether a product can be had (version 1)."""

    sku: str = Field(description="The stock keeping unit.", pattern=SKU_PATTERN, examples=["TEA-001"])
    in_stock: bool = Field(description="Whether any are left; use `level`.", deprecated=True)

    @classmethod
    def of(cls, sku: str, left: int) -> "AvailabilityV1":
        return cls(sku=sku, in_stock=left > 0)
