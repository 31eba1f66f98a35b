"""The tables of the inventory, in a database of its own, which knows products and orders by their ids alone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from sample_app.core.clock import utc_now
from sample_app.core.database import CONSTRAINT_NAMES, UtcDateTime

ORDER_ID_LENGTH = 64


class InventoryBase(DeclarativeBase):
    """The base of the inventory's models."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012  (SQLAlchemy reads a plain dict here)


class StockLevel(InventoryBase):
    """How much is left of a product.

    Attributes:
        version: higher after each change, so that whoever keeps a copy knows which of two is the newer one.
    """

    __tablename__ = "stock_levels"
    __table_args__ = (CheckConstraint("stock >= 0", name="stock_not_negative"),)

    product_id: Mapped[UUID] = mapped_column(primary_key=True)
    stock: Mapped[int]
    version: Mapped[int] = mapped_column(BigInteger)


class Reservation(InventoryBase):
    """What is kept for an order, or was.

    Attributes:
        quantity: how many pieces; 0 if nothing was ever kept, and nothing may be.
        released_at: when they were given back; nothing is kept for this order from then on.
    """

    __tablename__ = "reservations"
    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity_not_negative"),)

    product_id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(String(ORDER_ID_LENGTH), primary_key=True)
    quantity: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    released_at: Mapped[datetime | None]
