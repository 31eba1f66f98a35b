"""What can be done with users."""

from dataclasses import dataclass

from sample_app import faults
from sample_app.core.passwords import hash_password
from sample_app.tenants.errors import TenantNotFoundError
from sample_app.tenants.repository import TenantRepository
from sample_app.users.models import User
from sample_app.users.repository import UserRepository


@dataclass(frozen=True, slots=True)
class UserService:
    users: UserRepository
    tenants: TenantRepository

    async def register(self, *, username: str, password: str, display_name: str, tenant_id: str) -> User:
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
        user = User(tenant_id=tenant_id, username=username, display_name=display_name, password_hash=password_hash)
        await self.users.add(user)
        return user
