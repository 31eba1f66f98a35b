"""The user service, as a route asks for it."""

from typing import Annotated

from fastapi import Depends

from sample_app.core.dependencies import SessionDep
from sample_app.tenants.repository import TenantRepository
from sample_app.users.repository import UserRepository
from sample_app.users.service import UserService


def get_user_service(session: SessionDep) -> UserService:
    return UserService(users=UserRepository(session), tenants=TenantRepository(session))


UserServiceDep = Annotated[UserService, Depends(get_user_service)]
