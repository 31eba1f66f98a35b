"""Puts a contract's own examples into a value, at the places that do not decide anything.

`{"sku": "TEA-001", "quantity": 101}` convinces a reader more than `{"sku": "", "quantity": 101}`. What a schema says
of its values is taken in this order: `example` (OpenAPI 3.0), `examples`, the part of an example around it, `default`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from contractkit.model.jsontext import typed_text
from contractkit.model.records import NamedTuple
from contractkit.schema.evaluate import CannotSayError, accepts
from contractkit.schema.node import Node, in_place
from contractkit.schema.sendable import nodes_at, nodes_of_item

Path = tuple[str | int, ...]
"""The way to a place in a value: names and indices."""

MAX_DEPTH = 12
"""Values nested deeper are left as they are."""
MAX_PLACES = 20
"""Places of one value that get an example."""
MAX_SCHEMAS = 200
"""Where more schemas than this apply to one place, nothing is looked for."""
MAX_TEXT = 80
"""Characters of an example; a longer one does not make a message easier to read."""
MAX_TRIES = 8
"""Values that are tried one by one where all examples together do not do."""


class _Said(NamedTuple):
    """What is said of one place: the schemas that apply, how they are written there, examples from around it."""

    nodes: Sequence[Node]
    written: Sequence[Any]
    around: Sequence[Any]


def with_examples(
    nodes: Sequence[Node],
    value: Any,
    still_good: Callable[[Any, frozenset[Path]], bool],
    *,
    examples: Sequence[Any] = (),
    keep: Sequence[str] | None = None,
) -> Any:
    """Return the value with examples in the place of texts, numbers, booleans and nulls; it keeps its shape.

    Args:
        nodes: the schemas that hold for the value.
        value: a JSON value; it is not changed.
        still_good: whether another value, with examples at these places, still is what the first one is for.
        examples: whole values that the contract gives beside the schemas (those of a media type or parameter).
        keep: the path of a place (`items`, `[]`, `qty`; `*` is any name) whose value stays.
    """
    if _is_deep(value, MAX_DEPTH):
        return value
    found: dict[Path, Any] = {}
    for path, example in _examples(_Said(nodes, (), examples), value, (), keep):
        found[path] = example
        if len(found) == MAX_PLACES:
            break
    if not found:
        return value
    better = _replaced(value, found)
    if still_good(better, frozenset(found)):
        return better
    taken: dict[Path, Any] = {}
    for path, example in list(found.items())[:MAX_TRIES] if len(found) > 1 else []:
        tried = {**taken, path: example}
        if still_good(_replaced(value, tried), frozenset(tried)):
            taken = tried
    return _replaced(value, taken)


def whole_examples(node: Node, given: Sequence[Any]) -> list[Any]:
    """Return what a contract gives as whole values of a schema, in the order in which they are preferred.

    Args:
        node: the schema.
        given: the examples beside it.
    """
    schemas = [one.raw for one in in_place([node]) if isinstance(one.raw, dict)]
    return [*_given(schemas), *given, *(raw["default"] for raw in schemas if raw.get("default") is not None)]


def _examples(said: _Said, value: Any, path: Path, keep: Sequence[str] | None) -> Iterator[tuple[Path, Any]]:
    """Yield an example for each place that holds another value than an example."""
    closure = in_place(said.nodes)
    if len(closure) > MAX_SCHEMAS:
        return
    schemas = [raw for raw in (*said.written, *(node.raw for node in closure)) if isinstance(raw, dict)]
    # A part of `allOf` that holds an example alone asserts nothing, and has no node.
    parts = [part for raw in schemas if isinstance(listed := raw.get("allOf"), list) for part in listed]
    schemas += [part for part in parts if isinstance(part, dict)]
    if isinstance(value, dict):
        given = [*_given(schemas), *said.around]
        for name, item in value.items():
            below = _Said(
                [one for node in closure for one in nodes_at(node, name)],
                [table[name] for raw in schemas if name in (table := _table(raw))],
                [whole[name] for whole in given if isinstance(whole, dict) and name in whole],
            )
            yield from _examples(below, item, (*path, name), keep)
    elif isinstance(value, list):
        given = [*_given(schemas), *said.around]
        for index, item in enumerate(value):
            below = _Said(
                [one for node in closure for one in nodes_of_item(node, index)],
                [raw["items"] for raw in schemas if "items" in raw],
                [whole[index] for whole in given if isinstance(whole, list) and index < len(whole)],
            )
            yield from _examples(below, item, (*path, index), keep)
    elif keep is None or not _is_at(path, keep):
        text = typed_text(value)
        for example in (*_given(schemas), *said.around, *(raw.get("default") for raw in schemas)):
            if _is_readable(example) and _fits(said.nodes, value, example):
                if typed_text(example) != text:
                    yield path, example
                return


def _is_deep(value: Any, limit: int) -> bool:
    """Whether lists and objects are nested deeper than a limit."""
    if not isinstance(value, dict | list):
        return False
    return limit == 0 or any(
        _is_deep(item, limit - 1) for item in (value.values() if isinstance(value, dict) else value)
    )


def _table(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    table = raw.get("properties")
    return table if isinstance(table, dict) else {}


def _given(schemas: Sequence[Mapping[str, Any]]) -> list[Any]:
    found: list[Any] = []
    for raw in schemas:
        if raw.get("example") is not None:
            found.append(raw["example"])
        if isinstance(several := raw.get("examples"), list):
            found += several
    return found


def _is_readable(example: Any) -> bool:
    if isinstance(example, str):
        return len(example) <= MAX_TEXT
    return isinstance(example, bool | int | float)


def _fits(nodes: Sequence[Node], value: Any, example: Any) -> bool:
    """Whether the schemas that accept the value accept the example too; those of other alternatives do not count."""
    try:
        return all(accepts(node, example) for node in nodes if accepts(node, value))
    except CannotSayError:
        return False


def _is_at(path: Path, keep: Sequence[str]) -> bool:
    return len(path) == len(keep) and all(
        step.startswith("[") if isinstance(own, int) else step in (own, "*")
        for own, step in zip(path, keep, strict=True)
    )


def _replaced(value: Any, places: Mapping[Path, Any], path: Path = ()) -> Any:
    """Return a copy of the value with other values at some places."""
    if path in places:
        return places[path]
    if not any(place[: len(path)] == path for place in places):
        return value
    if isinstance(value, dict):
        return {name: _replaced(item, places, (*path, name)) for name, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, places, (*path, index)) for index, item in enumerate(value)]
    return value
