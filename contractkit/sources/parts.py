"""What two JSON texts have in common is read once: equal parts of the second become the objects of the first.

Two releases of a contract share nearly all of their text, path item by path item and component by component. Comparing
two stretches of text is far quicker than parsing one, and afterwards one object on both sides says that nothing
differs.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from contractkit.model.written import Way
from contractkit.sources.jsondoc import paused_gc

_TABLES = frozenset({("paths",), ("webhooks",), ("components",)})
"""The ways to the objects that are read entry by entry, the sections of `components` aside."""


def _refuse(token: str) -> NoReturn:
    raise ValueError(token)


def _number(token: str) -> float:
    value = float(token)
    return value if abs(value) != float("inf") else _refuse(token)


_decode = json.JSONDecoder(parse_constant=_refuse, parse_float=_number).raw_decode
"""Reads what JSON can hold and nothing else."""


class Parts:
    """Reads texts, and remembers the parts of the first; whoever changes a document must not read it by this.

    Attributes:
        offsets: where the names of entries stand in the text that was read last (`contractkit.sources.json_places`).
    """

    def __init__(self) -> None:
        self.offsets: dict[Way, int] = {}
        self._text = ""
        self._first: dict[Way, tuple[int, int, Any]] | None = None

    def read(self, text: str) -> tuple[dict[str, Any], str] | None:
        """Return the value of a JSON text, and the text without what was taken from the first one.

        None where it is no JSON object, holds a number that JSON cannot hold or one name twice, or is nested too
        deeply: what is wrong has to be told by other means.
        """
        reading = _Reading(self._text, self._first or {}, text)
        try:
            with paused_gc():
                value = reading.whole()
        except (ValueError, IndexError, RecursionError):
            return None
        self.offsets = reading.offsets
        if self._first is None:
            self._text, self._first = text, reading.spans
        return value, "".join(reading.fresh)

    def forget(self) -> None:
        """Forget the first text; the next one is the first."""
        self._text, self._first = "", None


class _Reading:
    """One text on its way, beside the parts of another."""

    def __init__(self, known_text: str, known: dict[Way, tuple[int, int, Any]], text: str) -> None:
        self.spans: dict[Way, tuple[int, int, Any]] = {}
        self.offsets: dict[Way, int] = {}
        self.fresh: list[str] = []
        self._at = 0
        self._known_text = known_text
        self._known = known
        self._text = text

    def whole(self) -> dict[str, Any]:
        start = self._after_space(0)
        if self._text[start] != "{":
            raise ValueError("no object")
        value, end = self._table(start, ())
        if self._text[end:].strip(" \t\n\r"):
            raise ValueError("text behind the value")
        self.fresh.append(self._text[self._at :])
        return value

    def _table(self, index: int, way: Way) -> tuple[dict[str, Any], int]:
        """Read the object that begins at an index, entry by entry; return it and where it ends."""
        text, after_space = self._text, self._after_space
        found: dict[str, Any] = {}
        index = after_space(index + 1)
        if text[index] == "}":
            return found, index + 1
        while True:
            if text[index] != '"':
                raise ValueError("a name was expected")
            begin = index
            name, index = _decode(text, index)
            index = after_space(index)
            if text[index] != ":":
                raise ValueError("a colon was expected")
            below = (*way, name)
            if below in self.offsets:
                raise ValueError("a name stands twice")
            self.offsets[below] = begin
            found[name], index = self._entry(after_space(index + 1), below)
            index = after_space(index)
            if text[index] == "}":
                return found, index + 1
            if text[index] != ",":
                raise ValueError("a comma was expected")
            index = after_space(index + 1)

    def _entry(self, index: int, way: Way) -> tuple[Any, int]:
        text = self._text
        if text[index] == "{" and (way in _TABLES or (len(way) == 2 and way[0] == "components")):
            return self._table(index, way)
        known = self._known.get(way)
        if known is not None:
            start, end, value = known
            # What begins with a brace ends with its own: a text that begins alike holds the same value.
            if text.startswith(self._known_text[start:end], index):
                self.fresh.append(text[self._at : index])
                self._at = index + end - start
                return value, self._at
        value, end = _decode(text, index)
        if text[index] == "{":
            self.spans[way] = index, end, value
        return value, end

    def _after_space(self, index: int) -> int:
        text = self._text
        while text[index] in " \t\n\r":
            index += 1
        return index
