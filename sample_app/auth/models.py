"""The tables of logins and of their refresh tokens."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sample_app.core.clock import utc_now
from sample_app.core.database import Base, text_enum
from sample_app.core.tenancy import TenantScoped


class LoginKind(StrEnum):
    """By what the requests of a login are known."""

    TOKEN = "token"
    BROWSER = "browser"


class Login(TenantScoped, Base):
    """What a user has from signing in to signing out. All tokens of a login end with it, access tokens too."""

    __tablename__ = "logins"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[LoginKind] = mapped_column(text_enum(LoginKind))
    scope: Mapped[str] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshToken(TenantScoped, Base):
    """A refresh token that was given out. Only its digest is kept: who reads the table cannot sign in with it."""

    __tablename__ = "refresh_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    login_id: Mapped[UUID] = mapped_column(ForeignKey("logins.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
