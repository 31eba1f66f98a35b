"""What can be done with users."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sample_app import faults
from sample_app.core.passwords import hash_password
from sample_app.tenants.errors import TenantNotFoundError
from sample_app.tenants.repository import TenantRepository
from sample_app.users.errors import UserNameTakenError, UserNotFoundError
from sample_app.users.filters import UserFilter
from sample_app.users.models import User
from sample_app.users.repository import UserRepository


@dataclass(frozen=True, slots=True)
class UserService:
    users: UserRepository
    tenants: TenantRepository

    async def free_name(self, username: str) -> None:
        """Say early that a name is taken, before anything slow is done; `register` has the last word.

        Raises:
            UserNameTakenError: somebody has the name, in whatever tenant.
        """
        if faults.is_on("registration-again-fails") or faults.is_on("sql-shown-on-conflict"):
            return  # they stand where the database has the last word
        if await self.users.get_by_username(username) is not None:
            raise UserNameTakenError(f"The user name {username} is taken.")

    async def by_name(self, username: str) -> User:
        """The user of that name in the caller's tenant.

        Raises:
            UserNotFoundError: the tenant has none.
        """
        user = await self.users.get_in_tenant(username)
        if user is None:
            raise UserNotFoundError(f"Nobody is called {username}.")
        return user

    async def page(self, wanted: UserFilter, *, limit: int, offset: int) -> tuple[list[User], int]:
        """A part of the tenant's users, and how many there are in all."""
        return await self.users.page(wanted, limit=limit, offset=offset)

    async def get(self, user_id: UUID) -> User:
        """The user with that id in the caller's tenant.

        Raises:
            UserNotFoundError: the tenant has none.
        """
        user = await self.users.get(user_id)
        if user is None:
            raise UserNotFoundError(f"No user has the id {user_id}.")
        return user

    async def rename(self, user: User, display_name: str) -> User:
        """The user with another name to show."""
        await self.users.rename(user, display_name)
        return user

    async def register(
        self, *, username: str, password: str, display_name: str, birth_date: date, tenant_id: str
    ) -> User:
        """A new customer of a tenant.

        Raises:
            TenantNotFoundError: there is no such tenant.
            UserNameTakenError: somebody has the name, in whatever tenant.
        """
        if faults.is_on("blank-display-name-fails"):
            first, *others = display_name.split()
            display_name = " ".join((first.capitalize(), *others))
        if faults.is_on("user-name-lowercased"):
            username = username.lower()
        # Hashing is slow on purpose, so it comes before the first query, which starts the transaction.
        password_hash = await hash_password(password)
        if not await self.tenants.exists(tenant_id):
            raise TenantNotFoundError(f"There is no tenant {tenant_id}.")
        user = User(
            tenant_id=tenant_id,
            username=username,
            display_name=display_name,
            birth_date=birth_date,
            password_hash=password_hash,
        )
        await self.users.add(user)
        return user
