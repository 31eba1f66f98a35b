"""`[tool.contractkit.fuzz]`: users, and what may stay untested or unchecked."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

from contractkit.sources.tables import TableReader

_KEYS = ("allow-untested", "exclude-checks", "max-examples", "max-response-time", "off", "users")
_USER_KEYS = ("headers", "name", "password", "scopes", "tenant", "username")
_OFF_KEYS = ("checks", "operation")


@dataclass(frozen=True, slots=True)
class UserConfig:
    """One user; `$NAME` in a value is taken from the environment.

    Attributes:
        name: what reports call the user.
        headers: header fields that carry credentials.
        username: the user name for the OAuth2 password flow; empty where headers are given.
        password: the password for it.
        scopes: the scopes to ask for; None for all that the contract names.
        tenant: whom the user belongs to; users of different tenants share nothing. Empty where nothing is said.
    """

    name: str
    headers: tuple[tuple[str, str], ...] = ()
    username: str = ""
    password: str = ""
    scopes: tuple[str, ...] | None = None
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class FuzzConfig:
    """What the project set for `fuzz`.

    Attributes:
        users: the users, the main one first.
        max_examples: random requests for each operation, None where nothing is set.
        max_response_time: seconds that an answer may take, None where nothing is set.
        allow_untested: operations that need not be tested, as `METHOD /path`.
        exclude_checks: checks that are not made.
        off: checks that are not made for single operations.
    """

    users: tuple[UserConfig, ...] = ()
    max_examples: int | None = None
    max_response_time: float | None = None
    allow_untested: tuple[str, ...] = ()
    exclude_checks: tuple[str, ...] = ()
    off: tuple[tuple[str, tuple[str, ...]], ...] = ()


def fuzz_config(subject: str, table: Any, prefix: str) -> FuzzConfig:
    """Read the table.

    Args:
        subject: the file, for errors.
        table: its value.
        prefix: the key that it stands under, with a dot at its end.

    Raises:
        InputError: an unknown key, a value of the wrong type, or an environment variable that is not set.
    """
    reader = TableReader(subject)
    reader.keys(table, _KEYS, prefix)
    count = table.get("max-examples")
    if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < 1):
        raise reader.refuse(f"`{prefix}max-examples` must be a number from 1", "write max-examples = 100")
    limit = table.get("max-response-time")
    if limit is not None and (not isinstance(limit, int | float) or isinstance(limit, bool) or not 0 < limit < inf):
        mend = "write max-response-time = 0.5"
        raise reader.refuse(f"`{prefix}max-response-time` must be a number of seconds above 0", mend)
    return FuzzConfig(
        users=tuple(
            _user(reader, row, f"{prefix}users", number)
            for number, row in enumerate(reader.rows(table, "users", prefix), 1)
        ),
        max_examples=count,
        max_response_time=limit,
        allow_untested=reader.texts(table, "allow-untested", prefix),
        exclude_checks=reader.texts(table, "exclude-checks", prefix),
        off=tuple(_off(reader, row, f"{prefix}off") for row in reader.rows(table, "off", prefix)),
    )


def _user(reader: TableReader, row: Any, prefix: str, number: int) -> UserConfig:
    reader.keys(row, _USER_KEYS, f"{prefix}.")
    headers = row.get("headers", {})
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise reader.refuse(f"`{prefix}.headers` must be a table of texts", 'write { NAME = "value" }')

    def text(key: str) -> str:
        return reader.filled(reader.text(row, key, f"{prefix}."), f"{prefix}.{key}")

    username = text("username")
    if bool(username) == bool(headers):
        raise reader.refuse(f"user {number} of `{prefix}` needs either headers or a username", "give one of the two")
    return UserConfig(
        name=text("name") or username or f"user{number}",
        headers=tuple((name, reader.filled(value, f"{prefix}.headers.{name}")) for name, value in headers.items()),
        username=username,
        password=text("password"),
        scopes=reader.texts(row, "scopes", f"{prefix}.") if "scopes" in row else None,
        tenant=text("tenant"),
    )


def _off(reader: TableReader, row: Any, prefix: str) -> tuple[str, tuple[str, ...]]:
    reader.keys(row, _OFF_KEYS, f"{prefix}.")
    return reader.text(row, "operation", f"{prefix}."), reader.texts(row, "checks", f"{prefix}.")
