"""Which users to list."""

from typing import NamedTuple

from sample_app.users.models import Role


class UserFilter(NamedTuple):
    """Which users of the tenant.

    Attributes:
        role: only those with this one.
        prefix: only those whose name begins with it, whatever the case.
    """

    role: Role | None = None
    prefix: str | None = None
