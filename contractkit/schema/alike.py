"""Contract points whose schemas are spelled alike, as the same parameter written down at every operation is."""

from __future__ import annotations

from typing import Any

from contractkit.model.jsontext import typed_text
from contractkit.model.records import replace
from contractkit.schema.point import Point

MAX_VALUES = 2000
"""Values inside a schema up to which it is compared with others by its text."""


class Alike:
    """Gives points that are spelled alike the schemas of the first of them, so that what is found there is remembered.

    The findings stay one for each place: only the work is shared.
    """

    def __init__(self) -> None:
        self._first: dict[tuple[Any, ...], Point] = {}
        self._speakers: dict[tuple[Any, ...], Point] = {}

    def shared(self, point: Point) -> tuple[Point, Point, Point]:
        """Return a point with the schemas of the first one like it, that one, and the one that speaks for its own.

        It speaks for others where the document has the very same objects at them: by an alias, or a `$ref` to the
        parameter or the response around them.
        """
        base, revision = point.base, point.revision
        speaker = self._speakers.setdefault((point.direction, id(base), id(revision)), point)
        if not (_is_small(base) and _is_small(revision)):
            return point, point, speaker
        first = self._first.setdefault((point.direction, point.mode, typed_text([base, revision])), point)
        if first is not point:
            point = replace(point, base=first.base, revision=first.revision)
        return point, first, speaker

    def forget(self, point: Point) -> None:
        """Let no other point have the schemas of this one: what is wrong with them is told at each place."""
        for key in [key for key, first in self._first.items() if first is point]:
            del self._first[key]


def _is_small(schema: Any) -> bool:
    """Whether a schema is an object of its own that can be put in order: of moderate size, with names that are texts.

    Aliases may make it endless, and YAML may give it numbers as names.
    """
    if not isinstance(schema, dict) or "$ref" in schema:
        return False
    stack: list[Any] = [schema]
    seen = 0
    while stack:
        value = stack.pop()
        if not isinstance(value, dict | list):
            continue
        seen += len(value)
        if seen > MAX_VALUES:
            return False
        if isinstance(value, list):
            stack += value
        elif all(isinstance(name, str) for name in value):
            stack += value.values()
        else:
            return False
    return True
