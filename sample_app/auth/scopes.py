"""Scopes: what a token may be used for (RFC 6749, section 3.3), and which of them a role brings.

A route asks for one with ``Annotated[User, Security(get_current_user, scopes=[Scope.PRODUCTS_WRITE])]``, or among its
`dependencies=` when it does not need the user.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from sample_app.users.models import Role


class Scope(StrEnum):
    """A permission, as it stands in tokens and in the document."""

    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    USERS_ADMIN = "users:admin"
    PRODUCTS_READ = "products:read"
    PRODUCTS_WRITE = "products:write"
    REVIEWS_WRITE = "reviews:write"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    FILES_READ = "files:read"
    FILES_WRITE = "files:write"
    NOTIFICATIONS_READ = "notifications:read"
    NOTIFICATIONS_WRITE = "notifications:write"
    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
    REPORTS_SALES = "reports:sales"
    REPORTS_STOCK = "reports:stock"
    KEYS_WRITE = "keys:write"


DESCRIPTIONS: Mapping[Scope, str] = {
    Scope.USERS_READ: "Read the own account.",
    Scope.USERS_WRITE: "Change the own account.",
    Scope.USERS_ADMIN: "Administer the accounts of the tenant.",
    Scope.PRODUCTS_READ: "Read the catalogue.",
    Scope.PRODUCTS_WRITE: "Change the catalogue.",
    Scope.REVIEWS_WRITE: "Review products.",
    Scope.ORDERS_READ: "Read orders.",
    Scope.ORDERS_WRITE: "Place and cancel orders.",
    Scope.FILES_READ: "Read the own files.",
    Scope.FILES_WRITE: "Upload and delete files.",
    Scope.NOTIFICATIONS_READ: "Read the own notifications.",
    Scope.NOTIFICATIONS_WRITE: "Mark notifications as read.",
    Scope.TICKETS_READ: "Read tickets.",
    Scope.TICKETS_WRITE: "Open and close tickets.",
    Scope.REPORTS_SALES: "Read what the tenant sold.",
    Scope.REPORTS_STOCK: "Read what the tenant is running out of.",
    Scope.KEYS_WRITE: "Make and delete API keys.",
}

_ADMIN_ONLY = frozenset(
    {Scope.USERS_ADMIN, Scope.PRODUCTS_WRITE, Scope.REPORTS_SALES, Scope.REPORTS_STOCK, Scope.KEYS_WRITE}
)

ROLE_SCOPES: Mapping[Role, frozenset[Scope]] = {
    Role.ADMIN: frozenset(Scope),
    Role.CUSTOMER: frozenset(Scope) - _ADMIN_ONLY,
}


def parse_scopes(text: str) -> frozenset[Scope]:
    """The scopes in a space-separated list; names that this app does not know are left out."""
    return frozenset(Scope(name) for name in text.split(" ") if name in _NAMES)


def format_scopes(scopes: Iterable[str]) -> str:
    """The space-separated list of scopes, always in the same order."""
    return " ".join(sorted(scopes))


def scopes_of(role: Role, *, within: Collection[Scope]) -> frozenset[Scope]:
    """Those of `within` that the role still brings: who loses a role loses its scopes at once, in old tokens too."""
    return ROLE_SCOPES[role] & frozenset(within)


_NAMES = frozenset(scope.value for scope in Scope)
