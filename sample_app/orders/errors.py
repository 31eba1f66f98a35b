"""What can go wrong with orders."""

from http import HTTPStatus

from sample_app.core.errors import AppError


class OrderNotFoundError(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "order-not-found"
    title = "There is no such order"
