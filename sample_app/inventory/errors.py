"""What can go wrong at the inventory. Clients tell these apart by their codes, so they are part of the contract."""

from http import HTTPStatus

from sample_app.core.errors import AppError


class StockUnknownError(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "stock-unknown"
    title = "Nothing is known of this product's stock"


class StockKnownError(AppError):
    """The client meant to tell something new (RFC 9110, section 13.1.2)."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = "stock-known"
    title = "The product's stock is known already"


class ReservationNotFoundError(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "reservation-not-found"
    title = "Nothing is reserved for this order"


class OutOfStockError(AppError):
    status = HTTPStatus.CONFLICT
    code = "out-of-stock"
    title = "Too little is left"


class ReservationReleasedError(AppError):
    """It is over with the order; so a request that was under way for long cannot take stock for it any more."""

    status = HTTPStatus.CONFLICT
    code = "reservation-released"
    title = "What was reserved for the order was given back"


class ReservationDiffersError(AppError):
    status = HTTPStatus.CONFLICT
    code = "reservation-differs"
    title = "Another quantity is reserved for the order"
