"""Does a schema accept a value? The search's own answer; what it finds is confirmed by others (`confirm`)."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from contractkit.model.jsontext import typed_text
from contractkit.schema import formats, regex
from contractkit.schema.node import ARRAY, NUMBER, OBJECT, STRING, UNSENT, Node, fraction, kind_of
from contractkit.schema.packing import unpacked


class CannotSayError(Exception):
    """The value cannot be judged (an unreadable schema, a pattern beyond us); the text names the construct."""


def accepts(node: Node, value: Any) -> bool:
    """Whether the schema accepts the value (2020-12). Raises CannotSayError."""
    if node.never:
        return node is UNSENT
    for text in node.opaque:
        raise CannotSayError(text)
    kind = kind_of(value)
    if not node.kinds & kind:
        return False
    if node.enum is not None and typed_text(value) not in node.enum_texts:
        return False
    if kind == NUMBER:
        if not _number(node, value):
            return False
    elif kind == STRING:
        if not _string(node, value):
            return False
    elif kind == ARRAY:
        if not _array(node, value):
            return False
    elif kind == OBJECT and not _object(node, value):
        return False
    if not node.applies_in_place() and not node.dependent_schemas:
        return True
    key = (id(node), id(value))
    answers = _now.answers
    if key in answers:
        answer = answers[key]
        if answer is None:
            raise CannotSayError("a schema that refers to itself without an end")
        return answer
    is_first = not answers
    answers[key] = None
    try:
        answer = answers[key] = _in_place(node, value)
        return answer
    except CannotSayError:
        del answers[key]
        raise
    finally:
        if is_first:
            answers.clear()
            _now.evaluated.clear()
            _now.unpacked.clear()


def asked() -> int:
    """Return how many in-place sub-schemas this thread has asked since it began: a search is bounded by that."""
    return _now.asked


class _Now(threading.local):
    """What a thread knows while it looks at one value.

    Attributes:
        answers: of schemas with in-place applicators, by their ids and those of values, which live as long as the one
            that was asked for first. None while they are looked at: to come back to one is to go round without an end.
        evaluated: in the same way, what `unevaluated...` beside a schema does not see.
        unpacked: values that were read from texts, for their ids to stay good.
        asked: see `asked`.
    """

    def __init__(self) -> None:
        self.answers: dict[tuple[int, int], bool | None] = {}
        self.evaluated: dict[tuple[int, int], set[Any]] = {}
        self.unpacked: list[Any] = []
        self.asked = 0


_now = _Now()


def _number(node: Node, value: float) -> bool:
    if node.integer and isinstance(value, float) and not value.is_integer():
        return False
    if node.minimum is None and node.maximum is None and node.multiple_of is None:
        return True
    exact = fraction(value)
    if node.minimum is not None and (exact < node.minimum or (node.minimum_open and exact == node.minimum)):
        return False
    if node.maximum is not None and (exact > node.maximum or (node.maximum_open and exact == node.maximum)):
        return False
    return node.multiple_of is None or (exact / node.multiple_of).denominator == 1


def _string(node: Node, value: str) -> bool:
    if len(value) < node.min_length or (node.max_length is not None and len(value) > node.max_length):
        return False
    if node.pattern is not None and not matches_pattern(node.pattern, value):
        return False
    if node.format is not None and not formats.matches(node.format, value):
        if formats.surely_not(node.format, value):
            return False
        raise CannotSayError(f"format {node.format}")
    if node.content_schema is not None:
        # No validator looks there, but readers do.
        try:
            content = unpacked(value, node.content)
            if _now.answers:
                _now.unpacked.append(content)
            return accepts(node.content_schema, content)
        except LookupError:
            raise CannotSayError("contentSchema") from None
        except ValueError:
            return False
    return True


def matches_pattern(pattern: str, value: str) -> bool:
    """Whether a JSON Schema pattern is found in the value. Raises CannotSayError."""
    try:
        return _found(pattern, value) if len(value) <= _SHORT else regex.search(pattern, value)
    except (regex.Unsupported, ValueError) as error:
        raise CannotSayError(f"pattern {pattern!r} ({error})") from error


_SHORT = 64
"""Texts up to this length are mostly names of properties, which are looked at again and again."""


@functools.lru_cache(maxsize=4096)
def _found(pattern: str, value: str) -> bool:
    return regex.search(pattern, value)


def _array(node: Node, value: list[Any]) -> bool:
    if len(value) < node.min_items or (node.max_items is not None and len(value) > node.max_items):
        return False
    if node.unique_items and len({typed_text(item) for item in value}) < len(value):
        return False
    for index, item in enumerate(value):
        if index < len(node.prefix_items):
            if not accepts(node.prefix_items[index], item):
                return False
        elif node.items is not None and not accepts(node.items, item):
            return False
    if node.contains is not None:
        count = sum(accepts(node.contains, item) for item in value)
        if count < node.min_contains or (node.max_contains is not None and count > node.max_contains):
            return False
    return True


def _object(node: Node, value: dict[str, Any]) -> bool:
    if len(value) < node.min_properties or (node.max_properties is not None and len(value) > node.max_properties):
        return False
    if any(name not in value for name in node.required):
        return False
    for name, item in value.items():
        known = node.properties.get(name)
        if known is not None and not accepts(known, item):
            return False
        matched = known is not None
        for pattern, schema in node.pattern_properties.items():
            if matches_pattern(pattern, name):
                matched = True
                if not accepts(schema, item):
                    return False
        if not matched and node.additional is not None and not accepts(node.additional, item):
            return False
        if node.property_names is not None and not accepts(node.property_names, name):
            return False
    for name, needed in node.dependent_required.items():
        if name in value and any(other not in value for other in needed):
            return False
    return True


def _in_place(node: Node, value: Any) -> bool:
    _now.asked += 1 + len(node.all_of) + len(node.any_of or ()) + len(node.one_of or ())
    if not all(accepts(part, value) for part in node.all_of):
        return False
    if isinstance(value, dict) and not all(
        name not in value or accepts(schema, value) for name, schema in node.dependent_schemas.items()
    ):
        return False
    if node.any_of is not None and not any(accepts(part, value) for part in node.any_of):
        return False
    if node.one_of is not None and sum(accepts(part, value) for part in node.one_of) != 1:
        return False
    if node.not_ is not None and accepts(node.not_, value):
        return False
    if node.if_ is not None:
        follow = node.then if accepts(node.if_, value) else node.else_
        if follow is not None and not accepts(follow, value):
            return False
    if node.unevaluated_properties is not None and isinstance(value, dict):
        seen = _evaluated(node, value, evaluated_properties)
        if not all(accepts(node.unevaluated_properties, item) for name, item in value.items() if name not in seen):
            return False
    if node.unevaluated_items is not None and isinstance(value, list):
        count = _evaluated(node, value, evaluated_items)
        if not all(accepts(node.unevaluated_items, value[index]) for index in range(len(value)) if index not in count):
            return False
    return True


def _applied(node: Node, value: Any) -> list[Node]:
    """The in-place sub-schemas whose annotations count for a value that the node accepts (2020-12 core, 7.7)."""
    parts = list(node.all_of)
    for branch in (*(node.any_of or ()), *(node.one_of or ())):
        if accepts(branch, value):
            parts.append(branch)
    if node.if_ is not None:
        if accepts(node.if_, value):
            parts.append(node.if_)
            parts += [node.then] if node.then is not None else []
        elif node.else_ is not None:
            parts.append(node.else_)
    if isinstance(value, dict):
        parts += [schema for name, schema in node.dependent_schemas.items() if name in value]
    return parts


def _evaluated(node: Node, value: Any, look: Callable[[Node, Any], set[Any]]) -> set[Any]:
    """Return what a schema evaluates of a value, which is looked for once: it may stand in many places of another."""
    key = (id(node), id(value))
    known = _now.evaluated.get(key)
    if known is None:
        known = _now.evaluated[key] = look(node, value)
    return known


def evaluated_properties(node: Node, value: dict[str, Any]) -> set[str]:
    """Return the names of a valid object that `unevaluatedProperties` beside this node does not see."""
    names = {name for name in value if name in node.properties}
    for pattern in node.pattern_properties:
        names |= {name for name in value if matches_pattern(pattern, name)}
    if node.additional is not None:
        return set(value)
    for part in _applied(node, value):
        names |= _evaluated(part, value, evaluated_properties)
        if part.unevaluated_properties is not None:
            return set(value)
    return names


def evaluated_items(node: Node, value: list[Any]) -> set[int]:
    """Return the indexes of a valid array that `unevaluatedItems` beside this node does not see."""
    if node.items is not None:
        return set(range(len(value)))
    seen = set(range(min(len(node.prefix_items), len(value))))
    if node.contains is not None:
        seen |= {index for index, item in enumerate(value) if accepts(node.contains, item)}
    for part in _applied(node, value):
        seen |= _evaluated(part, value, evaluated_items)
        if part.unevaluated_items is not None:
            return set(range(len(value)))
    return seen
