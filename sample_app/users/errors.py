"""What can go wrong with users."""

from http import HTTPStatus

from sample_app.core.errors import AppError


class UserNameTakenError(AppError):
    status = HTTPStatus.CONFLICT
    code = "user-name-taken"
    title = "The user name is taken"


class UserNotFoundError(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "user-not-found"
    title = "There is no such user"
