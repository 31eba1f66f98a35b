"""Writes JSON of any depth without recursion of its own: a value nested by the thousand costs what its text costs."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any

LOG_COMMAND = re.compile(r"##(?=\w*\[)")
"""What begins a command to the runner of GitHub (`##[error]`), Azure (`##vso[`) or TeamCity, also inside a line."""

_INDENTED = 64
"""Levels that are indented; below them indentation is most of the text, and grows with the square of the depth."""

_LARGEST = 100_000
_DEEPEST = 200
_SHOWN = 200


class _Token(str):
    """A piece of JSON text as it is to be written."""

    __slots__ = ()


def pretty_json(value: Any) -> str:
    """Return JSON text in ASCII as `json.dumps(value, indent=2)` does, the deepest levels on one line.

    Numbers that JSON cannot write (NaN, infinities) become their names; what the logs of CI services obey is escaped.
    """
    text = "".join(_tokens(value, indented=_INDENTED, ascii_only=True))
    return LOG_COMMAND.sub(r"#\\u0023", text) if "##" in text else text


def line_of(value: Any, longest: int | None = None, *, ascii_only: bool = False) -> str:
    """Return JSON text on one line, cut with `…` after `longest` characters; what is cut off is never written."""
    parts: list[str] = []
    length = 0
    for token in _tokens(value, indented=0, ascii_only=ascii_only, longest=longest):
        parts.append(token)
        length += len(token)
        if longest is not None and length > longest:
            return "".join(parts)[: longest - 1] + "…"
    return "".join(parts)


def sane(value: Any) -> Any:
    """Return a value as a report should hold it: as it is, or a text that says it was cut.

    Values of up to 100,000 characters of JSON and 200 levels are kept.
    """
    if value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) < _SHOWN):
        return value
    length = depth = 0
    for token in _tokens(value, indented=0, ascii_only=False, longest=_LARGEST):
        length += len(token)
        depth += (token in ("[", "{")) - (token in ("]", "}"))
        if length > _LARGEST or depth > _DEEPEST:
            why = "too large" if length > _LARGEST else "nested too deep"
            return f"cut, {why} to be shown: {line_of(value, _SHOWN)}"
    return value


def _tokens(value: Any, *, indented: int, ascii_only: bool, longest: int | None = None) -> Iterator[str]:
    """Yield JSON text in pieces; brackets of what is not empty are pieces of their own (those of objects and lists)."""
    quoted = encode_basestring_ascii if ascii_only else encode_basestring
    stack: list[tuple[Any, int]] = [(value, 0)]
    while stack:
        item, level = stack.pop()
        if type(item) is _Token:
            yield item
        elif isinstance(item, str):
            yield quoted(item if longest is None else item[: longest + 1])
        elif isinstance(item, Mapping | list) and item:
            if level == indented and longest is None and (text := _at_once(item, ascii_only=ascii_only)) is not None:
                yield text
                continue
            is_list = isinstance(item, list)
            yield "[" if is_list else "{"
            inner, outer = ("\n" + "  " * (level + 1), "\n" + "  " * level) if level < indented else ("", "")
            stack.append((_Token("]" if is_list else "}"), level))
            stack.append((_Token(outer), level))
            separator = _Token("," + (inner or " "))
            before = _Token(inner)
            rows = [(None, one) for one in item] if isinstance(item, list) else [*item.items()]
            for index in range(len(rows) - 1, -1, -1):
                key, one = rows[index]
                stack.append((one, level + 1))
                if not is_list:
                    stack.append((_Token(quoted(str(key)) + ": "), level))
                stack.append((separator if index else before, level))
        elif isinstance(item, float) and not math.isfinite(item):
            yield quoted(repr(item))
        else:
            yield json.dumps(item)


def _at_once(value: Any, *, ascii_only: bool) -> str | None:
    """Return JSON text on one line as the standard library writes it, far faster; None where it does not."""
    try:
        return json.dumps(value, ensure_ascii=ascii_only, allow_nan=False)
    except (RecursionError, TypeError, ValueError):
        return None
