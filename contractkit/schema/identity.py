"""When are two schemas the same by spelling, component names and references aside?

Acyclic schemas get a class number, bottom-up; cyclic ones are compared by bisimulation, after a cheap test. Both are
exact: equal here means equal in every value they accept.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.schema.node import Node

_CYCLIC = -1
_RUNNING = -2
_MANY = 8
"""From more nodes than this on, their classes are kept together."""
_LOOK = 3
"""How many steps below itself an alternative is known by, where it is looked for among others."""


class Identity:
    """Equality of nodes, shared by both sides of a comparison."""

    def __init__(self) -> None:
        self._classes: dict[tuple[tuple[object, ...], tuple[int, ...]], int] = {}
        self._class_of: dict[int, int] = {}
        self._signatures: dict[object, int] = {}
        self._signature_of: dict[tuple[int, int], int] = {}
        self._tables: dict[int, tuple[tuple[Node, ...], set[int]]] = {}
        self._same: set[tuple[int, int]] = set()
        self._different: set[tuple[int, int]] = set()
        # Ids are only good while the nodes live.
        self._alive: list[Node] = []

    def same(self, one: Node, other: Node) -> bool:
        """Whether both nodes are equal by spelling."""
        if one is other:
            return True
        # Most that differ do so themselves: what is below need not be read for that.
        if local_key(one) != local_key(other):
            return False
        first, second = self.class_of(one), self.class_of(other)
        if first != _CYCLIC or second != _CYCLIC:
            return first == second
        key = (id(one), id(other))
        if key in self._same:
            return True
        if key in self._different:
            return False
        pairs = self._bisimilar(one, other)
        if pairs is None:
            self._different.add(key)
            self._alive += (one, other)
            return False
        self._same |= pairs
        return True

    def holds(self, nodes: tuple[Node, ...], other: Node) -> bool:
        """Whether one of several nodes equals another; of many, as unions make them, only likely ones are asked."""
        if len(nodes) <= _MANY:
            return any(self.same(node, other) for node in nodes)
        if id(nodes) not in self._tables:
            self._tables[id(nodes)] = nodes, {self.class_of(node) for node in nodes}
        number, classes = self.class_of(other), self._tables[id(nodes)][1]
        if number != _CYCLIC:
            return number in classes
        return _CYCLIC in classes and any(self.same(node, other) for node in nodes)

    def class_of(self, node: Node) -> int:
        """Return the class number of an acyclic node, -1 for one from which a circle can be reached."""
        known = self._class_of.get(id(node))
        if known is None:
            self._class_of[id(node)] = _RUNNING
            self._alive.append(node)
            numbers = [self.class_of(child) for _, child in node.children()]
            if numbers and min(numbers) < 0:
                known = _CYCLIC
            else:
                for row in node.unordered():
                    numbers[row] = sorted(numbers[row])
                key = (local_key(node), tuple(numbers))
                known = self._classes.setdefault(key, len(self._classes))
            self._class_of[id(node)] = known
        return known

    def _bisimilar(self, one: Node, other: Node) -> set[tuple[int, int]] | None:
        seen: set[tuple[int, int]] = {(id(one), id(other))}
        stack = [(one, other)]
        while stack:
            left, right = stack.pop()
            if local_key(left) != local_key(right):
                return None
            for a, b in self._paired(left, right):
                if a is b:
                    continue
                first, second = self.class_of(a), self.class_of(b)
                if first != _CYCLIC or second != _CYCLIC:
                    if first != second:
                        return None
                    continue
                key = (id(a), id(b))
                if key in self._different:
                    return None
                if key not in seen and key not in self._same:
                    seen.add(key)
                    stack.append((a, b))
                    self._alive += (a, b)
        return seen

    def _paired(self, left: Node, right: Node) -> Iterator[tuple[Node, Node]]:
        """Pair the children of two nodes of one key: alternatives by what they say, since their order says nothing."""
        ours, theirs = ([child for _, child in node.children()] for node in (left, right))
        for children, node in ((ours, left), (theirs, right)):
            for row in node.unordered():
                children[row] = sorted(children[row], key=lambda one: self._signature(one, _LOOK))
        return zip(ours, theirs, strict=True)

    def _signature(self, node: Node, depth: int) -> int:
        """Return a number that equal nodes share, and hardly any others: what stands far below does not count."""
        key = (id(node), depth)
        known = self._signature_of.get(key)
        if known is None:
            number = self.class_of(node)
            says: object = number
            if number < 0:
                below = [self._signature(child, depth - 1) for _, child in node.children()] if depth else []
                for row in node.unordered() if depth else ():
                    below[row] = sorted(below[row])
                says = local_key(node), tuple(below)
            known = self._signature_of[key] = self._signatures.setdefault((depth, says), len(self._signatures))
        return known


def local_key(node: Node) -> tuple[object, ...]:
    """Return all that a node says itself, with the labels of its children but not the children."""
    if node.local_key is None:
        node.local_key = (
            node.never,
            node.kinds,
            node.integer,
            node.enum_texts if node.enum is not None else None,
            node.minimum,
            node.minimum_open,
            node.maximum,
            node.maximum_open,
            node.multiple_of,
            node.min_length,
            node.max_length,
            node.pattern,
            node.format,
            node.content,
            node.min_items,
            node.max_items,
            node.unique_items,
            node.min_contains,
            node.max_contains,
            frozenset(node.required),
            node.min_properties,
            node.max_properties,
            frozenset((key, frozenset(names)) for key, names in node.dependent_required.items()),
            node.any_of is None,
            node.one_of is None,
            node.opaque,
            node.reference,
            node.left_out,
            tuple(label for label, _ in node.children()),
        )
    return node.local_key
