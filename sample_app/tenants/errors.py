"""What can go wrong with tenants."""

from http import HTTPStatus

from sample_app.core.errors import AppError


class TenantNotFoundError(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "tenant-not-found"
    title = "There is no such tenant"
