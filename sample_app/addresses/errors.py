"""What can go wrong with addresses."""

from http import HTTPStatus

from sample_app.core.errors import AppError


class NoAddressError(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "no-address"
    title = "There is no address yet"
