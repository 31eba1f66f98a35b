"""Compares what is said over a WebSocket: the messages of both sides, what is answered, and the codes of closing.

What the client sends is a request and what the server sends a response. A message belongs to the one of its name and
content type. All that one side may send together is held against all that the other takes, so that what one message
no longer takes and another one does is no break.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from contractkit.asyncapi.channels import DIRECTIONS, ref_to
from contractkit.diff.envelope import Envelope
from contractkit.diff.record import Place
from contractkit.model.change import MESSAGE, Change, Direction, Proof, Witness
from contractkit.model.contract import Contract
from contractkit.model.records import NamedTuple, replace
from contractkit.openapi.endpoint import Endpoint
from contractkit.openapi.locate import Locator
from contractkit.openapi.part import Part
from contractkit.schema.point import Mode, Point

_TEXTS = ("summary", "description")
_KNOWN = frozenset({"$ref", "summary", "description", "contentType", "payload", "replies"})
_Name = tuple[str, str]
"""The name of a message and its content type."""


class _Sides(NamedTuple):
    """The messages of one action by name, in the base and in the revision."""

    base: dict[_Name, Part]
    revision: dict[_Name, Part]

    def sent(self, direction: Direction) -> dict[_Name, Part]:
        """Return those of the side that sends; see the design's polarity."""
        return self.base if direction is Direction.REQUEST else self.revision

    def taken(self, direction: Direction) -> dict[_Name, Part]:
        """Return those of the side that receives."""
        return self.revision if direction is Direction.REQUEST else self.base


def compare_messages(place: Place, base: Endpoint, revision: Endpoint, envelope: Envelope) -> None:
    """Compare the messages and close codes of a pair of channels."""
    known = [any(action in side.operation.fields for action in ("receive", "send")) for side in (base, revision)]
    if known[0] != known[1]:
        place.at("message", "").add("known", "added" if known[1] else "removed")
    elif known[0]:
        for action, direction in (("receive", Direction.REQUEST), ("send", Direction.RESPONSE)):
            sides = _Sides(_messages(base, action), _messages(revision, action))
            _compare_action(place.at("message", action, direction), sides, envelope)
        refusals = (side.operation.get("refusals") for side in (base, revision))
        _compare_answers(place.at("message", "refusals", Direction.RESPONSE), "refusals", *refusals)
    before, after = (_codes(side) for side in (base, revision))
    for code in sorted({*before, *after}):
        here = place.at("close-code", f"closeCodes.{code}", Direction.RESPONSE, code=code)
        if code not in after:
            here.add("presence", "removed", code, None)
        elif code not in before:
            here.add("presence", "added", None, code)
        elif before[code] != after[code]:
            here.add("description", "changed", before[code], after[code])


def _messages(endpoint: Endpoint, action: str) -> dict[_Name, Part]:
    holder = endpoint.operation.part(action)
    table = {} if holder is None else holder.table("messages")
    return {(name, message.text("contentType") or ""): message for name, message in table.items()}


def _codes(endpoint: Endpoint) -> Mapping[str, Any]:
    codes = endpoint.operation.get("closeCodes")
    return codes if isinstance(codes, Mapping) else {}


def _compare_action(here: Place, sides: _Sides, envelope: Envelope) -> None:
    direction = here.direction
    assert direction is not None
    sent, taken = sides.sent(direction), sides.taken(direction)
    for name in sorted({*sides.base, *sides.revision}):
        old, new = sides.base.get(name), sides.revision.get(name)
        there = here.at("message", f"{here.location}.{name[0]}", message=name[0], content_type=name[1])
        if old is None or new is None:
            _report_presence(there, name, sides, envelope)
        else:
            there.compare(old, new, _TEXTS)
            there.compare_rest(old, new, _KNOWN)
            answer = there.at("message", there.location, Direction.RESPONSE)
            _compare_answers(answer, "replies", old.get("replies"), new.get("replies"))
    for content_type in sorted({one for _, one in sent}):
        both = [name for name in sorted(sent) if name in taken and name[1] == content_type]
        if all(here.record.sameness.same(sent[name].fields, taken[name].fields) for name in both):
            continue
        senders = {"anyOf": [_schema(sent[name]) for name in both]}
        receivers = {"anyOf": [_schema(part) for name, part in sorted(taken.items()) if name[1] == content_type]}
        schemas = (senders, receivers) if direction is Direction.REQUEST else (receivers, senders)
        here.point(*schemas, partial(_message, here, envelope), Mode.JSON)


