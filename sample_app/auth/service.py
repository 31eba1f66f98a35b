"""Signing in, staying signed in, signing out."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sample_app import faults
from sample_app.auth.errors import (
    InsufficientScopeError,
    InvalidRefreshTokenError,
    InvalidScopeError,
    LoginNotFoundError,
    NotAuthenticatedError,
    RefreshTokenReusedError,
    WrongCredentialsError,
)
from sample_app.auth.models import Login, LoginKind, RefreshToken
from sample_app.auth.repository import LoginRepository, RefreshTokenRepository
from sample_app.auth.scopes import ROLE_SCOPES, Scope, format_scopes, parse_scopes, scopes_of
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
    scope: str
    token_type: str = "bearer"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, by which login, and what that login may do."""

    user: User
    login_id: UUID
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class AuthService:
    users: UserRepository
    logins: LoginRepository
    refresh_tokens: RefreshTokenRepository
    access_tokens: AccessTokens
    refresh_lifetime: timedelta
    browser_lifetime: timedelta
    enter_tenant: Callable[[str], None]
    tell_of: Callable[[Login], None]

    async def login(self, username: str, password: str, *, scope: str = "") -> IssuedTokens:
        """A first pair of tokens, for the scopes asked for or, if none is, for all that the user's role brings.

        What the role does not bring is left out (RFC 6749, section 3.3); the answer says what was given.

        Raises:
            WrongCredentialsError: no such user, or not this password; the client is not told which.
            InvalidScopeError: nothing of what was asked for can be given.
        """
        user = await self.check_password(username, password)
        scopes = scopes_of(user.role, within=parse_scopes(scope)) if scope else ROLE_SCOPES[user.role]
        if not scopes:
            raise InvalidScopeError("Ask for scopes that the role of this user brings, or for none to get them all.")
        login = Login(
            tenant_id=user.tenant_id,
            user_id=user.id,
            kind=LoginKind.TOKEN,
            scope=format_scopes(scopes),
            expires_at=utc_now() + self.refresh_lifetime,
        )
        await self.logins.add(login)
        self.tell_of(login)
        return await self._issue(login)

    async def check_password(self, username: str, password: str) -> User:
        """The user of that name and password. From here on the request works for the user's tenant alone.

        Raises:
            WrongCredentialsError: no such user, or not this password.
        """
        user = await self.users.get_by_username(username)
        if not await verify_password(password, user.password_hash if user else None) or user is None:
            raise WrongCredentialsError("Check the user name and the password.")
        self.enter_tenant(user.tenant_id)
        return user

    async def refresh(self, refresh_token: str) -> IssuedTokens:
        """The next pair for a refresh token, which is used up by this (RFC 9700, section 4.14.2).

        Raises:
            RefreshTokenReusedError: it was used before; its login is revoked, with all tokens.
            InvalidRefreshTokenError: it is unknown, expired or revoked.
        """
        now = utc_now()
        token, login = await self._find(refresh_token)
        if token is None or login is None or login.revoked_at is not None or token.expires_at <= now:
            raise InvalidRefreshTokenError("Sign in again.")
        if token.used_at is not None:
            login.revoked_at = now
            raise RefreshTokenReusedError("This token was used before; sign in again.")
        if not faults.is_on("refresh-token-good-twice"):
            token.used_at = now
        if not faults.is_on("refresh-extends-nothing"):
            login.expires_at = now + self.refresh_lifetime
        return await self._issue(login)

    async def revoke(self, refresh_token: str) -> None:
        """Sign out: no token of this login is good any more. An unknown token is as good as revoked."""
        _token, login = await self._find(refresh_token)
        if login is not None:
            _revoke(login)

    async def authenticate(self, access_token: str | None, *, needs: Collection[str] = ()) -> Caller:
        """Who an access token belongs to. From here on the request works for the tenant of the token alone.

        Args:
            access_token: as it came, None if none did.
            needs: the scopes that it must bring.

        Raises:
            NotAuthenticatedError: the token is not valid, its login was ended, or its user is gone.
            InsufficientScopeError: it does not bring all that is needed.
        """
        if access_token is None:
            raise NotAuthenticatedError(
                "Send an access token as `Authorization: Bearer TOKEN`.", invalid=False, scopes=needs
            )
        claims = self.access_tokens.read(access_token)
        if claims is None:
            raise NotAuthenticatedError("The access token is not valid, or no longer.", scopes=needs)
        self.enter_tenant(claims.tenant_id)
        user = await self.users.get(claims.user_id)
        if user is None:
            raise NotAuthenticatedError("The account of this token is gone.", scopes=needs)
        login = await self.logins.get(claims.login_id)
        ended = login is not None and login.revoked_at is not None
        if login is None or login.user_id != user.id or (ended and not faults.is_on("ended-session-still-good")):
            raise NotAuthenticatedError("The login of this token was ended.", scopes=needs)
        scopes = scopes_of(user.role, within=claims.scopes)
        checked = faults.pick("order-scope-not-checked", right=needs, wrong=set(needs) - {Scope.ORDERS_WRITE})
        require_scopes(scopes, needs=checked)
        return Caller(user=user, login_id=login.id, scopes=scopes)

    async def begin_browser_login(self, user: User) -> Login:
        """A login without tokens, for a browser that is known by its cookie. The password was checked before."""
        login = Login(
            tenant_id=user.tenant_id,
            user_id=user.id,
            kind=LoginKind.BROWSER,
            scope="",
            expires_at=utc_now() + self.browser_lifetime,
        )
        await self.logins.add(login)
        self.tell_of(login)
        return login

    async def user_of_login(self, login_id: UUID) -> User | None:
        """Whose login it is; None once it has ended."""
        login = await self.logins.get(login_id)
        if login is None or not (_holds(login) or faults.is_on("signed-out-browser-still-in")):
            return None
        return await self.users.get(login.user_id)

    async def end(self, login_id: UUID) -> None:
        """End a login of whatever tenant, if there is one: a browser signs in as somebody else with its old cookie."""
        await self.logins.end(login_id, at=utc_now())

    async def sessions(self, caller: Caller) -> list[Login]:
        """The logins of the caller that still hold, the newest first."""
        return await self.logins.active_of(caller.user.id, at=utc_now())

    async def end_session(self, caller: Caller, login_id: UUID) -> None:
        """End one of the caller's logins, on whatever device it is; its tokens are refused from now on.

        Raises:
            LoginNotFoundError: the caller has no such login, or it has ended.
        """
        login = await self.logins.get(login_id)
        if faults.is_on("session-ended-again-fails") and login is not None:
            assert login.revoked_at is None
        others = login is None or login.user_id != caller.user.id
        if login is None or not _holds(login) or (others and not faults.is_on("session-of-others-endable")):
            raise LoginNotFoundError(f"There is no session {login_id}.")
        _revoke(login)

    async def _find(self, refresh_token: str) -> tuple[RefreshToken | None, Login | None]:
        """A refresh token and its login. From here on the request works for their tenant alone."""
        token = await self.refresh_tokens.get(digest(refresh_token))
        if token is None:
            return None, None
        self.enter_tenant(token.tenant_id)
        return token, await self.logins.get(token.login_id)

    async def _issue(self, login: Login) -> IssuedTokens:
        refresh_token = new_refresh_token()
        await self.refresh_tokens.add(
            RefreshToken(
                tenant_id=login.tenant_id,
                login_id=login.id,
                digest=digest(refresh_token),
                expires_at=login.expires_at,
            )
        )
        claims = AccessClaims(
            user_id=login.user_id, tenant_id=login.tenant_id, login_id=login.id, scopes=parse_scopes(login.scope)
        )
        return IssuedTokens(
            access_token=self.access_tokens.issue(claims),
            refresh_token=refresh_token,
            expires_in=int(self.access_tokens.lifetime.total_seconds()),
            scope=login.scope,
        )


def require_scopes(given: Collection[str], *, needs: Collection[str]) -> None:
    """Nothing, if all that is needed is given.

    Raises:
        InsufficientScopeError: it is not; the challenge names what is needed.
    """
    if missing := set(needs) - set(given):
        raise InsufficientScopeError(f"This needs the scope {format_scopes(missing)}.", scopes=needs)


def _holds(login: Login) -> bool:
    return login.revoked_at is None and login.expires_at > utc_now()


def _revoke(login: Login) -> None:
    if login.revoked_at is None:
        login.revoked_at = utc_now()
