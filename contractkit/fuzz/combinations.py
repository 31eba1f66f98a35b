"""Optional parts of a request in combination: every two of their values meet in some request.

Pairwise testing: most faults that need more than one value need two (Kuhn, Kacker, Lei: NIST SP 800-142). The rows are
chosen greedily and without chance, so they are the same each time.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from contractkit.fuzz.edit import with_json
from contractkit.fuzz.message import ABSENT, Request, escaped
from contractkit.fuzz.operation import Operation, ParameterSpec
from contractkit.fuzz.validity import kinds, property_names, property_node
from contractkit.fuzz.variants import documented, is_plain, with_parameter
from contractkit.schema.node import NUMBER, STRING, Node
from contractkit.schema.readings import text_of

_VALUES = 5
"""Values of one part, its absence not counted."""
_ROWS = 120
_PARTS = 24


_Cell = tuple[int, int]
"""A column and the number of one of its values."""


@dataclass(frozen=True, slots=True)
class _Part:
    """An optional part, with what may stand there; ABSENT to leave it out."""

    values: tuple[Any, ...]
    put: Callable[[Request, Any], Request]


def combinations(operation: Operation, base: Request) -> Iterator[Request]:
    """Yield requests in which all values of every two optional parts meet: parameters, properties of a JSON body."""
    parts = [one for one in (*_parameters(operation), *_properties(operation, base)) if len(one.values) > 1][:_PARTS]
    if len(parts) < 2:
        return
    for row in itertools.islice(covering([len(part.values) for part in parts]), _ROWS):
        request = base
        for part, index in zip(parts, row, strict=True):
            request = part.put(request, part.values[index])
        yield request


def covering(sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield rows in which every value of every column meets every value of every other one.

    Args:
        sizes: how many values each column has; a row holds the number of one value of each, from 0.
    """
    columns = range(len(sizes))
    # A dictionary keeps its order, so that the rows do not depend on hashes.
    missing: dict[tuple[_Cell, _Cell], None] = {
        ((first, one), (second, two)): None
        for first, second in itertools.combinations(columns, 2)
        for one in range(sizes[first])
        for two in range(sizes[second])
    }
    while missing:
        row: dict[int, int] = dict(next(iter(missing)))
        for column in columns:
            if column not in row:
                met = [_met(missing, row, column, value) for value in range(sizes[column])]
                row[column] = met.index(max(met))
        for pair in itertools.combinations(sorted(row.items()), 2):
            missing.pop(pair, None)
        yield tuple(row[column] for column in columns)


def _met(missing: Mapping[tuple[_Cell, _Cell], None], row: Mapping[int, int], column: int, value: int) -> int:
    """Return how many pairs that are missing a value would bring into a row."""
    return sum((min(cell, (column, value)), max(cell, (column, value))) in missing for cell in row.items())


def _parameters(operation: Operation) -> Iterator[_Part]:
    for spec in operation.parameters:
        if spec.where == "path" or spec.parameter.required or spec.parameter.media_type is not None:
            continue
        values = [text_of(value) for value in _chosen(spec.check.node) if is_plain(value)]
        yield _Part((ABSENT, *dict.fromkeys(values)), partial(_put_parameter, spec))


def _put_parameter(spec: ParameterSpec, request: Request, value: Any) -> Request:
    return with_parameter(request, spec, None if value is ABSENT else value)


def _properties(operation: Operation, base: Request) -> Iterator[_Part]:
    if not isinstance(base.json, dict) or not operation.bodies:
        return
    node = operation.bodies[0].check.node
    required = {name for part in (node, *node.all_of) for name in part.required}
    for name in property_names(node):
        below = property_node(node, name)
        if name in required or below is None:
            continue
        values = _chosen(below)
        if base.json.get(name, ABSENT) is not ABSENT:
            values = [base.json[name], *values]
        distinct = list({repr(value): value for value in values}.values())[: _VALUES + 1]
        yield _Part((ABSENT, *distinct), partial(_put_property, name))


def _put_property(name: str, request: Request, value: Any) -> Request:
    return with_json(request, f"/{escaped(name)}", value)


def _chosen(node: Node) -> list[Any]:
    """Return some values that the contract names, or plain ones where it names none."""
    found = [value for value, _ in documented(node)]
    if not found:
        allowed = kinds(node)
        if allowed & NUMBER:
            found = [1, 0]
        elif allowed & STRING and node.pattern is None and node.format is None:
            found = ["a"]
    return list({repr(value): value for value in found}.values())[:_VALUES]
