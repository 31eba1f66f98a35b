"""Makes conversations for the WebSockets of a contract: valid and invalid handshakes, messages, and sequences of them.

Messages are made by the generator of requests: to it each is the body of a request (`sockets.as_requests`). Whether one
is valid is read off what is sent, never taken from what was meant.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contractkit.fuzz.beyond import beyond
from contractkit.fuzz.generator import DRAWN, Generator
from contractkit.fuzz.knowledge import Knowledge, name_of, plain
from contractkit.fuzz.maker import Maker
from contractkit.fuzz.message import ABSENT, Exchange, Request, dumped, leaves, starred
from contractkit.fuzz.operation import Api, Operation
from contractkit.fuzz.session import NO_ANSWER, Session
from contractkit.fuzz.sockets import Message, Socket, as_requests
from contractkit.fuzz.talk import Step, talk, transcript_of, with_steps
from contractkit.fuzz.validity import node_at, validity
from contractkit.model.contract import Contract
from contractkit.schema.check import Check

_HUNG = 2
_HANDSHAKES = 40
_OPENINGS = 6
"""Handshakes that are tried until one opens the socket."""
_VALID, _INVALID = 12, 40
"""Messages of one kind that are sent by themselves."""
_REFUSED = 3
"""Messages of each kind that nearly are one."""
_LONGEST = 5
"""Messages in a random sequence."""
_A_SEQUENCE = 4
"""For so many random requests of an operation there is one sequence."""
_RIGHT = 0.75
"""The part of valid messages in a sequence."""
_LARGE = 100_000
"""Characters of what is very large."""
_FOREIGN: tuple[Any, ...] = (None, "contractkit", -1, [1], {"contractkit": 1})
"""Values for each property: most are of another type than it has."""
_BINARY: Step = {"base64": base64.b64encode(b"\x00\xff contractkit").decode()}
_NO_MESSAGES: tuple[Step, ...] = (
    {"text": "contractkit"},
    {"json": {}},
    {"text": ""},
    {"text": "{"},
    {"json": None},
    {"json": []},
    {"json": "contractkit"},
    {"json": 0},
    {"text": "a", "times": _LARGE},
)
_JSON = (("content-type", "application/json"),)
_TEXTS = ("contractkit", "", "1", "ключ 钥匙", "a b\nc")


@dataclass
class _Kinds:
    """What was generated for one socket."""

    handshakes: list[Request]
    messages: list[_Made]

    @property
    def valid(self) -> list[list[Step]]:
        return [one.valid for one in self.messages]

    @property
    def invalid(self) -> list[list[Step]]:
        return [one.invalid for one in self.messages]


@dataclass
class _Made:
    """Messages of one kind: valid ones, others that should not be, and such that are just beyond one limit."""

    valid: list[Step]
    invalid: list[Step]
    beyond: list[Step]


class Talks:
    """Makes conversations.

    Args:
        api: the contract.
        seed: the same seed makes the same conversations.
    """

    def __init__(self, api: Api, seed: int) -> None:
        self._api = api
        self._seed = seed
        self._made: dict[str, _Kinds] = {}

    @cached_property
    def _requests(self) -> tuple[Generator, Api]:
        document = as_requests(self._api.sockets, self._api.contract)
        base = self._api.base_path
        return Generator(document, base), Api(Contract("", document), base)

    def generated(self, socket: Socket) -> _Kinds:
        """Return what is generated for a socket; it is made once."""
        if socket.key not in self._made:
            number = list(self._api.sockets).index(socket.key)
            kinds = [self._messages(number, index, one) for index, one in enumerate(socket.receive or ())]
            self._made[socket.key] = _Kinds(self._handshakes(socket), kinds)
        return self._made[socket.key]

    def _handshakes(self, socket: Socket) -> list[Request]:
        generator, api = self._requests
        operation = api.operations[f"GET {socket.key.partition(' ')[2]}"]
        samples = [*generator.coverage(operation)]
        for positive in (True, False):
            samples += generator.draws(operation, positive=positive, count=DRAWN, seed=self._seed)
        found = [talk(one.request.target, (), headers=one.request.headers) for one in samples]
        found = [one for one in found if socket.pattern.match(one.path)]
        return list(dict.fromkeys(found))

    def _messages(self, number: int, index: int, kind: Message) -> _Made:
        if not kind.media_type.is_json:
            is_text = kind.media_type.essence.startswith("text/")
            texts: list[Step] = [{"text": text} if is_text else _binary(text) for text in _TEXTS]
            return _Made(texts, [], [])
        generator, api = self._requests
        operation = api.operations[f"POST /{number}/{index}"]
        valid: list[Step] = []
        invalid: list[Step] = []
        for positive in (True, False):
            samples = [*generator.examples(operation)] if positive else []
            samples += generator.coverage(operation)
            samples += generator.draws(operation, positive=positive, count=DRAWN, seed=self._seed)
            values = [one.request.json for one in samples if one.request.json is not ABSENT]
            for step in ({"json": value} for value in values):
                known = valid if kind.takes(step) else invalid
                if step not in known:
                    known.append(step)
        limited: list[Step] = []
        for step in [*valid[:1], *valid[-1:]]:
            invalid += [one for one in _edited(step["json"]) if one not in invalid and not kind.takes(one)]
            base = Request("POST", operation.template, _JSON, dumped(step["json"]))
            steps = ({"json": one.json} for one in beyond(operation, base))
            limited += [one for one in steps if one not in invalid and one not in limited and not kind.takes(one)]
        return _Made(valid, invalid, limited)

    def openings(self, socket: Socket, maker: Maker, user: str | None) -> Iterator[Request]:
        """Yield valid handshakes of a user that say no more than they must, filled with what the app gave."""
        maker.prepare(socket, user)
        rng = random.Random(f"{self._seed} openings {socket.key}")
        found = (_bare(socket, one) for one in self.generated(socket).handshakes)
        valid = dict.fromkeys(one for one in found if validity(socket, one).valid is not False)
        for request in list(valid)[:_OPENINGS]:
            yield maker.grounded(socket, request.of(user), rng, body=False)

    def opened(self, socket: Socket, maker: Maker, user: str | None) -> Exchange | None:
        """Return an exchange in which the app opened a socket to a user and left it open; None where it does not."""
        for request in self.openings(socket, maker, user):
            exchange = maker.session.send(socket, request)
            transcript = transcript_of(exchange.response)
            if transcript is not None and transcript.code is None:
                return exchange
            if hangs(exchange):
                return None
        return None

    def valid(self, socket: Socket, session: Session, *, each: int = 1) -> dict[str, list[Step]]:
        """Return valid messages by the name of their kind, so many of each, filled with what the app gave."""
        rng = random.Random(f"{self._seed} valid {socket.key}")
        rows = zip(socket.receive or (), self.generated(socket).valid, strict=True)
        return {
            kind.name: [_grounded(kind, step, session.knowledge, rng) for step in steps[:each]] for kind, steps in rows
        }

    def malformed(self, socket: Socket) -> list[Step]:
        """Return messages that are none, as far as the contract forbids them."""
        steps = [*_NO_MESSAGES, _BINARY] if socket.receive else list(_NO_MESSAGES[:5])
        return [step for step in steps if not socket.receive or socket.is_allowed(step) is False]

    def refused(self, socket: Socket) -> list[Step]:
        """Return messages that the contract forbids: such that are none, and some that come near to each kind.

        All that lie just beyond a limit are among them.
        """
        made = self.generated(socket).messages
        near = [step for one in made for step in [*_spread(one.invalid, _REFUSED), *one.beyond]]
        return [*self.malformed(socket), *(step for step in near if socket.is_allowed(step) is False)]

    def explored(self, socket: Socket, maker: Maker, user: str | None, examples: int) -> Iterator[Request]:
        """Yield all conversations that are worth having with a socket; each is made when those before it are over.

        Of a socket that hangs again and again no more is asked.

        Args:
            socket: the socket.
            maker: fills them with what the app gave, and knows the users.
            user: who has them.
            examples: random requests that an operation gets.
        """
        hung = 0
        for request in self._explored(socket, maker, user, examples):
            yield request
            hung += hangs(maker.session.log[-1])
            if hung == _HUNG:
                return

    def _explored(self, socket: Socket, maker: Maker, user: str | None, examples: int) -> Iterator[Request]:
        session = maker.session
        opened = self.opened(socket, maker, user)
        others = [None, *(name for name in session.identities.names if name != user)]
        base = next(self.openings(socket, maker, user), None) if opened is None else opened.request
        if base is None:
            return
        yield from (base.of(other) for other in others)
        taken: set[tuple[str, str]] = set()
        for request in _spread(self.generated(socket).handshakes, _HANDSHAKES):
            found = validity(socket, request)
            broken = {(starred(one.place), one.keyword) for one in found.breaches} if found.valid is False else set()
            if broken and broken <= taken:
                continue
            # An app that opens the socket before it looks may close it then.
            steps: list[Step] = [{"wait": "close"}] if broken else []
            yield with_steps(request, steps).of(user)
            transcript = transcript_of(session.log[-1].response)
            if transcript is not None and transcript.code is None:
                taken |= broken  # it was waited for, and will be in each finding: once is enough
        if opened is None or socket.receive == ():
            return
        kinds, rng = self.generated(socket), random.Random(f"{self._seed} talks {socket.key}")
        pool = list(zip(socket.receive or (), kinds.valid, strict=False))
        for step in self.malformed(socket):
            yield with_steps(base, [step])
        for kind, steps in pool:
            for step in _spread(steps, _VALID):
                yield with_steps(base, [_grounded(kind, step, session.knowledge, rng)])
            for step in steps[:1]:
                yield with_steps(base, [step, step])
                if any(one.once for one in socket.send or ()):
                    yield with_steps(base, [step, {"wait": 1}, step, {"wait": "close"}])
        for made in kinds.messages:
            for step in [*_spread(made.invalid, _INVALID), *made.beyond]:
                yield with_steps(base, [step])
        wrong = [*(step for row in kinds.invalid for step in row), *self.malformed(socket)]
        for _ in range(examples // _A_SEQUENCE if any(kinds.valid) else 0):
            yield with_steps(base, self._sequence(pool, wrong, session, rng))

    @staticmethod
    def _sequence(
        pool: Sequence[tuple[Message, Sequence[Step]]], wrong: Sequence[Step], session: Session, rng: random.Random
    ) -> list[Step]:
        right = [row for row in pool if row[1]]
        steps: list[Step] = []
        for _ in range(rng.randint(2, _LONGEST)):
            if wrong and rng.random() > _RIGHT:
                steps.append(rng.choice(wrong))
            else:
                kind, found = rng.choice(right)
                steps.append(_grounded(kind, rng.choice(found), session.knowledge, rng))
        return steps


def hangs(exchange: Exchange) -> bool:
    """Return whether a conversation did not begin, or not end, in its time."""
    transcript = transcript_of(exchange.response)
    return exchange.response.status == NO_ANSWER if transcript is None else not transcript.ended


def _spread(rows: Sequence[Any], count: int) -> list[Any]:
    """Return so many of some rows, from all over them."""
    if len(rows) <= count:
        return list(rows)
    return [rows[index * len(rows) // count] for index in range(count)]


def _binary(text: str) -> Step:
    return {"base64": base64.b64encode(text.encode()).decode()}


def _edited(value: Any) -> Iterator[Step]:
    """Yield a message with one of its properties missing, of another type, or very large."""
    if not isinstance(value, dict):
        return
    for name in value:
        yield {"json": {key: one for key, one in value.items() if key != name}}
        for other in _FOREIGN:
            yield {"json": {**value, name: other}}
    for name, one in value.items():
        if isinstance(one, str):
            yield {"json": {**value, name: "a" * _LARGE}}
    yield {"json": {**value, "contractkit": 1}}
    yield _binary(dumped(value).decode())


def _bare(socket: Operation, request: Request) -> Request:
    """Return a handshake without the parameters that it may do without."""
    needed = {(one.where, one.name.lower()) for one in socket.parameters if one.parameter.required}
    pairs = [f"{row}" for row in request.query.split("&") if ("query", row.partition("=")[0].lower()) in needed]
    cookies = [f"{name}={value}" for name, value in request.cookies if ("cookie", name.lower()) in needed]
    headers = [(name, value) for name, value in request.headers if ("header", name.lower()) in needed]
    headers += [("Cookie", "; ".join(cookies))] if cookies else []
    return talk(request.path + (f"?{'&'.join(pairs)}" if pairs else ""), (), headers=headers)


def _grounded(kind: Message, step: Step, knowledge: Knowledge, rng: random.Random) -> Step:
    """Return a message with identifiers that the app gave, where it has such."""
    if "json" not in step:
        return step
    from contractkit.fuzz.edit import with_json

    holder = talk("/", ()).of(None)
    holder = Request(holder.method, holder.target, (), dumped(step["json"]))
    for pointer, _ in leaves(step["json"]):
        name, node = name_of(pointer), node_at(kind.check.node, pointer)
        if not plain(name).endswith("id") or node is None:
            continue
        check = Check(node)
        known = dict.fromkeys([*knowledge.for_name(name), *knowledge.for_name("id")])
        values = [one for one in known if check.is_valid(one)]
        if values and rng.random() < _RIGHT:
            holder = with_json(holder, pointer, rng.choice(values))
    return {"json": holder.json}
