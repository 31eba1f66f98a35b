"""Variants of a request that the app took, each just beyond one documented limit and otherwise as it was.

A generator's invalid requests are often refused for something else: a name that is taken, a reference that leads to
nothing, a second value that is wrong. What was taken before, and is wrong in one place now, is refused for that place.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from contractkit.fuzz.browser import with_fields
from contractkit.fuzz.edit import with_json, with_query, with_twins
from contractkit.fuzz.message import ABSENT, FORM, Request, escaped
from contractkit.fuzz.operation import Operation, ParameterSpec
from contractkit.fuzz.validity import kinds, property_names, property_node, validity
from contractkit.fuzz.values import matching
from contractkit.fuzz.variants import with_parameter
from contractkit.schema.node import ARRAY, NUMBER, STRING, Node, in_place, number
from contractkit.schema.readings import text_of

_MOST = 100
_MAX_DEPTH = 4
_MAX_ITEMS = 200
_LONGEST = 10_000
_LONGEST_TEXT = 2_000
"""In a URL or a header: servers have limits of their own for these (RFC 9110, section 4.1)."""
_ODD = "~"


def beyond(operation: Operation, base: Request) -> Iterator[Request]:
    """Yield invalid variants of a request, each with one value beyond a limit, or without one required property.

    Args:
        operation: the operation.
        base: a request that was taken.
    """
    invalid = (one for one in dict.fromkeys(_all(operation, base)) if validity(operation, one).valid is False)
    yield from itertools.islice(invalid, _MOST)


def _all(operation: Operation, base: Request) -> Iterator[Request]:
    for spec in operation.parameters:
        if spec.where != "path" and spec.parameter.media_type is None:
            yield from _in_parameter(spec, base)
    body = operation.body_for(base)
    if body is not None and base.json is not ABSENT:
        yield from _in_body(body.check.node, base, base.json, "", 0)
    elif body is not None and base.media_type == FORM:
        yield from _in_form(body.check.node, base)


def _in_parameter(spec: ParameterSpec, base: Request) -> Iterator[Request]:
    node = spec.check.node
    if not kinds(node) & ARRAY:
        for value in _values(node, _LONGEST_TEXT):
            yield with_parameter(base, spec, text_of(value))
        return
    texts = [value for name, value in base.pairs if name == spec.name]
    if spec.where == "query" and spec.parameter.explode and texts:
        for part in in_place([node]):
            for size in _sizes(part):
                yield with_query(base, spec.name, *(texts[index % len(texts)] for index in range(size)))
            for value in () if part.items is None else _values(part.items, _LONGEST_TEXT):
                yield with_query(base, spec.name, text_of(value), *texts[1:])


def _in_form(node: Node, base: Request) -> Iterator[Request]:
    for name in property_names(node):
        below = property_node(node, name)
        for value in () if below is None or kinds(below) & ARRAY else _values(below, _LONGEST):
            if value != "":  # frameworks take an empty field for one that is not there
                yield with_fields(base, [(name, text_of(value))])


def _in_body(node: Node, base: Request, value: Any, pointer: str, depth: int) -> Iterator[Request]:
    if depth > _MAX_DEPTH:
        return
    for one in _values(node, _LONGEST):
        yield with_json(base, pointer, one)
        twins = with_twins(base, pointer, one)
        if twins is not None:
            yield twins
    for part in in_place([node]):
        if isinstance(value, dict):
            for name, below in part.properties.items():
                place = f"{pointer}/{escaped(name)}"
                if name in value and name in part.required:
                    yield with_json(base, place, ABSENT)
                yield from _in_body(below, base, value.get(name, ABSENT), place, depth + 1)
            for name in value:
                if part.additional is not None and name not in part.properties:
                    yield from _in_body(part.additional, base, value[name], f"{pointer}/{escaped(name)}", depth + 1)
        elif isinstance(value, list) and value:
            for size in _sizes(part):
                yield with_json(base, pointer, [value[index % len(value)] for index in range(size)])
            if part.unique_items:
                yield with_json(base, pointer, [*value, value[0]])
            for index, below in enumerate(part.prefix_items[: len(value)]):
                yield from _in_body(below, base, value[index], f"{pointer}/{index}", depth + 1)
            index = len(part.prefix_items)
            if part.items is not None and index < len(value):
                yield from _in_body(part.items, base, value[index], f"{pointer}/{index}", depth + 1)


def _sizes(node: Node) -> Iterator[int]:
    if node.min_items:
        yield node.min_items - 1
    if node.max_items is not None and node.max_items < _MAX_ITEMS:
        yield node.max_items + 1


def _values(node: Node, longest: int) -> Iterator[Any]:
    """Yield values that a schema, or one of the schemas that it is composed of, refuses for one keyword alone."""
    for part in in_place([node]):
        allowed = kinds(part)
        if part.enum is not None:
            yield from (f"{one}{_ODD}" for one in part.enum[:1] if isinstance(one, str))
            numbers = [one for one in part.enum if isinstance(one, int | float) and not isinstance(one, bool)]
            yield from (math.floor(max(numbers)) + 1 for _ in numbers[:1])
            continue
        if allowed & NUMBER:
            yield from map(number, _numbers(part))
        if allowed & STRING and part.format is None:
            if part.pattern is not None:
                yield from ("", _ODD * max(part.min_length, 1))
                if part.max_length is not None and part.max_length < longest:
                    yield from matching((part.pattern,), part.max_length + 1, part.max_length + 1)[:1]
                continue
            if part.min_length:
                yield "a" * (part.min_length - 1)
            if part.max_length is not None and part.max_length < longest:
                yield "a" * (part.max_length + 1)


def _numbers(node: Node) -> Iterator[Fraction]:
    step = node.multiple_of or Fraction(1)
    if node.minimum is not None:
        first = math.ceil(node.minimum / step) * step
        yield first if node.minimum_open and first == node.minimum else first - step
    if node.maximum is not None:
        last = math.floor(node.maximum / step) * step
        yield last if node.maximum_open and last == node.maximum else last + step
    if node.multiple_of is not None and node.multiple_of != 1:
        low = math.ceil((node.minimum if node.minimum is not None else Fraction(0)) / step) * step
        yield low + (1 if node.integer else step / 2)
