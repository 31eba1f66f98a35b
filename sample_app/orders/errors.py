"""What can go wrong with orders."""

from http import HTTPStatus

from sample_app.core.errors import AppError


class OrderNotFoundError(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "order-not-found"
    title = "There is no such order"


class OrderPendingError(AppError):
    """Too early: what is to be cleared has to be decided."""

    status = HTTPStatus.CONFLICT
    code = "order-pending"
    title = "The order is still pending"


class NotTheBuyerError(AppError):
    """The caller may see the order, and no more."""

    status = HTTPStatus.FORBIDDEN
    code = "not-the-buyer"
    title = "The order is somebody else's"


class OrderDecidedError(AppError):
    """Too late: an order can be cancelled while it is pending."""

    status = HTTPStatus.CONFLICT
    code = "order-decided"
    title = "The order is no longer pending"
