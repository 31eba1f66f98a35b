"""Where in a JSON text the values of a document stand, without reading all of it.

A finding asks for one place of a text of megabytes. What lies beside the way to it is skipped by the decoder of the
standard library, and where `parts.py` has noted the entries of a document already, the way begins there.
"""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Mapping

from contractkit.model.records import NamedTuple
from contractkit.model.written import Way

_decode = json.JSONDecoder(strict=False).raw_decode
_SPACE = " \t\n\r"
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_FAR = 50
"""Levels from which on the ends of what is nested are looked for in one go, and not again on each level."""


class _Entry(NamedTuple):
    """The offset to show (of a name, or of an item), and that of the value."""

    shown: int
    value: int


class JsonPlaces:
    """Finds the places of a text that has been read as JSON before.

    Args:
        text: the whole text.
        offsets: the entries whose offsets are known.
    """

    def __init__(self, text: str, offsets: Mapping[Way, int] | None = None) -> None:
        self._text = text
        self._offsets = offsets or {}
        self._entries: dict[int, dict[str, _Entry]] = {}
        self._ends: dict[int, int] = {}
        # Offsets that were asked for, each with its line, and where that begins.
        self._lines: list[tuple[int, int, int]] = [(0, 1, 0)]

    def find(self, place: str) -> tuple[int, int] | None:
        """Return line and column (from 1) of the value at a JSON pointer, or of the nearest value around it."""
        tokens = tuple(token.replace("~1", "/").replace("~0", "~") for token in place.split("/")[1:])
        known = next((count for count in range(min(3, len(tokens)), 0, -1) if tokens[:count] in self._offsets), 0)
        try:
            if known:
                here = self._named(self._offsets[tokens[:known]])
            else:
                start = self._after_space(0)
                here = _Entry(start, start)
            if len(tokens) > known + _FAR:
                self._match(here.value)
            for token in tokens[known:]:
                below = self._below(here.value).get(token)
                if below is None:
                    break
                here = below
        except (ValueError, IndexError, RecursionError):
            return None
        return self._line_and_column(here.shown)

    def _named(self, offset: int) -> _Entry:
        _, end = _decode(self._text, offset)
        return _Entry(offset, self._after_space(self._after_space(end) + 1))

    def _below(self, index: int) -> dict[str, _Entry]:
        """Return the entries of the object or list that begins at an index, by name or number."""
        if index not in self._entries:
            self._entries[index] = self._read(index)
        return self._entries[index]

    def _read(self, index: int) -> dict[str, _Entry]:
        text, found = self._text, dict[str, _Entry]()
        if text[index] not in "{[":
            return found
        is_list, index = text[index] == "[", self._after_space(index + 1)
        while text[index] not in "}]":
            if is_list:
                name, entry = str(len(found)), _Entry(index, index)
            else:
                name, _ = _decode(text, index)
                entry = self._named(index)
            found[name] = entry
            end = self._ends.get(entry.value) or _decode(text, entry.value)[1]
            index = self._after_space(end)
            if text[index] == ",":
                index = self._after_space(index + 1)
        return found

    def _match(self, index: int) -> None:
        """Note where the objects and lists end that stand inside the one at an index."""
        if index in self._ends or self._text[index] not in "{[":
            return
        begun: list[int] = []
        for match in _BRACKET.finditer(self._text, index):
            sign = match[0]
            if sign in "{[":
                begun.append(match.start())
            elif sign in "}]":
                self._ends[begun.pop()] = match.end()
                if not begun:
                    return

    def _after_space(self, index: int) -> int:
        while self._text[index] in _SPACE:
            index += 1
        return index

    def _line_and_column(self, offset: int) -> tuple[int, int]:
        near = bisect.bisect_right(self._lines, (offset, 1 << 60, 0)) - 1
        known, line, begin = self._lines[near]
        if known != offset:
            line += self._text.count("\n", known, offset)
            begin = self._text.rfind("\n", known, offset) + 1 or begin
            self._lines.insert(near + 1, (offset, line, begin))
        return line, offset - begin + 1
