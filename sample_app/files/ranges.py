"""What of a file to send: all, a part, or nothing as the client has it (RFC 9110, sections 13 and 14)."""

import re
from typing import NamedTuple

from sample_app.files.errors import RangeNotSatisfiableError

# One range. Several are answered with the whole, as section 14.2 allows.
_RANGE = re.compile(
    r"bytes=[ \t]*(?:(?P<first>[0-9]{1,18})-(?P<last>[0-9]{1,18})?|-(?P<suffix>[0-9]{1,18}))[ \t]*", re.I
)


class ByteRange(NamedTuple):
    """The bytes from `start` up to, not including, `end`."""

    start: int
    end: int


def wanted_range(header: str | None, *, size: int) -> ByteRange | None:
    """The part that a Range header asks for; None for the whole, also when the header cannot be read.

    Raises:
        RangeNotSatisfiableError: none of the `size` bytes is in the range.
    """
    match = _RANGE.fullmatch(header or "")
    if match is None:
        return None
    if match["suffix"] is not None:
        length = min(int(match["suffix"]), size)
        if int(match["suffix"]) == 0:
            raise RangeNotSatisfiableError(size)
        return ByteRange(size - length, size) if size else None
    first = int(match["first"])
    last = size - 1 if match["last"] is None else min(int(match["last"]), size - 1)
    if match["last"] is not None and int(match["last"]) < first:
        return None
    if first >= size:
        raise RangeNotSatisfiableError(size)
    return ByteRange(first, last + 1)


def range_applies(if_range: str | None, etag: str) -> bool:
    """Whether the Range header counts: not if the client holds a part of something else (RFC 9110, section 13.1.5)."""
    return if_range is None or if_range.strip() == etag
