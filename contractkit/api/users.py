"""Who requests are sent as: by headers on the command line, or as configured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contractkit.fuzz.identities import User
    from contractkit.sources.fuzz_config import FuzzConfig


def users_of(header: Sequence[str], second: Sequence[str], own: FuzzConfig) -> tuple[User, ...]:
    """Return the users, the main one first.

    Args:
        header: credentials of the main user, each as `Name: value`.
        second: credentials of a second user.
        own: the configuration, which counts where no headers are given.

    Raises:
        InputError: a header has no colon.
    """
    from contractkit.fuzz.identities import User

    if not header and not second:
        return tuple(
            User(one.name, one.headers, one.username, one.password, one.scopes, one.tenant) for one in own.users
        )
    rows = [("user", header), ("second", second)]
    return tuple(User(name, tuple(_header(row) for row in given)) for name, given in rows if given or name == "user")


def _header(row: str) -> tuple[str, str]:
    from contractkit.model.errors import InputError

    name, mark, value = row.partition(":")
    if not mark or not name.strip():
        raise InputError("--header", f"`{row.partition(':')[0][:40]}` has no colon", "write 'Name: value'")
    return name.strip(), value.strip()
