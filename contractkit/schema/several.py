"""Values of texts and numbers: few or many of them, what an author shows, and which one is not known."""

from __future__ import annotations

import contextlib
import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from contractkit.model.jsontext import typed_text
from contractkit.schema import regex
from contractkit.schema.branch import Branch
from contractkit.schema.evaluate import CannotSayError, accepts
from contractkit.schema.expand import Branches, TooManyError
from contractkit.schema.formats import FORMATS
from contractkit.schema.node import ARRAY, NUMBER, OBJECT, STRING, Node, in_place, number

if TYPE_CHECKING:
    from contractkit.schema.sample import Sampler

MAX_GUESSES = 24
_UNREAD = re.compile(r"\\[bB]|\(\?[a-zA-Z]+\)|\(\?<?[=!][^()]*\)")
"""Word boundaries, flags and lookaround."""
_ORDINARY = (Fraction(0), Fraction(1, 2), *(Fraction(one) for one in (1, -1, 2, 10, 100, 1000)))
_BROKEN = (Fraction(1, 2), Fraction(3, 2), Fraction(-1, 2), Fraction(1, 10))
MAX_LACKING = 20
"""Schemas inside each other among which one is looked for that has no known value."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def different(branch: Branch, count: int) -> Iterator[Any]:
    """Yield up to `count` numbers or texts of a branch, or the values that it lists, each once."""
    if branch.values is not None:
        yield from branch.values
    elif branch.kind == NUMBER:
        yield from itertools.islice(_numbers(branch, count), count)
    elif branch.kind == STRING:
        yield from itertools.islice(_texts(branch, count), count)


def shown(nodes: Sequence[Node]) -> Iterator[Any]:
    """Yield the values that the authors of schemas give as examples and defaults, each once."""
    seen: set[str] = set()
    for node in in_place(nodes):
        raw = node.raw
        if not isinstance(raw, dict):
            continue
        listed = raw.get("examples")
        for value in (*_given(raw, "example"), *(listed if isinstance(listed, list) else ()), *_given(raw, "default")):
            text = typed_text(value)
            if text not in seen:
                seen.add(text)
                yield value


def guesses(branch: Branch) -> Iterator[str]:
    """Yield texts that patterns take which are not read as automata, and are only searched for in a text.

    They are texts of the patterns without what the automata do not know.
    """
    with contextlib.suppress(regex.Unsupported, ValueError, RecursionError):
        inside = [regex.pattern(_UNREAD.sub("", pattern)) for pattern in branch.patterns]
        inside.append(regex.length(branch.min_length, branch.max_length))
        for text in regex.examples(inside, limit=MAX_GUESSES):
            if all(regex.search(pattern, text) for pattern in branch.patterns):
                yield text


def lacking(sampler: Sampler, branches: Branches, nodes: Sequence[Node], depth: int = 0) -> tuple[str, ...] | None:
    """Return the way to what must be there and has no known value; None where there is a value.

    Args:
        sampler: makes values.
        branches: the expansion of schemas into branches.
        nodes: the schemas of a value.
        depth: how many schemas stand around them.
    """
    if depth > MAX_LACKING or sampler.values(nodes):
        return None
    with contextlib.suppress(TooManyError):
        for branch in branches.of(nodes):
            below = [(name, branch.at(name)) for name in sorted(branch.required)] if branch.kind == OBJECT else []
            if branch.kind == ARRAY and branch.min_items:
                below = [("[]", branch.item(index)) for index in (0, branch.min_items - 1)]
            for step, parts in below:
                inside = lacking(sampler, branches, parts, depth + 1) if parts else None
                if inside is not None:
                    return (step, *inside)
    return ()


def numbers(branch: Branch) -> Iterator[int | float]:
    """Yield numbers of a branch: ordinary ones first, then those next to its bounds."""
    (low, low_open), (high, high_open) = branch.lowest(), branch.highest()
    step = branch.step
    grid = step if step is not None else Fraction(1)
    near = [bound + offset * grid for bound in (low, high) if bound is not None for offset in (0, 1, -1)]
    middle = [(low + high) / 2] if low is not None and high is not None and step is None else []
    fractions = [] if step is not None and step.denominator == 1 else list(_BROKEN)
    multiples = [] if step is None else [step, -step, 2 * step, 0 * step]
    for exact in (*_ORDINARY, *near, *fractions, *middle, *multiples):
        if step is not None and (exact / step).denominator != 1:
            continue
        if low is not None and (exact < low or (exact == low and low_open)):
            continue
        if high is not None and (exact > high or (exact == high and high_open)):
            continue
        yield number(exact)


def _given(raw: dict[str, Any], keyword: str) -> Iterable[Any]:
    return (raw[keyword],) if keyword in raw else ()


def _numbers(branch: Branch, count: int) -> Iterator[int | float]:
    (low, low_open), (high, high_open) = branch.lowest(), branch.highest()
    step = branch.step or Fraction(1)
    if branch.step is None and low is not None and high is not None:
        step = (high - low) / (count + 2) or step  # as many as there must be fit between any two numbers
        step = min(step, Fraction(1))
    first = Fraction(0) if low is None else low
    if low is None and high is not None:
        first = min(first, high - step * count)
    exact = math.ceil(first / step) * step if branch.step is not None else first
    while high is None or exact <= high:
        if not (low_open and exact == low) and not (high_open and exact == high):
            yield number(exact)
        exact += step


def _texts(branch: Branch, count: int) -> Iterator[str]:
    if branch.patterns or branch.formats:
        under = [pattern for name in branch.formats if (pattern := FORMATS[name].under) is not None]
        try:
            inside = [regex.pattern(pattern) for pattern in branch.patterns]
            inside.append(regex.length(branch.min_length, branch.max_length))
            yield from regex.examples([*inside, *map(regex.fullmatch, under)], limit=count)
        except (regex.Unsupported, ValueError):
            return
        return
    size = branch.min_length
    while branch.max_length is None or size <= branch.max_length:
        # The first letters stay: texts of many letters differ at their end.
        free = min(size, 4)
        for letters in itertools.product(_LETTERS, repeat=free):
            yield "a" * (size - free) + "".join(letters)
        size += 1


def is_counted(counted: Sequence[Node], items: Sequence[Any]) -> bool:
    """Whether an array holds as many items as `contains` asks for, as far as that can be judged."""
    for node in counted:
        assert node.contains is not None
        try:
            count = sum(accepts(node.contains, item) for item in items)
        except CannotSayError:
            continue
        if count < node.min_contains or (node.max_contains is not None and count > node.max_contains):
            return False
    return True
