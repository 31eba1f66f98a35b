"""Proves that a branch has no value. True is a proof; False only says that none was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from contractkit.schema import regex
from contractkit.schema.branch import Branch
from contractkit.schema.evaluate import CannotSayError, accepts
from contractkit.schema.expand import TooManyError
from contractkit.schema.node import ARRAY, NUMBER, OBJECT, STRING, Node
from contractkit.schema.result import PURE
from contractkit.schema.texts import Texts

if TYPE_CHECKING:
    from contractkit.schema.contain import Containment

MAX_DEPTH = 12


class Emptiness:
    """Looks for the proof, each branch once; pairs that are being looked at count as not empty."""

    def __init__(self, engine: Containment) -> None:
        self._engine = engine
        self._known: dict[int, bool] = {}
        self._alive: list[Branch] = []
        self._depth = 0
        self._texts: dict[tuple[object, ...], bool] = {}

    def disjoint(self, branch: Branch, other: Node) -> bool:
        """Whether no value of the branch is accepted by the other schema."""
        if not other.kinds & branch.kind or other.never:
            return True
        if any(self._engine.identity.same(node, other) for node in branch.nots):
            return True
        try:
            return all(self.empty(part) for part in self._engine.branches.refine(branch, (other,)))
        except TooManyError:
            return False

    def none(self, conjunction: Sequence[Node]) -> bool:
        """Whether no value is accepted by all schemas."""
        try:
            return all(self.empty(branch) for branch in self._engine.branches.of(conjunction))
        except TooManyError:
            return False

    def empty(self, branch: Branch) -> bool:
        """Whether the branch has no value."""
        known = self._known.get(id(branch))
        if known is not None:
            return known
        if self._depth >= MAX_DEPTH:
            return False
        self._known[id(branch)] = False
        self._alive.append(branch)
        self._depth += 1
        found = self._look(branch)
        self._depth -= 1
        if found:
            self._known[id(branch)] = True
        elif self._depth:
            # Below the top the depth limit may have cut the search: ask again when asked on its own.
            del self._known[id(branch)]
        return found

    def _look(self, branch: Branch) -> bool:
        if branch.is_empty():
            return True
        if branch.values is None:
            if branch.kind == STRING and self._no_text(branch):
                return True
            if branch.kind == NUMBER and _no_number(branch):
                return True
            if branch.kind == OBJECT and any(
                self.none(branch.at(name)) for name in sorted(branch.required) if branch.at(name)
            ):
                return True
            if branch.kind == OBJECT and (_refused_name(branch) or _too_few_names(branch)):
                return True
            if branch.kind == ARRAY and self._no_wanted_item(branch):
                return True
            if branch.kind == ARRAY and any(
                self.none(branch.item(index)) for index in range(min(branch.min_items, 4)) if branch.item(index)
            ):
                return True
        return any(self._within(branch, other) for other in branch.nots)

    def _no_wanted_item(self, branch: Branch) -> bool:
        """Whether `contains` asks for an item that may stand nowhere."""
        wanted = [node.contains for node in branch.sources if node.contains is not None and node.min_contains > 0]
        places = range(branch.prefix_length() + 1)
        return any(all(self.none((*branch.item(index), one)) for index in places) for one in wanted)

    def _within(self, branch: Branch, other: Node) -> bool:
        """Whether the branch lies inside a schema that refuses all its values."""
        return self._engine.compare_branch(branch, other, PURE).ok

    def _no_text(self, branch: Branch) -> bool:
        if not branch.patterns and (not branch.formats or (not branch.min_length and branch.max_length is None)):
            return False
        key = (*branch.patterns, 0, *branch.formats, branch.min_length, branch.max_length)
        if key not in self._texts:
            try:
                self._texts[key] = regex.example(Texts(branch).inside) is None
            except regex.Unsupported:
                self._texts[key] = False
        return self._texts[key]


def _refused_name(branch: Branch) -> bool:
    """Whether a required name is one that `propertyNames` refuses."""
    rules = [node.property_names for node in branch.sources if node.property_names is not None]
    try:
        return any(not accepts(rule, name) for rule in rules for name in sorted(branch.required))
    except CannotSayError:
        return False


def _too_few_names(branch: Branch) -> bool:
    """Whether a closed object has fewer possible names than it needs properties."""
    if not branch.is_closed() or any(layer.pattern_properties for layer in branch.object_layers):
        return False
    possible = sum(not any(node.never for node in branch.at(name)) for name in branch.names)
    return possible < branch.min_properties


def _no_number(branch: Branch) -> bool:
    low, low_open = branch.lowest()
    high, high_open = branch.highest()
    if low is None or high is None:
        return False
    return low > high or (low == high and (low_open or high_open))
