"""The table of products."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from sample_app import faults
from sample_app.core.database import Base, text_enum
from sample_app.core.tenancy import TenantScoped


class Category(StrEnum):
    """The part of the catalogue a product stands in."""

    TEA = "tea"
    COFFEE = "coffee"
    GIFT = "gift"


class Currency(StrEnum):
    """An ISO 4217 code."""

    EUR = "EUR"
    if not faults.is_on("currency-usd-dropped"):
        USD = "USD"


class Product(TenantScoped, Base):
    """What a tenant sells. Tenants may use the same SKU for different things.

    A deleted product stays in the table, since orders refer to it; its SKU can be used again.

    Attributes:
        stock: how many are left; where the inventory is a service of its own, as it last said.
        stock_version: the service's version of `stock`; 0 if it said nothing.
    """

    __tablename__ = "products"
    __table_args__ = (
        Index(
            "uq_products_tenant_id_sku",
            "tenant_id",
            "sku",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    sku: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str | None] = mapped_column(String(400))
    category: Mapped[Category] = mapped_column(text_enum(Category))
    price_amount: Mapped[int]
    price_currency: Mapped[Currency] = mapped_column(text_enum(Currency))
    stock: Mapped[int]
    stock_version: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    producer: Mapped[str | None] = mapped_column(String(80))
    country_code: Mapped[str | None] = mapped_column(String(2))
    cost_amount: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    deleted_at: Mapped[datetime | None]

    @property
    def etag(self) -> str:
        """The entity tag (RFC 9110, section 8.8.3): another one after every change."""
        return f'"{self.id.hex}-{self.version}"'
