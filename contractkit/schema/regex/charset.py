"""Sets of characters as sorted, disjoint intervals of code points."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from contractkit.model.records import record

MAX_CODE = 0x10FFFF
SURROGATES = (0xD800, 0xDFFF)

# The order in which a witness's characters are chosen: what people read and every system carries comes first; control
# characters, line separators (engines disagree on them), private use and non-characters come last. Surrogates are no
# characters and never chosen.
_PREFERENCE: tuple[tuple[int, int], ...] = (
    (0x61, 0x7A),
    (0x30, 0x39),
    (0x41, 0x5A),
    (0x21, 0x2F),
    (0x3A, 0x40),
    (0x5B, 0x60),
    (0x7B, 0x7E),
    (0x20, 0x20),
    (0xA1, 0x2027),
    (0x202A, 0xD7FF),
    (0xF900, 0xFFEF),
    (0x10000, 0xEFFFF),
    (0x09, 0x0D),
    (0x01, 0x08),
    (0x0E, 0x1F),
    (0x2028, 0x2029),
    (0x7F, 0xA0),
    (0xE000, 0xF8FF),
    (0xFFF0, 0xFFFF),
    (0xF0000, MAX_CODE),
    (0x00, 0x00),
)


@record(frozen=True, slots=True)
class CharSet:
    """A set of code points.

    Attributes:
        ranges: sorted, disjoint, non-adjacent intervals, both ends included.
    """

    ranges: tuple[tuple[int, int], ...]

    @staticmethod
    def of(ranges: Iterable[tuple[int, int]]) -> CharSet:
        """The set of all code points in any of the intervals, which may overlap and stand in any order."""
        merged: list[tuple[int, int]] = []
        for low, high in sorted(ranges):
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], high))
            else:
                merged.append((low, high))
        return CharSet(tuple(merged))

    def complement(self) -> CharSet:
        """All code points that are not in this set."""
        gaps: list[tuple[int, int]] = []
        start = 0
        for low, high in self.ranges:
            if start < low:
                gaps.append((start, low - 1))
            start = high + 1
        if start <= MAX_CODE:
            gaps.append((start, MAX_CODE))
        return CharSet(tuple(gaps))

    def only(self) -> int | None:
        """The code point of a set that has exactly one."""
        return self.ranges[0][0] if len(self.ranges) == 1 and self.ranges[0][0] == self.ranges[0][1] else None

    def preferred(self) -> Iterator[str]:
        """The characters of the set, without surrogates, in the order in which witnesses use them."""
        for first, last in _PREFERENCE:
            for low, high in self.ranges:
                for code in range(max(low, first), min(high, last) + 1):
                    yield chr(code)


def rank(text: str) -> tuple[int, tuple[tuple[int, int], ...]]:
    """The sort key of witnesses: length first, then character by character in the order of `CharSet.preferred`."""
    return len(text), tuple(_char_rank(char) for char in text)


@lru_cache(maxsize=4096)
def _char_rank(char: str) -> tuple[int, int]:
    code = ord(char)
    place = next((index for index, (low, high) in enumerate(_PREFERENCE) if low <= code <= high), len(_PREFERENCE))
    return place, code


def single(code: int) -> CharSet:
    """The set of one code point."""
    return CharSet(((code, code),))


class Partition:
    """The coarsest division of all code points such that every given set is a union of classes.

    Args:
        sets: the sets to be told apart.

    Attributes:
        classes: the disjoint classes; together they hold every code point.
        members: for each given set, the numbers of its classes.
    """

    def __init__(self, sets: Sequence[CharSet]) -> None:
        toggles: dict[int, int] = {0: 0}
        for index, charset in enumerate(sets):
            for low, high in charset.ranges:
                toggles[low] = toggles.get(low, 0) ^ (1 << index)
                toggles[high + 1] = toggles.get(high + 1, 0) ^ (1 << index)
        starts = sorted(start for start in toggles if start <= MAX_CODE)
        numbers: dict[int, int] = {}
        ranges: list[list[tuple[int, int]]] = []
        self._starts = starts
        self._class_at: list[int] = []
        signature = 0
        for place, start in enumerate(starts):
            signature ^= toggles[start]
            number = numbers.setdefault(signature, len(numbers))
            if number == len(ranges):
                ranges.append([])
            ranges[number].append((start, starts[place + 1] - 1 if place + 1 < len(starts) else MAX_CODE))
            self._class_at.append(number)
        self.classes = [CharSet.of(parts) for parts in ranges]
        members: list[list[int]] = [[] for _ in sets]
        for signature, number in numbers.items():
            while signature:
                lowest = signature & -signature
                members[lowest.bit_length() - 1].append(number)
                signature ^= lowest
        self.members = [frozenset(numbers_of_set) for numbers_of_set in members]

    def class_of(self, char: str) -> int:
        """The number of the class that holds the character."""
        return self._class_at[bisect_right(self._starts, ord(char)) - 1]
