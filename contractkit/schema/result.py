"""What a comparison of one sender with one receiver found: a graph of results, places and edges."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from contractkit.model.records import NamedTuple, field, record
from contractkit.schema.node import Node


class Context(NamedTuple):
    """How a pair is compared.

    Attributes:
        exempt: whether names that only the receiver declares are not sent (off under `not`).
        text: 0 for JSON values, 1 for values written as text, 2 for an object whose fields are text, 3 for what stands
            inside a list that is written as text.
        part: whether the receiver is only a part of what is said of a value: what is written as text is then read as
            the whole reads it.
        joined: whether a list is written as one text (`a,b`), which may also be read as that.
        parts: whether an object in a field is written as JSON: it is a part of a form (OpenAPI 3.1.1, 4.8.15).
    """

    exempt: bool = True
    text: int = 0
    part: bool = False
    parts: bool = False
    joined: bool = False

    def inside(self, *, listed: bool = False) -> Context:
        """Return the context of a property, or (`listed`) of an item."""
        if not self.text:
            return Context(self.exempt)
        return Context(self.exempt, INNER if listed or self.text == INNER else 1, parts=self.parts)

    def pure(self) -> Context:
        """Return the same without the exemption."""
        return self._replace(exempt=False)

    def is_json(self, value: Any) -> bool:
        """Whether a value is written as JSON here, which may be the object that is a part of a form."""
        return not self.text or (self.parts and self.text != FORM and isinstance(value, dict))


FORM, INNER = 2, 3
"""`Context.text` of a form, and inside a list that is written as text: no list and no object is written in there."""
JSON = Context()
PURE = Context(exempt=False)


@record(eq=False, slots=True)
class Place:
    """A keyword of the receiver that the sender may not satisfy.

    Attributes:
        aspect: the keyword, in the words of `Change`.
        sender: what the sender says there (JSON), None when nothing.
        receiver: what the receiver says there.
        candidates: makes values of the schema that holds the place; each may or may not show the break.
        step: the path from that schema to the place, for keywords that name a property.
        reason: the construct that stopped a decision, if one did.
        facts: more for the rules.
    """

    aspect: str
    sender: Any
    receiver: Any
    candidates: Callable[[], Iterable[Any]]
    step: tuple[str, ...] = ()
    reason: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@record(eq=False, slots=True)
class Edge:
    """A sub-schema that was compared.

    Attributes:
        step: the path to it (`("qty",)`, `("[]",)`), empty for one that applies in place.
        lift: makes values of this schema out of a value of the sub-schema.
        result: what was found there.
        union: the union of which this is the closest alternative, where another one may save the sender; it must
            refuse a value too. None for what is wrong whatever stands beside it.
        is_one_of_several: whether the receiver accepts other alternatives of the sender here.
        packed: whether the sub-schema is of what stands in a text (`contentSchema`), where no validator looks.
        of_names: whether the sub-schema is of the names of an object and not of values.
    """

    step: tuple[str, ...]
    lift: Callable[[Any], Iterable[Any]]
    result: Result
    union: Node | None = None
    is_one_of_several: bool = False
    packed: bool = False
    of_names: bool = False


@record(eq=False, slots=True)
class Result:
    """What one comparison found.

    Attributes:
        sender: the schemas that all hold for what is sent; the first is the one to name.
        receiver: the schema of the receiver.
        context: how they were compared.
        ok: whether everything the sender may send is accepted.
        places: what is wrong here.
        edges: what is wrong below.
        depth: how many comparisons were running when this one began.
        leaned: the running comparisons that were taken for granted: bit n stands for the one of depth n.
        leaned_in_union: the same, where a union was decided by it.
        stuck: the running comparisons that this one came back to without crossing a property or an item.
        running: whether the comparison has not ended.
        asked: whether its candidates are being made for a place around it.
    """

    key: tuple[Any, ...]
    sender: tuple[Node, ...]
    receiver: Node
    context: Context
    ok: bool = True
    places: list[Place] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    depth: int = 0
    leaned: int = 0
    leaned_in_union: int = 0
    stuck: int = 0
    running: bool = False
    asked: bool = False

    @property
    def is_certain(self) -> bool:
        """Whether everything is accepted, and nothing was taken for granted."""
        return self.ok and not self.running and not self.leaned

    @property
    def leaning(self) -> int:
        """What a comparison leans on that uses this result."""
        return 1 << self.depth if self.running else self.leaned

    def lean(self, child: Result, *, decides: bool = True) -> None:
        """Record that a union was decided by what a child says, and so by all that the child took for granted.

        A child that fails does not decide it: it would fail without what it took for granted, too.
        """
        self.leaned |= child.leaning
        self.leaned_in_union |= (child.leaning if decides else 0) | child.leaned_in_union
        self.stuck |= child.stuck

    def add(self, place: Place) -> None:
        """Record something wrong here."""
        self.ok = False
        self.places.append(place)

    def attach(
        self,
        child: Result,
        step: tuple[str, ...],
        lift: Callable[[Any], Iterable[Any]],
        *,
        tentative: bool = False,
        packed: bool = False,
        of_names: bool = False,
    ) -> None:
        """Record what was found below; what is accepted for good leaves no trace."""
        if child.is_certain:
            return
        self.leaned |= child.leaning
        self.leaned_in_union |= child.leaned_in_union
        self.stuck |= child.stuck
        union = self.receiver if tentative else None
        self.edges.append(Edge(step, lift, child, union, packed=packed, of_names=of_names))
        if not child.ok:
            self.ok = False

    def tell_apart(self, found: Sequence[Result]) -> None:
        """Note at the alternatives that are refused whether the receiver, if it is no union itself, accepts another."""
        is_union = self.receiver.any_of is not None or self.receiver.one_of is not None
        if not self.ok and not is_union and any(child.ok for child in found):
            for edge in self.edges:
                edge.is_one_of_several = edge.is_one_of_several or not edge.result.ok

    @property
    def component(self) -> str | None:
        """The component whose root is compared here: the receiver's name where one of the senders shares it."""
        names = [node.component for node in self.sender if node.component is not None]
        own = self.receiver.component
        if own is not None and (own in names or not names):
            return own
        return names[0] if names and names[0] in _wrapped(self.sender[0]) else own


