"""Stock and reservations on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Header, Path
from pydantic import Field

from sample_app.core.schemas import ApiModel, JsonInt
from sample_app.inventory.models import ORDER_ID_LENGTH

ORDER_ID_PATTERN = rf"^[A-Za-z0-9-]{{1,{ORDER_ID_LENGTH}}}$"
MAX_STOCK = 1_000_000
MAX_VERSION = 10**15  # far below what is exact as a number in JSON (RFC 8259, section 6)

_ORDER_ID = "TEA-001-0b5f1c2e-3d4a-4b6c-8d7e-9f0a1b2c3d4e"
_PRODUCT_ID = "5d2c1a0b-6e7f-4a3b-9c8d-1e2f3a4b5c6d"

ProductIdPath = Annotated[UUID, Path(description="The product, as its shop names it.", examples=[_PRODUCT_ID])]
OrderIdPath = Annotated[
    str, Path(pattern=ORDER_ID_PATTERN, description="The order, as its shop names it.", examples=[_ORDER_ID])
]
OnlyNew = Annotated[
    Literal["*"] | None,
    Header(alias="If-None-Match", description="Change nothing if the stock is known (RFC 9110, section 13.1.2)."),
]


class StockWrite(ApiModel):
    """How much there is of a product."""

    stock: JsonInt = Field(
        description="How many pieces, without those kept for orders.", ge=0, le=MAX_STOCK, examples=[1000]
    )
    known_version: JsonInt = Field(
        default=0,
        description="The newest version that the client has heard of; that of a change will be higher.",
        ge=0,
        le=MAX_VERSION,
    )


class StockRead(ApiModel):
    """How much is left of a product."""

    product_id: UUID = Field(description="The product.", examples=[_PRODUCT_ID])
    stock: int = Field(description="How many pieces are left.", ge=0, examples=[998])
    version: int = Field(description="Higher after each change.", ge=1, examples=[3])


class ReservationWrite(ApiModel):
    """What an order needs."""

    quantity: JsonInt = Field(description="How many pieces.", ge=1, le=MAX_STOCK, examples=[2])


class ReservationRead(ApiModel):
    """What is kept for an order."""

    order_id: str = Field(description="The order.", pattern=ORDER_ID_PATTERN, examples=[_ORDER_ID])
    product_id: UUID = Field(description="The product.", examples=[_PRODUCT_ID])
    quantity: int = Field(description="How many pieces.", ge=1, examples=[2])


class ReservationMade(ReservationRead):
    """What is kept for an order, and what is left for others."""

    left: StockRead
