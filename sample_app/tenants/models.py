"""The table of tenants."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from sample_app.core.database import Base


class Tenant(Base):
    """A company; `id` is its short name, as it stands in tokens."""

    __tablename__ = "tenants"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
