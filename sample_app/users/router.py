"""Routes of users."""

from typing import Annotated

from fastapi import APIRouter, Security

from sample_app import faults
from sample_app.auth.dependencies import get_current_user
from sample_app.auth.errors import InsufficientScopeError, NotAuthenticatedError
from sample_app.auth.scopes import Scope
from sample_app.core.errors import InvalidRequestError, MalformedRequestError, NotReadyError, RequestTooLargeError
from sample_app.core.problems import problem_responses
from sample_app.tenants.errors import TenantNotFoundError
from sample_app.users.dependencies import UserServiceDep
from sample_app.users.errors import UserNameTakenError
from sample_app.users.models import User
from sample_app.users.schemas import UserCreate, UserRead

router = APIRouter(prefix="/users", tags=["users"])


@router.post(
    "",
    operation_id="register_user",
    summary="Register",
    status_code=faults.pick("registration-answers-200", right=201, wrong=200),
    response_model=UserRead,
    responses=problem_responses(
        MalformedRequestError,
        RequestTooLargeError,
        TenantNotFoundError,
        UserNameTakenError,
        InvalidRequestError,
        NotReadyError,
    ),
)
async def register_user(registration: UserCreate, users: UserServiceDep) -> User:
    """Open a customer's account in a tenant."""
    return await users.register(
        username=registration.username,
        password=registration.password,
        display_name=registration.display_name,
        tenant_id=registration.tenant,
    )


@router.get(
    "/me",
    operation_id="read_own_user",
    summary="Read the own account",
    response_model=UserRead,
    responses=problem_responses(NotAuthenticatedError, InsufficientScopeError, NotReadyError),
)
async def read_own_user(
    user: Annotated[User, Security(get_current_user, scopes=[Scope.USERS_READ])],
) -> User:
    """The account that the access token belongs to."""
    return user
