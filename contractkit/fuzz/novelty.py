"""Values that an app does not know yet, for what each member must have another one of: user names, article numbers."""

from __future__ import annotations

import itertools
import random
import string
from collections.abc import Iterator

from contractkit.fuzz.edit import with_json
from contractkit.fuzz.message import ABSENT, Request, leaves
from contractkit.fuzz.operation import Operation
from contractkit.fuzz.session import Session
from contractkit.fuzz.validity import node_at
from contractkit.schema.check import Check

_CONFLICT = 409
_FURTHER = 3
_NOVEL = 2_000
_ADDED = 6
_MAX_FIELDS = 60


class NewValues:
    """Finds out which text of a body may not come twice, and gives others in its place.

    Args:
        session: sends what finds it out.
        seed: makes the same values again.
    """

    def __init__(self, session: Session, seed: str) -> None:
        self._session = session
        self._seed = seed
        self._unique: dict[str, str | None] = {}
        self._novel: dict[str, Iterator[str]] = {}

    def place(self, operation: Operation) -> str | None:
        """Return the place (RFC 6901) that was found out; None where there is none, or none was looked for yet."""
        return self._unique.get(operation.key)

    def is_known(self, operation: Operation) -> bool:
        """Whether it was looked for."""
        return operation.key in self._unique

    def anew(self, operation: Operation, identity: str | None) -> Iterator[Request]:
        """Yield what was taken before, or refused as a conflict, with a new value where each must have another one."""
        base = self._session.creating.get(operation.key)
        if base is None:
            return
        base = base.of(identity)
        if operation.key not in self._unique:
            self._unique[operation.key] = self._unique_place(operation, base)
        for _ in range(_FURTHER):
            renewed = self.given(operation, base)
            if renewed == base:
                return
            yield renewed

    def renewed(self, operation: Operation, base: Request, variant: Request) -> Request:
        """Return a variant of a request that creates, with a new value where each must have another one.

        Args:
            operation: the operation.
            base: a request that was taken.
            variant: the same with a change; if the change is at that very place, it is left alone.
        """
        if operation.key not in self._unique:
            self._unique[operation.key] = self._unique_place(operation, base)
        place = self._unique[operation.key]
        if place is None or variant.json is ABSENT:
            return variant
        is_same = dict(leaves(variant.json)).get(place) == dict(leaves(base.json))[place]
        return self.given(operation, variant) if is_same else variant

    @property
    def unique(self) -> dict[str, str]:
        """Where each creation must have a value of its own, as far as that was found out, by the operation's key."""
        return {key: place for key, place in self._unique.items() if place is not None}

    def given(self, operation: Operation, request: Request, place: str | None = None) -> Request:
        """Return a request with another value where each must have one, as far as that place was found out.

        Args:
            operation: the operation.
            request: a request of it.
            place: the place, where that was found out elsewhere.
        """
        place = place or self._unique.get(operation.key)
        value = None if place is None else dict(leaves(request.json)).get(place)
        if place is None or not isinstance(value, str):
            return request
        if operation.key not in self._novel:
            self._novel[operation.key] = self._novel_values(operation, place, value)
        new = next(self._novel[operation.key], None)
        return request if new is None else with_json(request, place, new)

    def _unique_place(self, operation: Operation, taken: Request) -> str | None:
        """Find out which text of a body that was taken may not come twice; None where the body is taken again."""
        if taken.json is ABSENT or self._session.send(operation, taken).response.status != _CONFLICT:
            return None
        for pointer, value in itertools.islice(leaves(taken.json), _MAX_FIELDS):
            novel = self._novel_values(operation, pointer, value) if isinstance(value, str) else iter(())
            other = next(novel, None)
            if other is None:
                continue
            if self._session.send(operation, with_json(taken, pointer, other)).response.is_success:
                self._novel[operation.key] = novel
                return pointer
        return None

    def _novel_values(self, operation: Operation, pointer: str, value: str) -> Iterator[str]:
        """Yield texts of the same form for a place in a body: letters for letters, digits for digits."""
        node = node_at(operation.bodies[0].check.node, pointer) if operation.bodies else None
        check = None if node is None else Check(node)
        rng = random.Random(f"{self._seed} {operation.key} {pointer}")
        seen = {value}
        for _ in range(_NOVEL):
            formed = "".join(_similar(character, rng) for character in value)
            longer = formed + "".join(rng.choices(string.ascii_lowercase, k=_ADDED))
            for text in (longer, formed):
                if text not in seen and (check is None or check.is_valid(text) is not False):
                    seen.add(text)
                    yield text
                    break


def _similar(character: str, rng: random.Random) -> str:
    for family in (string.ascii_lowercase, string.ascii_uppercase, string.digits):
        if character in family:
            return rng.choice(family)
    return character
