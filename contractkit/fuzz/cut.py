"""Cuts a contract into units of work, by the contract alone, never by how many workers there are."""

from __future__ import annotations

from collections.abc import Sized

from contractkit.fuzz.operation import Api

_UNITS = 16
_MOST_IN_UNIT = 8


def units_of(api: Api) -> list[tuple[str, ...]]:
    """Cut a contract into units of operations, neighbours by path together.

    What works on one collection stays in one unit as far as it fits: units of parts of it would each have to make its
    members, and to find out how, anew.
    """
    size = _size(api.operations)
    units: list[list[str]] = []
    collection = None
    for operation in api.operations.values():
        root = operation.template.partition("/{")[0]
        full = len(units[-1]) if units else _MOST_IN_UNIT
        if full >= (_MOST_IN_UNIT if root == collection else size):
            units.append([])
        units[-1].append(operation.key)
        collection = root
    return [tuple(unit) for unit in units]


def socket_units_of(api: Api) -> list[tuple[str, ...]]:
    """Cut the WebSockets of a contract into units; what is said over one takes its time, so they stand apart."""
    sockets = list(api.sockets)
    size = _size(sockets)
    return [tuple(sockets[start : start + size]) for start in range(0, len(sockets), size)]


def _size(keys: Sized) -> int:
    return min(_MOST_IN_UNIT, max(1, -(-len(keys) // _UNITS)))
