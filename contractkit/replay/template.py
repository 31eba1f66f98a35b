"""What an answer is expected to be: a JSON value with marks for what is another value each time.

It is learned from the answers of several plays, value by value: what is equal in all of them is kept as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contractkit.fuzz.message import escaped, starred, unescaped
from contractkit.model.jsontext import typed_text
from contractkit.replay.marks import ANY, INTEGER, LIST, NUMBER, fits, kind_of, merged


@dataclass(frozen=True)
class Template:
    """An expected JSON value.

    Attributes:
        value: the value, with marks.
        volatile: JSON pointers (RFC 6901) of the marks.
        unordered: pointers of lists whose items come in any order.
        optional: pointers of members that may be absent.
    """

    value: Any
    volatile: frozenset[str] = frozenset()
    unordered: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()

    def settled(self, value: Any) -> Any:
        """Return a value with marks where it may differ, so that it equals the template if it is as expected.

        Args:
            value: what came; it is changed, and the result may be a part of it.
        """
        if self.unordered or self.optional:
            return self._settled(self.value, value, "")
        for path, mark in self._marks:
            if not path:
                return mark if fits(mark, value) else value
            holder = _at(value, path[:-1])
            last = path[-1]
            if isinstance(holder, dict):
                if last in holder and fits(mark, holder[last]):
                    holder[last] = mark
            elif isinstance(holder, list) and last.isdigit() and int(last) < len(holder):
                holder[int(last)] = mark if fits(mark, holder[int(last)]) else holder[int(last)]
        return value

    def accepts(self, settled: Any) -> bool:
        """Return whether a settled value is the expected one, key for key; numbers as they are written."""
        return _text(settled) == self._expected

    @cached_property
    def _expected(self) -> str:
        return _text(self.value)

    @cached_property
    def _marks(self) -> list[tuple[tuple[str, ...], str]]:
        paths = [tuple(map(unescaped, pointer.split("/")[1:])) for pointer in sorted(self.volatile)]
        return [(path, _at(self.value, path)) for path in paths]

    def _settled(self, expected: Any, value: Any, at: str) -> Any:
        if at in self.volatile:
            return expected if fits(expected, value) else value
        if isinstance(expected, dict) and isinstance(value, dict):
            found = {
                key: self._settled(expected[key], item, f"{at}/{escaped(key)}") if key in expected else item
                for key, item in value.items()
            }
            absent = (key for key in expected if key not in value and f"{at}/{escaped(key)}" in self.optional)
            return {**found, **{key: expected[key] for key in absent}}
        if isinstance(expected, list) and isinstance(value, list):
            if at in self.unordered:
                return self._matched(expected, value, at)
            common = min(len(expected), len(value))
            return [self._settled(expected[index], value[index], f"{at}/{index}") for index in range(common)] + value[
                common:
            ]
        return value

    def _matched(self, expected: list[Any], value: list[Any], at: str) -> list[Any]:
        """Return the items in the order of the expected ones that they are equal to, what equals none at the end."""
        left = list(value)
        found: list[Any] = []
        missed: list[int] = []
        for index, one in enumerate(expected):
            text = _text(one)
            for number, item in enumerate(left):
                settled = self._settled(one, item, f"{at}/{index}")
                if _text(settled) == text:
                    found.append(settled)
                    del left[number]
                    break
            else:
                missed.append(index)
        for index in missed[: len(left)]:
            found.insert(index, left.pop(0))
        return found + left


class Learner:
    """Learns a template from one value after the other.

    Args:
        first: the first value.
        masked: pointers of its marks for what is never looked at.
    """

    def __init__(self, first: Any, masked: Iterable[str] = ()) -> None:
        self._value = first
        self._volatile = set(masked)
        self._unordered: set[str] = set()
        self._optional: set[str] = set()

    def add(self, value: Any) -> None:
        """Learn from another value."""
        self._value = self._merged(self._value, value, "")

    @property
    def template(self) -> Template:
        """What was learned so far."""
        return Template(self._value, frozenset(self._volatile), frozenset(self._unordered), frozenset(self._optional))

    def mark(self, pointer: str, mark: str) -> None:
        """Put a mark at a place, whatever was learned of it."""
        self._forget_below(pointer)
        self._volatile.add(pointer)
        path = [unescaped(token) for token in pointer.split("/")[1:]]
        if not path:
            self._value = mark
            return
        holder = _at(self._value, path[:-1])
        if isinstance(holder, list):
            holder[int(path[-1])] = mark
        elif isinstance(holder, dict):
            holder[path[-1]] = mark

    def _merged(self, one: Any, other: Any, at: str) -> Any:
        if at in self._volatile:
            if isinstance(other, str) and not _is_kind(one):
                return merged(one, other)
            return one if fits(one, other) else self._of_kinds(one, kind_of(other))
        if isinstance(one, dict) and isinstance(other, dict):
            return {key: self._member(one, other, key, at) for key in {**one, **other}}
        if isinstance(one, list) and isinstance(other, list):
            return self._items(one, other, at)
        if typed_text(one) == typed_text(other):
            return one
        self._forget_below(at)
        self._volatile.add(at)
        if isinstance(one, str) and isinstance(other, str):
            return merged(one, other)
        return self._of_kinds(kind_of(one), kind_of(other))

    def _of_kinds(self, one: str, other: str) -> str:
        if one == other:
            return one
        return NUMBER if {one, other} <= {INTEGER, NUMBER} else ANY

    def _member(self, one: Mapping[str, Any], other: Mapping[str, Any], key: str, at: str) -> Any:
        pointer = f"{at}/{escaped(key)}"
        if key in one and key in other:
            return self._merged(one[key], other[key], pointer)
        if pointer in self._optional:
            return one[key]
        # Its value was not seen twice: only its kind is known.
        self._forget_below(pointer)
        self._optional.add(pointer)
        self._volatile.add(pointer)
        return kind_of(one[key] if key in one else other[key])

    def _items(self, one: list[Any], other: list[Any], at: str) -> Any:
        texts = [[typed_text(item) for item in items] for items in (one, other)]
        if texts[0] == texts[1]:
            return one
        if len(one) != len(other):
            self._forget_below(at)
            self._volatile.add(at)
            return LIST
        if sorted(texts[0]) == sorted(texts[1]) and not any(place.startswith(f"{at}/") for place in self._volatile):
            self._unordered.add(at)
            return sorted(one, key=typed_text)
        return [self._merged(*pair, f"{at}/{index}") for index, pair in enumerate(zip(one, other, strict=True))]

    def _forget_below(self, at: str) -> None:
        for places in (self._volatile, self._unordered, self._optional):
            places.difference_update([place for place in places if place.startswith(f"{at}/")])


def _is_kind(mark: Any) -> bool:
    return mark in (ANY, INTEGER, NUMBER, LIST, "<boolean>", "<object>")


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _at(value: Any, path: Sequence[str]) -> Any:
    for name in path:
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def shortened(value: Any, pointers: Iterable[str]) -> list[str]:
    """Return pointers for a person, sorted: where all items of lists have one, `*` stands for their numbers."""
    given = set(pointers)
    groups: dict[str, set[str]] = {}
    for pointer in given:
        groups.setdefault(starred(pointer), set()).add(pointer)
    found: list[str] = []
    for star, group in groups.items():
        found += [star] if group == set(expanded(value, [star])) else group
    return sorted(found)


def expanded(value: Any, pointers: Iterable[str]) -> Iterator[str]:
    """Yield the pointers that shortened ones stand for."""
    for pointer in pointers:
        yield from _expanded(value, pointer.split("/")[1:], "")


def _expanded(value: Any, tokens: Sequence[str], at: str) -> Iterator[str]:
    if not tokens:
        yield at
    elif tokens[0] == "*" and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _expanded(item, tokens[1:], f"{at}/{index}")
    elif isinstance(value, list) and tokens[0].isdigit() and int(tokens[0]) < len(value):
        yield from _expanded(value[int(tokens[0])], tokens[1:], f"{at}/{tokens[0]}")
    elif isinstance(value, dict) and unescaped(tokens[0]) in value:
        yield from _expanded(value[unescaped(tokens[0])], tokens[1:], f"{at}/{tokens[0]}")
