"""What can be done with API keys."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sample_app import faults
from sample_app.api_keys.errors import ApiKeyNotFoundError, InvalidApiKeyError
from sample_app.api_keys.models import ApiKey
from sample_app.api_keys.repository import ApiKeyRepository
from sample_app.auth.scopes import Scope, format_scopes, parse_scopes, scopes_of
from sample_app.auth.service import require_scopes
from sample_app.auth.tokens import digest
from sample_app.core.clock import utc_now
from sample_app.users.models import User
from sample_app.users.repository import UserRepository

_PREFIX = "shop_"  # tells people, and scanners for leaked secrets, what the text is
_HINT_LENGTH = 12


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key that was just made, with the secret that is shown this once."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class ApiKeyService:
    keys: ApiKeyRepository
    users: UserRepository

    async def create(self, user: User, *, name: str, scopes: Collection[Scope], lifetime: timedelta) -> NewApiKey:
        """A new key that stands for `user`, good for `scopes` as long as the user's role brings them."""
        secret = _PREFIX + secrets.token_urlsafe(32)
        key = ApiKey(
            tenant_id=user.tenant_id,
            user_id=user.id,
            name=name,
            hint=secret[:_HINT_LENGTH],
            digest=digest(secret),
            scope=format_scopes(scopes),
            expires_at=utc_now() + lifetime,
        )
        await self.keys.add(key)
        return NewApiKey(key=key, secret=secret)

    async def page(self, *, limit: int, offset: int) -> tuple[list[ApiKey], int]:
        """A part of the keys of the caller's tenant, and how many there are in all."""
        return await self.keys.page(limit=limit, offset=offset)

    async def get(self, key_id: UUID) -> ApiKey:
        """One key of the caller's tenant.

        Raises:
            ApiKeyNotFoundError: there is none of that name.
        """
        key = await self.keys.get(key_id)
        if key is None:
            raise ApiKeyNotFoundError(f"There is no API key {key_id}.")
        return key

    async def delete(self, key_id: UUID) -> None:
        """End a key; it is refused from now on.

        Raises:
            ApiKeyNotFoundError: there is none of that name.
        """
        key = await self.get(key_id)
        if faults.is_on("deleted-key-still-readable"):
            key.expires_at = utc_now()
        else:
            await self.keys.delete(key)

    async def authenticate(self, secret: str, *, needs: Collection[str]) -> User:
        """The user that a key stands for.

        Raises:
            InvalidApiKeyError: nobody knows the key, or it has expired.
            InsufficientScopeError: it does not bring all the scopes that are needed.
        """
        key = await self.keys.get_by_digest(digest(secret))
        user = await self.users.get(key.user_id) if key is not None else None
        if key is None or user is None or key.expires_at <= utc_now():
            raise InvalidApiKeyError("Ask an administrator for a new key.")
        if not faults.is_on("key-scope-not-checked"):
            require_scopes(scopes_of(user.role, within=parse_scopes(key.scope)), needs=needs)
        return user
