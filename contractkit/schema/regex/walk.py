"""Finding accepted strings of a product: the shortest of all, and those of given lengths."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from contractkit.schema.regex.charset import rank
from contractkit.schema.regex.errors import Meter, Unsupported
from contractkit.schema.regex.formula import Lengths
from contractkit.schema.regex.product import Product

MAX_LENGTH = 1_000_000


def shortest(product: Product, start: int, longest: int | None) -> str | None:
    """The first of the shortest accepted strings; `None` proves that none has at most `longest` characters."""
    if product.accepting(start):
        return ""
    came_from: dict[int, tuple[int, int]] = {}
    level, depth = [start], 0
    seen = {start}
    while level and (longest is None or depth < longest):
        depth += 1
        following: list[int] = []
        for state in level:
            for symbol, target in product.successors(state):
                if target in seen:
                    continue
                seen.add(target)
                came_from[target] = (state, symbol)
                if product.accepting(target):
                    return _spelled(product, came_from, target, depth)
                following.append(target)
        level = following
    return None


def _spelled(product: Product, came_from: dict[int, tuple[int, int]], state: int, length: int) -> str:
    chars: list[str] = []
    for _ in range(length):
        state, symbol = came_from[state]
        chars.append(next(product.symbols[symbol].preferred()))
    return "".join(reversed(chars))


class Levels:
    """The states of a product by the exact number of characters that lead to them.

    From some number on the sets of states repeat, so every length, however large, is known after finitely many.

    Args:
        product: what is walked.
        start: its first state.
        lengths: the lengths asked for.
        meter: counts the work.
    """

    def __init__(self, product: Product, start: int, lengths: Lengths, meter: Meter) -> None:
        self._product = product
        self._lengths = lengths
        self._meter = meter
        self._start = start
        self._levels: list[frozenset[int]] = []
        self._accepting: list[bool] = []
        self._seen: dict[frozenset[int], int] = {}
        self._cycle: tuple[int, int] | None = None
        self._append(frozenset((start,)))

    def _append(self, level: frozenset[int]) -> None:
        first = self._seen.setdefault(level, len(self._levels))
        if first < len(self._levels):
            self._cycle = (first, len(self._levels) - first)
            return
        self._meter.spend(2 * len(level) + 1)
        self._levels.append(level)
        self._accepting.append(any(self._product.accepting(state) for state in level))

    def _index(self, length: int) -> int:
        while self._cycle is None and length >= len(self._levels):
            successors = (self._product.successors(state) for state in self._levels[-1])
            self._append(frozenset(target for reached in successors for _, target in reached))
        if self._cycle is None or length < len(self._levels):
            return length
        first, period = self._cycle
        return first + (length - first) % period

    def next_length(self, after: int) -> int | None:
        """The least length asked for, greater than `after`, that an accepted string has."""
        for low, high in self._lengths.intervals:
            length = max(low, after + 1)
            in_cycle = 0
            while high is None or length <= high:
                self._meter.spend(1)
                if self._accepting[self._index(length)]:
                    return length
                if self._cycle is not None and length >= self._cycle[0]:
                    in_cycle += 1
                    if in_cycle >= self._cycle[1]:
                        break
                length += 1
        return None

    def strings(self, length: int, breadth: int) -> Iterator[str]:
        """The accepted strings of a length in order, with the best `breadth` characters of each symbol.

        Raises:
            Unsupported: the strings are longer than `MAX_LENGTH`, or the budget is used up.
        """
        if length > MAX_LENGTH:
            raise Unsupported(f"a string of {length} characters")
        self._meter.spend(length)
        useful = self._useful(length)
        chars = [tuple(islice(symbol.preferred(), breadth)) for symbol in self._product.symbols]
        prefix: list[str] = []
        choices = [iter([("", self._start)])]
        while choices:
            char, state = next(choices[-1], ("", None))
            if state is None:
                choices.pop()
                if prefix:
                    prefix.pop()
                continue
            self._meter.spend(4)
            if len(choices) > length:
                yield "".join(prefix) + char
                continue
            prefix.append(char)
            following = [
                (char, target)
                for symbol, target in self._product.successors(state)
                if target in useful[len(choices)]
                for char in chars[symbol]
            ]
            choices.append(iter(sorted(following, key=lambda choice: rank(choice[0]))))

    def _useful(self, length: int) -> list[frozenset[int]]:
        """For each number of characters the states from which an accepted string of that length can be completed."""
        last = self._levels[self._index(length)]
        useful = [frozenset(state for state in last if self._product.accepting(state))]
        for before in range(length - 1, -1, -1):
            level = self._levels[self._index(before)]
            self._meter.spend(2 * len(level) + 1)
            useful.append(
                frozenset(
                    state
                    for state in level
                    if any(target in useful[-1] for _, target in self._product.successors(state))
                )
            )
        return useful[::-1]
