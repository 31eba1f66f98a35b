"""What differs between two schemas, said in words of keywords: neutral facts beside the verdict of `contain`.

Both sides are seen through their branches, so that two spellings of the same values differ in nothing. What a fact
means for clients is not decided here: a place where containment fails is reported by `gather`, and the facts that are
left are changes that the receiver accepts.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from contractkit.model.change import Direction
from contractkit.model.jsontext import typed_text
from contractkit.model.records import field, record, replace
from contractkit.schema.as_written import item_raw, patterns, property_raw, rest_raw
from contractkit.schema.branch import Branch
from contractkit.schema.contain import Containment
from contractkit.schema.counterparts import alternative, alternatives, is_only_named, matched_branches, split_lists
from contractkit.schema.expand import Branches, TooManyError
from contractkit.schema.keyword_facts import Difference, component_of_names, keyword_facts
from contractkit.schema.node import ARRAY, BOOLEAN, NULL, OBJECT, UNSENT, Node, unknown_of
from contractkit.schema.point import Mode, Point
from contractkit.schema.result import is_left
from contractkit.schema.scalars import summary
from contractkit.schema.text_facts import text_facts
from contractkit.schema.unread import left_out


@record(eq=False, slots=True)
class Fact:
    """One difference at one place of a component (or of a contract point), with all points that reach it."""

    component: str | None
    path: tuple[str, ...]
    aspect: str
    before: Any
    after: Any
    point: Point
    own: dict[str, Any] = field(default_factory=dict)
    operations: dict[str, None] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        """What rules may ask of it: what is so at its point, and what is so of the difference."""
        return {**self.point.facts, **self.own}


_Key = tuple[Any, ...]
_Matched = Sequence[tuple[Branch | None, Branch | None]]


@record(eq=False, slots=True)
class _Pair:
    """A schema of the base and the one of the revision that takes its place, with the way to them."""

    base: tuple[Node, ...]
    revision: tuple[Node, ...]
    base_raw: Any
    revision_raw: Any
    path: tuple[str, ...]
    component: str | None
    inside: tuple[str, ...]
    own: dict[str, Any] = field(default_factory=dict)


class Describer:
    """Collects facts over the contract points; each pair of schemas is described once for each direction.

    Args:
        contain: whose branches and equality are used.
        untouched: whether the component of a name says the same on both sides, references followed.
        kept: whether there is a component of this name on both sides.
    """

    def __init__(self, contain: Containment, untouched: Callable[[str], bool], kept: Callable[[str], bool]) -> None:
        self._contain = contain
        self._expansion = Branches(conditional=False)
        self._untouched = untouched
        self._kept_names = kept
        self.facts: dict[tuple[Any, ...], Fact] = {}
        self._alive: list[Any] = []
        self._found: dict[_Key, list[Fact]] = {}
        self._children: dict[_Key, list[_Key]] = {}
        self._parents: dict[_Key, list[_Key]] = {}
        self._loud: set[_Key] = set()
        self._sends = Direction.REQUEST

    def add(self, point: Point, base: Node, revision: Node, first: Point, speaker: Point) -> None:
        """Describe what differs at one contract point and below.

        Args:
            point: the contract point.
            base: the node of its schema in the base.
            revision: the node of its schema in the revision.
            first: the point that had these nodes before, the point itself if there was none.
            speaker: where what differs in the first one's own schemas, and in no component, is told for this point.
        """
        self._expansion.start()
        self._sends = point.direction
        root = self._named(_Pair((base,), (revision,), point.base, point.revision, (), None, ()), base, revision)
        self._explore(point, root)
        # The pairs below that were described before, for another point: their facts reach this one too.
        start = self._key(root, point)
        seen = {start}
        stack = [start] if start in self._loud else []
        while stack:
            key = stack.pop()
            for fact in self._found[key]:
                if fact.component is None and fact.point is first and speaker is not first:
                    fact = self._kept(replace(fact, point=speaker, operations={}), fact.path)
                fact.operations[point.operation] = None
            for child in self._children[key]:
                if child in self._loud and child not in seen:
                    seen.add(child)
                    stack.append(child)

    def _explore(self, point: Point, root: _Pair) -> None:
        """Describe the pairs below the root that are new, breadth first."""
        queue = deque([(self._key(root, point), root)])
        while queue:
            key, pair = queue.popleft()
            if key in self._found:
                continue
            facts = self._found[key] = []
            below: list[_Key] = []
            self._children[key] = below
            if self._says_the_same(pair):
                # What stands beside a reference to it may differ all the same.
                for aspect, before, after, more in text_facts(pair.base_raw, pair.revision_raw):
                    facts.append(self._record(point, pair, (), aspect, before, after, more))
                if facts:
                    self._mark_loud(key)
                continue
            try:
                matched = matched_branches(self._same_sources, self._branches(pair.base), self._branches(pair.revision))
            except TooManyError:
                matched = None
            for aspect, step, before, after, more in self._differences(pair, matched):
                if aspect == "nullable" and point.mode is not Mode.JSON:
                    continue  # what is written as text is never null
                facts.append(self._record(point, pair, step, aspect, before, after, more))
            if facts:
                self._mark_loud(key)
            for child in self._below(pair, matched or ()):
                impossible = any(node.never for node in (*child.base, *child.revision))
                if (child.base or child.revision or child.base_raw is not None) and not impossible:
                    child_key = self._key(child, point)
                    below.append(child_key)
                    self._parents.setdefault(child_key, []).append(key)
                    if child_key in self._loud:
                        self._mark_loud(key)
                    queue.append((child_key, child))

    def _mark_loud(self, key: _Key) -> None:
        stack = [key]
        while stack:
            one = stack.pop()
            if one not in self._loud:
                self._loud.add(one)
                stack += self._parents.get(one, ())

    def _key(self, pair: _Pair, point: Point) -> _Key:
        self._alive.append((pair.base, pair.revision))
        return (
            point.direction,
            point.mode is Mode.JSON,
            tuple(map(id, pair.base)),
            tuple(map(id, pair.revision)),
            id(pair.base_raw),
            id(pair.revision_raw),
        )

    def _says_the_same(self, pair: _Pair) -> bool:
        """Whether both sides are one node, or one untouched component, references followed."""
        if len(pair.base) == len(pair.revision) and all(map(operator.is_, pair.base, pair.revision)):
            return True
        if pair.component is None or pair.inside or not (pair.base and pair.revision):
            return False
        names = {node.component for node in (*pair.base, *pair.revision)}
        return len(names) == 1 and all(name is not None and self._untouched(name) for name in names)

    def _record(
        self,
        point: Point,
        pair: _Pair,
        step: tuple[str, ...],
        aspect: str,
        before: Any,
        after: Any,
        own: dict[str, Any],
    ) -> Fact:
        inside, path = (*pair.inside, *step), (*pair.path, *step)
        return self._kept(Fact(pair.component, path, aspect, before, after, point, {**own, **pair.own}), inside)

    def _kept(self, fact: Fact, inside: tuple[str, ...]) -> Fact:
        """Return the fact that is known by the key of this one, which is kept if there is none."""
        point = fact.point
        holder = fact.component if fact.component is not None else f"{point.operation} {point.location}"
        values = typed_text([fact.before, fact.after])
        key = (point.direction, fact.component is not None, holder, inside, fact.aspect, values)
        return self.facts.setdefault(key, fact)

    def _differences(self, pair: _Pair, matched: _Matched | None) -> Iterator[Difference]:
        for aspect, before, after, facts in text_facts(pair.base_raw, pair.revision_raw):
            yield aspect, (), before, after, facts
        if pair.component is not None and not pair.inside:
            # The texts of the component itself, where a reference leads to it.
            for aspect, before, after, facts in text_facts(_raw(pair.base), _raw(pair.revision)):
                yield aspect, (), before, after, facts
        for ours, theirs in matched or ():
            # The texts of inline alternatives.
            if ours is not None and theirs is not None and len(ours.sources) == len(theirs.sources) > 1:
                last = ours.sources[-1], theirs.sources[-1]
                if last[0].component is None and last[1].component is None:
                    for aspect, before, after, facts in text_facts(last[0].raw, last[1].raw):
                        yield aspect, (), before, after, facts
        if self._equal(pair) or _leads_nowhere(pair):
            return
        if matched is None:
            yield "schema", (), _raw(pair.base), _raw(pair.revision), {}
        elif _takes_any_type(pair, matched):
            # Null and all properties are a part of that.
            before, after = (
                None if _is_anything(one) else _types(branches, null=True)
                for one, branches in zip((pair.base, pair.revision), _sides(matched), strict=True)
            )
            yield "type", (), before, after, {}
        else:
            yield from self._by_kind(matched)

    def _equal(self, pair: _Pair) -> bool:
        if len(pair.base) != len(pair.revision):
            return False
        same = self._contain.identity.same
        return all(same(one, other) for one, other in zip(pair.base, pair.revision, strict=True))

    def _by_kind(self, matched: _Matched) -> Iterator[Difference]:
        base, revision = _sides(matched)
        kinds = {branch.kind for branch in base}, {branch.kind for branch in revision}
        if (NULL in kinds[0]) != (NULL in kinds[1]):
            yield "nullable", (), NULL in kinds[0], NULL in kinds[1], {}
        before, after = _types(base), _types(revision)
        others = kinds[0] - {NULL} != kinds[1] - {NULL}
        if before != after and (others or not (_is_listed(base) or _is_listed(revision))):
            yield "type", (), before, after, {}
        lists = list(split_lists(base, revision))
        for _, before, after in lists:
            if before.keys() != after.keys():
                yield "enum", (), list(before.values()), list(after.values()), {}
        split = {kind for kind, _, _ in lists}
        for ours, theirs in matched:
            if any(one is not None and one.kind in split for one in (ours, theirs)):
                continue
            if ours is not None and theirs is not None and _unread(ours) != _unread(theirs):
                yield "schema", (), _raw(ours.sources), _raw(theirs.sources), {"unread": True}
            if ours is not None and theirs is not None and is_only_named(ours, theirs):
                continue
            if ours is None or theirs is None:
                lone = ours if ours is not None else theirs
                assert lone is not None
                raw = alternative(lone, matched)
                if raw is not None and lone.kind in kinds[0] & kinds[1]:
                    yield "anyOf", (), raw if ours is not None else None, raw if theirs is not None else None, {}
                continue
            yield from keyword_facts(ours, theirs, self._contain.identity.same)

    def _branches(self, conjunction: Sequence[Node]) -> list[Branch]:
        return self._expansion.of(conjunction or (_OPEN,))

    def _same_sources(self, one: Branch, other: Branch) -> bool:
        same = self._contain.identity.same
        return one.sources[-1:] != () and other.sources[-1:] != () and same(one.sources[-1], other.sources[-1])

    def _below(self, pair: _Pair, matched: _Matched) -> Iterator[_Pair]:
        if _leads_nowhere(pair) or _takes_any_type(pair, matched):
            return
        for ours, theirs in matched:
            if ours is None or theirs is None:
                continue
            named = alternatives(ours, theirs)
            if named is not None:
                # Alternatives with names are described as the components that they are.
                child = _Pair((named[0],), (named[1],), None, None, pair.path, pair.component, pair.inside)
                yield self._named(child, *named)
                if is_only_named(ours, theirs):
                    continue
            packed = [[node.content_schema for node in one.sources if node.content_schema] for one in (ours, theirs)]
            # What is packed into a text stands where the text does, and a component of all names where the object does.
            texts = [(packed[0][0], packed[1][0], dict[str, Any]())] if all(packed) else []
            for one, other, own in (*texts, *component_of_names(ours, theirs)):
                inner = _Pair((one,), (other,), one.raw, other.raw, pair.path, pair.component, pair.inside, own)
                yield self._named(inner, one, other)
            if ours.kind not in (OBJECT, ARRAY):
                continue
            if ours.kind == ARRAY:
                for index in range(max(ours.prefix_length(), theirs.prefix_length()) + 1):
                    if any(one.longest is not None and index >= (one.longest or 0) for one in (ours, theirs)):
                        break  # one side has no such item
                    last = index == max(ours.prefix_length(), theirs.prefix_length())
                    step = "[]" if last else f"[{index}]"
                    raws = item_raw(ours, index), item_raw(theirs, index)
                    yield self._child(pair, step, ours.item(index), theirs.item(index), *raws)
                continue
            # Sorted: which of two equally short ways is told must not depend on the order of keys.
            common = set(theirs.names)
            for name in sorted(ours.names):
                if name in common:
                    before, after = ours.at(name), theirs.at(name)
                    raw = property_raw(ours, name)
                    if _is_shared(before, after, raw):
                        continue
                    if UNSENT in before or UNSENT in after:
                        before = after = ()  # not sent on one side at least: only the texts are told
                    yield self._child(pair, name, before, after, raw, property_raw(theirs, name))
            for pattern, node in patterns(ours).items():
                if pattern in patterns(theirs):
                    yield self._child(pair, "*", (node,), (patterns(theirs)[pattern],), node.raw, None)
            raws = rest_raw(ours), rest_raw(theirs)
            rests = ours.elsewhere(), theirs.elsewhere()
            if all(rests) or not any(rests):  # else all there is to say is that it is a map now, or none any more
                yield self._child(pair, "*", *rests, *raws)

    def _child(
        self,
        pair: _Pair,
        step: str,
        base: tuple[Node, ...],
        revision: tuple[Node, ...],
        base_raw: Any,
        revision_raw: Any,
    ) -> _Pair:
        child = _Pair(base, revision, base_raw, revision_raw, (*pair.path, step), pair.component, (*pair.inside, step))
        return self._named(child, base[0] if base else _OPEN, revision[0] if revision else _OPEN)

    def _named(self, pair: _Pair, base: Node, revision: Node) -> _Pair:
        """Start a new component where one side's name begins here: the sender's, as for what breaks."""
        sender, receiver = (base, revision) if self._sends is Direction.REQUEST else (revision, base)
        name = sender.component if sender.component is not None else receiver.component
        if name is not None and not is_left([sender.component], receiver.component, self._kept_names):
            pair.component, pair.inside = name, ()
        return pair


_OPEN = Node(raw=True)


def _is_shared(base: Sequence[Node], revision: Sequence[Node], raw: Any) -> bool:
    """Whether both sides are one node of an inline schema: its whole text is the same then, annotations included."""
    return len(base) == len(revision) == 1 and base[0] is revision[0] and base[0].raw is raw


def _unread(branch: Branch) -> set[str]:
    """Return what nobody can read of what is said of a branch: references that lead nowhere, impossible keywords."""
    references = {node.reference for node in branch.sources if node.reference is not None}
    return references | left_out(branch.sources, branch.kind)


def _leads_nowhere(pair: _Pair) -> bool:
    """Whether nobody can tell what one side says, and so what differs."""
    return unknown_of(pair.base) is not None or unknown_of(pair.revision) is not None


def _is_anything(conjunction: Sequence[Node]) -> bool:
    return all(node.is_anything() for node in conjunction)


def _sides(matched: _Matched) -> tuple[list[Branch], list[Branch]]:
    before = [ours for ours, _ in matched if ours is not None]
    return before, [theirs for _, theirs in matched if theirs is not None]


def _takes_any_type(pair: _Pair, matched: _Matched) -> bool:
    """Whether one side is anything, and the other has values of some types only."""
    kinds = [{branch.kind for branch in side} for side in _sides(matched)]
    return kinds[0] != kinds[1] and _is_anything(pair.base) != _is_anything(pair.revision)


def _raw(conjunction: Sequence[Node]) -> Any:
    return conjunction[0].raw if conjunction else True


def _types(branches: Sequence[Branch], *, null: bool = False) -> Any:
    """Return the type that branches have, or their types; null is one of them only where that is asked for."""
    names = sorted({summary(branch) for branch in branches if null or branch.kind != NULL})
    if "number" in names and "integer" in names:
        names.remove("integer")
    return names[0] if len(names) == 1 else names


def _is_listed(branches: Sequence[Branch]) -> bool:
    """Whether all values are listed: `enum` says whether numbers are integers."""
    return (
        bool(branches)
        and all(branch.values is not None for branch in branches)
        and any(branch.kind not in (NULL, BOOLEAN) for branch in branches)
    )
