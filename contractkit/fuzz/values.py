"""Random values of a schema, made in microseconds where Hypothesis takes milliseconds.

What is made is meant to be valid and mostly is; who needs to know asks the schema's `Check`.
"""

from __future__ import annotations

import datetime
import functools
import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from contractkit.fuzz.edit import with_body, with_header, with_query, with_segment
from contractkit.fuzz.message import ABSENT, Request
from contractkit.fuzz.operation import Operation, ParameterSpec
from contractkit.fuzz.validity import validity
from contractkit.fuzz.variants import with_parameter
from contractkit.schema import regex
from contractkit.schema.formats import FORMATS, VERSIONED
from contractkit.schema.node import ANY, ARRAY, BOOLEAN, KINDS, NULL, NUMBER, STRING, Node, number
from contractkit.schema.readings import text_of

_MAX_DEPTH = 8
_PLAIN_DEPTH = 3
"""From here on, only what must be there is made."""
_MORE_ITEMS = 3
_TRIES = 3
_LONGEST = 24
_RANGE = 10_000
_CHANCE = 0.5
_CHANCES = (0.1, 0.3, 0.6)
"""How often a parameter is changed: where all are at once, one that the app refuses hides the others."""
_ODD = 0.25
"""How often a value is one of those that programs fail at, or stands at a limit."""
_NULL = 0.35
_EXTRA = 0.04
_PATTERN_TEXTS = 24
_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-",
    "".join(map(chr, range(0x20, 0x7F))),
    "äöüßéèçñøåİıſЖдщλΩאבעشقの漢字한\u00a0\u00ad\u0301\u200b\u200d\u202e\ufeff😀🏴\U0001d4b3\U000f0000",
)
_ODD_TEXTS = (" ", "0", "-1", "null", "true", "NaN", "a b", "'", '"', "\\", "%00", "%", "<b>", "{}", "\t", "\n", "\x00")
_ODD_NUMBERS = (0, -1, 1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63, 10**20)


@dataclass(frozen=True)
class _Joined:
    """All schemas that apply to one value, one alternative of each union chosen."""

    parts: tuple[Node, ...]

    @property
    def kinds(self) -> int:
        found = ANY
        for part in self.parts:
            found &= part.kinds
        return found

    def least(self, of: Callable[[Node], int]) -> int:
        return max(of(part) for part in self.parts)

    def most(self, of: Callable[[Node], int | None]) -> int | None:
        return min((found for part in self.parts if (found := of(part)) is not None), default=None)


def random_value(node: Node, rng: random.Random, depth: int = 0) -> Any:
    """Return a value that a schema probably accepts, ABSENT where none could be made.

    Args:
        node: the schema.
        rng: makes all choices.
        depth: how deep in the whole value it stands.
    """
    if depth > _MAX_DEPTH:
        return ABSENT
    joined = _Joined(tuple(_applying(node, rng, 0)))
    if any(part.never for part in joined.parts):
        return ABSENT
    listed = [part.enum for part in joined.parts if part.enum is not None]
    if listed:
        return rng.choice(min(listed, key=len)) if all(listed) else ABSENT
    kinds = [kind for kind in KINDS if joined.kinds & kind]
    if not kinds:
        return ABSENT
    if len(kinds) > 1 and NULL in kinds and rng.random() > _NULL:
        kinds.remove(NULL)
    kind = rng.choice(kinds)
    if kind == NULL:
        return None
    if kind == BOOLEAN:
        return rng.random() < _CHANCE
    if kind == NUMBER:
        return _number(joined, rng)
    if kind == STRING:
        return _text(joined, rng)
    return _array(joined, rng, depth) if kind == ARRAY else _object(joined, rng, depth)


def varied(operation: Operation, parents: Sequence[Request], rng: random.Random, count: int) -> Iterator[Request]:
    """Yield valid requests with new random values in some parts of one of the parents.

    Args:
        operation: the operation.
        parents: requests of it.
        rng: makes all choices.
        count: how many to make; fewer, where most of what is tried was made already or is not valid.
    """
    known = set(parents)
    most = len(known) + count
    for _ in range(_TRIES * count if parents else 0):
        child = freshened(operation, rng.choice(parents), rng)
        if child is not None and child not in known:
            known.add(child)
            yield child
            if len(known) == most:
                return


