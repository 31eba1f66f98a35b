"""What can go wrong with API keys."""

from http import HTTPStatus

from sample_app.auth.errors import UnauthorizedError
from sample_app.core.errors import AppError


class InvalidApiKeyError(UnauthorizedError):
    code = "invalid-api-key"
    title = "The API key is unknown, expired or deleted"


class ApiKeyNotFoundError(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "api-key-not-found"
    title = "There is no such API key"
