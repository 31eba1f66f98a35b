"""The one place that knows schemathesis: its generators, without its loop.

Public: `schemathesis.openapi.from_dict`, `APIOperation.as_strategy`, `Case.as_transport_kwargs`. Not public, and so
used nowhere else: `BaseSchema.iter_coverage_cases`, `find_operation_by_label`, `get_strategies_from_examples` and
`config.generation_for`.
"""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contractkit.fuzz.message import BOUNDARY, Request, split_url
from contractkit.fuzz.operation import Api, Operation
from contractkit.fuzz.recombine import grafted, recombined
from contractkit.fuzz.values import varied
from contractkit.model.contract import Contract

if TYPE_CHECKING:
    from schemathesis import APIOperation, Case

_ORIGIN = "http://fuzz.invalid"
_TRANSPORT_HEADERS = frozenset({"user-agent", "accept-encoding", "connection", "x-schemathesis-testcaseid", "accept"})
DRAWN = 12
"""So many random requests are drawn by Hypothesis, which is slow; see `recombine` and `values` for the others."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A request that was generated.

    Attributes:
        request: the request.
        positive: whether it was made to match the contract; whether it does is for `validity` to say.
        phase: `examples`, `coverage` or `fuzzing`.
    """

    request: Request
    positive: bool
    phase: str


Generated = tuple[dict[str, tuple[Sample, ...]], dict[tuple[str, bool, int, str], tuple[Sample, ...]]]
"""What a generator has made: coverage by operation, random draws by operation, kind, count and seed."""


