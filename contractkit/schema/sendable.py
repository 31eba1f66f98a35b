"""Does the exemption let the sender send a value? Names that only the receiver declares are not sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contractkit.schema.branch import Branch, found_in
from contractkit.schema.evaluate import CannotSayError, accepts
from contractkit.schema.expand import Branches, TooManyError
from contractkit.schema.node import ARRAY, OBJECT, Node, in_place, kind_of
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


class Exemptions:
    """Pairs of schemas between which nothing is exempt, whatever the value: seen once, and not for each witness."""

    def __init__(self) -> None:
        self._none: set[tuple[int, int]] = set()
        self._some: set[tuple[int, int]] = set()
        # Ids are only good while the nodes live.
        self._alive: list[Node] = []

    def none(self, sender: Node, receiver: Node) -> bool:
        """Whether the sender surely declares every name that the receiver declares, at every depth.

        Only senders without alternatives and patterns are looked through; False says nothing.
        """
        if (id(sender), id(receiver)) in self._some:
            return False
        self._alive += (sender, receiver)
        seen: set[tuple[int, int]] = set()
        stack = [(sender, receiver)]
        while stack:
            one, other = stack.pop()
            key = (id(one), id(other))
            if key in self._none or key in seen:
                continue
            seen.add(key)
            below = _declared_below(one, other) if key not in self._some else None
            if below is None:
                self._some |= {key, (id(sender), id(receiver))}
                return False
            stack += below
        self._none |= seen
        return True


def _declared_below(sender: Node, receiver: Node) -> list[tuple[Node, Node]] | None:
    """Return the pairs below two schemas; None where the receiver may declare a name that the sender does not."""
    if not sender.kinds & receiver.kinds & (OBJECT | ARRAY):
        return []
    if sender.is_plain_union():
        return [(part, receiver) for part in (*(sender.any_of or ()), *(sender.one_of or ()))]
    layers = _layers(sender)
    if layers is None:
        return None
    closure = in_place([receiver])
    length = max(len(layer.prefix_items) for layer in layers)
    more = [rest for layer in layers if (rest := layer.items or layer.unevaluated_items) is not None]
    # What stands behind the first items may be anything.
    if (sender.kinds & ARRAY and not more) and any(
        len(node.prefix_items) > length or _holds_more(node.items) for node in closure
    ):
        return None
    own_items = [one for layer in layers for one in layer.prefix_items] + more
    items = [one for node in closure for one in (*node.prefix_items, node.items) if one is not None]
    pairs = [(one, other) for one in own_items for other in items]
    if not sender.kinds & OBJECT:
        return pairs
    rests = [rest for layer in layers if (rest := layer.additional or layer.unevaluated_properties) is not None]
    maps = [rest for rest in rests if not rest.never and not rest.is_anything()]
    is_open = not maps and not any(rest.never for rest in rests)
    patterns = {pattern: one for layer in layers for pattern, one in layer.pattern_properties.items()}
    for node in closure:
        if not (maps or all(any(_is_declared(layer, name) for layer in layers) for name in node.properties)):
            return None
        if is_open and not (node.pattern_properties.keys() <= patterns.keys()):
            return None  # what stands under other names may be anything
        if is_open and _holds_more(node.additional):
            return None
        others = [*node.pattern_properties.values(), *([] if node.additional is None else [node.additional])]
        for name, child in ((name, child) for layer in layers for name, child in layer.properties.items()):
            pairs += [(child, one) for one in others]
            if name in node.properties:
                pairs.append((child, node.properties[name]))
        # What stands under names that are not written down may be any child of the receiver.
        every = [*node.properties.values(), *others]
        unnamed = [one for layer in layers for one in layer.pattern_properties.values()] + maps
        pairs += [(child, one) for child in unnamed for one in every]
    return pairs


def _layers(sender: Node) -> list[Node] | None:
    """Return the schemas that all hold, the sender first; None where a value decides which hold."""
    layers = {id(sender): sender}
    waiting = [sender]
    while waiting:
        node = waiting.pop()
        if node.applies_in_place() and not node.only_closes() and not _only_joins(node):
            return None
        if node.dependent_schemas:
            return None
        new = {id(part): part for part in node.all_of if id(part) not in layers}
        layers |= new
        waiting += new.values()
    return list(layers.values())


def _only_joins(node: Node) -> bool:
    """Whether of the keywords that apply in place only `allOf` stands there."""
    others = node.any_of is not None or node.one_of is not None or node.not_ is not None or node.if_ is not None
    return not (others or node.unevaluated_items is not None or node.unevaluated_properties is not None)


def _is_declared(sender: Node, name: str) -> bool:
    return name in sender.properties or any(found_in(pattern, name) for pattern in sender.pattern_properties)


def _holds_more(rest: Node | None) -> bool:
    return rest is not None and not rest.never and bool(rest.kinds & (OBJECT | ARRAY))


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