def freshened(operation: Operation, base: Request, rng: random.Random) -> Request | None:
    """Return a request with new random values in some of its parts; None where that is none, or is not valid."""
    request, chance = base, rng.choice(_CHANCES)
    for spec in operation.parameters:
        if spec.parameter.media_type is None and rng.random() < chance:
            request = _with_fresh(request, spec, rng)
    body = operation.body_for(base)
    if body is not None and base.json is not ABSENT and (request == base or rng.random() < _CHANCE):
        value = random_value(body.check.node, rng)
        if isinstance(value, dict) and isinstance(base.json, dict) and rng.random() < _CHANCE:
            value = {**value, **{name: item for name, item in base.json.items() if rng.random() < _CHANCE}}
        if value is not ABSENT:
            request = with_body(request, value)
    return None if request == base or validity(operation, request).valid is False else request


def _with_fresh(request: Request, spec: ParameterSpec, rng: random.Random) -> Request:
    """Return a request with another value of one parameter, or without it; as it is where none can be written."""
    if spec.where != "path" and not spec.parameter.required and rng.random() < _ODD:
        return with_parameter(request, spec, None)
    value = random_value(spec.check.node, rng)
    if isinstance(value, list):
        if spec.where != "query" or not spec.parameter.explode or any(isinstance(one, list | dict) for one in value):
            return request
        return with_query(request, spec.name, *map(text_of, value))
    if value is ABSENT or isinstance(value, dict):
        return request
    text = text_of(value)  # `null` is a text like others, which programs read as JSON here and there
    if spec.where == "path":
        # Servers decode a slash, and take it for the end of the segment.
        return with_segment(request, spec.index, text) if spec.whole and text and "/" not in text else request
    if spec.where == "header":
        return with_header(request, spec.name, text) if text.isascii() and text.isprintable() else request
    if spec.where == "cookie" and not (text.isalnum() and text.isascii()):
        return request
    return with_parameter(request, spec, text)


def _applying(node: Node, rng: random.Random, depth: int) -> list[Node]:
    found = [node]
    if depth <= _MAX_DEPTH:
        for part in node.all_of:
            found += _applying(part, rng, depth + 1)
        for row in (node.any_of, node.one_of):
            if row:
                found += _applying(rng.choice(row), rng, depth + 1)
    return found


