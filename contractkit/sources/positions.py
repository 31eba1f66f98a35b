"""Where in a text the values of a document stand: JSON pointer to line and column."""

from __future__ import annotations

import contextlib
from typing import Any

import yaml

from contractkit.sources.jsondoc import paused_gc, pointer


class Positions:
    """The places of all values in a JSON or YAML text that was parsed before, and the keys that stand twice.

    JSON is read as the YAML it nearly is. Where that fails the places found so far stay.

    Args:
        text: the whole text.
    """

    def __init__(self, text: str) -> None:
        self.duplicates: list[str] = []
        """Pointers of keys that stand twice in one object, once for each time after the first."""
        self._places: dict[str, tuple[int, int]] = {}
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        with paused_gc(), contextlib.suppress(yaml.YAMLError, RecursionError):
            self._read(yaml.parse(text, Loader=loader))

    def find(self, place: str) -> tuple[int, int] | None:
        """Return line and column (from 1) of the value at a JSON pointer, or of the nearest value around it.

        None where nothing is known at all.
        """
        while place not in self._places:
            if not place:
                return None
            place = place.rpartition("/")[0]
        return self._places[place]

    def _read(self, events: Any) -> None:
        # One entry in each for an open mapping or list: pointer and keys so far (None in a list), next index, open key.
        stack: list[tuple[str, set[str] | None]] = []
        indexes: list[int] = []
        keys: list[str | None] = []
        for event in events:
            kind = type(event)
            if kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                stack.pop()
                indexes.pop()
                keys.pop()
                continue
            if kind not in (yaml.ScalarEvent, yaml.AliasEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent):
                continue
            place = ""
            if stack:
                parent, names = stack[-1]
                key = keys[-1]
                if names is None:
                    place = pointer(parent, indexes[-1])
                    indexes[-1] += 1
                elif key is None:
                    keys[-1] = name = event.value if kind is yaml.ScalarEvent else ""
                    if name in names:
                        self.duplicates.append(pointer(parent, name))
                    names.add(name)
                    self._places[pointer(parent, name)] = (event.start_mark.line + 1, event.start_mark.column + 1)
                    continue
                else:
                    place = pointer(parent, key)
                    keys[-1] = None
            self._places.setdefault(place, (event.start_mark.line + 1, event.start_mark.column + 1))
            if kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                stack.append((place, set() if kind is yaml.MappingStartEvent else None))
                indexes.append(0)
                keys.append(None)
