"""What `unevaluatedProperties` and `unevaluatedItems` see, where no value decides it (2020-12 core, 11)."""

from __future__ import annotations

from contractkit.schema.node import ARRAY, OBJECT, TRUE, Node

MAX_DEPTH = 50
"""Nested `allOf` parts up to which is looked; a schema inside itself ends there."""
ALL = 1 << 30
"""More items than any array has."""


def closing_layers(node: Node) -> list[Node]:
    """Return schemas that say the same as the node's `unevaluated...` keywords, as far as they are static."""
    layers: list[Node] = []
    if node.unevaluated_properties is not None and not node.unevaluated_properties.is_anything():
        seen = static_names(node)
        if seen is not None and not seen[2]:
            names, patterns, _ = seen
            layers.append(
                Node(
                    raw=node.raw,
                    properties=dict.fromkeys(sorted(names), TRUE),
                    pattern_properties=dict.fromkeys(patterns, TRUE),
                    additional=node.unevaluated_properties,
                )
            )
    if node.unevaluated_items is not None and not node.unevaluated_items.is_anything():
        count = static_count(node)
        if count is not None and count < ALL:
            layers.append(Node(raw=node.raw, prefix_items=(TRUE,) * count, items=node.unevaluated_items))
    return layers


_Names = tuple[set[str], list[str], bool]


def static_names(node: Node) -> _Names | None:
    """Return the names and patterns that a schema evaluates whatever the value, and whether it evaluates all names.

    None where it depends on the value.
    """
    return _static_names(node, {}, 0)


def _static_names(node: Node, known: dict[int, _Names | None], depth: int) -> _Names | None:
    if id(node) not in known:
        known[id(node)] = None  # a schema inside itself ends there
        known[id(node)] = _names_of(node, known, depth)
    return known[id(node)]


def _names_of(node: Node, known: dict[int, _Names | None], depth: int) -> _Names | None:
    names, patterns = set(node.properties), list(node.pattern_properties)
    everything = node.additional is not None
    if node.any_of is not None or node.one_of is not None or node.if_ is not None or node.dependent_schemas:
        dynamic = [part for union in _unions(node) if len(union) > 1 for part in union]
        dynamic += node.dependent_schemas.values()
        dynamic += [one for one in (node.if_, node.then, node.else_) if one is not None]
        if any(_speaks_of_names(one, set()) for one in dynamic):
            return None
    for part in _certain_parts(node):
        below = _static_names(part, known, depth + 1) if depth < MAX_DEPTH else None
        if below is None:
            return None
        names |= below[0]
        patterns += (pattern for pattern in below[1] if pattern not in patterns)
        everything = everything or below[2] or part.unevaluated_properties is not None
    return names, patterns, everything


def least_names(node: Node) -> _Names:
    """Return the same as `static_names`, leaving out what depends on the value: at least that is evaluated."""
    parts, everything = [node], False
    seen = {id(node)}
    for one in parts:  # it grows on the way
        everything = everything or one.additional is not None
        for part in _certain_parts(one):
            everything = everything or part.unevaluated_properties is not None
            if id(part) not in seen:
                seen.add(id(part))
                parts.append(part)
    patterns = dict.fromkeys(pattern for part in parts for pattern in part.pattern_properties)
    return {name for part in parts for name in part.properties}, list(patterns), everything


def _certain_parts(node: Node) -> list[Node]:
    """Return what applies in place to every object; a union with one alternative is as certain as `allOf`."""
    return [*node.all_of, *(union[0] for union in _unions(node) if len(union) == 1)]


def _unions(node: Node) -> list[list[Node]]:
    """Return the alternatives of `anyOf` and of `oneOf` that take objects."""
    return [
        [part for part in union if part.kinds & OBJECT] for union in (node.any_of, node.one_of) if union is not None
    ]


def _speaks_of_names(node: Node, seen: set[int]) -> bool:
    if id(node) in seen:
        return False
    seen.add(id(node))
    if node.properties or node.pattern_properties or node.additional is not None or node.unevaluated_properties:
        return bool(node.kinds & OBJECT)
    parts = [*node.all_of, *(node.any_of or ()), *(node.one_of or ()), *node.dependent_schemas.values()]
    parts += [one for one in (node.if_, node.then, node.else_) if one is not None]
    return any(_speaks_of_names(part, seen) for part in parts)


def static_count(node: Node) -> int | None:
    """Return how many leading items a schema evaluates whatever the value; None where it depends on it."""
    return _static_count(node, {}, 0)


def _static_count(node: Node, known: dict[int, int | None], depth: int) -> int | None:
    if id(node) not in known:
        known[id(node)] = None  # a schema inside itself ends there
        known[id(node)] = _count_of(node, known, depth)
    return known[id(node)]


def _count_of(node: Node, known: dict[int, int | None], depth: int) -> int | None:
    if node.contains is not None:
        return None
    if node.items is not None:
        return ALL
    count = len(node.prefix_items)
    dynamic = [*(node.any_of or ()), *(node.one_of or ())]
    dynamic += [one for one in (node.if_, node.then, node.else_) if one is not None]
    for one in dynamic:
        if one.kinds & ARRAY and (one.prefix_items or one.items or one.contains or one.all_of or one.unevaluated_items):
            return None
    for part in node.all_of:
        below = _static_count(part, known, depth + 1) if depth < MAX_DEPTH else None
        if below is None:
            return None
        count = max(count, below, ALL if part.unevaluated_items is not None else 0)
    return count
