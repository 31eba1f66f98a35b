"""`[tool.contractkit.fuzz]`: users, and what may stay untested or unchecked."""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass
from math import inf
from typing import Any

from contractkit.model.errors import InputError

_KEYS = ("allow-untested", "exclude-checks", "max-examples", "max-response-time", "off", "users")
_USER_KEYS = ("headers", "name", "password", "scopes", "username")
_OFF_KEYS = ("checks", "operation")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


@dataclass(frozen=True, slots=True)
class UserConfig:
    """One user; `$NAME` in a value is taken from the environment.

    Attributes:
        name: what reports call the user.
        headers: header fields that carry credentials.
        username: the user name for the OAuth2 password flow; empty where headers are given.
        password: the password for it.
        scopes: the scopes to ask for; None for all that the contract names.
    """

    name: str
    headers: tuple[tuple[str, str], ...] = ()
    username: str = ""
    password: str = ""
    scopes: tuple[str, ...] | None = None


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
    reader = _Reader(subject)
    reader.keys(table, _KEYS, prefix)
    count = table.get("max-examples")
    if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < 1):
        raise InputError(subject, f"`{prefix}max-examples` must be a number from 1", "write max-examples = 100")
    limit = table.get("max-response-time")
    if limit is not None and (not isinstance(limit, int | float) or isinstance(limit, bool) or not 0 < limit < inf):
        mend = "write max-response-time = 0.5"
        raise InputError(subject, f"`{prefix}max-response-time` must be a number of seconds above 0", mend)
    return FuzzConfig(
        users=tuple(
            reader.user(row, f"{prefix}users", number)
            for number, row in enumerate(reader.rows(table, "users", prefix), 1)
        ),
        max_examples=count,
        max_response_time=limit,
        allow_untested=reader.texts(table, "allow-untested", prefix),
        exclude_checks=reader.texts(table, "exclude-checks", prefix),
        off=tuple(reader.off(row, f"{prefix}off") for row in reader.rows(table, "off", prefix)),
    )


class _Reader:
    def __init__(self, subject: str) -> None:
        self._subject = subject

    def keys(self, table: Any, known: tuple[str, ...], prefix: str) -> None:
        if not isinstance(table, dict):
            name = prefix.rstrip(".")
            raise InputError(self._subject, f"`{name}` is not a table", f"write `[{name}]`")
        for key in table:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
                mend = f"did you mean `{near[0]}`?" if near else f"the keys are {', '.join(known)}"
                raise InputError(self._subject, f"unknown key `{prefix}{key}`", mend)

    def rows(self, table: dict[str, Any], key: str, prefix: str) -> list[Any]:
        rows = table.get(key, [])
        if not isinstance(rows, list):
            raise InputError(self._subject, f"`{prefix}{key}` is not a list of tables", f"write `[[{prefix}{key}]]`")
        return rows

    def texts(self, table: dict[str, Any], key: str, prefix: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise InputError(self._subject, f"`{prefix}{key}` must be a list of texts", f'write {key} = ["..."]')
        return tuple(value)

    def text(self, table: dict[str, Any], key: str, prefix: str) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            raise InputError(self._subject, f"`{prefix}{key}` must be a text", f'write {key} = "..."')
        return self._filled(value, f"{prefix}{key}")

    def user(self, row: Any, prefix: str, number: int) -> UserConfig:
        self.keys(row, _USER_KEYS, f"{prefix}.")
        headers = row.get("headers", {})
        if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
            raise InputError(self._subject, f"`{prefix}.headers` must be a table of texts", 'write { NAME = "value" }')
        username = self.text(row, "username", f"{prefix}.")
        if bool(username) == bool(headers):
            raise InputError(
                self._subject, f"user {number} of `{prefix}` needs either headers or a username", "give one of the two"
            )
        return UserConfig(
            name=self.text(row, "name", f"{prefix}.") or username or f"user{number}",
            headers=tuple((name, self._filled(value, f"{prefix}.headers.{name}")) for name, value in headers.items()),
            username=username,
            password=self.text(row, "password", f"{prefix}."),
            scopes=self.texts(row, "scopes", f"{prefix}.") if "scopes" in row else None,
        )

    def off(self, row: Any, prefix: str) -> tuple[str, tuple[str, ...]]:
        self.keys(row, _OFF_KEYS, f"{prefix}.")
        return self.text(row, "operation", f"{prefix}."), self.texts(row, "checks", f"{prefix}.")

    def _filled(self, value: str, key: str) -> str:
        def found(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            if name not in os.environ:
                raise InputError(self._subject, f"`{key}` needs the environment variable {name}", f"set {name}")
            return os.environ[name]

        return _VARIABLE.sub(found, value)
