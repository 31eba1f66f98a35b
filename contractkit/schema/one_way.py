"""The contract points of one direction: compared, what is wrong gathered by place, each place proved by a value."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from contractkit.model.change import Change, Direction, Proof, Witness
from contractkit.model.jsontext import typed_text
from contractkit.model.records import NamedTuple, record
from contractkit.schema.accepted import accepted_changes, action_of, located
from contractkit.schema.alike import Alike
from contractkit.schema.complete import Completion
from contractkit.schema.confirm import Error, Validators, reaches, shared
from contractkit.schema.contain import Containment
from contractkit.schema.describe import Describer
from contractkit.schema.document import Side
from contractkit.schema.examples import Path, with_examples
from contractkit.schema.gather import Gatherer, Group
from contractkit.schema.lift import Lift
from contractkit.schema.node import Node
from contractkit.schema.point import CONTEXTS, Mode, Point
from contractkit.schema.reshape import Marks
from contractkit.schema.sameness import Sameness
from contractkit.schema.sample import valid
from contractkit.schema.sendable import Exemptions, may_be_sent
from contractkit.schema.several import lacking
from contractkit.schema.tags import lone
from contractkit.schema.texts import empty_texts
from contractkit.schema.way import Link, Way, join
from contractkit.schema.wire import SEGMENT, can_be_written

_LIMITS = {
    "minimum": ("minimum", "exclusiveMinimum"),
    "maximum": ("maximum", "exclusiveMaximum"),
    **{
        name: (name,)
        for name in ("multipleOf", "minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems")
    },
}
"""The keywords that speak for an aspect, where one value may be refused for several aspects."""


FEW_STEPS, MAX_STEPS = 100, 2_000_000
"""Steps down to a break within which it is shown always, and those to all deeper ones together."""


@record(frozen=True, slots=True)
class _Shown:
    """A value that the receiver refuses, and why; without a refusal there is none.

    `by_tag`: one was refused for nothing but a discriminator that only one side has.
    `too_deep`: none was looked for, as it stands deep and as many of those have been shown as may be.
    """

    value: Any = None
    refusal: str | None = None
    by_tag: bool = False
    too_deep: bool = False


class _Taken(NamedTuple):
    """A point with the schemas of the first one like it, that one, the one that speaks for it, and the two schemas."""

    point: Point
    first: Point
    speaker: Point
    sender: Node
    receiver: Node


class OneWay:
    """Compares what goes one way between two documents.

    What it finds may not depend on what is done for the other way meanwhile, before or after: that may be in another
    process. So both share what the documents say, and nothing that was made of it.

    Args:
        direction: who sends.
        lifts: make the nodes of each side.
        sameness: which parts of the documents say the same.
        marks: what occurs in them.
    """

    def __init__(self, direction: Direction, lifts: Mapping[Side, Lift], sameness: Sameness, marks: Marks) -> None:
        self._direction = direction
        self._lifts = lifts
        self._sameness = sameness
        self._marks = marks
        self._contain = Containment()
        self._validators = Validators()
        self._exemptions = Exemptions()
        self._completion = Completion(self._contain.branches, self._contain.sampler)
        self._bare: Mapping[Side, Lift] | None = None
        self._shows: dict[tuple[Any, ...], _Shown] = {}
        self._steps = MAX_STEPS
        self._ways: dict[tuple[int, int | None], int] = {}
        self._alike = Alike()
        self._alone: frozenset[str] = frozenset()
        self._taken: list[_Taken] = []

    def take(self, point: Point) -> None:
        """Lift the schemas of a point, which `changes` will compare: all points come before that."""
        point, first, speaker = self._alike.shared(point)
        noted = self._noted()
        sender, receiver = self._roots(point)
        if self._noted() > noted:
            self._alike.forget(point)
        self._taken.append(_Taken(point, first, speaker, sender, receiver))

    def changes(self) -> list[Change]:
        """Return the changes of the points taken: one per changed place of a component, not one per use."""
        if not self._taken:
            return []
        # All points are taken: now it is known which alternatives only a discriminator tells apart.
        alone = lone(self._lifts[Side.BASE].tags, self._lifts[Side.REVISION].tags)
        if alone != self._alone:
            self._alone, self._bare = alone, None
        kept = functools.cache(self._is_kept)
        gatherer, describer = Gatherer(kept), Describer(self._contain, self._sameness.untouched_schema, kept)
        for point, first, speaker, sender, receiver in self._taken:
            self._contain.start(text=point.mode is not Mode.JSON)
            sent = (sender, SEGMENT) if point.facts.get("in") == "path" else (sender,)
            gatherer.add(point, self._contain.compare(sent, receiver, CONTEXTS[point.mode]))
            pair = (sender, receiver) if point.direction is Direction.REQUEST else (receiver, sender)
            describer.add(point, *pair, first, speaker)
        self._alike, self._taken = Alike(), []
        self._contain.is_compared = True
        changes, spoken = self._judged(gatherer)
        found = changes + accepted_changes(describer, spoken)
        self._contain.effort.rest()
        return found

    def _is_kept(self, component: str) -> bool:
        """Whether both documents have a component schema of this name."""
        return all(lift.document.has_schema(component) for lift in self._lifts.values())

    def _noted(self) -> int:
        return sum(lift.document.noted for lift in self._lifts.values())

    def _roots(self, point: Point) -> tuple[Node, Node]:
        """Return the sender's and the receiver's schema."""
        place = f"{point.operation} {point.location}"
        base = self._lifts[Side.BASE].node(point.base, step=place)
        revision = self._lifts[Side.REVISION].node(point.revision, step=place, base=point.base)
        return (base, revision) if point.direction is Direction.REQUEST else (revision, base)

    def _holds_untagged(self, point: Point, value: Any) -> bool:
        """Whether a witness also holds where discriminators that only one side has are left out on both.

        They mean nothing to JSON Schema, and many receivers do not look at them. Where the models list their tags the
        receiver surely does, and none is left out.
        """
        lifts = self._bare
        if lifts is None:
            lifts = self._bare = self._without_lone_tags()
        if not lifts:
            return True
        base, revision = lifts[Side.BASE].node(point.base), lifts[Side.REVISION].node(point.revision)
        pair = (base, revision) if point.direction is Direction.REQUEST else (revision, base)
        return self._validators.confirm(*pair, value, mode=point.mode)

    def _without_lone_tags(self) -> dict[Side, Lift]:
        """Return lifts of both sides without the discriminators that only one of them has; none if there are none."""
        names = self._alone
        if not names:
            return {}
        return {
            side: Lift(lift.document, self._direction, self._marks, untagged=names)
            for side, lift in self._lifts.items()
        }

    def _judged(self, gatherer: Gatherer) -> tuple[list[Change], set[tuple[Any, ...]]]:
        """Confirm each group by a witness; a union's place is reported where none below it was confirmed.

        Returns the changes, and the places and aspects that they speak of: the first five parts of their groups' keys.
        """
        groups = list(gatherer.groups.values())
        self._shows.clear()
        self._ways.clear()
        explained: set[tuple[Any, ...]] = set()
        changes: list[Change] = []
        spoken: set[tuple[Any, ...]] = set()
        # Unions last, the innermost first: what explains them has been confirmed by then.
        ordered = [group for group in groups if not group.closest]
        ordered += [group for group in reversed(groups) if group.closest]
        confirmed: set[tuple[Any, ...]] = set()
        for group in ordered:
            if group.key in explained or (group.closest and gatherer.leads_to(group, confirmed)):
                explained |= group.unions
                continue
            change = self._change(group)
            if change.proof is Proof.WITNESS or change.proof is Proof.DEFINITION:
                confirmed.add(group.key)
                explained |= group.unions
            elif not group.firm:
                # Another branch may save the sender here; the union's own place speaks for it.
                continue
            changes.append(change)
            for place in (group.key[:4], *group.around):
                spoken.add((*place, change.aspect))
                spoken.add((*place, group.key[4]))
        return changes, spoken

    def _change(self, group: Group) -> Change:
        way, proof, witness, reason = self._proof(group)
        place = way.place
        aspect, sender, receiver = place.aspect, place.sender, place.receiver
        facts = {**way.point.facts, **place.facts}
        if aspect == "required" and not place.facts["declared"]:
            # The sender knows nothing of the name: it was added (or removed), not merely made required.
            aspect, facts["required"] = "property", True
            sender, receiver = None, True
        before, after = (sender, receiver) if group.direction is Direction.REQUEST else (receiver, sender)
        operations = sorted({point.operation for point in group.points.values()})
        if way.link is not None and way.link.is_one_of_several:
            facts["is_one_of_several"] = True
        if way.link is not None and way.link.is_of_names:
            facts["of_names"] = True
        facts["place"] = "property" if way.path else way.point.facts.get("place", "body")
        return Change(
            area="schema",
            aspect=aspect,
            action=action_of(before, after),
            operation=way.point.operation,
            location=located(way.point, way.path),
            direction=group.direction,
            before=before,
            after=after,
            component=group.component,
            operations=tuple(operations),
            proof=proof,
            witness=witness,
            reason=reason,
            facts=facts,
        )

    def _proof(self, group: Group) -> tuple[Way, Proof, Witness | None, str | None]:
        by_tag = too_deep = False
        for way in group.ways:
            if way.place.facts.get("definition"):
                return way, Proof.DEFINITION, None, None
            packed = way.packed()
            if packed is not None:
                witness = self._packed(*packed)
                if witness is not None:
                    return way, Proof.DEFINITION, witness, None
                continue
            shown = self._shown(way)
            if shown.refusal is not None:
                return way, Proof.WITNESS, way.point.witness(shown.value, shown.refusal), None
            by_tag, too_deep = by_tag or shown.by_tag, too_deep or shown.too_deep
        way = group.ways[0]
        if too_deep:
            return way, Proof.UNDECIDED, None, "a value that is nested deep, and enough of those are shown"
        reason = "a discriminator that only one side has" if by_tag else way.place.reason or self._lacking(way)
        return way, Proof.UNDECIDED, None, reason

    def _lacking(self, way: Way) -> str:
        """Return why no value shows a break that there is: what the sender must send besides, or the aspect."""
        there = lacking(self._contain.sampler, self._contain.branches, self._roots(way.point)[:1])
        return f"no value is known for `{join(there)}`" if there else way.place.aspect

    def _packed(self, rest: Way, link: Link) -> Witness | None:
        """Return what shows a break of what stands in a text: no validator of the whole looks there, but readers do."""
        senders, receiver = link.edge.result.sender, link.edge.result.receiver
        sender = senders[0] if len(senders) == 1 else Node(all_of=senders, raw=True)
        for value in rest.values():
            if self._may_be_sent(sender, receiver, value) and self._validators.confirm(
                sender, receiver, value, mode=Mode.JSON
            ):
                refusal = self._validators.refusal(receiver, value, rest.place.step, mode=Mode.JSON)
                for whole in link.lift(value, 1):
                    if valid(self._roots(rest.point)[:1], whole):
                        return rest.point.witness(whole, refusal)
        return None

    def _shown(self, way: Way) -> _Shown:
        """Return what shows the break at the end of a way; ways of points that are spelled alike show the same."""
        sender, receiver = self._roots(way.point)
        number = None if way.link is None else way.link.numbered(self._ways)
        key = (id(sender), id(receiver), way.point.mode, number, id(way.place), typed_text(list(way.point.examples)))
        shown = self._shows.get(key)
        if shown is None:
            shown = self._shows[key] = self._search(way, sender, receiver)
        return shown

    def _search(self, way: Way, sender: Node, receiver: Node) -> _Shown:
        steps = 0 if way.link is None else way.link.length
        if steps > FEW_STEPS:
            if steps > self._steps:
                return _Shown(too_deep=True)
            self._steps -= steps
        by_tag, others = False, dict[tuple[bool, int], _Shown]()
        text = way.point.mode is not Mode.JSON
        self._contain.start(text=text)
        for value in way.values():
            if text and not can_be_written(value, CONTEXTS[way.point.mode].text):
                continue
            if value == "" and way.point.facts.get("in") == "path":
                continue
            if not self._may_be_sent(sender, receiver, value):
                continue
            if way.link is not None and way.link.through_union:
                # A union that misses a tag refuses for that; with the tags in place it is the place that counts.
                value = self._contain.sampler.tagged((sender,), value, frozenset(way.place.step))
            if self._validators.confirm(sender, receiver, value, mode=way.point.mode):
                if not self._is_refused_here(way, receiver, value):
                    continue
                if not self._holds_untagged(way.point, value):
                    by_tag = True
                    continue
                value = value if text else self._complete(way, sender, receiver, value)
                value = self._readable(way, sender, receiver, value)
                shown = _Shown(value, self._refusal(way, receiver, value))
                is_told = self._is_refused_for(way, receiver, value)
                empty = empty_texts(value) if text else 0
                if is_told and not empty:
                    return shown
                others.setdefault((not is_told, empty), shown)
        return others[min(others)] if others else _Shown(by_tag=by_tag)

    def _refusal(self, way: Way, receiver: Node, value: Any) -> str:
        keywords = _LIMITS.get(way.place.aspect, ())
        return self._validators.refusal(receiver, value, way.path, keywords, mode=way.point.mode)

    def _is_refused_here(self, way: Way, receiver: Node, value: Any) -> bool:
        """Whether it is at the place that the receiver refuses a value, where the search cannot tell."""
        if way.place.reason is None:
            return True  # its values are those that are refused there
        errors = self._validators.errors(receiver, value, mode=way.point.mode)
        path = way.path[: len(way.path) - len(way.place.step)]
        return not errors or any(reaches(place, path) for place, _ in errors)

    def _is_refused_for(self, way: Way, receiver: Node, value: Any) -> bool:
        """Whether a limit is what refuses a witness of it, and not another limit of the same value."""
        keywords = _LIMITS.get(way.place.aspect)
        if keywords is None:
            return True
        errors = self._validators.errors(receiver, value, mode=way.point.mode)
        return not errors or any(where and where[-1] in keywords for _, where in errors)

    def _may_be_sent(self, sender: Node, receiver: Node, value: Any) -> bool:
        if self._exemptions.none(sender, receiver):
            return True
        return may_be_sent(self._contain.branches, (sender,), (receiver,), value)

    def _complete(self, way: Way, sender: Node, receiver: Node, value: Any) -> Any:
        """Return a witness that the receiver refuses for fewer reasons, that of the place among them."""
        before = self._validators.errors(receiver, value, mode=Mode.JSON)
        if len(before) < 2:
            return value
        other = self._completion.completed((sender,), (receiver,), value, way.path)
        now = self._validators.errors(receiver, other, mode=Mode.JSON)
        good = (
            now < before
            and any(shared(place, way.path) >= len(way.path) - 1 for place, _ in now)
            and self._may_be_sent(sender, receiver, other)
            and self._validators.confirm(sender, receiver, other, mode=Mode.JSON)
        )
        return other if good else value

    def _readable(self, way: Way, sender: Node, receiver: Node, value: Any) -> Any:
        """Return a witness with the sender's examples where they change nothing of what the receiver refuses."""
        text = way.point.mode is not Mode.JSON

        @functools.cache
        def errors() -> frozenset[Error]:
            return self._validators.errors(receiver, value, mode=way.point.mode)

        def still_good(other: Any, places: frozenset[Path]) -> bool:
            before, now = errors(), self._validators.errors(receiver, other, mode=way.point.mode)
            # An example may mend what was wrong at its own place besides.
            return (
                bool(now)
                and now <= before
                and not (text and empty_texts(other) > empty_texts(value))
                and all(place in places for place, _ in before - now)
                and self._may_be_sent(sender, receiver, other)
                and self._validators.confirm(sender, receiver, other, mode=way.point.mode)
            )

        return with_examples((sender,), value, still_good, examples=way.point.examples, keep=way.path)
