"""The API key service, and the caller of a route that takes a key or a token."""

from typing import Annotated

from fastapi import Depends
from fastapi.security import APIKeyHeader, SecurityScopes

from sample_app import faults
from sample_app.api_keys.repository import ApiKeyRepository
from sample_app.api_keys.service import ApiKeyService
from sample_app.auth.dependencies import AuthServiceDep, oauth2
from sample_app.auth.scopes import Scope
from sample_app.core.dependencies import SessionDep
from sample_app.users.models import User
from sample_app.users.repository import UserRepository

_api_key = APIKeyHeader(
    name="X-API-Key", scheme_name="ApiKey", description="A key from `POST /v2/api-keys`.", auto_error=False
)


async def get_api_key_service(session: SessionDep) -> ApiKeyService:
    return ApiKeyService(keys=ApiKeyRepository(session), users=UserRepository(session))


ApiKeyServiceDep = Annotated[ApiKeyService, Depends(get_api_key_service)]


async def get_user_or_key_owner(
    needs: SecurityScopes,
    token: Annotated[str | None, Depends(oauth2)],
    key: Annotated[str | None, Depends(_api_key)],
    auth: AuthServiceDep,
    keys: ApiKeyServiceDep,
) -> User:
    """The user that the API key stands for, if one came, else the one that the access token belongs to.

    A key that came counts, also beside a token: a bad one is never passed over.
    """
    if key is not None:
        return await keys.authenticate(key, needs=needs.scopes)
    if faults.is_on("stock-report-open") and token is None and Scope.REPORTS_STOCK in needs.scopes:
        shortcut = await auth.users.get_by_username("alice")  # from development, left in
        if shortcut is not None:
            auth.enter_tenant(shortcut.tenant_id)
            return shortcut
    return (await auth.authenticate(token, needs=needs.scopes)).user
