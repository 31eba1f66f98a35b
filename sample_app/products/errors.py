"""What can go wrong with products."""

from http import HTTPStatus

from sample_app.core.errors import AppError


class ProductNotFoundError(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "product-not-found"
    title = "There is no such product"


class SkuTakenError(AppError):
    status = HTTPStatus.CONFLICT
    code = "sku-taken"
    title = "The SKU is in use"


class ProductChangedError(AppError):
    """What the client knows of the product is out of date (RFC 9110, section 15.5.13)."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = "product-changed"
    title = "The product is not as the request expects it"


class PreconditionRequiredError(AppError):
    """The client must say which state of the product it changes (RFC 6585, section 3)."""

    status = HTTPStatus.PRECONDITION_REQUIRED
    code = "precondition-required"
    title = "The request needs If-Match"
