"""What can go wrong on the account page."""

from collections.abc import Mapping
from http import HTTPStatus

from sample_app.auth.errors import UnauthorizedError
from sample_app.core.errors import AppError


class NotSignedInError(UnauthorizedError):
    code = "not-signed-in"
    title = "Sign in on the account page first"
    headers: Mapping[str, str] = {"WWW-Authenticate": 'Cookie realm="account"'}


class ForgedRequestError(AppError):
    """The request did not come from a page of ours (cross-site request forgery)."""

    status = HTTPStatus.FORBIDDEN
    code = "forged-request"
    title = "The request does not come from the account page"
