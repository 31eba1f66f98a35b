"""Logins and refresh tokens in the database."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.auth.models import Login, RefreshToken
from sample_app.core.tenancy import ALL_TENANTS


class LoginRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, login_id: UUID) -> Login | None:
        return await self._session.get(Login, login_id)

    async def active_of(self, user_id: UUID, *, at: datetime) -> list[Login]:
        """The logins of a user that still hold at that moment, the newest first."""
        query = select(Login).where(Login.user_id == user_id, Login.revoked_at.is_(None), Login.expires_at > at)
        return [*await self._session.scalars(query.order_by(Login.created_at.desc(), Login.id))]

    async def add(self, login: Login) -> None:
        self._session.add(login)
        await self._session.flush()

    async def end(self, login_id: UUID, *, at: datetime) -> None:
        """Revoke a login, of whatever tenant, unless it is revoked already."""
        ending = update(Login).where(Login.id == login_id, Login.revoked_at.is_(None)).values(revoked_at=at)
        await self._session.execute(ending, execution_options=ALL_TENANTS)


class RefreshTokenRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, digest: str) -> RefreshToken | None:
        """The token of any tenant, since nobody has signed in yet.

        It is locked until the transaction ends where the database locks rows: of two uses one is first.
        """
        query = select(RefreshToken).where(RefreshToken.digest == digest).with_for_update()
        return await self._session.scalar(query, execution_options=ALL_TENANTS)

    async def add(self, token: RefreshToken) -> None:
        self._session.add(token)
        await self._session.flush()
