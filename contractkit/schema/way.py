"""Ways from a contract point down to a place, and the values of the point that are made on the way back."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from contractkit.model.jsontext import typed_text
from contractkit.model.records import record
from contractkit.schema.evaluate import CannotSayError, accepts
from contractkit.schema.node import Node
from contractkit.schema.point import Point
from contractkit.schema.readings import accepts_as
from contractkit.schema.result import FORM, Context, Edge, Place, Result

MAX_EDGES, MAX_DEEP = 200, 4
"""A value is lifted through each edge and written again there: on longer ways than this, only so many are tried."""
MAX_VALUES = 12
"""Whole values that are tried on one way."""


def refuses(receiver: Node, value: Any, context: Context) -> bool:
    """Whether a receiver may refuse a value right here; what cannot be judged may be refused."""
    try:
        return not (
            accepts(receiver, value) if context.text == FORM or context.part else accepts_as(receiver, value, context)
        )
    except CannotSayError:
        return True


@record(eq=False, slots=True)
class Link:
    """A way from a contract point down to a result: the last edge and what came before it.

    Attributes:
        edge: the last edge.
        above: the way to it.
        length: how many edges there are.
        through_union: whether the way leads through the closest alternative of a union.
        is_one_of_several: whether the sender has other alternatives around the end, which the receiver accepts.
        is_of_names: whether it leads to the names of an object and not to values.
        is_packed: whether it leads through a text in which something is packed.
        number: the same for ways of the same edges, where it is asked for.
    """

    edge: Edge
    above: Link | None
    length: int
    through_union: bool
    is_one_of_several: bool
    is_of_names: bool
    is_packed: bool
    number: int | None = None

    @classmethod
    def of(cls, edge: Edge, above: Link | None) -> Link:
        """Return a way that is longer by an edge: what is asked of ways is known without going them, however long."""
        return cls(
            edge,
            above,
            1 if above is None else above.length + 1,
            edge.union is not None or (above is not None and above.through_union),
            edge.is_one_of_several or (above is not None and above.is_one_of_several),
            edge.of_names or (above is not None and above.is_of_names),
            edge.packed or (above is not None and above.is_packed),
        )

    def numbered(self, numbers: dict[tuple[int, int | None], int]) -> int:
        """Return its number, which `numbers` holds by the last edge and the number of the way to that."""
        todo: list[Link] = []
        link: Link | None = self
        while link is not None and link.number is None:
            todo.append(link)
            link = link.above
        for one in reversed(todo):
            above = None if one.above is None else one.above.number
            one.number = numbers.setdefault((id(one.edge), above), len(numbers))
        assert self.number is not None
        return self.number

    def lift(self, value: Any, options: int) -> list[Any]:
        """Return whole values of the contract point made out of a value at the end of the way.

        At each step up to `options` values are made of each.
        """
        values = [value]
        link: Link | None = self
        while link is not None and values:
            edge = link.edge
            found: list[Any] = []
            for value in values:
                found += itertools.islice(edge.lift(value), options)
            values = found[:MAX_VALUES]
            if edge.union is not None:
                values = [value for value in values if refuses(edge.union, value, edge.result.context)]
            link = link.above
        return values


@record(eq=False, slots=True)
class Way:
    """One way to a place.

    Attributes:
        point: the contract point it starts from.
        link: the edges down to the result that holds the place, None when that is the root.
        path: the path of the place inside the point.
        place: the place there.
        result: the comparison that holds the place.
    """

    point: Point
    link: Link | None
    path: tuple[str, ...]
    place: Place
    result: Result

    def packed(self) -> tuple[Way, Link] | None:
        """Return the rest of the way from what stands in a text on, with the link to it; None where there is no text.

        The values of that rest are what is to be packed.
        """
        below: list[Edge] = []
        link = self.link
        while link is not None and link.is_packed:
            if link.edge.packed:
                rest: Link | None = None
                for edge in reversed(below):
                    rest = Link.of(edge, rest)
                return Way(self.point, rest, self.path, self.place, self.result), link
            below.append(link.edge)
            link = link.above
        return None

    def values(self) -> Iterator[Any]:
        """Yield whole values that may show what is wrong, the smallest first; then other ways to write the same.

        A value counts only where the receiver refuses it at this place: elsewhere it may refuse the whole for another
        reason.
        """
        candidates = itertools.islice(self.place.candidates(), MAX_VALUES)
        found = {
            typed_text(value): value
            for value in candidates
            if refuses(self.result.receiver, value, self.result.context)
        }
        local = [found[text] for text in sorted(found, key=lambda text: (len(text), text))]
        if self.link is None:
            yield from local
            return
        deep = self.link.length > MAX_EDGES
        for options in (1,) if deep else (1, 2):
            for candidate in local[:MAX_DEEP] if deep else local:
                yield from self.link.lift(candidate, options)[options - 1 :]


def join(path: Iterable[str]) -> str:
    """Return a path as text: `items[].qty`; a name with a dot or a bracket is quoted."""
    parts: list[str] = []
    for step in path:
        if step.startswith("[") and step.endswith("]"):
            parts.append(step)
        else:
            name = step if step == "*" or _BETWEEN.isdisjoint(step) else f'"{step}"'
            parts.append(f".{name}" if parts else name)
    return "".join(parts)


_BETWEEN = frozenset(".[]")
"""What stands between the names of a path, and so in no name that is not quoted."""
