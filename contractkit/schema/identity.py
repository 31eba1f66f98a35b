"""When are two schemas the same by spelling, component names and references aside?

Acyclic schemas get a class number, bottom-up; cyclic ones are compared by bisimulation, after a cheap test. Both are
exact: equal here means equal in every value they accept.
"""

from __future__ import annotations

from contractkit.schema.node import Node

_CYCLIC = -1
_RUNNING = -2


class Identity:
    """Equality of nodes, shared by both sides of a comparison."""

    def __init__(self) -> None:
        self._classes: dict[tuple[tuple[object, ...], tuple[int, ...]], int] = {}
        self._class_of: dict[int, int] = {}
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

    def class_of(self, node: Node) -> int:
        """Return the class number of an acyclic node, -1 for one from which a circle can be reached."""
        known = self._class_of.get(id(node))
        if known is None:
            self._class_of[id(node)] = _RUNNING
            self._alive.append(node)
            ids: list[int] = []
            # The order of alternatives and of `allOf` parts says nothing.
            unordered: dict[str, list[int]] = {"all": [], "any": [], "one": []}
            cyclic = False
            for label, child in node.children():
                number = self.class_of(child)
                if number < 0:
                    cyclic = True
                unordered.get(label[:3] if label[3:4] == " " else "", ids).append(number)
            for rows in unordered.values():
                if rows:
                    ids += sorted(rows)
            if cyclic:
                known = _CYCLIC
            else:
                key = (local_key(node), tuple(ids))
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
            for (_, a), (_, b) in zip(left.children(), right.children(), strict=True):
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
