"""JSON text to values (RFC 8259), with the place of what is wrong.

Duplicate names: the last one wins, as in nearly every reader (RFC 8259 section 4 leaves it open). Looking for them
slows the parse down, so only `contractkit validate` does (see `contractkit.sources.positions`).
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from contractkit.model.contract import Notice
from contractkit.model.errors import InputError

MAX_DIGITS = 4_300
"""The longest integer kept: Python refuses to read or print longer ones (sys.set_int_max_str_digits)."""
_MAX_SHOWN = 40


class _NoNumber:
    """Stands for a token that is no JSON number until its place is known."""

    def __init__(self, token: str) -> None:
        self.token = token


@contextmanager
def paused_gc() -> Iterator[None]:
    """Keep the cyclic garbage collector still: a parse makes many objects and no cycle, and runs 4 times faster."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def pointer(parent: str, key: object) -> str:
    """Return the JSON pointer of `key` below `parent` (RFC 6901)."""
    return f"{parent}/{str(key).replace('~', '~0').replace('/', '~1')}"


def parse_json(text: str, subject: str) -> tuple[Any, tuple[Notice, ...]]:
    """Return the value of a JSON text, and a notice for each number that JSON cannot hold.

    `NaN`, `Infinity` (no JSON, but Python writes them), numbers beyond the range of a double such as `1e400`, and
    integers of more than 4300 digits are read as `null`; the notice keeps what stood there, to tell two of them apart.

    Args:
        text: the whole text, without a byte order mark.
        subject: the text's name, for errors.

    Raises:
        InputError: the text is no JSON (with line and column), or is nested too deeply.
    """
    found: list[_NoNumber] = []

    def odd(token: str) -> _NoNumber:
        found.append(_NoNumber(token))
        return found[-1]

    def real(token: str) -> float | _NoNumber:
        value = float(token)
        return value if abs(value) != float("inf") else odd(token)

    def integer(token: str) -> int | _NoNumber:
        return int(token) if len(token.lstrip("-")) <= MAX_DIGITS else odd(token)

    with paused_gc():
        try:
            try:
                value = json.loads(text, parse_constant=odd, parse_float=real)
            except json.JSONDecodeError:
                raise
            except ValueError:  # an integer beyond Python's limit of digits; a hook for every integer is slow
                found.clear()
                value = json.loads(text, parse_constant=odd, parse_float=real, parse_int=integer)
        except json.JSONDecodeError as error:
            raise _error(text, subject, error) from None
        except RecursionError:
            raise InputError(subject, "is nested too deeply to be read") from None
        if not found:
            return value, ()
        return _settle(value)


def unread_text(token: str) -> str:
    """Return what a notice keeps of a number that is not read: all of it, or its length and digest."""
    if len(token) <= _MAX_SHOWN:
        return token
    import hashlib

    digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{token[:12]}... ({len(token)} characters, sha256:{digest[:16]})"


def _settle(value: Any) -> tuple[Any, tuple[Notice, ...]]:
    """Put null where a token is no number, in document order; without recursion, documents may be deep."""
    notices: list[Notice] = []
    holder = [value]
    stack: list[tuple[Any, Any, str]] = [(holder, 0, "")]
    while stack:
        parent, key, place = stack.pop()
        item = parent[key]
        if isinstance(item, _NoNumber):
            token = item.token if len(item.token) <= 20 else f"{item.token[:12]}... ({len(item.token)} characters)"
            text = f"{token} is no number JSON can hold; it is read as null"
            notices.append(Notice(place, text, unread_text(item.token)))
            parent[key] = None
        elif isinstance(item, dict):
            stack.extend((item, name, pointer(place, name)) for name in reversed(item))
        elif isinstance(item, list):
            stack.extend((item, index, pointer(place, index)) for index in reversed(range(len(item))))
    return holder[0], tuple(notices)


def _error(text: str, subject: str, error: json.JSONDecodeError) -> InputError:
    place = f"{subject}:{error.lineno}:{error.colno}"
    if not text.strip():
        return InputError(subject, "is empty", "give an OpenAPI document")
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype", "<html", "<?xml")):
        return InputError(subject, "is HTML or XML, not JSON", "FastAPI's document is at /openapi.json")
    if any(text.startswith(mark, error.pos) for mark in ("<<<<<<<", "=======", ">>>>>>>")):
        return InputError(place, "not JSON: a merge conflict is left open here", "resolve it")
    if start.startswith(("openapi:", "swagger:", "---", "#", "info:")):
        return InputError(place, "not JSON: it looks like YAML", "let the file's name end in .yaml")
    problem = error.msg[:1].lower() + error.msg[1:]
    return InputError(place, f"not JSON: {problem}", "mend the file there")
