"""Routes of API keys."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response, Security

from sample_app import faults
from sample_app.api_keys.dependencies import ApiKeyServiceDep
from sample_app.api_keys.errors import ApiKeyNotFoundError
from sample_app.api_keys.schemas import ApiKeyCreate, ApiKeyCreated, ApiKeyRead
from sample_app.auth.dependencies import get_current_user
from sample_app.auth.errors import InsufficientScopeError, NotAuthenticatedError
from sample_app.auth.scopes import Scope
from sample_app.core.errors import InvalidRequestError, MalformedRequestError, NotReadyError, RequestTooLargeError
from sample_app.core.pagination import Page, PageQuery
from sample_app.core.problems import problem_responses
from sample_app.users.models import User

router = APIRouter(prefix="/api-keys", tags=["api keys"])

AdminDep = Annotated[User, Security(get_current_user, scopes=[Scope.KEYS_WRITE])]
KeyIdPath = Annotated[UUID, Path(description="As it stands in the list.")]

_LOCATION = {
    "Location": {
        "description": "The path to ask for the key at.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    }
}


def _confirmation(_confirm: Annotated[bool, Query(alias="confirm", description="Whether you are sure.")]) -> None:
    """What the fault `key-deletion-to-be-confirmed` asks for."""


@router.post(
    "",
    operation_id="create_api_key",
    summary="Make an API key",
    status_code=201,
    responses={
        201: {"headers": _LOCATION},
        **problem_responses(
            MalformedRequestError,
            RequestTooLargeError,
            NotAuthenticatedError,
            InsufficientScopeError,
            InvalidRequestError,
            NotReadyError,
        ),
    },
)
async def create_api_key(
    wanted: ApiKeyCreate, admin: AdminDep, keys: ApiKeyServiceDep, request: Request, response: Response
) -> ApiKeyCreated:
    """Make a key for a program that reads reports. The answer is the only one that holds its secret."""
    lifetime = timedelta(days=wanted.expires_in_days)
    new = await keys.create(admin, name=wanted.name, scopes=wanted.scopes, lifetime=lifetime)
    name = faults.pick("key-location-by-hint", right=str(new.key.id), wrong=new.key.hint)
    response.headers["Location"] = request.url_for("read_api_key", key_id=name).path
    response.headers["Cache-Control"] = "no-store"
    return ApiKeyCreated.of_new(new)


@router.get(
    "",
    operation_id="list_api_keys",
    summary="List API keys",
    responses=problem_responses(NotAuthenticatedError, InsufficientScopeError, InvalidRequestError, NotReadyError),
)
async def list_api_keys(
    query: Annotated[PageQuery, Query()], _admin: AdminDep, keys: ApiKeyServiceDep
) -> Page[ApiKeyRead]:
    """The keys of the caller's tenant, the newest first."""
    items, total = await keys.page(limit=query.limit, offset=query.offset)
    return Page(items=[ApiKeyRead.of(key) for key in items], total=total, limit=query.limit, offset=query.offset)


@router.get(
    "/{key_id}",
    operation_id="read_api_key",
    summary="Read an API key",
    responses=problem_responses(
        NotAuthenticatedError, InsufficientScopeError, ApiKeyNotFoundError, InvalidRequestError, NotReadyError
    ),
)
async def read_api_key(key_id: KeyIdPath, _admin: AdminDep, keys: ApiKeyServiceDep) -> ApiKeyRead:
    """What a key is for, and how long it is good. Its secret is not told again."""
    return ApiKeyRead.of(await keys.get(key_id))


@router.delete(
    "/{key_id}",
    operation_id="delete_api_key",
    dependencies=faults.pick("key-deletion-to-be-confirmed", right=[], wrong=[Depends(_confirmation)]),
    summary="Delete an API key",
    status_code=204,
    responses=problem_responses(
        NotAuthenticatedError, InsufficientScopeError, ApiKeyNotFoundError, InvalidRequestError, NotReadyError
    ),
)
async def delete_api_key(key_id: KeyIdPath, _admin: AdminDep, keys: ApiKeyServiceDep) -> None:
    """End a key. It is refused from now on."""
    await keys.delete(key_id)
