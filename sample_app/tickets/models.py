"""The table of tickets."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from sample_app.core.clock import utc_now
from sample_app.core.database import Base, text_enum
from sample_app.core.tenancy import TenantScoped

SUBJECT_LENGTH = 80
TEXT_LENGTH = 2000
VERSION_LENGTH = 80


class Platform(StrEnum):
    """What kind of program a request comes from."""

    WEB = "web"
    ANDROID = "android"
    IOS = "ios"
    OTHER = "other"


class Ticket(TenantScoped, Base):
    """A question of a user.

    Attributes:
        platform: what kind of program it was asked with, as that says itself; so is `client_version`.
        file_id: the attachment, until its owner deletes that file.
        closed_at: when the shop was done with it.
    """

    __tablename__ = "tickets"
    __table_args__ = (Index(None, "user_id", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH))
    text: Mapped[str] = mapped_column(String(TEXT_LENGTH))
    platform: Mapped[Platform] = mapped_column(text_enum(Platform))
    client_version: Mapped[str] = mapped_column(String(VERSION_LENGTH))
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    closed_at: Mapped[datetime | None]
