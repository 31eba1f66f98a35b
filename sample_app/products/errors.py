"""What can go wrong with products."""

from http import HTTPStatus

from sample_app.core.errors import AppError


class ProductNotFoundError(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "product-not-found"
    title = "There is no such product"
