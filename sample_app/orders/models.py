"""The tables of orders, and of the leases under which they are decided."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from sample_app import faults
from sample_app.core.clock import utc_now
from sample_app.core.database import Base, text_enum
from sample_app.core.tenancy import TenantScoped

NOTE_LENGTH = 200
OWNER_LENGTH = 80


class OrderStatus(StrEnum):
    """How far an order is: from pending it goes to one of the other two, and stays there."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    FAILED = "failed"


class FailureReason(StrEnum):
    """Why an order failed."""

    OUT_OF_STOCK = faults.pick("order-failure-reason-renamed", right="out_of_stock", wrong="sold_out")
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"


class Order(TenantScoped, Base):
    """What a user ordered. The SKU and the price are those of the moment of ordering.

    Attributes:
        lease_token: the token of the lease under which it was decided; None if it was not, or without one.
        cleared_at: when its buyer took it from sight; what was sold stays sold.
        release_due: whether the inventory may still keep pieces for it, although it failed.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index(
            "ix_orders_release_due", "id", sqlite_where=text("release_due = 1"), postgresql_where=text("release_due")
        ),
    )

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
    cleared_at: Mapped[datetime | None]
    lease_token: Mapped[int | None] = mapped_column(BigInteger)
    release_due: Mapped[bool] = mapped_column(default=False, server_default=false())

    def fail(self, reason: FailureReason) -> None:
        """Let it be over with the order. What may be kept for it is released later, see `orders/upkeep.py`."""
        self.status = OrderStatus.FAILED
        self.failure_reason = reason
        self.decided_at = utc_now()
        self.release_due = reason is not FailureReason.OUT_OF_STOCK


class StockLease(TenantScoped, Base):
    """Who may decide the orders of a product, and until when.

    It is in the database and not in Redis, because a token must never be given out twice.

    Attributes:
        owner: a process, or None if nobody is at work.
        token: one more each time that the lease is given out, so that a late owner is known by an old one.
        expires_at: in milliseconds since 1970, by the clock of the database.
    """

    __tablename__ = "stock_leases"

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), primary_key=True)
    owner: Mapped[str | None] = mapped_column(String(OWNER_LENGTH))
    token: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)


def new_order_id(sku: str) -> str:
    """A name for a new order that nobody can guess, and that says what was ordered."""
    return f"{sku}-{uuid4()}"
