"""Signing in, staying signed in, signing out."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sample_app.auth.errors import (
    InvalidRefreshTokenError,
    NotAuthenticatedError,
    RefreshTokenReusedError,
    WrongCredentialsError,
)
from sample_app.auth.models import RefreshToken
from sample_app.auth.repository import RefreshTokenRepository
from sample_app.auth.tokens import AccessClaims, AccessTokens, digest, new_refresh_token
from sample_app.core.clock import utc_now
from sample_app.core.passwords import verify_password
from sample_app.users.models import User
from sample_app.users.repository import UserRepository


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """A new pair of tokens; `expires_in` is the access token's lifetime in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: str = "bearer"


@dataclass(frozen=True, slots=True)
class AuthService:
    users: UserRepository
    refresh_tokens: RefreshTokenRepository
    access_tokens: AccessTokens
    refresh_lifetime: timedelta

    async def login(self, username: str, password: str) -> IssuedTokens:
        """A first pair of tokens.

        Raises:
            WrongCredentialsError: no such user, or not this password; the client is not told which.
        """
        user = await self.users.get_by_username(username)
        if not await verify_password(password, user.password_hash if user else None) or user is None:
            raise WrongCredentialsError("Check the user name and the password.")
        return await self._issue(user_id=user.id, tenant_id=user.tenant_id, family_id=uuid4())

    async def refresh(self, refresh_token: str) -> IssuedTokens:
        """The next pair for a refresh token, which is used up by this (RFC 9700, section 4.14.2).

        Raises:
            RefreshTokenReusedError: it was used before; all tokens of its login are revoked with it.
            InvalidRefreshTokenError: it is unknown, expired or revoked.
        """
        now = utc_now()
        token = await self.refresh_tokens.get(digest(refresh_token))
        if token is None or token.revoked_at is not None or token.expires_at <= now:
            raise InvalidRefreshTokenError("Sign in again.")
        if token.used_at is not None:
            await self.refresh_tokens.revoke_family(token.family_id, at=now)
            raise RefreshTokenReusedError("This token was used before; sign in again.")
        token.used_at = now
        return await self._issue(user_id=token.user_id, tenant_id=token.tenant_id, family_id=token.family_id)

    async def revoke(self, refresh_token: str) -> None:
        """Sign out: no token of this login can be refreshed again. An unknown token is as good as revoked."""
        token = await self.refresh_tokens.get(digest(refresh_token))
        if token is not None:
            await self.refresh_tokens.revoke_family(token.family_id, at=utc_now())

    async def authenticate(self, access_token: str) -> User:
        """The user that an access token belongs to.

        Raises:
            NotAuthenticatedError: the token is not valid, or its user is gone.
        """
        claims = self.access_tokens.read(access_token)
        user = await self.users.get(claims.user_id, tenant_id=claims.tenant_id)
        if user is None:
            raise NotAuthenticatedError("The account of this token is gone.")
        return user

    async def _issue(self, *, user_id: UUID, tenant_id: str, family_id: UUID) -> IssuedTokens:
        refresh_token = new_refresh_token()
        await self.refresh_tokens.add(
            RefreshToken(
                digest=digest(refresh_token),
                family_id=family_id,
                user_id=user_id,
                tenant_id=tenant_id,
                expires_at=utc_now() + self.refresh_lifetime,
            )
        )
        return IssuedTokens(
            access_token=self.access_tokens.issue(AccessClaims(user_id=user_id, tenant_id=tenant_id)),
            refresh_token=refresh_token,
            expires_in=int(self.access_tokens.lifetime.total_seconds()),
        )
