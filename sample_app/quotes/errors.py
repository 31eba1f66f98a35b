"""What can go wrong with quotes."""

from http import HTTPStatus

from sample_app.core.errors import AppError


class MixedCurrenciesError(AppError):
    """Delivery is paid in euros, and amounts in different currencies do not add up."""

    status = HTTPStatus.CONFLICT
    code = "mixed-currencies"
    title = "A product is not sold in euros"
