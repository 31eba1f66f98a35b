"""The table of notifications."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from sample_app.core.clock import utc_now
from sample_app.core.database import Base, text_enum
from sample_app.core.tenancy import TenantScoped


class NotificationKind(StrEnum):
    """What happened."""

    SIGNED_IN = "signed_in"
    ORDER_CONFIRMED = "order_confirmed"
    ORDER_FAILED = "order_failed"


class Notification(TenantScoped, Base):
    """What one user is told.

    Attributes:
        subject: the id of what it is about, if that can be asked for.
        read_at: when the user first said to have read it.
    """

    __tablename__ = "notifications"
    __table_args__ = (Index(None, "user_id", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[NotificationKind] = mapped_column(text_enum(NotificationKind))
    subject: Mapped[str | None] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    read_at: Mapped[datetime | None]
