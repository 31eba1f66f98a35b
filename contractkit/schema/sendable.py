"""Does the exemption let the sender send a value? Names that only the receiver declares are not sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contractkit.schema.branch import Branch, found_in
from contractkit.schema.evaluate import CannotSayError, accepts
from contractkit.schema.expand import Branches, TooManyError
from contractkit.schema.node import Node, in_place, kind_of
from contractkit.schema.sample import valid

MAX_NESTED = 20
"""Unions inside unions that are looked at one by one; a union may hold itself."""


def may_be_sent(
    branches: Branches, sender: Sequence[Node], receivers: Sequence[Node], value: Any, *, nested: int = 0
) -> bool:
    """Whether one branch of the sender accepts the value without a name that only the receiver declares."""
    if not isinstance(value, dict | list):
        return True
    if len(sender) == 1 and sender[0].is_plain_union() and nested < MAX_NESTED:
        # One by one: a long union need not be expanded for one value.
        return any(
            _may_accept(part, value) and may_be_sent(branches, (part,), receivers, value, nested=nested + 1)
            for part in (*(sender[0].any_of or ()), *(sender[0].one_of or ()))
        )
    try:
        options = [branch for branch in branches.of(sender) if branch.kind == kind_of(value)] if sender else []
    except TooManyError:
        return False
    if not sender:
        return _children_may(branches, None, receivers, value)
    for branch in options:
        # With one branch only, the value belongs to it.
        if len(options) > 1 and not (valid(branch.sources, value) and not _refused(branch, value)):
            continue
        if branch.values is not None or _children_may(branches, branch, receivers, value):
            return True
    return False


def _may_accept(node: Node, value: Any) -> bool:
    """Whether a schema may accept a value; what cannot be judged here is left to the validators."""
    try:
        return accepts(node, value)
    except CannotSayError:
        return True


def _refused(branch: Branch, value: Any) -> bool:
    for node in branch.nots:
        try:
            if accepts(node, value):
                return True
        except CannotSayError:
            continue
    return False


def _children_may(branches: Branches, branch: Branch | None, receivers: Sequence[Node], value: Any) -> bool:
    closure = in_place(receivers)
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict | list):
                below = [one for node in closure for one in nodes_of_item(node, index)]
                own = branch.item(index) if branch is not None else ()
                if not may_be_sent(branches, own, below, item):
                    return False
        return True
    for name, item in value.items():
        if not (branch is not None and branch.declares(name)) and any(name in node.properties for node in closure):
            return False
        if isinstance(item, dict | list):
            own = branch.at(name) if branch is not None else ()
            if not may_be_sent(branches, own, [below for node in closure for below in nodes_at(node, name)], item):
                return False
    return True


def nodes_of_item(node: Node, index: int) -> list[Node]:
    """Return what one schema says of the item at an index."""
    one = node.prefix_items[index] if index < len(node.prefix_items) else node.items
    return [] if one is None else [one]


def nodes_at(node: Node, name: str) -> list[Node]:
    """Return what one schema says of the value under a name."""
    found = [node.properties[name]] if name in node.properties else []
    found += [below for pattern, below in node.pattern_properties.items() if found_in(pattern, name)]
    if not found and node.additional is not None:
        found.append(node.additional)
    return found
