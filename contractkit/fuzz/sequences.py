"""Random sequences: what one request leaves behind is what the next one meets.

Each begins with a member that was just made and goes on with what can be done to it. First come any two changes one
after the other and the first of them again (what was undone is done once more), then any order at random, with reads
in between. The same seed gives the same sequences.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence

from contractkit.fuzz.knowledge import Scalar
from contractkit.fuzz.maker import Maker
from contractkit.fuzz.message import Exchange, Request
from contractkit.fuzz.operation import Operation
from contractkit.fuzz.resources import Resource

_SHORTEST, _LONGEST = 3, 8
_MOST_PAIRS = 12
"""Pairs of changes of one resource."""


class Sequences:
    """Makes the sequences of a unit.

    Args:
        maker: makes the requests.
        operations: the operations of the unit.
        seed: for all random choices.
    """

    def __init__(self, maker: Maker, operations: Sequence[Operation], seed: int) -> None:
        self._maker = maker
        self._operations = operations
        self._rng = random.Random(f"{seed} sequences {' '.join(one.key for one in operations)}")

    def requests(self, identity: str | None, count: int) -> Iterator[tuple[Operation, Request]]:
        """Yield the requests of some sequences, one after the other; each is made after the one before was sent.

        Args:
            identity: who sends them.
            count: how many sequences at random.
        """
        barren: set[str] = set()
        for number, (resource, steps) in enumerate(self._plans(count)):
            made = None if resource.template in barren else self._maker.make(resource, identity, attempt=number)
            if made is None:
                barren.add(resource.template)
                continue
            for operation in steps:
                request = self._request(operation, resource, made, identity)
                if request is not None:
                    yield operation, request

    def _plans(self, count: int) -> Iterator[tuple[Resource, list[Operation]]]:
        """Yield what to do to a new member of which resource."""
        resources = [one for one in self._resources() if len(self._on(one)) > 1]
        for resource in resources:
            changes = [one for one in self._on(resource) if one.method != "GET"]
            pairs = list(itertools.permutations(changes, 2))
            for first, second in self._rng.sample(pairs, min(len(pairs), _MOST_PAIRS)):
                yield resource, [first, second, first]
        for _ in range(count if resources else 0):
            resource = self._rng.choice(resources)
            choices = [one for one in self._on(resource) for _ in range(1 if one.method == "GET" else 2)]
            yield resource, self._rng.choices(choices, k=self._rng.randint(_SHORTEST, _LONGEST))

    def _resources(self) -> Iterator[Resource]:
        """Yield the resources that the unit can create and do something to."""
        for resource in self._maker.resources.all.values():
            if resource.create is not None and any(one in self._operations for one in self._on(resource)):
                yield resource

    def _on(self, resource: Resource) -> list[Operation]:
        """Return what of the unit can be done to a member, and to the list that it is in."""
        acting = [one for one in self._operations if self._maker.resources.acted_on(one) is resource]
        own = [one for one in (*resource.members, resource.list) if one is not None and one in self._operations]
        return [*own, *acting]

    def _request(
        self, operation: Operation, resource: Resource, made: tuple[Exchange, Scalar], identity: str | None
    ) -> Request | None:
        pool = self._maker.pool(operation)
        if not pool:
            return None
        chosen = self._rng.choice(pool).of(identity)
        if operation is resource.list:
            return self._maker.grounded(operation, chosen, self._rng)
        return self._maker.on_member(operation, made[0], made[1], identity, chosen=chosen)
