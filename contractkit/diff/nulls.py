"""Null that was always there: a base that says `null` nowhere, and a revision that says it in many answers.

pydantic 1 could not document null in responses, though it sent it. The first document that an upgrade writes says it at
every optional field: one cause, so one change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contractkit.model.change import Change, Direction, Proof
from contractkit.model.records import replace

_MANY = 3
"""From so many values on it is more likely the way of writing that changed than each of them."""

_VALUES = frozenset({"example", "examples", "default", "enum", "const"})
"""Fields that hold values: what they say is no type."""


def group_nulls(changes: list[Change], base: Any) -> list[Change]:
    """Return the changes, the many of response values that may be null now made one.

    It stands at the first of their places, with its witness, and reaches the operations of all; `after` lists the
    places as texts, and `facts["null_everywhere"]` holds their number.

    Args:
        changes: all changes of a comparison, in order.
        base: the base document.
    """
    nulls = [change for change in changes if _is_new_null(change)]
    if len(nulls) < _MANY or _says_null(base):
        return changes
    first = nulls[0]
    group = replace(
        first,
        before=None,
        after=sorted({f"{change.operation} {change.location}" for change in nulls}),
        component=None,
        operations=tuple(sorted({key for change in nulls for key in change.operations})),
        facts={**first.facts, "null_everywhere": len(nulls)},
    )
    return [group if change is first else change for change in changes if change is first or not _is_new_null(change)]


def _is_new_null(change: Change) -> bool:
    return (
        (change.area, change.aspect, change.action) == ("schema", "nullable", "added")
        and change.direction is Direction.RESPONSE
        and change.proof is Proof.WITNESS
    )


def _says_null(document: Any) -> bool:
    """Return whether a schema of the document allows null by its type (`"null"`, `nullable: true`)."""
    stack = [document]
    while stack:
        value = stack.pop()
        if isinstance(value, Mapping):
            kind = value.get("type")
            if kind == "null" or (isinstance(kind, list) and "null" in kind) or value.get("nullable") is True:
                return True
            stack += _inner(value)
        elif isinstance(value, list):
            stack += value
    return False


def _inner(fields: Mapping[str, Any]) -> Iterable[Any]:
    return (item for name, item in fields.items() if name not in _VALUES and not str(name).startswith("x-"))
