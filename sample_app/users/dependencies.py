"""The user service, as a route asks for it, and what is checked before a route begins."""

from typing import Annotated

from fastapi import Depends

from sample_app.auth.dependencies import TenantSessionDep
from sample_app.core.dependencies import DatabaseDep, SessionDep
from sample_app.tenants.repository import TenantRepository
from sample_app.users.repository import UserRepository
from sample_app.users.schemas import UserCreate
from sample_app.users.service import UserService


def get_user_service(session: SessionDep) -> UserService:
    return UserService(users=UserRepository(session), tenants=TenantRepository(session))


def get_tenant_user_service(session: TenantSessionDep) -> UserService:
    """The same for the users of the caller's tenant only."""
    return UserService(users=UserRepository(session), tenants=TenantRepository(session))


UserServiceDep = Annotated[UserService, Depends(get_user_service)]
TenantUserServiceDep = Annotated[UserService, Depends(get_tenant_user_service)]


async def get_registration(registration: UserCreate, database: DatabaseDep) -> UserCreate:
    """A registration under a name that is free.

    It is looked up in a transaction of its own, which ends before the password is hashed: that takes long, and the
    transaction of the request would keep others from writing.
    """
    async with database.transaction(read_only=True) as session:
        await get_user_service(session).free_name(registration.username)
    return registration


RegistrationDep = Annotated[UserCreate, Depends(get_registration)]