def _compare_answers(here: Place, aspect: str, before: Any, after: Any) -> None:
    """Compare the names of the messages that answer one; none where no answer is promised."""
    before, after = before or None, after or None
    if before == after:
        return
    if before is None or after is None:
        here.add(aspect, "removed" if before else "added", before, after)
    else:
        here.add(aspect, "decreased" if set(after) < set(before) else "increased", before, after)


def _report_presence(here: Place, name: _Name, sides: _Sides, envelope: Envelope) -> None:
    """Record that a message came or went, and whether the other side understands it all the same."""
    direction = here.direction
    assert direction is not None
    before, after = (name[0] if name in side else None for side in sides)
    action = "added" if before is None else "removed"
    sent = sides.sent(direction).get(name)
    if sent is None:  # only the receiver knows it: nobody is hurt
        here.add("presence", action, before, after)
        return
    others = [_schema(part) for other, part in sorted(sides.taken(direction).items()) if other[1] == name[1]]
    schemas = (_schema(sent), {"anyOf": others} if others else False)
    base, revision = schemas if direction is Direction.REQUEST else schemas[::-1]
    point = Point(here.operation, here.location, direction, base, revision, partial(_message, here, envelope))
    found = here.record.engine.changes([point])
    worst = _worst(found)
    change = Change(
        area=here.area,
        aspect="presence",
        action=action,
        operation=here.operation,
        location=here.location,
        direction=direction,
        before=before,
        after=after,
        proof=Proof.CONTAINED if worst is None else worst.proof,
        witness=None if worst is None else worst.witness,
        reason=None if worst is None else worst.reason,
        facts=here.facts,
    )
    here.record.add(change, None, None)


def _worst(changes: list[Change]) -> Change | None:
    """Return the change that decides: a break that is shown, else one that could not be decided."""
    for proof in (Proof.WITNESS, Proof.UNDECIDED):
        for change in changes:
            if change.proof is proof:
                return change
    return None


def _schema(message: Part) -> Any:
    return message.get("payload")


def _message(here: Place, envelope: Envelope, value: Any, refusal: str) -> Witness:
    """Return the message that carries a value: of the client with the address it is sent to, or of the server."""
    if here.direction is Direction.RESPONSE:
        return Witness(refusal, status=MESSAGE, has_body=True, body=value)
    return envelope.request(refusal, has_body=True, body=value)


def told_by_message(changes: Iterable[Change], base: Contract, revision: Contract) -> list[Change]:
    """Return the changes of schemas with the message that each is in: `receive.text` becomes `receive.Say.text`.

    What says only that the list of messages differs is left out: each message says so itself. Where a place could be in
    several messages, it stays as it is.

    Args:
        changes: what was found.
        base: the contract whose operations are the channels.
        revision: the same of the revision.
    """
    sides = [Locator(side.document) for side in (base, revision)]
    found = []
    for change in changes:
        action, _, rest = change.location.partition(".")
        is_list = change.aspect == "anyOf" and change.proof is Proof.CONTAINED and not rest
        if change.area != "schema" or action.partition("[")[0] not in DIRECTIONS:
            found.append(change)
        elif not is_list:
            found.append(replace(change, location=_with_message(change, sides)))
    return found


def _with_message(change: Change, sides: list[Locator]) -> str:
    action = "receive" if change.direction is Direction.REQUEST else "send"
    rest = change.location.removeprefix(action)
    names: set[str] = set()
    direct: set[str] = set()
    for locator in sides:
        holder = locator.find(change.operation, action).meant
        for name, message in holder.items() if isinstance(holder, Mapping) else ():
            located = locator.find(change.operation, f"{action}.{name}{rest}")
            if located.exact:
                names.add(name)
            payload = message.get("payload") if isinstance(message, Mapping) else None
            if change.component is not None and payload == ref_to(change.component):
                direct.add(name)
    chosen = direct if len(direct) == 1 else names
    return f"{action}.{chosen.pop()}{rest}" if len(chosen) == 1 else change.location
