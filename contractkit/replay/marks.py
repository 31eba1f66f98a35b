"""Marks: what stands in a cassette for a value that is another one each time, and what may take its place.

A mark is a text such as `<uuid>`, alone or inside a longer one: `Order <digits> was placed`. The place of each is
listed beside the body, so that a value that merely looks like one is told from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

INTEGER, NUMBER, BOOLEAN, ANY, LIST, OBJECT = "<integer>", "<number>", "<boolean>", "<any>", "<list>", "<object>"
"""Marks of values that are no texts."""
MASKED = "<masked>"
"""Stands for a secret or a personal value: a text that is not looked at."""
TEXT = "<text>"

_SHAPES = {
    "<uuid>": r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "<date-time>": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?",
    "<http-date>": r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:[A-Z][a-z]{2}) \d{4} \d\d:\d\d:\d\d GMT",
    "<date>": r"\d{4}-\d\d-\d\d",
    "<time>": r"\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?",
    "<digits>": r"\d+",
    "<decimal>": r"-?\d+(?:\.\d+)?",
    "<word>": r"[^\s\"'<>&/?=;,]+",
}
"""The shapes of texts, the narrowest first: RFC 9562, RFC 3339, RFC 9110 (section 5.6.7), and what is between them."""
_COMPILED = {mark: re.compile(shape) for mark, shape in _SHAPES.items()}
_MARK = re.compile("|".join(map(re.escape, (*_SHAPES, MASKED, TEXT))))
_NUMBERS = ("<digits>", "<decimal>")
_PIECE = re.compile(
    "|".join(f"(?:{shape}{'(?![0-9A-Za-z])' if mark in _NUMBERS else ''})" for mark, shape in _SHAPES.items())
)
"""Shapes within a text. Digits before a letter begin a word: two random words may begin with the same ones."""
_ANYTHING = r"[\s\S]*"
_MOST_MARKS = 20
"""Marks in one text; one that differs in more is another text each time."""


def shape_of(text: str) -> str:
    """Return the mark of the narrowest shape that a whole text has."""
    return next((mark for mark, shape in _COMPILED.items() if shape.fullmatch(text)), TEXT)


def kind_of(value: object) -> str:
    """Return the mark of the kind of a JSON value; of a text, that of its shape."""
    if isinstance(value, str):
        return shape_of(value)
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int):
        return INTEGER
    if isinstance(value, float):
        return NUMBER
    return LIST if isinstance(value, list) else OBJECT if isinstance(value, dict) else ANY


def merged(one: str, other: str) -> str:
    """Return a text with marks that stands for both of two different texts; the first may hold marks already."""
    if one == other:
        return one
    shapes = [_shape(one), _shape(other)]
    if shapes[0] == shapes[1] != TEXT:
        return shapes[0]
    pieces = [*_cut(one)], [*_cut(other)]
    if len(pieces[0]) == len(pieces[1]) > 1:
        found = [_joined(left, right) for left, right in zip(*pieces, strict=True)]
        text = "" if None in found else "".join(filter(None, found))
        # Without a word in common they are no sentence with a value in it, but two values.
        if re.search(r"\w", _MARK.sub("", text)) and len(_MARK.findall(text)) <= _MOST_MARKS:
            return text
    if {*shapes} <= {"<digits>", "<decimal>"}:
        return "<decimal>"
    return "<word>" if all(shape not in (TEXT, MASKED) for shape in shapes) else TEXT


def _shape(text: str) -> str:
    return text if _MARK.fullmatch(text) else shape_of(text)


def _joined(one: str, other: str) -> str | None:
    """Return what stands for two pieces of texts; None where they have no shape."""
    if one == other:
        return one
    shapes = _shape(one), _shape(other)
    if TEXT in shapes or MASKED in shapes:
        return None
    return shapes[0] if shapes[0] == shapes[1] else "<word>"


def _cut(text: str) -> Iterator[str]:
    """Yield a text in pieces: what has a shape, and what stands between."""
    end = 0
    for match in re.finditer(f"{_MARK.pattern}|{_PIECE.pattern}", text):
        yield text[end : match.start()]
        yield match.group()
        end = match.end()
    yield text[end:]


@lru_cache(maxsize=10_000)
def _pattern(marked: str) -> re.Pattern[str]:
    parts: list[str] = []
    end = 0
    for match in _MARK.finditer(marked):
        parts += [re.escape(marked[end : match.start()]), f"(?:{_SHAPES.get(match.group(), _ANYTHING)})"]
        end = match.end()
    return re.compile("".join([*parts, re.escape(marked[end:])]))


def fits(marked: str, value: object) -> bool:
    """Return whether a value may stand where a cassette has a text with marks."""
    if marked == ANY:
        return True
    if marked == NUMBER:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if marked in (INTEGER, BOOLEAN, LIST, OBJECT):
        return kind_of(value) == marked
    if marked == MASKED:
        return value is not None
    return isinstance(value, str) and _pattern(marked).fullmatch(value) is not None
