"""One trial: what contractkit says of a pair, and every way in which that turns out to be untrue."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from contractkit.model.change import Change, Direction, Proof, Witness
from contractkit.model.contract import Contract
from contractkit.schema.contain import Containment
from contractkit.schema.document import Document
from contractkit.schema.document import Side as Which
from contractkit.schema.engine import Mode, Point, SchemaEngine
from contractkit.schema.lift import Lift
from contractkit.schema.text_facts import PROMISES
from tests.soundness.oracle import Exemption, Judge, Values, applied, holds_name, marked_names, may_send
from tests.soundness.places import Json, Pair, Side
from tests.soundness.wire import readings, says_nothing, speaks_of_lists

CPU_SECONDS = 3.0
"""Processor time after which a small pair counts as a hang."""
COMPATIBLE, BREAKING, UNDECIDED = "compatible", "breaking", "undecided"


class HangError(BaseException):
    """The processor time is used up."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise HangError in what takes longer; processor time, so that a busy machine does not matter."""

    def stop(number: int, frame: object) -> None:
        raise HangError

    former = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, former)


@dataclass(frozen=True)
class Failure:
    """Something untrue that contractkit said.

    Attributes:
        kind: `unsound`, `pure-unsound`, `false-witness`, `exempt-witness`, `exception`, `hang`, or the name of a
            property that does not hold.
        pair: the base and the revision.
        direction: request or response.
        said: what contractkit said.
        value: the value that refutes it, where there is one.
        mode: JSON or text.
    """

    kind: str
    pair: Pair
    direction: str
    said: str
    value: Json = None
    mode: Mode = Mode.JSON

    def is_untrue(self) -> bool:
        """Whether something false was said; else an answer was only missing: undecided, or too slow."""
        if self.kind == "hang" or self.kind == UNDECIDED:
            return False
        if self.kind.startswith("moved"):
            return UNDECIDED not in self.said
        return not (self.kind.startswith("not-silent") and self.said.startswith((UNDECIDED, "hang")))

    def text(self) -> str:
        """A report that can be read, and pasted into a test."""
        sides = (("base", self.pair.base), ("revision", self.pair.revision))
        lines = [f"{name}: {json.dumps(side.root)}" for name, side in sides]
        lines += [f"{name} components: {json.dumps(side.components)}" for name, side in sides if side.components]
        return "\n".join(
            [
                f"[{self.kind}] {self.direction} {self.mode}",
                *lines,
                f"said: {self.said}",
                f"value: {json.dumps(self.value)}",
            ]
        )


def changes(
    pair: Pair, direction: str, *, mode: Mode = Mode.JSON, openapi: tuple[str, str] = ("3.1.0", "3.1.0")
) -> list[Change]:
    """What the engine finds in the one contract point of a pair."""
    base = Document(Contract("base", pair.base.document(direction, openapi[0])), Which.BASE)
    revision = Document(Contract("revision", pair.revision.document(direction, openapi[1])), Which.REVISION)
    way = Direction(direction)

    def witness(value: Any, refusal: str) -> Witness:
        return Witness(refusal, has_body=True, body=value)

    point = Point("POST /x", "body", way, pair.base.root, pair.revision.root, witness, mode)
    return SchemaEngine(base, revision).changes([point])


def verdict(found: list[Change]) -> str:
    """The one word for a list of changes; what is promised beside the values (an extension, say) is left out."""
    proofs = {change.proof for change in found if change.aspect not in PROMISES} - {Proof.CONTAINED}
    if not proofs:
        return COMPATIBLE
    return UNDECIDED if proofs == {Proof.UNDECIDED} else BREAKING


def described(found: list[Change]) -> str:
    """What the engine said, short."""
    parts = [
        f"{one.location} {one.aspect} {one.proof.value}" + (f" ({one.reason})" if one.reason else "") for one in found
    ]
    return f"{verdict(found)}: {'; '.join(parts)}" if parts else COMPATIBLE


def is_contained(pair: Pair, direction: str) -> bool:
    """Whether the engine claims that every value of the sender is accepted, exemption aside."""
    way = Direction(direction)
    base = Lift(Document(Contract("b", pair.base.document(direction)), Which.BASE), way)
    other = Document(Contract("r", pair.revision.document(direction)), Which.REVISION)
    revision = Lift(other, way)
    one, two = base.node(pair.base.root), revision.node(pair.revision.root)
    sender, receiver = (one, two) if way is Direction.REQUEST else (two, one)
    return Containment().proven((sender,), receiver)


def sender_and_receiver(pair: Pair, direction: str) -> tuple[Side, Side]:
    """Who sends and who receives."""
    return (pair.base, pair.revision) if direction == "request" else (pair.revision, pair.base)


