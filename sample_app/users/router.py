"""Routes of users."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Security

from sample_app import faults
from sample_app.auth.dependencies import get_current_user
from sample_app.auth.errors import InsufficientScopeError, NotAuthenticatedError
from sample_app.auth.scopes import Scope
from sample_app.core.errors import InvalidRequestError, MalformedRequestError, NotReadyError, RequestTooLargeError
from sample_app.core.pagination import Page, PageQuery
from sample_app.core.problems import problem_responses
from sample_app.tenants.errors import TenantNotFoundError
from sample_app.users.dependencies import RegistrationDep, TenantUserServiceDep, UserServiceDep
from sample_app.users.errors import UserNameTakenError, UserNotFoundError
from sample_app.users.filters import UserFilter
from sample_app.users.models import Role, User
from sample_app.users.schemas import ProfileRead, RolePath, UserName, UserRead, UserUpdate
from sample_app.users.service import UserService

router = APIRouter(prefix="/users", tags=["users"])

_READ = Security(get_current_user, scopes=[Scope.USERS_READ])
_ADMIN = Security(get_current_user, scopes=[Scope.USERS_ADMIN])
_LIST_ERRORS = (NotAuthenticatedError, InsufficientScopeError, InvalidRequestError, NotReadyError)


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
async def register_user(registration: RegistrationDep, users: UserServiceDep) -> User:
    """Open a customer's account in a tenant."""
    return await users.register(
        username=registration.username,
        password=registration.password,
        display_name=registration.display_name,
        birth_date=registration.birth_date,
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


@router.patch(
    "/me",
    operation_id="update_own_user",
    summary="Change the own account",
    response_model=UserRead,
    responses=problem_responses(
        MalformedRequestError,
        RequestTooLargeError,
        NotAuthenticatedError,
        InsufficientScopeError,
        InvalidRequestError,
        NotReadyError,
    ),
)
async def update_own_user(
    change: UserUpdate,
    user: Annotated[User, Security(get_current_user, scopes=[Scope.USERS_WRITE])],
    users: TenantUserServiceDep,
) -> User:
    """Show another name from now on."""
    return await users.rename(user, change.display_name)


@router.get(
    "",
    operation_id="list_users",
    dependencies=[_ADMIN],
    summary="List the accounts of the tenant",
    responses=problem_responses(*_LIST_ERRORS),
)
async def list_users(users: TenantUserServiceDep, query: Annotated[PageQuery, Query()]) -> Page[UserRead]:
    """For admins: all accounts, in the order of their user names."""
    items, total = await users.page(UserFilter(), limit=query.limit, offset=query.offset)
    return Page(
        items=[UserRead.model_validate(item) for item in items], total=total, limit=query.limit, offset=query.offset
    )


@router.get(
    "/by-name/{username}",
    operation_id="read_profile",
    dependencies=[_READ],
    summary="Look somebody up",
    response_model=ProfileRead,
    responses=problem_responses(*_LIST_ERRORS, UserNotFoundError),
)
async def read_profile(username: Annotated[UserName, Path(examples=["alice"])], users: TenantUserServiceDep) -> User:
    """What the users of a tenant may know of each other."""
    return await users.by_name(username)


@router.get(
    "/by-role/{role}",
    operation_id="list_profiles_by_role",
    dependencies=[_READ],
    summary="Who has a role?",
    responses=problem_responses(*_LIST_ERRORS),
)
async def list_profiles_by_role(
    role: Role, users: TenantUserServiceDep, query: Annotated[PageQuery, Query()]
) -> Page[ProfileRead]:
    """The users of the tenant with a role, in the order of their names."""
    return await _profiles(users, UserFilter(role=role), query)


@router.get(
    "/by-role/{role}/{prefix}",
    operation_id="search_profiles",
    dependencies=[_READ],
    summary="Who has a role and a name like that?",
    responses=problem_responses(*_LIST_ERRORS),
)
async def search_profiles(
    path: Annotated[RolePath, Path()], users: TenantUserServiceDep, query: Annotated[PageQuery, Query()]
) -> Page[ProfileRead]:
    """The users of the tenant with a role whose name begins with a text, whatever its case."""
    return await _profiles(users, UserFilter(role=path.role, prefix=path.prefix), query)


@router.get(
    "/{user_id}",
    operation_id="read_user",
    dependencies=[_ADMIN],
    summary="Read an account of the tenant",
    response_model=UserRead,
    responses=problem_responses(*_LIST_ERRORS, UserNotFoundError),
)
async def read_user(
    user_id: Annotated[UUID, Path(description="Names the account.")], users: TenantUserServiceDep
) -> User:
    """For admins: one account."""
    return await users.get(user_id)


async def _profiles(users: UserService, wanted: UserFilter, query: PageQuery) -> Page[ProfileRead]:
    items, total = await users.page(wanted, limit=query.limit, offset=query.offset)
    return Page(
        items=[ProfileRead.model_validate(item) for item in items], total=total, limit=query.limit, offset=query.offset
    )
