"""Who is calling: from the token in the header to the user, as a route asks for it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Annotated

from fastapi import Depends, Form
from fastapi.security import OAuth2PasswordBearer, SecurityScopes
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.auth.errors import RoleRequiredError
from sample_app.auth.models import Login
from sample_app.auth.repository import LoginRepository, RefreshTokenRepository
from sample_app.auth.schemas import LoginForm
from sample_app.auth.scopes import DESCRIPTIONS
from sample_app.auth.service import AuthService, Caller
from sample_app.auth.tokens import AccessTokens
from sample_app.core.background import Background
from sample_app.core.database import Database
from sample_app.core.dependencies import BackgroundDep, DatabaseDep, RequestLimitsDep, SessionDep, SettingsDep
from sample_app.core.rate_limits import Limit
from sample_app.core.settings import Settings
from sample_app.core.tenancy import bind_tenant
from sample_app.notifications.models import NotificationKind
from sample_app.notifications.writing import notify
from sample_app.users.models import Role, User
from sample_app.users.repository import UserRepository

# Without auto_error, which would answer in FastAPI's own error format.
oauth2 = OAuth2PasswordBearer(
    tokenUrl="/auth/token",
    scheme_name="OAuth2Password",
    scopes={scope.value: description for scope, description in DESCRIPTIONS.items()},
    auto_error=False,
)


@dataclass(frozen=True, slots=True)
class NotifyAfterResponse:
    """Tells a user of a new login once the answer is sent."""

    background: Background
    database: Database

    def __call__(self, login: Login) -> None:
        self.background.add(
            notify,
            self.database,
            tenant_id=login.tenant_id,
            user_id=login.user_id,
            kind=NotificationKind.SIGNED_IN,
            subject=str(login.id),
            text="Somebody signed in to your account. If it was not you, end that session.",
        )


def auth_service(session: AsyncSession, settings: Settings, *, tell_of: Callable[[Login], None]) -> AuthService:
    """The service on a session; `tell_of` is told of each new login."""
    return AuthService(
        users=UserRepository(session),
        logins=LoginRepository(session),
        refresh_tokens=RefreshTokenRepository(session),
        access_tokens=AccessTokens(
            secret=settings.jwt_secret.get_secret_value(), lifetime=timedelta(seconds=settings.access_token_seconds)
        ),
        refresh_lifetime=timedelta(seconds=settings.refresh_token_seconds),
        browser_lifetime=timedelta(seconds=settings.browser_session_seconds),
        enter_tenant=partial(bind_tenant, session),
        tell_of=tell_of,
    )


def get_auth_service(
    session: SessionDep, settings: SettingsDep, background: BackgroundDep, database: DatabaseDep
) -> AuthService:
    return auth_service(session, settings, tell_of=NotifyAfterResponse(background, database))


AuthServiceDep = Annotated[AuthService, Depends(get_auth_service)]


async def get_caller(
    needs: SecurityScopes, token: Annotated[str | None, Depends(oauth2)], auth: AuthServiceDep
) -> Caller:
    """Who is calling, with all the scopes that the dependants of this one ask for by `Security`."""
    return await auth.authenticate(token, needs=needs.scopes)


CallerDep = Annotated[Caller, Depends(get_caller)]


async def get_current_user(caller: CallerDep) -> User:
    return caller.user


CurrentUserDep = Annotated[User, Depends(get_current_user)]


def require_role(role: Role) -> Callable[[User], Awaitable[User]]:
    """A dependency that lets users of one role pass: for what no token can be made good for."""

    async def check(user: CurrentUserDep) -> User:
        if user.role is not role:
            raise RoleRequiredError(f"Of all users, only the role {role} may do this.")
        return user

    return check


async def limit_sign_in(form: Annotated[LoginForm, Form()], limits: RequestLimitsDep) -> LoginForm:
    """The form of a sign-in, counted by address and user name, so that a guesser locks nobody else out."""
    await limits.enforce(Limit.SIGN_IN, limits.address, form.username)
    return form


async def get_idle_user(user: CurrentUserDep, session: SessionDep) -> User:
    """The caller, for a route that works on for long: the session lets go of its connection until it is used again.

    Else an upload by a slow client would keep all others from writing, for as long as the client likes.
    """
    await session.commit()
    return user


IdleUserDep = Annotated[User, Depends(get_idle_user)]


async def get_tenant_session(session: SessionDep, user: CurrentUserDep) -> AsyncSession:
    """The session of this request, for the caller's tenant alone, wherever the caller is known from."""
    bind_tenant(session, user.tenant_id)
    return session


TenantSessionDep = Annotated[AsyncSession, Depends(get_tenant_session)]