class Trial:
    """Tries one pair in one direction, as a JSON body or as the text of a parameter."""

    def __init__(self, pair: Pair, direction: str, seed: int, mode: Mode = Mode.JSON) -> None:
        self.pair = pair
        self.direction = direction
        self.seed = seed
        self.mode = mode
        self.verdict = ""
        self.contained = False
        self.said = ""
        self.values = 0

    def failures(self) -> list[Failure]:
        """Everything untrue, mostly nothing."""
        try:
            with limited(CPU_SECONDS):
                found = changes(self.pair, self.direction, mode=self.mode)
                self.contained = self.mode is Mode.JSON and is_contained(self.pair, self.direction)
        except HangError:
            return [self._failure("hang", f"no answer in {CPU_SECONDS} s of processor time")]
        except Exception as error:
            return [self._failure("exception", f"{type(error).__name__}: {str(error)[:200]}")]
        self.verdict, self.said = verdict(found), described(found)
        raw, other = sender_and_receiver(self.pair, self.direction)
        self._unsent = marked_names(raw, self.direction) | marked_names(other, self.direction)
        self._raw = raw
        sender, receiver = applied(raw, self.direction, sends=True), applied(other, self.direction, sends=False)
        self._receiver = receiver
        self._sends, self._receives = Judge(sender), Judge(receiver)
        exemption = Exemption(sender, receiver)
        failures = self._witnesses(found, exemption)
        if self.verdict == COMPATIBLE or self.contained:
            failures += self._refuted(sender, receiver, exemption)
        return failures

    def _failure(self, kind: str, said: str, value: Json = None) -> Failure:
        return Failure(kind, self.pair, self.direction, said, value, self.mode)

    def _refused(self, value: Json) -> bool | None:
        """Whether both validators of the receiver refuse the value in every reading; None where they disagree."""
        answers = [self._receives.accepts(one) for one in self._read(value)]
        return False if True in answers else None if None in answers else True

    def _taken(self, value: Json) -> bool:
        """Whether the receiver accepts what was written; that a lone text is a list, only where it speaks of lists."""
        lists = self.mode is Mode.JSON or speaks_of_lists(self._receiver) or isinstance(value, list)
        return any(self._receives.accepts(one) for one in self._read(value) if lists or not isinstance(one, list))

    def _read(self, value: Json) -> list[Json]:
        return readings(value, self._receiver) if self.mode is Mode.TEXT else [value]

    def _can_be_sent(self, value: Json) -> bool:
        """Whether a value can be written: null and nested lists cannot in a parameter, and an empty list is absent."""
        if self.mode is Mode.JSON:
            return True
        if isinstance(value, list):
            may_be_list = bool(value) and not says_nothing(self._raw)
            return may_be_list and not any(item is None or isinstance(item, list | dict) for item in value)
        return value is not None and not isinstance(value, dict)

    def _is_oddly_spelled(self, value: Json) -> bool:
        """Whether a text is one that a sender of integers does not write: it writes `1.0` as `1`."""
        if self.mode is Mode.JSON or '"integer"' not in self._sends.text:
            return False
        items = value if isinstance(value, list) else [value]
        return any(isinstance(item, float) and item.is_integer() for item in items)

    def _witnesses(self, found: list[Change], exemption: Exemption) -> list[Failure]:
        failures = []
        for change in found:
            if change.proof is not Proof.WITNESS:
                continue
            if change.witness is None:
                failures.append(self._failure("false-witness", "a witness without a value"))
                continue
            value = change.witness.body
            if not self._can_be_sent(value):
                failures.append(self._failure("unsendable-witness", described([change]), value))
            elif may_send(self._raw, self.direction, value) is False or self._taken(value):
                failures.append(self._failure("false-witness", described([change]), value))
            elif exemption.surely_exempt(value):
                failures.append(self._failure("exempt-witness", described([change]), value))
        return failures

    def _refuted(self, sender: Side, receiver: Side, exemption: Exemption) -> list[Failure]:
        failures: dict[str, Failure] = {}
        values = Values(Random(self.seed), sender, receiver).all()
        for value in values:
            if not self._sends.quick(value) or not self._can_be_sent(value) or holds_name(value, self._unsent):
                continue
            if self._is_oddly_spelled(value):
                continue
            self.values += 1
            if any(map(self._receives.quick, self._read(value))):
                continue
            if self._sends.accepts(value) is not True or self._refused(value) is not True:
                continue
            if self.contained:
                failures.setdefault("pure-unsound", self._failure("pure-unsound", "proven", value))
            if self.verdict == COMPATIBLE and exemption.surely_sent(value):
                failures.setdefault("unsound", self._failure("unsound", self.said, value))
        return list(failures.values())
