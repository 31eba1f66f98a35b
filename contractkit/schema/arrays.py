"""One array branch of the sender against the receiver's own keywords."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from contractkit.schema.branch import Branch
from contractkit.schema.node import Node
from contractkit.schema.result import Context, Place, Result
from contractkit.schema.sample import valid
from contractkit.schema.static import static_count

if TYPE_CHECKING:
    from contractkit.schema.contain import Containment

MAX_SIZED = 10_001
"""How long an array is that shows a limit of its length: most limits are powers of ten."""
MAX_DISTINCT = 10_001
"""The same where its items have to differ."""
MAX_INDEX = 64
"""Items behind this index are compared as the rest is."""


def check(engine: Containment, result: Result, branch: Branch, receiver: Node, context: Context) -> None:
    """Compare items by their index, counts, uniqueness and `contains`."""
    # An empty list cannot be written as text: the parameter is absent then.
    least = max(branch.min_items, 1) if context.text else branch.min_items
    longest = branch.longest
    _items(engine, result, branch, receiver, context, longest)
    if receiver.min_items > least:
        place = Place("minItems", branch.min_items or None, receiver.min_items, lambda: _sized(engine, branch, least))
        result.add(place)
    limit = receiver.max_items
    if limit is not None and (longest is None or longest > limit):
        result.add(Place("maxItems", branch.max_items, limit, lambda: _sized(engine, branch, limit + 1)))
    if receiver.unique_items and not branch.unique_items and (longest is None or longest > 1):
        result.add(Place("uniqueItems", False, True, lambda: _doubled(engine, branch)))
    if receiver.contains is not None:
        _contains(engine, result, branch, receiver, context, least, longest)
    if receiver.unevaluated_items is not None:
        _unevaluated(engine, result, branch, receiver, receiver.unevaluated_items, context, longest)


def at_index(engine: Containment, branch: Branch, index: int) -> Callable[[Any], Iterator[Any]]:
    """Return the lift that puts a value at an index of a short array of the branch."""

    def lift(value: Any) -> Iterator[Any]:
        yield from engine.sampler.arrays(branch, {index: value})

    return lift


def _items(
    engine: Containment, result: Result, branch: Branch, receiver: Node, context: Context, longest: int | None
) -> None:
    fixed = len(receiver.prefix_items)
    last = min(max(fixed, branch.prefix_length()), MAX_INDEX)
    for index in range(last + 1):
        if longest is not None and index >= longest:
            return
        wanted = receiver.prefix_items[index] if index < fixed else receiver.items
        if wanted is None or wanted.is_anything():
            continue
        step = (f"[{index}]",) if index < last else ("[]",)
        if wanted.never and engine.emptiness.none(branch.item(index)):
            return
        if wanted.never:
            result.add(Place("items", None, False, functools.partial(_sized, engine, branch, index + 1)))
            continue
        child = engine.compare(branch.item(index), wanted, context.inside(listed=True), crossed=True)
        result.attach(child, step, at_index(engine, branch, index))


def _sized(engine: Containment, branch: Branch, size: int) -> Iterator[Any]:
    if size > MAX_SIZED or not engine.may_fill(size):
        return
    if size == 0:
        yield []
        return
    for value in (engine.sampler.values(branch.item(size - 1)) if branch.item(size - 1) else [0, "a"])[:3]:
        if size <= 64:
            yield from engine.sampler.arrays(branch, {size - 1: value})
        elif not branch.unique_items and branch.prefix_length() == 0:
            yield [value] * size
    if size > 64 and branch.unique_items and branch.prefix_length() == 0 and size <= MAX_DISTINCT:
        for row in (range(size), map(str, range(MAX_DISTINCT, MAX_DISTINCT + size))):
            items = list(row)
            if all(valid(branch.item(0), item) for item in items):
                yield items


def _doubled(engine: Containment, branch: Branch) -> Iterator[Any]:
    first = branch.prefix_length()
    pool = engine.sampler.values((*branch.item(first), *branch.item(first + 1))) if branch.item(first) else [0]
    for value in pool[:3]:
        if first == 0:
            yield [value, value]
        yield from engine.sampler.arrays(branch, {first: value, first + 1: value})
    for value in (engine.sampler.values((*branch.item(0), *branch.item(1))) if branch.item(0) else [0])[:3]:
        yield from engine.sampler.arrays(branch, {0: value, 1: value})


def _contains(
    engine: Containment,
    result: Result,
    branch: Branch,
    receiver: Node,
    context: Context,
    least: int,
    longest: int | None,
) -> None:
    wanted = receiver.contains
    assert wanted is not None
    same = [
        node for node in branch.sources if node.contains is not None and engine.identity.same(node.contains, wanted)
    ]
    pure = context.inside(listed=True).pure()
    if receiver.min_contains and not any(node.min_contains >= receiver.min_contains for node in same):
        enough = least >= receiver.min_contains and all(
            engine.compare(branch.item(index), wanted, pure, crossed=True).ok
            for index in range(min(max(least, 1), branch.prefix_length() + 1))
        )
        stronger = any(
            node.contains is not None
            and node.min_contains >= receiver.min_contains
            and engine.compare((node.contains,), wanted, pure, crossed=True).ok
            for node in branch.sources
        )
        if not enough and not stronger:
            other = next((node.contains.raw for node in branch.sources if node.contains is not None), None)
            aspect, own, value = (
                ("minContains", same[0].min_contains, receiver.min_contains)
                if same
                else ("contains", other, wanted.raw)
            )
            result.add(Place(aspect, own, value, lambda: _few(engine, branch, wanted, least)))
    limit = receiver.max_contains
    if limit is not None and not any(node.max_contains is not None and node.max_contains <= limit for node in same):
        if longest is not None and longest <= limit:
            return
        if any(
            node.contains is not None
            and node.max_contains is not None
            and node.max_contains <= limit
            and engine.compare((wanted,), node.contains, pure, crossed=True).ok
            for node in branch.sources
        ):
            return
        own_limit = same[0].max_contains if same else None
        result.add(Place("maxContains", own_limit, limit, lambda: _many(engine, branch, wanted, limit)))


def _few(engine: Containment, branch: Branch, wanted: Node, least: int) -> Iterator[Any]:
    """Arrays that hold as few wanted items as the branch allows."""
    refused = engine.branches.negated(wanted)
    if least == 0:
        yield []
    for size in (max(least, 1), least + 1):
        items: list[Any] = []
        for index in range(min(size, 64)):
            own = [node.contains for node in branch.sources if node.contains is not None]
            values = engine.sampler.values((*branch.item(index), refused, *own))
            values = values or engine.sampler.values((*branch.item(index), refused))
            if not values:
                break
            items.append(values[index % len(values)] if branch.unique_items else values[0])
        else:
            yield items
            yield from engine.sampler.arrays(branch, dict(enumerate(items)))
    yield from engine.sampler.arrays(branch)


def _many(engine: Containment, branch: Branch, wanted: Node, limit: int) -> Iterator[Any]:
    if limit > 64:
        return
    size = max(limit + 1, branch.min_items)
    fixed: dict[int, Any] = {}
    for index in range(size):
        values = engine.sampler.values((*branch.item(index), wanted))
        if not values:
            return
        fixed[index] = values[index % len(values)] if branch.unique_items else values[0]
    yield from engine.sampler.arrays(branch, fixed)


def _unevaluated(
    engine: Containment,
    result: Result,
    branch: Branch,
    receiver: Node,
    wanted: Node,
    context: Context,
    longest: int | None,
) -> None:
    """Check `unevaluatedItems` where what is evaluated does not depend on the value."""
    count = static_count(receiver)
    if count is None:
        reason = "unevaluatedItems beside a union, a condition or contains"
        result.add(engine.undecided(branch.sources, receiver, "unevaluatedItems", reason))
        return
    last = max(count, branch.prefix_length())
    for index in range(count, min(last, MAX_INDEX) + 1):
        if longest is not None and index >= longest:
            return
        if wanted.never and engine.emptiness.none(branch.item(index)):
            return
        if wanted.never:
            place = Place(
                "unevaluatedItems",
                None,
                False,
                functools.partial(_sized, engine, branch, index + 1),
            )
            result.add(place)
            return
        child = engine.compare(branch.item(index), wanted, context.inside(listed=True), crossed=True)
        result.attach(child, ("[]",), at_index(engine, branch, index))
