"""Orders on the wire."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import Field

from sample_app import faults
from sample_app.core.pagination import PageQuery
from sample_app.core.schemas import ApiModel, JsonInt
from sample_app.orders.models import NOTE_LENGTH, FailureReason, Order, OrderStatus
from sample_app.products.models import Currency
from sample_app.products.schemas import SKU_PATTERN, Price

ORDER_ID_PATTERN = r"^[A-Z]{2,8}-[0-9]{3}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_ORDER_ID = "TEA-001-0b5f1c2e-3d4a-4b6c-8d7e-9f0a1b2c3d4e"

OrderIdPath = Annotated[
    str, Path(pattern=ORDER_ID_PATTERN, description="As it came back from ordering.", examples=[_ORDER_ID])
]


class OrderQuery(PageQuery):
    """Which orders to list."""

    status: OrderStatus | None = Field(default=None, description="Only orders that are this far.")


class OrderCreate(ApiModel):
    """What to order."""

    sku: str = Field(description="The product's stock keeping unit.", pattern=SKU_PATTERN, examples=["TEA-001"])
    quantity: JsonInt = Field(
        description="How many.",
        ge=1,
        le=faults.pick("order-quantity-limit-lowered", right=100, wrong=10),
        examples=[2],
    )
    if faults.is_on("order-country-required"):
        delivery_country: str = Field(description="Where to deliver.", pattern="^[A-Z]{2}$", examples=["DE"])


class OrderUpdate(ApiModel):
    """What is to change about an order."""

    note: str | None = Field(
        description="A note for the shop, in place of the one before; nothing takes it away.",
        max_length=NOTE_LENGTH,
        examples=["Please ring twice."],
    )


class OrderAccepted(ApiModel):
    """The order is noted, not yet decided."""

    order_id: str = Field(description="To ask for the order with.", pattern=ORDER_ID_PATTERN, examples=[_ORDER_ID])
    status: Literal["pending"] = Field(description="An order begins as pending.")


class OrderRead(ApiModel):
    """An order and how far it is."""

    order_id: str = Field(description="Names the order for good.", pattern=ORDER_ID_PATTERN, examples=[_ORDER_ID])
    sku: str = Field(description="What was ordered.", pattern=SKU_PATTERN, examples=["TEA-001"])
    quantity: int = Field(description="How many.", ge=1, examples=[2])
    status: OrderStatus
    failure_reason: FailureReason | None = Field(description="Why it failed, if it did.")
    total: Price
    note: str | None = Field(description="A note for the shop.", examples=["Please ring twice."])
    created_at: datetime = Field(description="When it was placed, in UTC.")
    decided_at: datetime | None = Field(description="When it was confirmed or failed, in UTC.")

    @classmethod
    def of(cls, order: Order) -> "OrderRead":
        """The order as clients see it."""
        read = cls(
            order_id=order.id,
            sku=order.sku,
            quantity=order.quantity,
            status=order.status,
            failure_reason=order.failure_reason,
            total=Price(amount=order.unit_price_amount * order.quantity, currency=Currency(order.price_currency)),
            note=order.note,
            created_at=order.created_at,
            decided_at=order.decided_at,
        )
        if faults.is_on("failed-order-without-pieces") and order.status is OrderStatus.FAILED:
            return read.model_copy(update={"quantity": 0})
        return read
