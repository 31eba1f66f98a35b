"""The text that a document was read from: of JSON, where its entries stand in it and what they refer to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from functools import cached_property
from typing import Any

Way = tuple[str, ...]
"""The names that lead to an entry: `("paths", "/orders")`, `("components", "schemas", "Order")`."""

_REFERENCE = re.compile(r'"\$(?:r|dynamicR)ef"\s*:\s*"([^"]*)"')
_SPELLED_OUT = re.compile(r"\\u00[2-7]")
"""An escape of what JSON need not escape: a name that is looked for may be written by it (RFC 8259 section 7)."""


class Written:
    """The text of a document.

    Attributes:
        document: the value that was read from it.
        text: the whole text.
        offsets: where the names of its entries stand, in their order, for those of JSON that are read one by one
            (`contractkit.sources.parts`); else none.
    """

    def __init__(self, document: Mapping[str, Any], text: str, offsets: Mapping[Way, int]) -> None:
        self.document = document
        self.text = text
        self.offsets = offsets

    @property
    def references(self) -> Mapping[Way, Set[str]] | None:
        """The `$ref`s and `$dynamicRef`s that stand in each entry; None where the text does not show them all.

        What looks like a reference but is part of an example is among them, and so is one whose name stands twice.
        """
        return None if self._found is None else self._found[0]

    @property
    def all_references(self) -> Set[str] | None:
        """All of the text, those that are entries themselves among them; None where it does not show them all."""
        return None if self._found is None else self._found[1]

    @cached_property
    def _found(self) -> tuple[Mapping[Way, Set[str]], Set[str]] | None:
        if not self.offsets:
            return None
        if "\\u00" in self.text and _SPELLED_OUT.search(self.text):
            return None
        starts = [(offset, way) for way, offset in self.offsets.items()]
        found: dict[Way, set[str]] = {way: set() for _, way in starts}
        following = iter([*starts, (len(self.text), ())])
        every: set[str] = set()
        here: set[str] = set()
        begin, (end, way) = 0, next(following)
        for match in _REFERENCE.finditer(self.text):
            if "\\" in match[1]:
                return None
            while match.start() >= end:
                here, begin = found[way], end
                end, way = next(following)
            every.add(match[1])
            if match.start() != begin:  # else the entry itself has this name
                here.add(match[1])
        return found, every
