"""The one door to the schema package: contract points in, changes with their proofs out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from contractkit.model.change import Change, Direction
from contractkit.model.jsontext import typed_text
from contractkit.schema.accepted import action_of
from contractkit.schema.confirm import Validators
from contractkit.schema.contain import Containment
from contractkit.schema.document import Document, Side
from contractkit.schema.examples import Path, whole_examples, with_examples
from contractkit.schema.lift import Lift
from contractkit.schema.node import Node
from contractkit.schema.one_way import OneWay
from contractkit.schema.point import CONTEXTS, Mode, Point
from contractkit.schema.reshape import Marks
from contractkit.schema.sameness import Sameness
from contractkit.schema.sample import valid
from contractkit.schema.wire import can_be_written


class SchemaEngine:
    """Compares the schemas of two documents; one instance serves one comparison.

    Args:
        base: the older side.
        revision: the newer side.

    Attributes:
        sameness: which parts of them say the same.
    """

    def __init__(self, base: Document, revision: Document) -> None:
        self.sameness = Sameness(base, revision)
        self._samplings = {one: Containment() for one in Direction}
        marks = Marks(self.sameness.mentions)
        self._validators = Validators()
        self._samples: dict[tuple[Side, Direction, Mode, str], tuple[bool, Any]] = {}
        self._lifts: dict[Direction, dict[Side, Lift]] = {}
        for direction in Direction:
            # The directions share no nodes, even where no schema is marked as sent one way only: what is found for one
            # may not depend on what was read for the other, which may be in another process.
            twin = Lift(base, direction, marks, self.sameness)
            other = Lift(revision, direction, marks, self.sameness, twin)
            self._lifts[direction] = {Side.BASE: twin, Side.REVISION: other}
        self._ways = {one: OneWay(one, lifts, self.sameness, marks) for one, lifts in self._lifts.items()}

    def changes(self, points: Iterable[Point]) -> list[Change]:
        """Return the changes of all points: one per changed place of a component and direction, not one per use."""
        for point in sorted(points, key=lambda one: (one.operation, one.location)):
            self._ways[point.direction].take(point)
        return [change for way in self._ways.values() for change in way.changes()]

    def sample(
        self, side: Side, schema: Any, direction: Direction, mode: Mode = Mode.JSON, examples: Sequence[Any] = ()
    ) -> tuple[bool, Any]:
        """Return `(True, value)` with a small value that the schema accepts, or `(False, None)`.

        What need not be small is taken from the schema's examples, and from the given ones of the whole value.
        """
        # Path parameters and the like are few schemas, written down again at every operation.
        key = (side, direction, mode, typed_text([schema, *examples]))
        if key not in self._samples:
            self._samples[key] = self._sampled(side, schema, direction, mode, examples)
        return self._samples[key]

    def _sampled(
        self, side: Side, schema: Any, direction: Direction, mode: Mode, examples: Sequence[Any]
    ) -> tuple[bool, Any]:
        node = self._lifts[direction][side].node(schema)
        sampling = self._samplings[direction]
        sampling.start(text=mode is not Mode.JSON)
        values = sampling.sampler.values((node,))
        sampling.effort.rest()
        if not values:
            return self._exemplary(node, mode, examples)

        def still_good(other: Any, _: frozenset[Path]) -> bool:
            return valid((node,), other)

        return True, with_examples((node,), values[0], still_good, examples=examples)

    def _exemplary(self, node: Node, mode: Mode, examples: Sequence[Any]) -> tuple[bool, Any]:
        """Return an example as it stands, where no value can be made: formats that we cannot judge are judged apart."""
        text = mode is not Mode.JSON
        for value in whole_examples(node, examples):
            written = not text or can_be_written(value, CONTEXTS[mode].text)
            if written and self._validators.accept(node, value, mode=mode):
                return True, value
        return False, None


__all__ = ["Mode", "Point", "SchemaEngine", "action_of"]
