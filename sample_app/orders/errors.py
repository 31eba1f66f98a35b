"""What can go wrong with orders."""

from http import HTTPStatus

from sample_app.core.errors import AppError


class OrderNotFoundError(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "order-not-found"
    title = "There is no such order"


class OrderDecidedError(AppError):
    """Too late: an order can be cancelled while it is pending."""

    status = HTTPStatus.CONFLICT
    code = "order-decided"
    title = "The order is no longer pending"
