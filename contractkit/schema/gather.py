"""Turns graphs of results into groups: one for each changed place of a component and direction."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable
from typing import Any

from contractkit.model.change import Direction
from contractkit.model.jsontext import typed_text
from contractkit.model.records import field, record, replace
from contractkit.schema.node import Node
from contractkit.schema.point import Point
from contractkit.schema.result import Edge, Place, Result, is_left
from contractkit.schema.way import Link, Way

MAX_CONTEXTS = 6
"""Ways to a place from which a witness is tried."""
MAX_PLACES = 1000
"""Places of one contract point at which one and the same break is told."""


@record(eq=False, slots=True)
class Group:
    """All uses of one changed place.

    Attributes:
        key: what makes it one place: direction, component (or point), path inside it, aspect, values.
        ways: the first few ways to it.
        points: all points that reach it.
        unions: keys of union places which are reported instead when this one is not confirmed.
        firm: whether it is wrong on one way at least whatever a union around it takes.
        around: the first four parts of other keys that speak of the same place: those of a schema around it, of which
            its component is an alternative or a part (`allOf`).
        closest: for the place of a union, the alternatives that the sender most likely means, and what was found there.
    """

    key: tuple[Any, ...]
    direction: Direction
    component: str | None
    ways: list[Way] = field(default_factory=list)
    points: dict[int, Point] = field(default_factory=dict)
    unions: set[tuple[Any, ...]] = field(default_factory=set)
    firm: bool = False
    around: set[tuple[Any, ...]] = field(default_factory=set)
    closest: dict[int, tuple[Point, _Stop]] = field(default_factory=dict)


@record(eq=False, slots=True)
class _Stop:
    """A result that the search for failing places has still to look into, with the way to it.

    `names`: the components of the sender that it is an alternative or a part of.
    """

    result: Result
    link: Link | None
    path: tuple[str, ...]
    component: str | None
    inside: tuple[str, ...]
    unions: tuple[tuple[Any, ...], ...]
    alternatives: tuple[Node, ...] = ()
    around: tuple[tuple[Any, ...], ...] = ()
    names: frozenset[str] = frozenset()


class Gatherer:
    """Collects groups over all contract points, in the order of the points.

    Args:
        kept: whether there is a component of this name in both documents.
    """

    def __init__(self, kept: Callable[[str], bool]) -> None:
        self._kept = kept
        self.groups: dict[tuple[Any, ...], Group] = {}
        self._texts: dict[int, str] = {}
        self._alive: list[Any] = []

    def add(self, point: Point, root: Result) -> None:
        """Collect what is wrong below the root of a point, breadth first: the shortest way to each result."""
        seen: set[Any] = set()
        places: dict[int, int] = {}
        queue = deque([_Stop(root, None, (), self._holder(root), (), ())])
        while queue:
            stop = queue.popleft()
            # Two places share a result where the document writes their schema once: by an alias, or a `$ref` into the
            # middle of something. What a union may save the sender from is told at one of them.
            result = id(stop.result)
            place = _spot(stop)
            if place in seen or (stop.unions and result in seen):
                continue
            if result in seen and (places.get(result, 0) >= MAX_PLACES or _inside_itself(stop, root)):
                continue
            seen.add(result)
            if not stop.unions:
                seen.add(place)
                places[result] = places.get(result, 0) + 1
            alternatives = _alternatives(stop)
            union_keys: list[tuple[Any, ...]] = []
            for wrong in stop.result.places:
                key = self._place(point, stop, wrong)
                if wrong.aspect in ("anyOf", "oneOf"):
                    union_keys.append(key)
            for edge in _in_order(stop.result):
                child = edge.result
                if child.ok or (edge.union is not None and _is_meant(child.receiver, stop.result, alternatives)):
                    continue
                path = (*stop.path, *edge.step)
                component, inside = self._named(stop, edge)
                around = tuple(_below(one, edge.step) for one in stop.around)
                if (component, inside) != (stop.component, (*stop.inside, *edge.step)):
                    around = () if edge.step else (*around, _key(point, stop, ()))
                unions = (*stop.unions, *union_keys) if edge.union is not None else stop.unions
                beside = () if edge.step else alternatives
                names = _names(stop, edge)
                below = _Stop(child, Link.of(edge, stop.link), path, component, inside, unions, beside, around, names)
                queue.append(below)
                for key in union_keys if edge.union is not None else ():
                    self.groups[key].closest[id(child)] = point, below

    def leads_to(self, group: Group, keys: Container[tuple[Any, ...]]) -> bool:
        """Whether the alternatives closest to what a union refuses fail for a place that has one of the keys.

        That may be far away: a schema that leads back to the union is compared, and told, only once.
        """
        todo = deque(group.closest.values())
        seen = {_spot(stop) for _, stop in todo}
        while todo and len(seen) < MAX_PLACES:
            point, stop = todo.popleft()
            if any(self._key_of(point, stop, place) in keys for place in stop.result.places):
                return True
            for edge in _in_order(stop.result):
                below = _Stop(edge.result, None, (), *self._named(stop, edge), (), names=_names(stop, edge))
                if not edge.result.ok and _spot(below) not in seen:
                    seen.add(_spot(below))
                    todo.append((point, below))
        return False

    def _place(self, point: Point, stop: _Stop, place: Place) -> tuple[Any, ...]:
        key = self._key_of(point, stop, place)
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = Group(key, point.direction, _told(stop, place).component)
        group.points[id(point)] = point
        group.around.update(_below(one, place.step) for one in (*stop.around, _key(point, stop, ())))
        if stop.unions:
            group.unions.update(stop.unions)
        else:
            group.firm = True
        if len(group.ways) < MAX_CONTEXTS:
            group.ways.append(Way(point, stop.link, (*stop.path, *place.step), place, stop.result))
        return key

    def _named(self, stop: _Stop, edge: Edge) -> tuple[str | None, tuple[str, ...]]:
        """Return the component that holds what is below a stop, and the path inside that."""
        receiver = edge.result.receiver
        if not edge.step and receiver.component is not None and receiver.component in _names(stop, edge):
            return receiver.component, ()
        if not edge.step and receiver is stop.result.receiver and receiver.is_plain_union():
            # An alternative of the sender against the whole union: it may have gone, and the union is what has changed.
            return stop.component, stop.inside
        component = self._holder(edge.result)
        # A recursive component may be back at its root in place, as an alternative of what stands in it.
        is_root = component != stop.component or edge.step or component == receiver.component
        if component is not None and is_root:
            return component, ()
        return stop.component, (*stop.inside, *edge.step)

    def _holder(self, result: Result) -> str | None:
        """Return the component whose root is compared, if that is what has changed."""
        names = [node.component for node in result.sender]
        return None if is_left(names, result.receiver.component, self._kept) else result.component

    def _key_of(self, point: Point, stop: _Stop, place: Place) -> tuple[Any, ...]:
        key = _key(point, _told(stop, place), place.step)
        return (*key, place.aspect, self._text(place.sender), self._text(place.receiver))

    def _text(self, value: Any) -> str:
        if not isinstance(value, dict | list):
            return typed_text(value)
        known = self._texts.get(id(value))
        if known is None:
            known = self._texts[id(value)] = typed_text(value)
            self._alive.append(value)
        return known


def _key(point: Point, stop: _Stop, step: tuple[str, ...]) -> tuple[Any, ...]:
    """Return what makes a place one place, its values aside."""
    holder = stop.component if stop.component is not None else f"{point.operation} {point.location}"
    return point.direction, stop.component is not None, holder, (*stop.inside, *step)


def _names(stop: _Stop, edge: Edge) -> frozenset[str]:
    """Return the components of the sender that what is below a stop is an alternative or a part of."""
    own = (node.component for node in stop.result.sender if node.component is not None)
    return frozenset() if edge.step else stop.names.union(own)


def _told(stop: _Stop, place: Place) -> _Stop:
    """Return the stop where a place is told: values that a component lists are its own, if it is in a union too."""
    parts = stop.result.receiver.any_of or stop.result.receiver.one_of or ()
    if place.aspect != "enum" or not parts:
        return stop
    names = {node.component for node in stop.result.sender}
    name = next((part.component for part in parts if part.component is not None and part.component in names), None)
    return stop if name is None else replace(stop, component=name, inside=())


def _in_order(result: Result) -> list[Edge]:
    """Return the edges, sorted: which of two equally short ways is told must not depend on the order of keys."""
    return sorted(result.edges, key=lambda one: ("*" in one.step, one.step))


def _spot(stop: _Stop) -> tuple[int, str | None, tuple[str, ...]]:
    return id(stop.result), stop.component, stop.inside


def _below(key: tuple[Any, ...], step: tuple[str, ...]) -> tuple[Any, ...]:
    """Return the key of a place below one."""
    return (*key[:3], (*key[3], *step))


def _inside_itself(stop: _Stop, root: Result) -> bool:
    """Whether the way to a result leads through that result."""
    link = stop.link.above if stop.link is not None else None
    while link is not None:
        if link.edge.result is stop.result:
            return True
        link = link.above
    return stop.link is not None and stop.result is root


def _alternatives(stop: _Stop) -> tuple[Node, ...]:
    """Return the alternatives of the sender's union that the result of a stop is one of, or all of."""
    sender = stop.result.sender
    if sender and sender[0].is_plain_union():
        # In a `oneOf`, what says that no other alternative takes the value may stand after it.
        return tuple(sender[0].any_of or sender[0].one_of or ())
    return stop.alternatives


def _is_meant(closest: Node, result: Result, alternatives: Iterable[Node]) -> bool:
    """Whether the receiver's closest alternative is what another one of the sender's alternatives stands for.

    Then what comes from the sender is an alternative that the receiver does not have, and not a changed one.
    """
    own = {node.component for node in result.sender}
    if closest.component is None:
        if any(part.component in own for part in closest.all_of if part.component is not None):
            return False  # the sender's own alternative, with a tag
        return any(other.raw == closest.raw for other in alternatives)
    return closest.component not in own and any(other.component == closest.component for other in alternatives)
