"""Variants of a request that the app took: one documented value at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from contractkit.fuzz.edit import with_cookie, with_header, with_json, with_query
from contractkit.fuzz.message import ABSENT, Request, escaped
from contractkit.fuzz.operation import Operation, ParameterSpec
from contractkit.fuzz.validity import kinds
from contractkit.schema.node import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, Node
from contractkit.schema.readings import text_of

_MAX_ENUM = 12
_MAX_LENGTH = 2_000
_MAX_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Variant:
    """A request that differs in one documented value from one that was taken.

    Attributes:
        request: the request.
        place: where it differs: `query.limit`, `body/items`.
        value: the value that stands there now; ABSENT where the part was left out.
        why: what the contract says of the value: `enum`, `minimum`, `maxLength`, `example`, ...
    """

    request: Request
    place: str
    value: Any
    why: str


def singles(operation: Operation, base: Request) -> Iterator[Variant]:
    """Yield the variants of one documented value each, all of them allowed by the contract on its own terms."""
    for spec in operation.parameters:
        if spec.where == "path" or spec.parameter.media_type is not None:
            continue
        for value, why in documented(spec.check.node):
            if isinstance(value, list | dict) or value is None:
                continue
            yield Variant(with_parameter(base, spec, text_of(value)), spec.place, value, why)
        if not spec.parameter.required and _sends(base, spec):
            yield Variant(with_parameter(base, spec, None), spec.place, ABSENT, "optional")
    if base.json is not ABSENT and operation.bodies:
        yield from _in_body(operation.bodies[0].check.node, base, base.json, "", 0)


def with_parameter(request: Request, spec: ParameterSpec, text: str | None) -> Request:
    """Return the request with a query parameter, header or cookie set, or left out for None."""
    if spec.where == "query":
        return with_query(request, spec.name, *(() if text is None else (text,)))
    if spec.where == "header":
        return with_header(request, spec.name, text)
    if spec.where == "cookie":
        return with_cookie(request, spec.name, text)
    return request


def documented(node: Node, depth: int = 0) -> list[tuple[Any, str]]:
    """Return values that a schema names or whose limits it names, with the keyword; of compositions, of each part."""
    found: list[tuple[Any, str]] = []
    raw = node.raw if isinstance(node.raw, dict) else {}
    if "example" in raw:
        found.append((raw["example"], "example"))
    found += (
        [(value, "example") for value in (raw.get("examples") or ())] if isinstance(raw.get("examples"), list) else []
    )
    if "default" in raw:
        found.append((raw["default"], "default"))
    if node.enum is not None:
        return found + [(value, "enum") for value in node.enum[:_MAX_ENUM]]
    allowed = kinds(node)
    if depth < _MAX_DEPTH:
        for part in (*node.all_of, *(node.any_of or ()), *(node.one_of or ())):
            found += documented(part, depth + 1)
    if allowed & NUMBER:
        found += _bounds(node)
    if allowed & STRING and node.pattern is None and node.format is None:
        found += _lengths(node)
    if allowed == BOOLEAN:
        found += [(True, "type"), (False, "type")]
    if allowed & NULL and node.kinds != ~0 and allowed != NULL | BOOLEAN | NUMBER | STRING | ARRAY | OBJECT:
        found.append((None, "null"))
    return found


def is_plain(value: Any) -> bool:
    """Return whether a value can be written as a parameter's text."""
    return isinstance(value, str | int | float) and value != ""


def _bounds(node: Node) -> Iterator[tuple[Any, str]]:
    for bound, is_open, step, why in (
        (node.minimum, node.minimum_open, 1, "minimum"),
        (node.maximum, node.maximum_open, -1, "maximum"),
    ):
        if bound is None:
            continue
        value = bound
        if is_open:
            if not node.integer:
                continue
            value = bound + step
        if node.integer and value.denominator != 1:
            value = Fraction(math.ceil(value) if step > 0 else math.floor(value))
        if node.multiple_of and value % node.multiple_of:
            continue
        yield (int(value) if value.denominator == 1 else float(value)), why


def _lengths(node: Node) -> Iterator[tuple[Any, str]]:
    if node.min_length:
        yield "a" * node.min_length, "minLength"
    if node.max_length is not None and node.max_length <= _MAX_LENGTH:
        yield "a" * node.max_length, "maxLength"


def _sends(request: Request, spec: ParameterSpec) -> bool:
    if spec.where == "query":
        return any(name == spec.name for name, _ in request.pairs)
    return any(name.lower() == spec.name.lower() for name, _ in request.headers) if spec.where == "header" else False


def _in_body(node: Node, base: Request, value: Any, pointer: str, depth: int) -> Iterator[Variant]:
    if depth > _MAX_DEPTH:
        return
    for part in (node, *node.all_of, *(node.any_of or ()), *(node.one_of or ())):
        if isinstance(value, dict):
            for name, below in part.properties.items():
                place = f"{pointer}/{escaped(name)}"
                for one, why in documented(below):
                    yield Variant(with_json(base, place, one), f"body{place}", one, why)
                if name in value:
                    if name not in part.required:
                        yield Variant(with_json(base, place, ABSENT), f"body{place}", ABSENT, "optional")
                    yield from _in_body(below, base, value[name], place, depth + 1)
        elif isinstance(value, list) and value and part.items is not None:
            yield from _in_body(part.items, base, value[0], f"{pointer}/0", depth + 1)
            sizes = ((part.min_items, "minItems"), (part.max_items, "maxItems"))
            for size, why in sizes:
                if size is not None and 0 < size <= 200 and not part.unique_items:
                    yield Variant(with_json(base, pointer, [value[0]] * size), f"body{pointer}", size, why)