class Generator:
    """Makes requests for the operations of a document.

    Args:
        document: the OpenAPI document.
        base_path: what stands before every path where requests are sent to.
    """

    def __init__(self, document: dict[str, Any], base_path: str) -> None:
        import schemathesis

        config = schemathesis.Config.from_dict({"checks": {"enabled": False}})
        self._schema = schemathesis.openapi.from_dict({**document, "servers": [{"url": "/"}]}, config=config)
        self._base_path = base_path
        self._covered: dict[str, tuple[Sample, ...]] = {}
        self._drawn: dict[tuple[str, bool, int, str], tuple[Sample, ...]] = {}

    def remembered(self) -> Generated:
        """Return all that was generated so far, for another process that has the same generator."""
        return self._covered, self._drawn

    def recall(self, generated: Generated | None) -> None:
        """Take over what the same generator made in another process."""
        if generated is not None:
            self._covered, self._drawn = generated

    def forget(self) -> None:
        """Keep nothing of what was generated; it is generated again when it is needed."""
        self._covered, self._drawn = {}, {}

    def examples(self, operation: Operation) -> Iterator[Sample]:
        """Yield the requests made of the examples in the document."""
        target = self._find(operation)
        if target is None:
            return
        strategies: list[Any] = []
        with contextlib.suppress(Exception):  # a malformed example is no reason to stop
            strategies = list(target.get_strategies_from_examples())
        for strategy in strategies:
            for case in _drawn(strategy, 1, f"examples {operation.key}"):
                yield from self._sample(case, True, "examples")

    def coverage(self, operation: Operation) -> Iterator[Sample]:
        """Yield deterministic requests at and beyond the limits of each part, one deviation each."""
        if operation.key not in self._covered:
            self._covered[operation.key] = tuple(self._coverage(operation))
        yield from self._covered[operation.key]

    def _coverage(self, operation: Operation) -> Iterator[Sample]:
        from schemathesis import GenerationMode

        target = self._find(operation)
        if target is None:
            return
        modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
        config = self._schema.config.generation_for(operation=target, phase="coverage")
        cases = self._schema.iter_coverage_cases(target, generation_modes=modes, generation_config=config)
        with contextlib.suppress(Exception):  # what the generator cannot do for this operation, the other phases may
            for case in cases:
                if case.method.upper() == operation.method:
                    meta = case.meta
                    positive = meta is not None and meta.generation.mode is GenerationMode.POSITIVE
                    yield from self._sample(case, positive, "coverage")

    def draws(self, operation: Operation, *, positive: bool, count: int, seed: int | str) -> Iterator[Sample]:
        """Yield up to `count` random requests, the same for the same seed."""
        key = (operation.key, positive, count, str(seed))
        if key not in self._drawn:
            self._drawn[key] = tuple(self._draws(operation, positive=positive, count=count, seed=seed))
        yield from self._drawn[key]

    def _draws(self, operation: Operation, *, positive: bool, count: int, seed: int | str) -> Iterator[Sample]:
        from schemathesis import GenerationMode

        target = self._find(operation)
        if target is None:
            return
        mode = GenerationMode.POSITIVE if positive else GenerationMode.NEGATIVE
        strategy = target.as_strategy(generation_mode=mode)
        for case in _drawn(strategy, count, f"{seed} {operation.key} {mode.value}"):
            yield from self._sample(case, positive, "fuzzing")

    def mixed(self, operation: Operation, *, positive: bool, count: int, seed: int) -> Iterator[Sample]:
        """Yield up to `count` random requests: some are drawn, the rest made of those, of parts and of new values."""
        drawn = min(count, DRAWN)
        samples = [*self.draws(operation, positive=positive, count=drawn, seed=seed)]
        yield from samples
        parents = {
            meant: [one.request for one in self.coverage(operation) if one.positive is meant] for meant in (True, False)
        }
        parents[positive] += [one.request for one in samples]
        rng = random.Random(f"{seed} mixed {operation.key} {positive}")
        rest = count - drawn
        made: Iterator[Request]
        if positive:
            made = itertools.chain(
                recombined(parents[True], rng, rest // 3), varied(operation, parents[True], rng, rest - rest // 3)
            )
        else:
            made = grafted(parents[True], parents[False], rng, rest)
        for request in made:
            yield Sample(request, positive, "fuzzing")

    def _find(self, operation: Operation) -> APIOperation[Any, Any, Any, Any] | None:
        label = f"{operation.method} {operation.endpoint.path}"
        with contextlib.suppress(Exception):  # one operation that cannot be read must not stop the others
            return self._schema.find_operation_by_label(label)
        return None

    def _sample(self, case: Case[Any], positive: bool, phase: str) -> Iterator[Sample]:
        with contextlib.suppress(Exception):  # a value that no request can carry
            yield Sample(self._request(case), positive, phase)

    def _request(self, case: Case[Any]) -> Request:
        import requests

        kwargs = case.as_transport_kwargs(base_url=_ORIGIN)
        kwargs = {key: value for key, value in kwargs.items() if key in _REQUEST_ARGUMENTS}
        prepared = requests.Request(**kwargs).prepare()
        _, target = split_url(str(prepared.url))
        body = prepared.body
        content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        if content is not None and not isinstance(content, bytes):
            raise TypeError("a body that is no bytes")
        headers = []
        for name, value in prepared.headers.items():
            text = value if isinstance(value, str) else value.decode("latin-1")
            if name.lower() in _TRANSPORT_HEADERS and name.lower() not in {key.lower() for key in case.headers}:
                continue
            if name.lower() != "content-length":
                headers.append((name, text))
        content, headers = _with_fixed_boundary(content, headers)
        return Request(case.method.upper(), self._base_path + target, tuple(headers), content or None)


_REQUEST_ARGUMENTS = ("method", "url", "headers", "files", "data", "json", "params", "auth", "cookies")


def _with_fixed_boundary(
    body: bytes | None, headers: list[tuple[str, str]]
) -> tuple[bytes | None, list[tuple[str, str]]]:
    """Replace the random boundary of a multipart body, so that the same seed gives the same bytes."""
    for index, (name, value) in enumerate(headers):
        before, mark, boundary = value.partition("boundary=")
        if body and mark and name.lower() == "content-type" and len(boundary) >= 16:
            headers = [*headers[:index], (name, f"{before}{mark}{BOUNDARY}"), *headers[index + 1 :]]
            return body.replace(boundary.encode(), BOUNDARY.encode()), headers
    return body, headers


def warm_up() -> None:
    """Make a few requests for nobody, so that processes forked from this one find all modules imported."""
    api = Api(Contract("", _ANY_DOCUMENT))
    generator = Generator(_ANY_DOCUMENT, "")
    for operation in api.operations.values():
        for positive in (True, False):
            for _ in generator.mixed(operation, positive=positive, count=2, seed=0):
                pass


_ANY_DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "", "version": ""},
    "paths": {
        "/{key}": {
            "post": {
                "parameters": [
                    {"in": "path", "name": "key", "required": True, "schema": {"type": "string"}},
                    {"in": "query", "name": "limit", "schema": {"type": "integer", "maximum": 9}},
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"properties": {"name": {"type": "string"}}}}}
                },
                "responses": {},
            }
        }
    },
}


def _drawn(strategy: Any, count: int, seed: str) -> list[Any]:
    """Return values that a Hypothesis strategy draws, the same for the same seed."""
    import hypothesis
    from hypothesis.errors import HypothesisException

    found: list[Any] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
    )
    @hypothesis.given(strategy)
    def collect(case: Any) -> None:
        found.append(case)

    with contextlib.suppress(HypothesisException):  # nothing (more) can be drawn: what was found counts
        collect()
    return found
