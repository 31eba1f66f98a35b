"""What can go wrong with tickets."""

from http import HTTPStatus

from sample_app.core.errors import AppError


class TicketNotFoundError(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "ticket-not-found"
    title = "There is no such ticket"
