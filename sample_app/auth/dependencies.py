"""Who is calling: from the token in the header to the user, as a route asks for it."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends
from fastapi.security import OAuth2PasswordBearer

from sample_app.auth.errors import NotAuthenticatedError
from sample_app.auth.repository import RefreshTokenRepository
from sample_app.auth.service import AuthService
from sample_app.auth.tokens import AccessTokens
from sample_app.core.dependencies import SessionDep, SettingsDep
from sample_app.users.models import User
from sample_app.users.repository import UserRepository

# Without auto_error, which would answer in FastAPI's own error format.
_oauth2 = OAuth2PasswordBearer(tokenUrl="/auth/token", scheme_name="OAuth2Password", auto_error=False)


def get_auth_service(session: SessionDep, settings: SettingsDep) -> AuthService:
    return AuthService(
        users=UserRepository(session),
        refresh_tokens=RefreshTokenRepository(session),
        access_tokens=AccessTokens(
            secret=settings.jwt_secret.get_secret_value(), lifetime=timedelta(seconds=settings.access_token_seconds)
        ),
        refresh_lifetime=timedelta(seconds=settings.refresh_token_seconds),
    )


AuthServiceDep = Annotated[AuthService, Depends(get_auth_service)]


async def get_current_user(token: Annotated[str | None, Depends(_oauth2)], auth: AuthServiceDep) -> User:
    if token is None:
        raise NotAuthenticatedError("Send an access token as `Authorization: Bearer TOKEN`.")
    return await auth.authenticate(token)


CurrentUserDep = Annotated[User, Depends(get_current_user)]
