"""Where the time of a request goes: its parts, by name, and a span for each where traces are on.

OpenTelemetry is imported by whoever switches traces on (`core/traces.py`), and not here.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer


@dataclass(slots=True)
class Watch:
    """What one request spent its time on.

    Attributes:
        tracer: makes the spans; None without traces.
        seconds: by the name of the part, without the parts inside it.
    """

    tracer: "Tracer | None"
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class _Part:
    inside: float = 0.0


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)
_part: ContextVar[_Part | None] = ContextVar("part", default=None)


@contextmanager
def watched(tracer: "Tracer | None") -> Iterator[Watch]:
    """Note all parts of what is done in the block."""
    watch = Watch(tracer)
    token = _watch.set(watch)
    try:
        yield watch
    finally:
        _watch.reset(token)


@contextmanager
def part(name: str, **attributes: str) -> Iterator[None]:
    """A part of the request. Outside of one it does nothing.

    Args:
        name: one of a few; what differs from request to request is an attribute.
        attributes: of the span.
    """
    watch = _watch.get()
    if watch is None:
        yield
        return
    outer, mine = _part.get(), _Part()
    token = _part.set(mine)
    started = time.perf_counter()
    span = watch.tracer.start_as_current_span(name, attributes=attributes) if watch.tracer else nullcontext()
    try:
        with span:
            yield
    finally:
        _part.reset(token)
        took = time.perf_counter() - started
        # Parts that ran side by side may add up to more than the one around them.
        watch.seconds[name] = watch.seconds.get(name, 0.0) + max(took - mine.inside, 0.0)
        if outer is not None:
            outer.inside += took
