"""Values that a contract allows and programs fail at: zero, the ends of a calendar, odd texts, empty lists."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from contractkit.fuzz.edit import with_json, with_segment
from contractkit.fuzz.message import Request, leaves
from contractkit.fuzz.operation import Operation
from contractkit.fuzz.validity import kinds, node_at, validity
from contractkit.fuzz.variants import with_parameter
from contractkit.schema.node import ARRAY, NUMBER, STRING, Node
from contractkit.schema.readings import text_of

_MOST = 100
_LEAVES = 20
_FORMATS: dict[str, tuple[str, ...]] = {
    "date": ("0001-01-01", "9999-12-31", "2024-02-29", "1970-01-01"),
    "date-time": (
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2024-02-29T12:00:00+14:00",
        "2000-01-01T00:00:00-12:00",
    ),
    "time": ("00:00:00Z", "23:59:59Z"),
    "duration": ("PT0S", "P9999D"),
    "uuid": ("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
}
_NUMBERS = (0, -1, 1, 2**31 - 1, 2**31, 2**63 - 1, 2**63)
_FLOATS = (0.1, 1e-300, 1e300)
_TEXTS = ("", " ", "0", "ä漢😀", "'", '"', "%", "\\", "\u0000", "null", "a b", "../", "a" * 300)


_HEADERS: dict[str, tuple[str, ...]] = {
    "range": ("bytes=0-0", "bytes=0-", "bytes=-1", "bytes=0-1,3-4", "bytes=999999999999-", "bytes=5-2", "lines=1-2"),
    "if-range": ('"none"', "Thu, 01 Jan 1970 00:00:00 GMT"),
    "if-match": ("*", '"none"', '"none", "other"', 'W/"none"'),
    "if-none-match": ("*", '"none"', '"none", "other"', 'W/"none"'),
    "if-modified-since": ("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"),
    "if-unmodified-since": ("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"),
    "accept-language": ("de-CH, en;q=0.5", "*", "xx"),
}
"""What HTTP itself says of a header (RFC 9110, sections 12.5.4, 13.1 and 14.2), where a schema says "text"."""


def edges(operation: Operation, base: Request) -> Iterator[Request]:
    """Yield valid variants of a request with one such value each.

    Args:
        operation: the operation.
        base: a request that was taken.
    """
    fitting = (one for one in _all(operation, base) if validity(operation, one).valid is not False)
    yield from itertools.islice(fitting, _MOST)


def _all(operation: Operation, base: Request) -> Iterator[Request]:
    for spec in operation.parameters:
        if spec.parameter.media_type is not None:
            continue
        known = _HEADERS.get(spec.name.lower(), ()) if spec.where == "header" else ()
        for value in itertools.chain(known, _values(spec.check.node)):
            if isinstance(value, list):
                continue
            text = text_of(value)
            if spec.where != "path":
                yield with_parameter(base, spec, text)
            elif spec.whole and text and "/" not in text:  # servers decode it, and take it for the end of a segment
                yield with_segment(base, spec.index, text)
    if operation.bodies:
        node = operation.bodies[0].check.node
        for pointer, _ in itertools.islice(leaves(base.json), _LEAVES):
            below = node_at(node, pointer)
            for value in () if below is None else _values(below):
                yield with_json(base, pointer, value)
        if isinstance(base.json, dict):
            for name, below in node.properties.items():
                if name not in base.json or isinstance(base.json[name], list):
                    for value in _values(below):
                        yield with_json(base, f"/{name}", value)


def _values(node: Node) -> Iterator[Any]:
    if node.enum is not None:
        return
    allowed = kinds(node)
    if allowed & NUMBER:
        yield from _NUMBERS
        if not node.integer:
            yield from _FLOATS
    if allowed & STRING:
        formats = {one.format for one in (node, *node.all_of, *(node.any_of or ()), *(node.one_of or ()))} - {None}
        for name in sorted(formats & set(_FORMATS), key=str):
            yield from _FORMATS[str(name)]
        if not formats:
            yield from _TEXTS
    if allowed & ARRAY:
        yield []
