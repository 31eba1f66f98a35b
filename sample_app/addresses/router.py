"""Routes of the own address."""

from typing import Annotated

from fastapi import APIRouter, Body, Security

from sample_app.addresses.dependencies import AddressServiceDep
from sample_app.addresses.errors import NoAddressError
from sample_app.addresses.models import StoredAddress
from sample_app.addresses.schemas import Address
from sample_app.auth.dependencies import get_current_user
from sample_app.auth.errors import InsufficientScopeError, NotAuthenticatedError
from sample_app.auth.scopes import Scope
from sample_app.core.errors import InvalidRequestError, MalformedRequestError, NotReadyError, RequestTooLargeError
from sample_app.core.problems import problem_responses

router = APIRouter(prefix="/users/me/address", tags=["users"])


@router.get(
    "",
    operation_id="read_own_address",
    dependencies=[Security(get_current_user, scopes=[Scope.USERS_READ])],
    summary="Read the own address",
    response_model=Address,
    responses=problem_responses(NotAuthenticatedError, InsufficientScopeError, NoAddressError, NotReadyError),
)
async def read_own_address(addresses: AddressServiceDep) -> StoredAddress:
    """Where the caller wants orders delivered."""
    return await addresses.get()


@router.put(
    "",
    operation_id="put_own_address",
    dependencies=[Security(get_current_user, scopes=[Scope.USERS_WRITE])],
    summary="Tell the own address",
    response_model=Address,
    responses=problem_responses(
        MalformedRequestError,
        RequestTooLargeError,
        NotAuthenticatedError,
        InsufficientScopeError,
        InvalidRequestError,
        NotReadyError,
    ),
)
async def put_own_address(address: Annotated[Address, Body(embed=True)], addresses: AddressServiceDep) -> StoredAddress:
    """The address from now on, whether there was one or not. It is embedded, so that more can be told beside it."""
    return await addresses.put(**address.model_dump())
