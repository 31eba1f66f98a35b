"""Reads the tables of the configuration; every error names the file, the key and the mend."""

from __future__ import annotations

import os
from typing import Any

from contractkit.model.errors import InputError

_VARIABLE = r"\$(?:\{(\w+)\}|(\w+))"


class TableReader:
    """Reads the values of one file.

    Args:
        subject: the file, for errors.
    """

    def __init__(self, subject: str) -> None:
        self._subject = subject

    def refuse(self, problem: str, mend: str) -> InputError:
        """Return the error for something in this file."""
        return InputError(self._subject, problem, mend)

    def keys(self, table: Any, known: tuple[str, ...], prefix: str) -> None:
        """Refuse what is no table, and a key that is not known; `prefix` is the table's own key and a dot."""
        if not isinstance(table, dict):
            name = prefix.rstrip(".")
            raise self.refuse(f"`{name}` is not a table", f"write `[{name}]`")
        for key in table:
            if key not in known:
                import difflib

                near = difflib.get_close_matches(key.replace("_", "-").lower(), known, n=1, cutoff=0.5)
                mend = f"did you mean `{near[0]}`?" if near else f"the keys are {', '.join(known)}"
                raise self.refuse(f"unknown key `{prefix}{key}`", mend)

    def rows(self, table: dict[str, Any], key: str, prefix: str) -> list[Any]:
        """Return a list of tables, empty where there is none."""
        rows = table.get(key, [])
        if not isinstance(rows, list):
            raise self.refuse(f"`{prefix}{key}` is not a list of tables", f"write `[[{prefix}{key}]]`")
        return rows

    def texts(self, table: dict[str, Any], key: str, prefix: str) -> tuple[str, ...]:
        """Return a list of texts, empty where there is none."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.refuse(f"`{prefix}{key}` must be a list of texts", f'write {key} = ["..."]')
        return tuple(value)

    def text(self, table: dict[str, Any], key: str, prefix: str) -> str:
        """Return a text, empty where there is none."""
        value = table.get(key, "")
        if not isinstance(value, str):
            raise self.refuse(f"`{prefix}{key}` must be a text", f'write {key} = "..."')
        return value

    def choice(self, table: dict[str, Any], key: str, prefix: str, choices: tuple[str, ...]) -> str:
        """Return one of the choices, the first where there is none."""
        value = table.get(key, choices[0])
        if value not in choices:
            shown = f"`{value}`" if isinstance(value, str) else "no text"
            raise self.refuse(f"`{prefix}{key}` is {shown}", f"it may be {', '.join(choices)}")
        return str(value)

    def filled(self, value: str, key: str) -> str:
        """Return a text with its `$NAME`s taken from the environment; `key` is the whole one, for errors."""
        import re

        def found(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            if name not in os.environ:
                raise self.refuse(f"`{key}` needs the environment variable {name}", f"set {name}")
            return os.environ[name]

        return re.sub(_VARIABLE, found, value)
