"""Chooses the requests of a recording: what clients do to each thing, and what each operation answers besides.

The same seed gives the same requests. For each kind of thing there is its whole life (made, read, listed, changed,
acted on, removed, and each of those once more, by others too); for each operation requests with its documented values,
without credentials, for what does not exist, and some that are not valid.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from contractkit.fuzz.edit import with_header, with_segment
from contractkit.fuzz.generator import Generator
from contractkit.fuzz.knowledge import Scalar
from contractkit.fuzz.maker import Maker
from contractkit.fuzz.message import ABSENT, SAFE, Exchange, Request
from contractkit.fuzz.operation import Operation
from contractkit.fuzz.resources import Resource
from contractkit.fuzz.session import NO_ANSWER, Session
from contractkit.fuzz.variants import singles, with_parameter
from contractkit.schema.readings import text_of

_REFUSED_KEPT = 2
"""Refused requests of one status and operation that are kept, of those that were only tried on the way."""
_STRANGERS = 2
_UNKNOWN = {"uuid": "00000000-0000-4000-8000-000000000000", "integer": "999999999", "text": "unknown-0"}
_COMBINED = 3
"""Documented values of a query that are sent together."""


class Planner:
    """Sends the requests of a recording in one session, whose log is what they are.

    Args:
        session: a session with a fresh app.
        maker: makes requests of it.
        generator: makes requests that are not valid.
        seed: for all random choices.
        most: how many requests of one kind an operation gets.
    """

    def __init__(self, session: Session, maker: Maker, generator: Generator, seed: int, most: int) -> None:
        self._session = session
        self._maker = maker
        self._generator = generator
        self._seed = seed
        self._most = most
        self._user = session.identities.main
        self._meant: set[int] = set()

    def run(self, operations: Sequence[Operation]) -> list[Exchange]:
        """Send the requests of some operations, and return the exchanges to record, in their order."""
        lived: set[str] = set()
        for operation in operations:
            self._alone(operation)
        for operation in operations:
            resource = self._maker.resources.of(operation) or self._maker.resources.acted_on(operation)
            if resource is not None and resource.template not in lived:
                lived.add(resource.template)
                self._life(resource, operations)
        return [*self._kept()]

    def _kept(self) -> Iterator[Exchange]:
        """Yield the exchanges that change something or were meant, and a few of the others."""
        refused: dict[tuple[str, int], int] = {}
        for exchange in self._session.log:
            status = exchange.response.status
            if status == NO_ANSWER:
                continue
            if not exchange.response.is_success and id(exchange) not in self._meant:
                count = refused[exchange.operation, status] = refused.get((exchange.operation, status), 0) + 1
                if count > _REFUSED_KEPT:
                    continue
            yield exchange

    def _send(self, operation: Operation, request: Request | None) -> Exchange | None:
        if request is None:
            return None
        exchange = self._session.send(operation, request)
        self._meant.add(id(exchange))
        return exchange

    @property
    def _strangers(self) -> list[str]:
        return self._session.identities.others(_STRANGERS)

    def _life(self, resource: Resource, operations: Sequence[Operation]) -> None:
        """Make a member and do all that can be done to one."""
        if resource.create is None:
            return
        self._maker.prepare(resource.create, self._user)
        first = self._maker.make(resource, self._user)
        made = self._maker.make(resource, self._user, attempt=1) or first
        if made is None:
            return
        self._again(resource, made)
        self._listed(resource, made)
        read = self._on(resource.read, made)
        tag = "" if read is None else read.response.header("etag")
        if tag and resource.read is not None and read is not None:
            self._send(resource.read, with_header(read.request, "If-None-Match", tag))
        acting = [one for one in operations if self._maker.resources.acted_on(one) is resource]
        changing = [one for one in (resource.update, resource.replace) if one is not None]
        for name in self._strangers:
            for operation in (*resource.members, *acting):
                self._on(operation, made, name)
        for operation in (*resource.members, *acting):
            self._on(operation, made, None)
        for operation in changing:
            changed = self._on(operation, made, full=True)
            self._on(resource.read, made)
            if changed is not None and changed.response.is_success:
                self._send(operation, changed.request)
                if tag:
                    self._send(operation, with_header(changed.request, "If-Match", tag))
        for operation in acting:
            self._on(operation, made)
            self._on(resource.read, made)
            self._on(operation, made)
        if resource.delete is not None:
            if tag:
                request = self._member(resource.delete, made, self._user)
                self._send(resource.delete, None if request is None else with_header(request, "If-Match", tag))
            self._on(resource.delete, made)
            for operation in (*resource.members, *acting):
                self._on(operation, made)
        self._listed(resource, made)
        if resource.delete is not None:
            self._again(resource, made)

    def _again(self, resource: Resource, made: tuple[Exchange, Scalar]) -> None:
        """Send once more what made a member: what must be new is taken."""
        if resource.create is not None:
            self._send(resource.create, made[0].request)

    def _listed(self, resource: Resource, made: tuple[Exchange, Scalar]) -> None:
        if resource.list is None:
            return
        self._send(resource.list, Request("GET", made[0].request.path, identity=self._user))

    def _on(
        self, operation: Operation | None, made: tuple[Exchange, Scalar], user: str | None = "", *, full: bool = False
    ) -> Exchange | None:
        """Send a request of a member operation, as the main user unless another is named."""
        if operation is None:
            return None
        request = self._member(operation, made, self._user, full=full)
        return self._send(operation, request if request is None or user == "" else request.of(user))

    def _member(
        self, operation: Operation, made: tuple[Exchange, Scalar], user: str | None, *, full: bool = False
    ) -> Request | None:
        return self._maker.on_member(operation, made[0], made[1], user, full=full)

    def _alone(self, operation: Operation) -> None:
        """Send what an operation takes by itself, and what it refuses."""
        accepted = self._maker.accepted(operation, self._user)
        sample = accepted.request if accepted is not None else next(iter(self._maker.pool(operation)), None)
        if sample is None:
            return
        if accepted is not None:
            self._meant.add(id(accepted))
            if operation.method not in SAFE:
                self._send(operation, accepted.request)  # what must be new is taken, what was removed is gone
            self._documented(operation, accepted.request)
        self._unknown(operation, sample)
        if operation.security:
            self._send(operation, sample.of(None))
            self._send(operation, with_header(sample.of(None), "Authorization", "Bearer not-a-token"))
        if not operation.path_parameters:
            for name in self._strangers if operation.method == "GET" else ():
                self._send(operation, sample.of(name))
        negative = [one.request for one in self._generator.coverage(operation) if not one.positive]
        rng = self._rng("invalid", operation)
        for request in rng.sample(negative, min(len(negative), self._most // 4 + 1)):
            if not _leads_elsewhere(operation, request):
                self._send(operation, self._grounded(operation, request, rng))

    def _documented(self, operation: Operation, sample: Request) -> None:
        """Send the documented values of the query and the body, one at a time and some of a query together."""
        if operation.method == "DELETE":
            return
        rng = self._rng("documented", operation)
        variants = [*singles(operation, sample)]
        chosen = rng.sample(variants, min(len(variants), self._most))
        for variant in chosen:
            self._send(operation, self._fresh(operation, sample, variant.request))
        queries = [one for one in variants if one.place.startswith("query.") and one.value is not ABSENT]
        for _ in range(self._most // 3 if len({one.place for one in queries}) > 1 else 0):
            combined = sample
            for one in rng.sample(queries, min(len(queries), _COMBINED)):
                spec = operation.parameter("query", one.place.removeprefix("query."))
                combined = combined if spec is None else with_parameter(combined, spec, text_of(one.value))
            self._send(operation, combined)

    def _fresh(self, operation: Operation, sample: Request, variant: Request) -> Request:
        """Return a variant of a request with another value where what it makes must be new."""
        if operation.method != "POST" or sample.json is ABSENT:
            return variant
        return self._maker.new.renewed(operation, sample, variant)

    def _unknown(self, operation: Operation, sample: Request) -> None:
        """Ask for what does not exist."""
        if not operation.path_parameters:
            return
        spec = operation.path_parameters[-1]
        if not spec.whole:
            return
        node = spec.check.node
        kind = "uuid" if node.format == "uuid" else "integer" if node.integer else "text"
        self._send(operation, with_segment(sample.of(self._user), spec.index, _UNKNOWN[kind]))

    def _grounded(self, operation: Operation, request: Request, rng: random.Random) -> Request:
        return self._maker.grounded(operation, request.of(self._user), rng, path=False, body=False)

    def _rng(self, what: str, operation: Operation) -> random.Random:
        return random.Random(f"{self._seed} {what} {operation.key}")


def _leads_elsewhere(operation: Operation, request: Request) -> bool:
    """Whether a request calls another path or method than that of its operation."""
    return request.method != operation.method or operation.pattern.match(request.path) is None
