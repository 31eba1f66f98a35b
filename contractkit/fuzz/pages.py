"""Reads the whole of a list, page by page."""

from __future__ import annotations

from typing import Any

from contractkit.fuzz.edit import with_query
from contractkit.fuzz.knowledge import plain
from contractkit.fuzz.listing import items_of, total_of
from contractkit.fuzz.maker import Maker
from contractkit.fuzz.message import Request
from contractkit.fuzz.operation import Operation, ParameterSpec

SIZE = ("limit", "pagesize", "perpage", "size", "count", "top")
START = ("offset", "skip", "start")
_MOST_PAGES = 10
_WANTED = 100


def paging_parameter(operation: Operation, names: tuple[str, ...]) -> ParameterSpec | None:
    """Return the query parameter of one of some names (`SIZE`, `START`), None where there is none."""
    return next((one for one in operation.parameters if one.where == "query" and plain(one.name) in names), None)


def bare(operation: Operation, request: Request) -> Request:
    """Return a request of a list without optional query parameters: no filter, so as many items as there are."""
    for name, _ in request.pairs:
        spec = operation.parameter("query", name)
        if spec is not None and not spec.parameter.required:
            request = with_query(request, name)
    return request


def largest(spec: ParameterSpec) -> int:
    """Return the largest page, up to a hundred items, that a parameter for the size of a page may ask for."""
    allowed = (one for one in range(_WANTED, 0, -1) if spec.check.is_valid(str(one), text=True) is True)
    return next(allowed, 1)


def whole_list(maker: Maker, operation: Operation, identity: str | None) -> list[Any] | None:
    """Return all items of a list as a user sees it; None where it cannot be told that these are all."""
    accepted = maker.accepted(operation, identity)
    if accepted is None:
        return None
    request = bare(operation, accepted.request)
    size, start = paging_parameter(operation, SIZE), paging_parameter(operation, START)
    if size is None:
        page = maker.session.send(operation, request)
        items, total = items_of(page), total_of(page)
        return items if items is None or total in (None, len(items)) else None
    number = largest(size)
    request = with_query(request, size.name, str(number))
    found: list[Any] = []
    for _ in range(_MOST_PAGES):
        page = maker.session.send(operation, request)
        items = items_of(page)
        if items is None:
            return None
        found += items
        if len(items) < number:
            return found
        if start is None:
            return None
        request = with_query(request, start.name, str(len(found)))
    return None
