"""Proves that a branch has no value. True is a proof; False only says that none was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from contractkit.schema import regex
from contractkit.schema.branch import Branch, least
from contractkit.schema.expand import TooManyError
from contractkit.schema.names import name_classes
from contractkit.schema.node import ARRAY, BOOLEAN, FALSE, NULL, NUMBER, OBJECT, STRING, TRUE, Node
from contractkit.schema.result import PURE
from contractkit.schema.texts import Texts

if TYPE_CHECKING:
    from contractkit.schema.contain import Containment

MAX_DEPTH = 12
MAX_ASKED = 3
"""Comparisons inside each other that are asked for proofs: unions of unions ask for ever smaller pieces."""
MAX_PLACES = 8
"""Leading items that are looked at one by one."""
STEPS_PER_LOOK = 10
"""What a look at a branch counts: what is assumed of a recursion is not kept, and is looked at on every way to it."""
_NOTHING = 1 << 30


class Emptiness:
    """Looks for the proof, each branch once.

    A branch that is met again inside itself, a property or an item deeper, counts as empty there: a smallest value of
    it would hold a smaller one. What was proved by that is kept only where the outer proof succeeds.
    """

    def __init__(self, engine: Containment) -> None:
        self._engine = engine
        self._known: dict[int, bool] = {}
        self._alive: list[Branch] = []
        self._depth = 0
        self._running: dict[int, int] = {}
        self._blocked: set[int] = set()
        self._leaned = _NOTHING
        self._cut = False
        self._asked = 0
        self._texts: dict[tuple[object, ...], bool] = {}
        self._tight: dict[int, Branch | None] = {}

    @property
    def is_asking(self) -> bool:
        """Whether a comparison is asked for a proof only: no value is looked for then."""
        return self._asked > 0

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
        if len(conjunction) == 1 and _is_inhabited(conjunction[0]):
            return False
        try:
            return all(self.empty(branch) for branch in self._engine.branches.of(conjunction))
        except TooManyError:
            return False

    def empty(self, branch: Branch) -> bool:
        """Whether the branch has no value."""
        key = id(branch)
        known = self._known.get(key)
        if known is not None:
            return known
        if key in self._running:
            self._leaned = min(self._leaned, self._running[key])
            return True
        effort = self._engine.effort
        effort.spend(STEPS_PER_LOOK)
        if self._depth >= MAX_DEPTH or key in self._blocked or effort.is_spent():
            self._cut = True
            return False
        self._alive.append(branch)
        leaned, cut = self._leaned, self._cut
        self._leaned, self._cut = _NOTHING, False
        self._running[key] = self._depth
        self._depth += 1
        found = self._look(branch)
        self._depth -= 1
        del self._running[key]
        if found and self._leaned >= self._depth:
            self._known[key], self._leaned = True, _NOTHING
        elif not found:
            self._leaned = _NOTHING
            if not self._cut or (not self._depth and not effort.is_spent()):
                # Below the top the depth limit may have cut the search: ask again when asked on its own.
                self._known[key] = False
        self._leaned, self._cut = min(leaned, self._leaned), cut or self._cut
        return found

    def tightened(self, branch: Branch) -> Branch | None:
        """Return the branch without the names and items that none of its values holds; None where nothing is gained."""
        key = id(branch)
        if key not in self._tight:
            self._alive.append(branch)
            self._tight[key] = None
            also = self._bounds(branch)
            if also:
                self._tight[key] = next(iter(self._engine.branches.refine(branch, also)), None)
        return self._tight[key]

    def _bounds(self, branch: Branch) -> list[Node]:
        """What holds for all values of a branch and is not seen by a plain look."""
        engine = self._engine
        if branch.values is not None:
            return []
        if branch.kind == ARRAY:
            most = self._capacity(branch)
            if most is None or most == branch.longest:
                return []
            return [Node(kinds=ARRAY, max_items=most, raw={"maxItems": most})]
        if branch.kind != OBJECT:
            return []
        also = [engine.branches.lacking(name) for name in branch.names if self._absent(branch, name)]
        rest = branch.elsewhere()
        if rest and not branch.is_closed() and self.none(rest):
            patterns = [pattern for layer in branch.object_layers for pattern in layer.pattern_properties]
            also.append(
                Node(
                    kinds=OBJECT,
                    properties=dict.fromkeys(branch.names, TRUE),
                    pattern_properties=dict.fromkeys(patterns, TRUE),
                    additional=FALSE,
                    raw={"additionalProperties": False},
                )
            )
        most = self._most_names(branch)
        if most is not None and (branch.max_properties is None or most < branch.max_properties):
            also.append(Node(kinds=OBJECT, max_properties=most, raw={"maxProperties": most}))
        return also

    def _look(self, branch: Branch) -> bool:
        if branch.is_empty():
            return True
        if branch.values is None:
            if branch.kind == STRING and self._no_text(branch):
                return True
            if branch.kind == NUMBER and _no_number(branch):
                return True
            if branch.kind == OBJECT and self._no_object(branch):
                return True
            if branch.kind == ARRAY and self._no_array(branch):
                return True
        return any(self._within(branch, other) for other in branch.nots)

    def _no_object(self, branch: Branch) -> bool:
        if any(self._impossible(branch, name) for name in sorted(branch.required)):
            return True
        most = self._most_names(branch) if branch.min_properties else None
        return most is not None and most < branch.min_properties

    def _most_names(self, branch: Branch) -> int | None:
        """Return an upper bound of the number of properties, None for none."""
        listed = [rule.enum for rule in branch.name_rules if rule.enum is not None]
        most = min((sum(isinstance(name, str) for name in names) for names in listed), default=None)
        if not branch.elsewhere():
            return most
        try:
            classes = [nodes for nodes, _ in name_classes(self._engine, branch, ())]
        except TooManyError:
            return most
        if all(nodes and self.none(nodes) for nodes in classes):
            most = least(most, sum(not self._impossible(branch, name) for name in branch.names))
        return most

    def _absent(self, branch: Branch, name: str) -> bool:
        """Whether no value of the branch holds this name, for another reason than one that a plain look shows."""
        return not any(node.never for node in branch.at(name)) and self._impossible(branch, name)

    def _impossible(self, branch: Branch, name: str) -> bool:
        """Whether no value of the branch holds this name, or one of those that it brings along."""
        brought, todo = {name}, [name]
        while todo:
            one = todo.pop()
            follow = {other for node in branch.sources for other in node.dependent_required.get(one, ())} - brought
            brought |= follow
            todo += sorted(follow)
        if branch.max_properties is not None and len(branch.required | brought) > branch.max_properties:
            return True
        return any(branch.refuses_name(one) for one in brought) or any(
            self.none(branch.at(one)) for one in sorted(brought) if branch.at(one)
        )

    def _no_array(self, branch: Branch) -> bool:
        most = self._capacity(branch)
        if most is not None and most < branch.min_items:
            return True
        for node in branch.sources:
            if node.contains is None or not node.min_contains:
                continue
            if node.max_contains is not None and node.max_contains < node.min_contains:
                return True
            places = range(min(branch.prefix_length() + 1, _NOTHING if most is None else most))
            if all(self.none((*branch.item(index), node.contains)) for index in places):
                return True
        return False

    def _capacity(self, branch: Branch) -> int | None:
        """Return an upper bound of the number of items, None for none."""
        most = branch.longest
        for index in range(min(branch.prefix_length(), MAX_PLACES) + 1):
            if most is not None and index >= most:
                break
            if branch.item(index) and self.none(branch.item(index)):
                most = index
        for node in branch.sources:
            if node.contains is not None and node.max_contains is not None and self._all_wanted(branch, node.contains):
                most = least(most, node.max_contains)
        return most

    def _all_wanted(self, branch: Branch, wanted: Node) -> bool:
        """Whether every item of every array of the branch is one that `contains` counts."""
        if wanted.is_anything():
            return True
        places = [branch.item(index) for index in range(branch.prefix_length() + 1)]
        return self._outside(lambda: all(self._engine.proven(items, wanted) for items in places))

    def _within(self, branch: Branch, other: Node) -> bool:
        """Whether the branch lies inside a schema that refuses all its values."""
        return self._outside(lambda: self._engine.compare_branch(branch, other, PURE).is_certain)

    def _outside(self, question: Callable[[], bool]) -> bool:
        """Ask a comparison: what it remembers must not lean on branches that count as empty only here."""
        if self._asked >= MAX_ASKED:
            self._cut = True
            return False
        running, blocked = self._running, self._blocked
        self._running, self._blocked = {}, blocked | running.keys()
        self._asked += 1
        try:
            return question()
        finally:
            self._running, self._blocked = running, blocked
            self._asked -= 1

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


def _is_inhabited(node: Node) -> bool:
    """Whether a glance shows a value: most schemas have one, and need not be taken apart to see that."""
    if node.never or node.opaque or node.reference or node.enum is not None or node.applies_in_place():
        return False
    return bool(
        node.kinds & (NULL | BOOLEAN)
        or (node.kinds & ARRAY and not node.min_items and node.contains is None)
        or (node.kinds & OBJECT and not node.required and not node.min_properties)
        or (node.kinds & STRING and node.max_length is None and node.pattern is None and node.format is None)
        or (node.kinds & NUMBER and node.minimum is None and node.maximum is None)
    )


def _no_number(branch: Branch) -> bool:
    low, low_open = branch.lowest()
    high, high_open = branch.highest()
    if low is None or high is None:
        return False
    return low > high or (low == high and (low_open or high_open))