def _number(joined: _Joined, rng: random.Random) -> int | float:
    integer = any(part.integer for part in joined.parts)
    low = max((part.minimum for part in joined.parts if part.minimum is not None), default=None)
    high = min((part.maximum for part in joined.parts if part.maximum is not None), default=None)
    step = next((part.multiple_of for part in joined.parts if part.multiple_of), None)
    if low is None and high is None and step is None and rng.random() < _ODD:
        return rng.choice(_ODD_NUMBERS)
    least = low if low is not None else (Fraction(-_RANGE) if high is None else high - _RANGE)
    most = high if high is not None else least + 2 * _RANGE
    if step is None and integer:
        step = Fraction(1)
    if step is not None:
        first, last = -(-least // step), most // step
        if any(part.minimum_open and part.minimum == first * step for part in joined.parts):
            first += 1
        if any(part.maximum_open and part.maximum == last * step for part in joined.parts):
            last -= 1
        if first > last:
            return number(least)
        count = rng.choice((first, last)) if rng.random() < _ODD else _between(first, last, rng)
        return number(count * step)
    if rng.random() < _ODD:
        return number(least)
    found = rng.uniform(float(least), float(most))
    short = round(found, rng.choice((0, 2, 9)))
    return short if least <= short <= most else found


def _between(first: int, last: int, rng: random.Random) -> int:
    """Return a whole number between two, a small distance from an end as often as any."""
    if last - first > _RANGE and rng.random() < _CHANCE:
        return rng.choice((first + rng.randrange(100), last - rng.randrange(100)))
    return rng.randint(first, last)


def _text(joined: _Joined, rng: random.Random) -> Any:
    least = joined.least(lambda part: part.min_length)
    most = joined.most(lambda part: part.max_length)
    patterns = tuple(dict.fromkeys(part.pattern for part in joined.parts if part.pattern is not None))
    if patterns:
        texts = matching(patterns, least, most)
        return rng.choice(texts) if texts else ABSENT
    named = next((part.format for part in joined.parts if part.format is not None), None)
    if named in _FORMATS:
        return _FORMATS[named](rng)
    if named in FORMATS:
        return rng.choice(FORMATS[named].samples)
    longest = max(least, min(least + _LONGEST, _LONGEST * 2) if most is None else min(most, least + _LONGEST))
    if rng.random() < _ODD:
        if least <= 1 and (most is None or most >= _LONGEST):
            return rng.choice(_ODD_TEXTS)
        return rng.choice(_ALPHABETS[0]) * (least if most is None or most > 2_000 else most)
    return "".join(rng.choices(rng.choice(_ALPHABETS), k=rng.randint(least, longest)))


@lru_cache(maxsize=512)
def matching(patterns: Sequence[str], least: int, most: int | None) -> tuple[str, ...]:
    """Return texts of some length that match all patterns; none where that cannot be done."""
    try:
        languages = [regex.pattern(one) for one in patterns]
        return tuple(regex.examples([*languages, regex.length(least, most)], limit=_PATTERN_TEXTS))
    except (regex.Unsupported, ValueError):
        return ()


def _array(joined: _Joined, rng: random.Random, depth: int) -> Any:
    least = joined.least(lambda part: part.min_items)
    most = joined.most(lambda part: part.max_items)
    longest = least if depth >= _PLAIN_DEPTH else least + _MORE_ITEMS
    size = rng.randint(least, longest if most is None else max(least, min(most, longest)))
    found: list[Any] = []
    for index in range(size):
        item = ABSENT
        for part in joined.parts:
            below = part.prefix_items[index] if index < len(part.prefix_items) else part.items
            if below is not None:
                item = random_value(below, rng, depth + 1)
                break
        else:
            item = rng.choice((0, "a", None, True))
        if item is ABSENT:
            return ABSENT if index < least else found
        if item not in found or not any(part.unique_items for part in joined.parts):
            found.append(item)
    return found


def _object(joined: _Joined, rng: random.Random, depth: int) -> Any:
    required = {name for part in joined.parts for name in part.required}
    below: dict[str, Node] = {}
    for part in joined.parts:
        for name, node in part.properties.items():
            below.setdefault(name, node)
    found: dict[str, Any] = {}
    for name in (*below, *sorted(required - set(below))):
        if name in required or (depth < _PLAIN_DEPTH and rng.random() < _CHANCE):
            value = random_value(below[name], rng, depth + 1) if name in below else "a"
            if value is not ABSENT:
                found[name] = value
            elif name in required:
                return ABSENT
    additional = next((part.additional for part in joined.parts if part.additional is not None), None)
    closed = additional is not None and additional.never
    if not closed and (not below or rng.random() < _EXTRA):
        for _ in range(rng.randint(0, 2)):
            value = rng.choice((0, "a", None)) if additional is None else random_value(additional, rng, depth + 1)
            if value is not ABSENT:
                found["".join(rng.choices(_ALPHABETS[0], k=5))] = value
    return found


def _date(rng: random.Random) -> datetime.datetime:
    day = datetime.date.fromordinal(rng.choice((rng.randint(1, 3_652_059), rng.randint(719_163, 767_010))))
    return datetime.datetime(day.year, day.month, day.day, rng.randrange(24), rng.randrange(60), rng.randrange(60))


def _date_time(rng: random.Random) -> str:
    return _date(rng).isoformat() + rng.choice(("Z", ".5Z", "+00:00", "+05:30", "-12:00"))


def _uuid(rng: random.Random, version: str) -> str:
    text = str(uuid.UUID(int=rng.getrandbits(128), version=4))
    return f"{text[:14]}{version}{text[15:]}"


_FORMATS: dict[str, Callable[[random.Random], str]] = {
    "date": lambda rng: _date(rng).date().isoformat(),
    "date-time": _date_time,
    "time": lambda rng: _date(rng).time().isoformat() + "Z",
    "uuid": lambda rng: _uuid(rng, "4"),
    **{name: functools.partial(_uuid, version=name[-1]) for name in VERSIONED},
    "email": lambda rng: "".join(rng.choices(_ALPHABETS[0], k=rng.randint(1, 12))) + "@example.com",
    "ipv4": lambda rng: ".".join(str(rng.randrange(256)) for _ in range(4)),
}
