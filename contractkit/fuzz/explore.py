"""Explores one operation: all requests that are worth sending, in a fixed order, each answer put to the checks."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from contractkit.fuzz.beyond import beyond
from contractkit.fuzz.budget import NEVER, TimeIsUpError
from contractkit.fuzz.check import Check, Judged, checks
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.combinations import combinations
from contractkit.fuzz.edges import edges
from contractkit.fuzz.generator import Generator, Sample
from contractkit.fuzz.links import Links
from contractkit.fuzz.maker import Maker
from contractkit.fuzz.message import OPENED, Exchange, Request, header, unescaped
from contractkit.fuzz.operation import Operation
from contractkit.fuzz.options import Options
from contractkit.fuzz.resources import Resource, guessed
from contractkit.fuzz.scene import Scene
from contractkit.fuzz.sequences import Sequences
from contractkit.fuzz.session import NO_ANSWER, Session
from contractkit.fuzz.sockets import Socket
from contractkit.fuzz.talks import Talks
from contractkit.fuzz.validity import validity
from contractkit.fuzz.variants import singles

_VARIANTS = 150
OVER = "its share of the time limit was over before its first request"
_FOLLOWED = 3
"""Answers of an operation whose links are followed."""
_EXAMPLES_A_SEQUENCE = 10
"""For so many random requests of an operation there is one sequence of its unit."""
_UNGROUNDED = 4
"""Of so many valid requests one is sent as it was generated, with identifiers that name nothing."""


@dataclass
class Tested:
    """What became of one operation.

    Attributes:
        key: the operation.
        sent: requests that were sent to it.
        statuses: how often each status came.
        reason: why it does not count as tested; empty where it does.
        partial: whether its time ran out.
    """

    key: str
    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    reason: str = ""
    partial: bool = False


@dataclass
class _Begun:
    """How far an operation is explored.

    Attributes:
        requests: what is sent to it.
        next: the request that is the next, where it was made already.
        own: what was sent, and came back.
        followed: whether its links were.
        played: the checks that had their turn.
    """

    requests: Iterator[Request]
    next: Request | None = None
    own: list[Exchange] = field(default_factory=list)
    followed: bool = False
    played: set[str] = field(default_factory=set)


class Explorer:
    """Explores operations in one session and collects what the checks claim.

    Attributes:
        claims: the first claim of each cause.

    Args:
        session: sends the requests.
        generator: makes them.
        maker: fills them with what the app gave.
        options: how much to do.
        talks: gives what makes conversations, where there are WebSockets.
    """

    def __init__(
        self, session: Session, generator: Generator, maker: Maker, options: Options, talks: Callable[[], Talks]
    ) -> None:
        self.claims: dict[tuple[str, str, str], Claim] = {}
        self._session = session
        self._generator = generator
        self._maker = maker
        self._options = options
        self._talks = talks
        self._checks = checks()
        self._links = Links(session.api)
        self._user = session.identities.main
        self._playing: tuple[str, str] | None = None
        self._begun: dict[str, _Begun] = {}
        session.observe = self._observe

    def run(self, operation: Operation, until: float = NEVER) -> Tested:
        """Explore one operation, until a time (`time.monotonic`) at most; a second time it goes on where it ended."""
        begun = self._begun.setdefault(operation.key, _Begun(self._requests(operation)))
        self._session.until = until
        partial = False
        try:
            self._send_all(operation, begun)
            if self._links.are_at(operation) and not begun.followed:
                self._follow(operation, begun.own)
            begun.followed = True
        except TimeIsUpError:
            partial = True
        partial = not self._play(operation, begun.played, last=False) or partial
        self._review(operation, begun.own)
        statuses = Counter(self._session.statuses.get(operation.key, Counter()))
        if partial and not statuses:
            return Tested(operation.key, reason=OVER, partial=True)
        last = next((one for one in reversed(self._session.log) if one.operation == operation.key), None)
        reason = reason_of(operation, statuses, "" if last is None else last.response.text)
        return Tested(operation.key, statuses.total(), statuses, reason, partial)

    def _send_all(self, operation: Operation, begun: _Begun) -> None:
        """Send what is left of the requests to an operation.

        Raises:
            TimeIsUpError: there is no time for all of them.
        """
        while True:
            if begun.next is None:
                try:
                    begun.next = next(begun.requests, None)
                except TimeIsUpError:
                    begun.requests = self._requests(operation)  # what is broken off inside yields nothing more
                    raise
            if begun.next is None:
                return
            if self._is_over():
                raise TimeIsUpError
            begun.own.append(self._session.send(operation, begun.next))
            begun.next = None

    def _follow(self, operation: Operation, exchanges: Sequence[Exchange]) -> None:
        """Go where the links of the operation's answers lead."""
        rng = random.Random(f"{self._options.seed} links {operation.key}")
        taken = [one for one in exchanges if one.response.is_success]
        for exchange in rng.sample(taken, min(len(taken), _FOLLOWED)):
            for link in self._links.followed(operation, exchange):
                for request in self._maker.pool(link.operation)[:1]:
                    grounded = self._maker.grounded(link.operation, request.of(self._user), rng)
                    self._session.send(link.operation, link.applied(grounded))

    def wander(self, operations: Sequence[Operation], until: float = NEVER) -> None:
        """Send random sequences of requests to the operations of a unit, until a time at most; see `Sequences`.

        A WebSocket has had its own.
        """
        operations = [one for one in operations if not isinstance(one, Socket)]
        if not operations:
            return
        self._session.until = until
        examples = max((self._options.examples_for(one.key) for one in operations), default=0)
        sequences = Sequences(self._maker, operations, self._options.seed)
        with contextlib.suppress(TimeIsUpError):
            for operation, request in sequences.requests(self._user, max(1, examples // _EXAMPLES_A_SEQUENCE)):
                if self._is_over():
                    return
                self._session.send(operation, request)

    def _requests(self, operation: Operation) -> Iterator[Request]:
        """Yield what is sent to an operation; each is made only when the answers before it are known."""
        if isinstance(operation, Socket):
            examples = self._options.examples_for(operation.key)
            yield from self._talks().explored(operation, self._maker, self._user, examples)
            return
        options, rng = self._options, random.Random(f"{self._options.seed} explore {operation.key}")
        self._maker.prepare(operation, self._user)
        for sample in self._generator.examples(operation):
            yield sample.request.of(self._user)
            yield self._filled(operation, sample, rng, 1)
        for count, sample in enumerate(self._generator.coverage(operation)):
            yield self._filled(operation, sample, rng, count)
        if operation.method == "DELETE":
            for request in self._maker.on_fresh_members(operation, self._user):
                yield request
                yield request  # once more: what is gone already
        base = self._maker.accepted(operation, self._user)
        if base is not None:
            yield base.request  # once more, as it was
            yield from self._variants(operation, base.request)
        examples = options.examples_for(operation.key)
        for positive, number in ((True, examples - examples // 2), (False, examples // 2)):
            drawn = self._generator.mixed(operation, positive=positive, count=number, seed=options.seed)
            for count, sample in enumerate(drawn):
                yield self._filled(operation, sample, rng, count)

    def _variants(self, operation: Operation, base: Request) -> Iterator[Request]:
        """Yield variants of a request that was taken; each creates something else, where that must be."""
        documented = (variant.request for variant in itertools.islice(singles(operation, base), _VARIANTS))
        kinds = (documented, edges(operation, base), beyond(operation, base), combinations(operation, base))
        for request in itertools.chain.from_iterable(kinds):
            if operation.method == "POST":
                renewed = self._maker.new.renewed(operation, base, request)
                yield self._maker.hidden.filled(operation, renewed, like=base)
            elif header(request.headers, "if-match") == header(base.headers, "if-match"):
                yield self._maker.matching(operation, request)  # what was changed has another ETag now
            else:
                yield request

    @property
    def unique(self) -> dict[str, str]:
        """See `NewValues.unique`."""
        return self._maker.new.unique

    def renewed(self, operation: str, request: Request, place: str) -> Request:
        """Return a request that creates with a value that was not used yet; see `NewValues.given`."""
        return self._maker.new.given(self._session.api.operations[operation], request, place)

    def _filled(self, operation: Operation, sample: Sample, rng: random.Random, count: int) -> Request:
        """Return a generated request with values that the app gave, where that leaves what it is about as it is."""
        request = sample.request.of(self._user)
        if sample.positive:
            if count % _UNGROUNDED == 0:
                return request
            return self._maker.matching(operation, self._maker.grounded(operation, request, rng))
        breaches = validity(operation, request).breaches
        if any(breach.place.startswith("path.") for breach in breaches):
            return request
        wrong = frozenset(
            unescaped(breach.place.split("/")[1]) for breach in breaches if breach.place.startswith("body/")
        )
        request = self._maker.grounded(operation, request, rng, body=False)
        return self._maker.hidden.filled(operation, request, leave=wrong)

    def has_last(self, operation: Operation) -> bool:
        """Whether there are checks of an operation for `finish`."""
        users = len(self._session.identities.names)
        return any(one.play is not None and one.last and one.needs_users <= users for one in self._made_for(operation))

    def finish(self, operation: Operation, until: float = NEVER) -> bool:
        """Let the checks that change something for good have their turn, after all others of all operations.

        Returns:
            Whether there was time for all of them.
        """
        self._session.until = until
        return self._play(operation, set(), last=True)

    def _play(self, operation: Operation, played: set[str], *, last: bool) -> bool:
        """Let the checks that send requests of their own have their turn; return whether there was time for all.

        Args:
            operation: the operation.
            played: the checks that had it already; those that have it now are added.
            last: whether those play that come last.
        """
        for check in self._made_for(operation):
            if check.play is None or check.last is not last or check.id in played:
                continue
            if check.needs_users > len(self._session.identities.names):
                continue
            if self._is_over():
                return False
            self._playing = (check.id, operation.key)
            try:
                for claim in check.play(self.scene(check.id, operation)):
                    self._claim(claim)
            except TimeIsUpError:
                return False
            finally:
                self._playing = None
            played.add(check.id)
        return True

    def scene(self, check: str, operation: Operation) -> Scene:
        """Return the scene that a check plays in."""
        return Scene(check, operation, self._session, self._maker, self._options.seed, self._talks)

    def _made_for(self, operation: Operation) -> Iterator[Check]:
        """Yield the checks that are made for an operation: of WebSockets those that are about them."""
        is_socket = isinstance(operation, Socket)
        for check in self._checks.values():
            if check.of_sockets is is_socket and self._options.enabled(check.id, operation.key):
                yield check

    def _review(self, operation: Operation, exchanges: list[Exchange]) -> None:
        for check in self._made_for(operation):
            if check.review is not None:
                for claim in check.review(self._session.api, operation, exchanges):
                    self._claim(claim)

    def _observe(self, operation: Operation, exchange: Exchange) -> None:
        judged = Judged(self._session.api, operation, exchange)
        for check in self._made_for(operation):
            if check.judge is not None:
                for claim in check.judge(judged):
                    self._claim(replace(claim, seen_in=self._playing))
        if operation.method == "DELETE" and exchange.response.is_success:
            self._gone(operation, exchange)
        if operation.method == "POST" and exchange.response.is_success:
            self._made(operation, exchange)

    def _gone(self, operation: Operation, exchange: Exchange) -> None:
        resource: Resource | None = self._maker.resources.of(operation)
        match = operation.pattern.match(exchange.request.path)
        if resource is not None and match and match.groups():
            self._session.knowledge.forget(unquote(match.groups()[-1]))

    def _made(self, operation: Operation, exchange: Exchange) -> None:
        resource: Resource | None = self._maker.resources.of(operation)
        if resource is not None and operation is resource.create:
            value = resource.id_of(exchange)
            value = guessed(exchange) if value is None else value
            if value is not None:
                self._session.knowledge.note(resource.collection, resource.parameter, value)

    def _claim(self, claim: Claim) -> None:
        known = self.claims.get(claim.key)
        if known is None:
            self.claims[claim.key] = claim
        elif not claim.scenario:
            chosen = claim if _size(claim) < _size(known) else known
            self.claims[claim.key] = replace(chosen, seen_in=known.seen_in or claim.seen_in)

    def _is_over(self) -> bool:
        return self._session.is_over or (self._options.exit_first and bool(self.claims))


def _size(claim: Claim) -> tuple[int, int]:
    request = claim.steps[-1].request
    return len(claim.steps), len(request.target) + len(request.body or b"")


def reason_of(operation: Operation, statuses: Counter[int], said: str = "") -> str:
    """Return why an operation does not count as tested; empty where it does.

    Args:
        operation: the operation.
        statuses: how often each status came.
        said: what the last answer says, for where none came.
    """
    if not statuses:
        return "nothing could be generated for it"
    if set(statuses) == {NO_ANSWER}:
        return f"no answer came: {said}".rstrip(": ")
    seen = set(statuses) - {NO_ANSWER}
    if any(200 <= status < 400 or status >= 500 or status == OPENED for status in seen):
        return ""
    if seen <= {401, 403}:
        return "only 401 and 403 seen: the credentials given do not open it"
    if seen <= {404, 405}:
        return "only 404 and 405 seen: is the base path right?" if not operation.path_parameters else _NOT_FOUND
    return f"no valid request was accepted (only {', '.join(str(status) for status in sorted(seen))} seen)"


_NOT_FOUND = "only 404 seen: nothing that exists could be named"
