"""The table of orders."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sample_app import faults
from sample_app.core.clock import utc_now
from sample_app.core.database import Base, text_enum
from sample_app.core.tenancy import TenantScoped

NOTE_LENGTH = 200


class OrderStatus(StrEnum):
    """How far an order is: from pending it goes to one of the other two, and stays there."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    FAILED = "failed"


class FailureReason(StrEnum):
    """Why an order failed."""

    OUT_OF_STOCK = faults.pick("order-failure-reason-renamed", right="out_of_stock", wrong="sold_out")
    CANCELLED = "cancelled"


class Order(TenantScoped, Base):
    """What a user ordered. The SKU and the price are those of the moment of ordering."""

    __tablename__ = "orders"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"))
    sku: Mapped[str] = mapped_column(String(12))
    quantity: Mapped[int]
    unit_price_amount: Mapped[int]
    price_currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[OrderStatus] = mapped_column(text_enum(OrderStatus), index=True)
    failure_reason: Mapped[FailureReason | None] = mapped_column(text_enum(FailureReason))
    note: Mapped[str | None] = mapped_column(String(NOTE_LENGTH))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    decided_at: Mapped[datetime | None]


def new_order_id(sku: str) -> str:
    """A name for a new order that nobody can guess, and that says what was ordered."""
    return f"{sku}-{uuid4()}"
