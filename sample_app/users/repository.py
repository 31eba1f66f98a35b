"""Users in the database."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app import faults
from sample_app.core.tenancy import ALL_TENANTS, bind_tenant
from sample_app.users.errors import UserNameTakenError
from sample_app.users.filters import UserFilter
from sample_app.users.models import User


class UserRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, user_id: UUID) -> User | None:
        return await self._session.scalar(select(User).where(User.id == user_id))

    async def get_by_username(self, username: str) -> User | None:
        """The user of that name in any tenant: a user name is all that signing in asks for."""
        query = select(User).where(User.username == username)
        return await self._session.scalar(query, execution_options=ALL_TENANTS)

    async def get_in_tenant(self, username: str) -> User | None:
        """The user of that name in the session's tenant."""
        options = faults.pick("profiles-of-all-tenants", right={}, wrong=ALL_TENANTS)
        return await self._session.scalar(select(User).where(User.username == username), execution_options=options)

    async def page(self, wanted: UserFilter, *, limit: int, offset: int) -> tuple[list[User], int]:
        """A part of the tenant's users in the order of their names, and how many there are in all."""
        query = select(User)
        if wanted.role is not None:
            query = query.where(User.role == wanted.role)
        if wanted.prefix is not None:
            query = query.where(User.username.istartswith(wanted.prefix, autoescape=True))
        total = await self._session.scalar(select(func.count()).select_from(query.subquery()))
        found = await self._session.scalars(query.order_by(User.username).limit(limit).offset(offset))
        return [*found], total or 0

    async def rename(self, user: User, display_name: str) -> None:
        if faults.is_on("own-name-not-kept"):
            self._session.expunge(user)
        user.display_name = display_name
        await self._session.flush()

    async def add(self, user: User) -> None:
        """Write a new user into the own tenant; the database decides whether the name is free, also for two at once."""
        bind_tenant(self._session, user.tenant_id)
        self._session.add(user)
        try:
            await self._session.flush()
        except IntegrityError as error:
            if faults.is_on("registration-again-fails"):
                raise
            detail = f"The user name {user.username} is taken."
            raise UserNameTakenError(faults.pick("sql-shown-on-conflict", right=detail, wrong=str(error))) from None
