"""Makes requests that the app takes: generated ones, filled with values that the app itself gave."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace

from contractkit.fuzz.edit import with_header, with_json, with_query, with_segment
from contractkit.fuzz.generator import DRAWN, Generator
from contractkit.fuzz.hidden import HiddenFields
from contractkit.fuzz.identities import form_request
from contractkit.fuzz.knowledge import Scalar, name_of, names_for, plain
from contractkit.fuzz.message import ABSENT, Exchange, Request, leaves
from contractkit.fuzz.novelty import NewValues
from contractkit.fuzz.operation import Operation
from contractkit.fuzz.resources import Resource, Resources
from contractkit.fuzz.session import Session
from contractkit.fuzz.validity import node_at
from contractkit.schema.check import Check
from contractkit.schema.node import Node

_TRIES = 24
_FURTHER = 3
_MAX_FULL = 4_000
_CONFLICT, _NOT_FOUND = 409, 404
_CONFLICTS = 3
"""After so many it is found out what must be unique."""
_MAX_DEPTH = 3
_MAX_FIELDS = 60
_FRESH_MEMBERS = 3
"""Members that are made for an operation that uses them up (DELETE) or acts on them (`POST /orders/{id}/cancel`)."""


class Maker:
    """Makes requests for one session.

    Attributes:
        session: sends them.
        resources: what creates what.
        hidden: knows what forms hold that nobody writes.
        new: knows what must be another one for each member, and gives it.

    Args:
        session: sends them.
        generator: where they come from.
        resources: what creates what.
        seed: makes the same requests again.
        novelty: makes other new requests than another maker's, where those of the seed are used up.
    """

    def __init__(self, session: Session, generator: Generator, resources: Resources, seed: int, novelty: str) -> None:
        self.session = session
        self.resources = resources
        self.hidden = HiddenFields(session)
        self.new = NewValues(session, f"{seed} {novelty}")
        self._generator = generator
        self._seed = seed
        self._novelty = novelty
        self._pools: dict[str, list[Request]] = {}
        self._refused: set[tuple[str, str | None]] = set()
        self._served: dict[str, int] = {}
        self._turns: dict[str, int] = {}
        self._checks: dict[int, Check] = {}
        self._parents_made: set[str] = set()

    def accepted(self, operation: Operation, identity: str | None, *, attempt: int = 0) -> Exchange | None:
        """Return an exchange in which the app took a valid request of an operation, None where none was found.

        Taken is what is answered 2xx, or with the redirect that is declared in its place; see `Operation.takes`.

        Args:
            operation: the operation.
            identity: who sends it.
            attempt: another number gives other requests first; what creates needs that, as names may be taken.
        """
        if (operation.key, identity) in self._refused:
            return None
        pool = self.pool(operation)
        if not pool:
            return None
        self.prepare(operation, identity)
        users, sessions = self.session.identities.users, self.session.identities.sessions
        if identity is not None and users[identity].username and sessions.signs_in(operation):
            found = self._first_taken(operation, iter([sessions.login(users[identity], operation).of(identity)]))
            if found is not None:
                return found
        if self.resources.acted_on(operation) is not None:
            found = self._first_taken(operation, self.on_fresh_members(operation, identity, attempt=attempt))
            if found is not None:
                return found
        start = self._served.get(operation.key, 0) + attempt
        rng = random.Random(f"{self._seed} accepted {operation.key} {start}")
        creates = operation.method == "POST"
        if creates and self.new.place(operation) is not None:
            found = self._first_taken(operation, self.new.anew(operation, identity))
            if found is not None:
                return found
        conflicts, absent = 0, 0
        for offset in range(min(_TRIES, 2 * len(pool)) if start < len(pool) or not creates else 0):
            number = (start + offset) % len(pool)
            request = pool[number].of(identity)
            if offset < len(pool):
                request = self.grounded(operation, request, rng)
            exchange = self.session.send(operation, self.matching(operation, request))
            if operation.takes(exchange.response.status):
                self._served[operation.key] = number + (1 if creates else 0)
                return exchange
            absent += exchange.response.status == _NOT_FOUND
            conflicts += exchange.response.status == _CONFLICT
            if creates and conflicts == _CONFLICTS and not self.new.is_known(operation):
                found = self._first_taken(operation, self.new.anew(operation, identity))
                if found is not None:
                    return found
        # What a name must be unique for was perhaps refused for nothing else: the names of the pool are used up.
        further = itertools.chain(self.new.anew(operation, identity), self.further(operation, identity))
        found = self._first_taken(operation, further) if creates else None
        if found is not None:
            self._served[operation.key] = len(pool)
            return found
        self._refused.add((operation.key, identity))
        if absent and self._put(operation, identity):
            self._refused.discard((operation.key, identity))
            return self._first_taken(operation, iter([self.grounded(operation, pool[0].of(identity), rng)]))
        return None

    def _put(self, operation: Operation, identity: str | None) -> bool:
        """Let what has no collection to be created in begin by a PUT of its own; return whether the app took one."""
        put = self.session.api.operations.get(f"PUT {operation.key.partition(' ')[2]}")
        if put is None or operation.method not in ("GET", "HEAD", "PATCH"):
            return False
        resource = self.resources.of(put)
        if resource is not None and resource.create is not None:
            return False
        return self.accepted(put, identity) is not None

    def on_fresh_members(self, operation: Operation, identity: str | None, *, attempt: int = 0) -> Iterator[Request]:
        """Yield valid requests of what uses members up or acts on them, each for a member that was just made."""
        resource = self.resources.acted_on(operation) or self.resources.of(operation)
        if resource is None or resource.create is None:
            return
        for count in range(_FRESH_MEMBERS):
            made = self.make(resource, identity, attempt=attempt + count)
            request = None if made is None else self.on_member(operation, made[0], made[1], identity)
            if request is not None:
                yield request

    def _first_taken(self, operation: Operation, requests: Iterator[Request]) -> Exchange | None:
        sent = (self.session.send(operation, request) for request in requests)
        return next((one for one in sent if operation.takes(one.response.status)), None)

    def further(self, operation: Operation, identity: str | None) -> Iterator[Request]:
        """Yield some valid requests that were not sent before, and that no other call yields."""
        turn = self._turns[operation.key] = self._turns.get(operation.key, 0) + 1
        seed = f"{self._seed} {self._novelty} {turn}"
        rng = random.Random(f"{seed} {operation.key}")
        for sample in self._generator.draws(operation, positive=True, count=_FURTHER, seed=seed):
            yield self.grounded(operation, sample.request.of(identity), rng)

    def pool(self, operation: Operation) -> list[Request]:
        """Return valid requests for an operation: from its examples, at its limits, and random ones."""
        if operation.key not in self._pools:
            samples = [*self._generator.examples(operation)]
            samples += [one for one in self._generator.coverage(operation) if one.positive]
            samples += self._generator.draws(operation, positive=True, count=DRAWN, seed=self._seed)
            self._pools[operation.key] = list(dict.fromkeys(_unconditional(operation, one.request) for one in samples))
        return self._pools[operation.key]

    def prepare(self, operation: Operation, identity: str | None, depth: int = 0) -> None:
        """See to it that something is known that the path parameters, and names in the body, may refer to."""
        if depth > _MAX_DEPTH:
            return
        for name in self._references(operation):
            spec = next((one for one in operation.path_parameters if one.name == name), None)
            known = (
                self.session.knowledge.for_parameter(operation, spec)
                if spec is not None
                else self.session.knowledge.for_name(name)
            )
            if known:
                continue
            if plain(name).endswith("token"):
                self._sign_in(identity)
                continue
            for resource in self._makers(operation, name):
                if resource.template in self._parents_made:
                    continue
                self._parents_made.add(resource.template)
                if resource.list is not None and resource.list is not operation:
                    self.prepare(resource.list, identity, depth + 1)
                    self.accepted(resource.list, identity)
                if resource.create is not None and resource.create is not operation:
                    self.prepare(resource.create, identity, depth + 1)
                    self.make(resource, identity)

    def _sign_in(self, identity: str | None) -> None:
        """Let a user sign in by a request of the session, so that what the answer gives (a refresh token) is known."""
        identities = self.session.identities
        target = identities.token_target
        if identity is None or target is None or not identities.signs_in(identity):
            return
        user = identities.users[identity]
        fields = {"grant_type": "password", "username": user.username, "password": user.password}
        self.session.send(self.session.api.find("POST", target), form_request(target, fields))

    def make(self, resource: Resource, identity: str | None, *, attempt: int = 0) -> tuple[Exchange, Scalar] | None:
        """Create a new member of a resource; return the exchange and what tells the member from others."""
        if resource.create is None:
            return None
        exchange = self.accepted(resource.create, identity, attempt=attempt)
        if exchange is None:
            return None
        value = resource.id_of(exchange)
        return None if value is None else (exchange, value)

    def on_member(
        self,
        operation: Operation,
        made: Exchange,
        value: Scalar,
        identity: str | None,
        *,
        full: bool = False,
        chosen: Request | None = None,
    ) -> Request | None:
        """Return a valid request of a member operation for one member.

        Args:
            operation: an operation whose last path parameter names the member.
            made: the exchange that created or showed it; its path holds what stands before the member.
            value: what tells the member from others.
            identity: who sends it.
            full: whether its body should have something in every part; any valid one will do otherwise.
            chosen: the request to send to that member.
        """
        pool = self.pool(operation)
        parameters = operation.path_parameters
        if not pool or not parameters:
            return None
        rng = random.Random(f"{self._seed} member {operation.key}")
        if chosen is None:
            chosen = max(pool, key=_fullness) if full else pool[0]
        request = self.grounded(operation, chosen.of(identity), rng, path=False)
        segments = made.request.path.split("/")[1:]
        for spec in parameters[:-1]:
            if spec.index < len(segments):
                parts = request.path.split("/")
                parts[spec.index + 1] = segments[spec.index]
                request = replace(request, target="/".join(parts) + request.target[len(request.path) :])
        return self.matching(operation, with_segment(request, parameters[-1].index, str(value)))

    def matching(self, operation: Operation, request: Request) -> Request:
        """Return a request with the current ETag, where the contract requires one (RFC 9110, section 13.1.1).

        It does so by the parameter, or by an answer 428 to a request without (RFC 6585, section 3).
        """
        spec = operation.parameter("header", "if-match")
        reader = self.session.api.find("GET", request.path)
        if spec is None or reader is None or not (spec.parameter.required or "428" in operation.responses):
            return request
        read = self.session.send(reader, Request("GET", request.path, identity=request.identity))
        tag = read.response.header("etag")
        return with_header(request, spec.name, tag) if tag else request

    def grounded(
        self, operation: Operation, request: Request, rng: random.Random, *, path: bool = True, body: bool = True
    ) -> Request:
        """Return the request with values that the app gave in the places that refer to something."""
        knowledge = self.session.knowledge
        if path:
            for spec in operation.path_parameters:
                values = [one for one in knowledge.for_parameter(operation, spec) if spec.whole]
                values = [one for one in values if spec.check.is_valid(str(one), text=True) is not False]
                if values:
                    request = with_segment(request, spec.index, str(rng.choice(values)))
        for spec in operation.parameters:
            if spec.where == "query" and self._refers(operation, spec.name):
                values = knowledge.for_name(spec.name)
                values = [one for one in values if spec.check.is_valid(str(one), text=True) is not False]
                if values and any(name == spec.name for name, _ in request.pairs):
                    request = with_query(request, spec.name, str(rng.choice(values)))
        if body and request.json is not ABSENT and operation.bodies:
            node = operation.bodies[0].check.node
            for count, (pointer, _) in enumerate(leaves(request.json)):
                if count >= _MAX_FIELDS:
                    break
                name = name_of(pointer)
                if not name or not self._refers(operation, name):
                    continue
                check = self._check(node_at(node, pointer))
                values = [one for one in knowledge.for_name(name) if check is None or check.is_valid(one) is not False]
                if values:
                    request = with_json(request, pointer, rng.choice(values))
        return self.hidden.filled(operation, request) if body else request

    def _check(self, node: Node | None) -> Check | None:
        if node is None:
            return None
        if id(node) not in self._checks:
            self._checks[id(node)] = Check(node)
        return self._checks[id(node)]

    def _refers(self, operation: Operation, name: str) -> bool:
        """Whether a name refers to a member of some resource that this operation does not itself create."""
        if plain(name).endswith("token"):
            return True
        own = self.resources.of(operation)
        for resource in self.resources.made_by(name, operation):
            if own is resource and operation is resource.create:
                continue
            return True
        return False

    def _references(self, operation: Operation) -> Iterator[str]:
        yield from (spec.name for spec in operation.path_parameters)
        if operation.bodies:
            for name in operation.bodies[0].check.node.properties:
                if self._refers(operation, name):
                    yield name

    def _makers(self, operation: Operation, name: str) -> Iterator[Resource]:
        named = [*self.resources.made_by(name, operation)]
        around = [
            resource
            for resource in self.resources.parents(operation)
            if plain(name) in names_for(resource.parameter, resource.collection) or plain(name).endswith("id")
        ]
        yield from {resource.template: resource for resource in (*around, *named)}.values()


_CONDITIONS = frozenset(
    {"ifmatch", "ifnonematch", "ifmodifiedsince", "ifunmodifiedsince", "ifrange", "range", "idempotencykey"}
    | {"xidempotencykey"}
)


def _unconditional(operation: Operation, request: Request) -> Request:
    """Return a request without the optional headers that make a server answer it otherwise than it would by itself."""
    for spec in operation.parameters:
        if spec.where == "header" and not spec.parameter.required and plain(spec.name) in _CONDITIONS:
            request = with_header(request, spec.name, None)
    return request


def _fullness(request: Request) -> int:
    """Return how many values a JSON body of moderate size has that are not empty."""
    if request.json is ABSENT or len(request.body or b"") > _MAX_FULL:
        return 0
    return sum(1 for _, value in leaves(request.json) if value not in (None, "", 0))