def _wrapped(node: Node) -> list[str | None]:
    """Return the component that a node is, or of which it is one with its tag."""
    return [node.component] if node.component is not None else [part.component for part in node.all_of]


def is_left(names: Sequence[str | None], other: str | None, kept: Callable[[str], bool]) -> bool:
    """Whether who refers to a component has changed, and not the component.

    That is so where both documents have all components that either side refers to. One that only one of them has takes
    the place of another one, or is written out: at many places, as a rule.

    Args:
        names: the component of each schema that holds on one side.
        other: that of the other side.
        kept: whether there is a component of this name in both documents.
    """
    own = [name for name in names if name is not None]
    if other in own or (other is None and not own):
        return False
    return all(kept(name) for name in (*own[:1], other) if name is not None)


def unanswered(key: tuple[Any, ...], sender: tuple[Node, ...], receiver: Node, context: Context, reason: str) -> Result:
    """Return what is found of a pair that is not looked at, and why that is so."""
    result = Result(key, sender, receiver, context)
    result.add(Place("schema", sender[0].raw if sender else True, receiver.raw, tuple, reason=reason))
    return result


def wrong_type(found: Result) -> Place | None:
    """Return what is wrong with an alternative whose type the receiver does not take; None where it is not that."""
    while not found.ok and not found.places and len(found.edges) == 1 and not found.edges[0].step:
        found = found.edges[0].result
    is_it = len(found.places) == 1 and not found.edges and found.places[0].aspect == "type"
    return found.places[0] if is_it else None


def same_value(value: Any) -> Iterable[Any]:
    """Lift for a schema that applies in place."""
    return (value,)


def local_candidates(result: Result, limit: int, depth: int = 0) -> list[Any]:
    """Return values of a failing comparison's sender that may show what is wrong, lifted from below.

    What is known to be refused comes first, then some from everything below, then what may be refused.
    """
    if depth > 6:
        return []
    sure = [place for place in result.places if place.reason is None]
    found = [value for place in sure for value in itertools.islice(place.candidates(), 4)]
    if len(found) < limit:
        rows: list[list[Any]] = []
        for edge in result.edges:
            if not edge.result.ok and not edge.result.running and sum(map(len, rows)) < 2 * limit:
                below = local_candidates(edge.result, 4, depth + 1)
                rows.append([lifted for value in below for lifted in itertools.islice(edge.lift(value), 2)])
        found += [value for row in itertools.zip_longest(*rows, fillvalue=_NONE) for value in row if value is not _NONE]
    for place in result.places:
        if place.reason is not None and len(found) < limit:
            found += itertools.islice(place.candidates(), 4)
    return found[:limit]


def candidates_below(result: Result, limit: int) -> list[Any]:
    """Return the local candidates as values of a place around the comparison; none where that leads back to itself."""
    if result.asked:
        return []
    result.asked = True
    try:
        return local_candidates(result, limit)
    finally:
        result.asked = False


_NONE = object()
