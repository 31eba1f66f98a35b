"""What a validator says to a value, in words that tell what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

_HEAD, _TAIL = 80, 220
"""How much of a long message is kept."""


def message(error: Any) -> str:
    """Return what an error says, of moderate length: it begins with the value, and ends with what is wrong with it."""
    if error.kind.name == "falseSchema":
        # The validator says "False schema does not allow", and the value without its name.
        is_name = bool(error.schema_path) and error.schema_path[-1] == "additionalProperties"
        return "Additional properties are not allowed" if is_name else "nothing is allowed here"
    words = error.message
    return words if len(words) <= _HEAD + _TAIL else f"{words[:_HEAD]}…{words[-_TAIL:]}"


def alternatives(error: Any) -> list[list[Any]]:
    """Return the errors of each alternative of a union, none for what is no union."""
    return error.kind.context if error.kind.name in ("anyOf", "oneOf") else []


def inside(error: Any, is_meant: Callable[[Any], bool] = lambda error: False) -> Iterator[Any]:
    """Yield what an error comes down to: what is refused by the one alternative of a union that is meant.

    That is the one that refuses nothing but what `is_meant` knows, or the one beside null.
    """
    yield from _Known(error, is_meant).inside()


class _Known:
    """An error with those of its alternatives, each of which is looked at once.

    Attributes:
        rows: the errors of each alternative of a union.
        is_meant: whether it, or all that one alternative refuses, is what is meant.
    """

    def __init__(self, error: Any, is_meant: Callable[[Any], bool]) -> None:
        self.error = error
        self.rows = [[_Known(one, is_meant) for one in row] for row in alternatives(error)]
        self.is_meant = is_meant(error) or any(map(_are_meant, self.rows))

    def inside(self) -> Iterator[Any]:
        meant = [row for row in self.rows if _are_meant(row)]
        if len(meant) != 1:
            meant = [row for row in self.rows if not _takes_null_alone([one.error for one in row], self.error)]
            if len(meant) == len(self.rows):
                meant = []
        if len(meant) != 1 or not meant[0]:
            yield self.error
            return
        for one in meant[0]:
            yield from one.inside()


def _are_meant(row: list[_Known]) -> bool:
    return bool(row) and all(one.is_meant for one in row)


def _takes_null_alone(row: list[Any], union: Any) -> bool:
    """Whether an alternative of a union refuses its value for being anything at all."""
    return any(
        one.kind.name == "type" and one.kind.types == ["null"] and one.instance_path == union.instance_path
        for one in row
    )
