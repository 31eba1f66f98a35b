"""What a receiver may read from what is written as text.

There is one lexical space: `7` may be read as a number or as a string, `true` as a boolean or as a string. A schema
without a type that bounds numbers and says nothing of strings reads `7` as a number: who applies the bound does.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Sequence
from typing import Any

from contractkit.schema.evaluate import CannotSayError, accepts
from contractkit.schema.node import ANY, ARRAY, BOOLEAN, NUMBER, STRING, Node, in_place, kind_of
from contractkit.schema.result import Context

NUMBER_TEXT = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"
INTEGER_TEXT = r"-?(0|[1-9][0-9]*)"
_MAX_READINGS = 81


def text_of(value: Any) -> str:
    """Return how a scalar is written: JSON's spelling, strings without quotes."""
    return value if isinstance(value, str) else json.dumps(value)


def readings(value: Any, node: Node | None = None, *, parts: bool = False, joined: bool = False) -> list[Any]:
    """Return the JSON values that a receiver may read from what was written for this value.

    Args:
        value: what was meant.
        node: the receiver's schema; without it every reading that a schema could bring about is returned.
        parts: whether the objects that a form holds are JSON.
        joined: whether a list is written as one text.
    """
    if isinstance(value, list):
        rows = [
            [item] if parts and isinstance(item, dict) else _fitting(readings(item, one), one)
            for index, item in enumerate(value)
            for one in (_item(node, index),)
        ]
        lists: list[Any] = [list(items) for items in _product(rows)]
        if joined and not any(isinstance(item, list | dict) for item in value):
            lists.append(",".join(map(text_of, value)))
        # A list of one is written as its item.
        alone = len(value) == 1 and not isinstance(value[0], list | dict)
        return [*lists, *readings(value[0], node)] if alone else lists
    if isinstance(value, dict):
        names = list(value)
        rows = [
            [item]
            if parts and isinstance(item, dict)
            else readings(item, node and node.properties.get(name), parts=parts)
            for name, item in value.items()
        ]
        return [dict(zip(names, items, strict=True)) for items in _product(rows)]
    if value is None:
        return [None]
    text = text_of(value)
    found: list[Any] = [text]
    if re.fullmatch(NUMBER_TEXT, text):
        try:
            number = json.loads(text)
            if not isinstance(number, float) or number - number == 0:
                found.append(number)
                if node is not None and reads_numbers_first(node):
                    del found[0]
        except ValueError:
            pass
    elif text in ("true", "false"):
        found.append(text == "true")
    return found


def _fitting(read: list[Any], node: Node | None) -> list[Any]:
    """Return the readings whose kind a schema takes; where it takes none of them, each is refused alike."""
    if node is None or len(read) == 1:
        return read
    kinds = common_kinds(node)
    return [one for one in read if kind_of(one) & kinds] or read[:1]


def lists_of_one(value: Any, node: Node) -> list[list[Any]]:
    """Return what a receiver of lists may read from the text of a scalar."""
    return [[one] for one in readings(value, _item(node, 0))]


def _item(node: Node | None, index: int) -> Node | None:
    if node is None or index < len(node.prefix_items):
        return node and node.prefix_items[index]
    return node.items


def reads_numbers_first(node: Node) -> bool:
    """Whether a text that spells a number is a number to a schema: it bounds numbers, and says nothing of strings."""
    return read_numbers_first([node])


def read_numbers_first(nodes: Sequence[Node]) -> bool:
    """See `reads_numbers_first`, for schemas that apply together."""
    parts = in_place(list(nodes))
    return any(_bounds_numbers(part) for part in parts) and not any(_speaks_of_strings(part) for part in parts)


def _bounds_numbers(node: Node) -> bool:
    return node.minimum is not None or node.maximum is not None or node.multiple_of is not None


def _speaks_of_strings(node: Node) -> bool:
    named = node.kinds != ANY and bool(node.kinds & STRING)
    shaped = bool(node.min_length or node.content) or node.max_length is not None
    return named or shaped or node.pattern is not None or node.format is not None


def _product(choices: list[list[Any]]) -> list[tuple[Any, ...]]:
    return list(itertools.islice(itertools.product(*choices), _MAX_READINGS))


def accepts_as(node: Node, value: Any, context: Context) -> bool:
    """Whether the receiver accepts what was written for the value, in one reading at least. Raises CannotSayError."""
    if context.is_json(value):
        return accepts(node, value)
    unsure: CannotSayError | None = None
    options = readings(value, node, parts=context.parts, joined=context.joined)
    if reads_lists(node) and not isinstance(value, list | dict):
        options += lists_of_one(value, node)
    for option in options:
        try:
            if accepts(node, option):
                return True
        except CannotSayError as reason:
            unsure = reason
    if unsure is not None:
        raise unsure
    return False


def common_kinds(node: Node, depth: int = 0) -> int:
    """Return the kinds that a schema and all its `allOf` parts take: what is written is read in one way by all."""
    kinds = node.kinds
    if depth < 20:
        for part in node.all_of:
            kinds &= common_kinds(part, depth + 1)
        for union in (node.any_of, node.one_of):
            if union is not None:
                taken = 0
                for part in union:
                    taken |= common_kinds(part, depth + 1)
                kinds &= taken
    return kinds


def reads_lists(node: Node) -> bool:
    """Whether the receiver reads a single value as a list of one: it takes lists and no scalars."""
    kinds = common_kinds(node)
    return bool(kinds & ARRAY) and not kinds & (STRING | NUMBER | BOOLEAN)


def may_read_lists(node: Node) -> bool:
    """Whether an alternative of the receiver takes lists by name, so that a single value might be read as a list."""
    return any(part.kinds != ANY and part.kinds & ARRAY for part in in_place([node]))
