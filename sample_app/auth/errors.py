"""What can go wrong with signing in."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar

from sample_app.core.errors import AppError


class UnauthorizedError(AppError):
    """The base of all 401 answers, which name the way to authenticate (RFC 9110, section 15.5.2)."""

    status = HTTPStatus.UNAUTHORIZED
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}


class NotAuthenticatedError(UnauthorizedError):
    code = "not-authenticated"
    title = "A valid access token is needed"


class WrongCredentialsError(UnauthorizedError):
    code = "wrong-credentials"
    title = "The user name or the password is wrong"


class InvalidRefreshTokenError(UnauthorizedError):
    code = "invalid-refresh-token"
    title = "The refresh token is unknown, expired, used or revoked"


class RefreshTokenReusedError(InvalidRefreshTokenError):
    """A used token came again, so somebody holds a copy: its family stays revoked although the request fails."""

    keeps_changes = True
