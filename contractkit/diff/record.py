"""Collects what the walk finds: changes by definition, and contract points whose schemas differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from contractkit.model.change import Change, Direction, Witness
from contractkit.model.jsontext import typed_text
from contractkit.model.records import field, record, replace
from contractkit.openapi.part import Part, is_extension
from contractkit.schema.document import Document
from contractkit.schema.engine import SchemaEngine
from contractkit.schema.point import Mode, Point
from contractkit.schema.sameness import same_text


class Record:
    """What was found so far in one comparison, or in a half of it.

    Attributes:
        base: the base document.
        revision: the revision document.
        engine: compares schemas and makes sample values.
        sameness: which parts say the same.
        points: the contract points whose schemas may differ.
        sockets: whether the operations are channels (see `contractkit.asyncapi.channels`).
    """

    def __init__(self, base: Document, revision: Document, engine: SchemaEngine, *, sockets: bool = False) -> None:
        self.base = base
        self.revision = revision
        self.engine = engine
        self.sameness = engine.sameness
        self.points: list[Point] = []
        self.sockets = sockets
        self._changes: list[Change] = []
        self._shared: dict[tuple[object, ...], tuple[Change, set[str]]] = {}

    def add(self, change: Change, witness: Callable[[], Witness | None] | None, cause: str | None) -> None:
        """Take a change.

        Args:
            change: the change, with the one operation it was seen in.
            witness: makes the message that shows it; called only where the change is new.
            cause: what stands once in the documents and is used by many operations (a component, the security of the
                whole document); equal changes of one cause become one change that names all its operations.
        """
        if cause is not None:
            values = stable_text([change.before, change.after, dict(change.facts)])
            key = (cause, change.area, change.aspect, change.action, change.location, change.direction, values)
            if key in self._shared:
                self._shared[key][1].add(change.operation)
                return
        if witness is not None:
            change = replace(change, witness=witness())
        if cause is not None:
            self._shared[key] = (change, {change.operation})
        elif change.operation and not change.operations:
            self._changes.append(replace(change, operations=(change.operation,)))
        else:
            self._changes.append(change)

    def definitions(self) -> list[Change]:
        """Return the changes that need no schema, those of one cause made one."""
        shared = [replace(change, operations=tuple(sorted(names))) for change, names in self._shared.values()]
        return self._changes + shared


@record(frozen=True, slots=True)
class Place:
    """A place of the contract where both sides are compared; it makes the changes found there.

    Attributes:
        record: where the changes go.
        operation: the operation's key, empty for the document.
        area: the part of the contract.
        location: the place inside the operation.
        direction: who sends what stands here.
        component: the component that holds it on both sides, where it is one.
        turned: whether the server sends the request (webhooks and callbacks).
        cause: see `Record.add`.
        users: for a place of the whole document, the keys of the operations that it reaches.
        facts: what rules may ask about the place.
    """

    record: Record
    operation: str = ""
    area: str = "document"
    location: str = ""
    direction: Direction | None = None
    component: str | None = None
    turned: bool = False
    cause: str | None = None
    users: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def of_request(self) -> Direction:
        """Who sends the request here."""
        return Direction.RESPONSE if self.turned else Direction.REQUEST

    @property
    def of_response(self) -> Direction:
        """Who sends the response here."""
        return Direction.REQUEST if self.turned else Direction.RESPONSE

    def at(self, area: str, location: str, direction: Direction | None = None, **facts: Any) -> Place:
        """Return a place inside this one; facts add to the facts here."""
        # Written out: a place is made for all that is compared, and `replace` takes several times as long.
        return Place(
            self.record,
            self.operation,
            area,
            location,
            direction or self.direction,
            self.component,
            self.turned,
            self.cause,
            self.users,
            {**self.facts, **facts},
        )

    def within(self, base: Part, revision: Part) -> Place:
        """Return this place as part of a component, where both sides are the component of one name."""
        if base.component is None or base.component != revision.component:
            return self
        return replace(self, component=base.component, cause=f"{self.area} {base.component}")

    def add(
        self,
        aspect: str,
        action: str,
        before: Any = None,
        after: Any = None,
        *,
        witness: Callable[[], Witness | None] | None = None,
        **facts: Any,
    ) -> None:
        """Record a change here; `facts` add to the facts of the place."""
        change = Change(
            area=self.area,
            aspect=aspect,
            action=action,
            operation=self.operation,
            location=self.location,
            direction=self.direction,
            before=before,
            after=after,
            component=self.component,
            operations=self.users,
            facts={**self.facts, **facts},
        )
        self.record.add(change, witness, self.cause)

    def point(
        self,
        base: Any,
        revision: Any,
        witness: Callable[[Any, str], Witness],
        mode: Mode,
        location: str = "",
        holders: tuple[Part, Part] | None = None,
    ) -> None:
        """Record a contract point here, unless both schemas say the same.

        Args:
            base: the schema in the base.
            revision: the schema in the revision.
            witness: makes the message that carries a value, with the refusal in words.
            mode: how the value is written.
            location: the place inside the operation where it is not this one's.
            holders: the objects of both sides that hold the schemas, and perhaps examples beside them.
        """
        assert self.direction is not None
        if self.record.sameness.same(base, revision):
            return
        place = location or self.location
        facts = {"place": "body" if self.area == "media-type" else self.area, **self.facts}
        sender = None if holders is None else holders[self.direction is Direction.RESPONSE]
        examples = () if sender is None else sender.examples()
        point = Point(self.operation, place, self.direction, base, revision, witness, mode, facts, examples)
        self.record.points.append(point)

    def compare(self, base: Part, revision: Part, names: Iterable[str]) -> None:
        """Compare fields as they stand; the field's name is the aspect."""
        for name in names:
            before, after = base.get(name), revision.get(name)
            if differ(before, after):
                self.add(name, action_of(before, after), before, after)

    def compare_rest(self, base: Part, revision: Part, known: frozenset[str]) -> None:
        """Compare the fields that nobody else compares: extensions and what this version does not know."""
        names = sorted({str(name) for name in (*base.fields, *revision.fields)} - known)
        for name in names:
            before, after = base.get(name), revision.get(name)
            if differ(before, after) or (name in base.fields) != (name in revision.fields):
                aspect = "extension" if is_extension(name) else "unclassified"
                # A null counts here: nobody knows what it means in a field that nobody knows.
                both = name in base.fields and name in revision.fields
                action = "changed" if both else "added" if name in revision.fields else "removed"
                self.add(aspect, action, before, after, key=name)

    def compare_deprecation(self, base: Part, revision: Part) -> None:
        """Compare `deprecated` and the date that `x-sunset` announces."""
        before, after = base.flag("deprecated"), revision.flag("deprecated")
        if before != after:
            side = revision if after else base
            self.add("deprecated", "added" if after else "removed", before, after, sunset=side.get("x-sunset"))
        if differ(base.get("x-sunset"), revision.get("x-sunset")):
            first, second = base.get("x-sunset"), revision.get("x-sunset")
            self.add("sunset", action_of(first, second), first, second, deprecated=after)


def differ(before: Any, after: Any) -> bool:
    """Return whether two JSON values differ, as JSON Schema counts (`1` is `1.0`, but not `true`)."""
    if before is after or same_text(before, after):
        return False
    try:
        # Values that are equal for Python alone need a closer look.
        return bool(before != after) or typed_text(before) != typed_text(after)
    except (RecursionError, TypeError):
        return True


def stable_text(value: Any) -> str:
    """Return the typed text of a value, an empty one where it is nested too deep to be written."""
    try:
        return typed_text(value)
    except (RecursionError, TypeError):
        return ""


def action_of(before: Any, after: Any) -> str:
    """Return `added`, `removed` or `changed`."""
    if before is None:
        return "added"
    return "removed" if after is None else "changed"
