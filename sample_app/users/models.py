"""The table of users."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from sample_app.core.clock import utc_now
from sample_app.core.database import Base, text_enum
from sample_app.core.tenancy import TenantScoped


class Role(StrEnum):
    """What a user may do within the own tenant."""

    ADMIN = "admin"
    CUSTOMER = "customer"


class User(TenantScoped, Base):
    """An account. The user name is unique over all tenants, since signing in asks for nothing else."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    username: Mapped[str] = mapped_column(String(16), unique=True)
    display_name: Mapped[str] = mapped_column(String(80))
    role: Mapped[Role] = mapped_column(text_enum(Role), default=Role.CUSTOMER)
    password_hash: Mapped[str] = mapped_column(String(255))
    birth_date: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
