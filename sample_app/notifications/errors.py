"""What can go wrong with notifications."""

from http import HTTPStatus

from sample_app.core.errors import AppError


class NotificationNotFoundError(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "notification-not-found"
    title = "There is no such notification"
