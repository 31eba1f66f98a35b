"""What can go wrong with signing in, and with what a caller may do."""

from collections.abc import Collection, Mapping
from http import HTTPStatus

from sample_app.auth.scopes import format_scopes
from sample_app.core.errors import AppError


class UnauthorizedError(AppError):
    """The base of all 401 answers, which name the way to authenticate (RFC 9110, section 15.5.2)."""

    status = HTTPStatus.UNAUTHORIZED
    headers: Mapping[str, str] = {"WWW-Authenticate": "Bearer"}


class NotAuthenticatedError(UnauthorizedError):
    """No token came with the request, or none that is good."""

    code = "not-authenticated"
    title = "A valid access token is needed"

    def __init__(self, detail: str, *, invalid: bool = True, scopes: Collection[str] = ()) -> None:
        """What goes into the challenge (RFC 6750, section 3).

        Args:
            detail: what went wrong, for the client.
            invalid: a token came and was refused; without any, the challenge holds no error code.
            scopes: what the route asks for.
        """
        super().__init__(detail)
        self.headers = _challenge("invalid_token" if invalid else None, scopes)


class InsufficientScopeError(AppError):
    """We know who is calling, and it is not allowed with this token."""

    status = HTTPStatus.FORBIDDEN
    code = "insufficient-scope"
    title = "The caller may not do this"
    headers: Mapping[str, str] = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}

    def __init__(self, detail: str, *, scopes: Collection[str]) -> None:
        super().__init__(detail)
        self.headers = _challenge("insufficient_scope", scopes)


class RoleRequiredError(AppError):
    """We know who is calling, and it is a matter of others, whatever the token."""

    status = HTTPStatus.FORBIDDEN
    code = "role-required"
    title = "The caller has not the role for this"


class WrongCredentialsError(UnauthorizedError):
    code = "wrong-credentials"
    title = "The user name or the password is wrong"


class InvalidScopeError(AppError):
    """Nothing of what a login asked for can be given (RFC 6749, section 5.2)."""

    status = HTTPStatus.BAD_REQUEST
    code = "invalid-scope"
    title = "None of the scopes can be given"


class InvalidRefreshTokenError(UnauthorizedError):
    code = "invalid-refresh-token"
    title = "The refresh token is unknown, expired, used or revoked"


class RefreshTokenReusedError(InvalidRefreshTokenError):
    """A used token came again, so somebody holds a copy: its login stays revoked although the request fails."""

    keeps_changes = True


class LoginNotFoundError(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "session-not-found"
    title = "There is no such session"


def _challenge(error: str | None, scopes: Collection[str]) -> dict[str, str]:
    parameters = [
        *([f'error="{error}"'] if error else []),
        *([f'scope="{format_scopes(scopes)}"'] if scopes else []),
    ]
    return {"WWW-Authenticate": f"Bearer {', '.join(parameters)}".rstrip()}
