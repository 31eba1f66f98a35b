"""What two JSON texts have in common is read once: equal parts of the second become the objects of the first.

Two releases of a contract share nearly all of their text, path item by path item and component by component. Comparing
two stretches of text is far quicker than parsing one, and afterwards one object on both sides says that nothing
differs.
"""

from __future__ import annotations

import json
from typing import Any

_Way = tuple[str, ...]
_TABLES = frozenset({("paths",), ("webhooks",), ("components",)})
"""The ways to the objects that are read entry by entry, the sections of `components` aside."""


class Parts:
    """Reads texts, and remembers the parts of the first; whoever changes a document must not read it by this."""

    def __init__(self) -> None:
        self._text = ""
        self._first: dict[_Way, tuple[int, int, Any]] | None = None

    def read(self, text: str, decoder: json.JSONDecoder) -> Any:
        """Return the value of a JSON text that holds an object.

        Args:
            text: the whole text.
            decoder: reads the parts.

        Raises:
            ValueError, IndexError, RecursionError: the text is no JSON, holds no object or is nested too deeply. The
                place of what is wrong has to be found by other means.
        """
        reading = _Reading(self._text, self._first or {}, text, decoder)
        value = reading.whole()
        if self._first is None:
            self._text, self._first = text, reading.spans
        return value


class _Reading:
    """One text on its way, beside the parts of another."""

    def __init__(
        self, known_text: str, known: dict[_Way, tuple[int, int, Any]], text: str, decoder: json.JSONDecoder
    ) -> None:
        self.spans: dict[_Way, tuple[int, int, Any]] = {}
        self._known_text = known_text
        self._known = known
        self._text = text
        self._decoder = decoder

    def whole(self) -> dict[str, Any]:
        start = self._after_space(0)
        if self._text[start] != "{":
            raise ValueError("no object")
        value, end = self._table(start, ())
        if self._text[end:].strip(" \t\n\r"):
            raise ValueError("text behind the value")
        return value

    def _table(self, index: int, way: _Way) -> tuple[dict[str, Any], int]:
        """Read the object that begins at an index, entry by entry; return it and where it ends."""
        text, after_space, decode = self._text, self._after_space, self._decoder.raw_decode
        found: dict[str, Any] = {}
        index = after_space(index + 1)
        if text[index] == "}":
            return found, index + 1
        while True:
            if text[index] != '"':
                raise ValueError("a name was expected")
            name, index = decode(text, index)
            index = after_space(index)
            if text[index] != ":":
                raise ValueError("a colon was expected")
            found[name], index = self._entry(after_space(index + 1), (*way, name))
            index = after_space(index)
            if text[index] == "}":
                return found, index + 1
            if text[index] != ",":
                raise ValueError("a comma was expected")
            index = after_space(index + 1)

    def _entry(self, index: int, way: _Way) -> tuple[Any, int]:
        text = self._text
        if text[index] == "{" and (way in _TABLES or (len(way) == 2 and way[0] == "components")):
            return self._table(index, way)
        known = self._known.get(way)
        if known is not None:
            start, end, value = known
            # What begins with a brace ends with its own: a text that begins alike holds the same value.
            if text.startswith(self._known_text[start:end], index):
                return value, index + end - start
        value, end = self._decoder.raw_decode(text, index)
        if text[index] == "{":
            self.spans[way] = index, end, value
        return value, end

    def _after_space(self, index: int) -> int:
        text = self._text
        while text[index] in " \t\n\r":
            index += 1
        return index
