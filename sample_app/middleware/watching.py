"""Says why a request was slow, traces it, and profiles it where that is set: pure ASGI, as it must see all of it."""

import time
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sample_app.core.watch import Watch, watched
from sample_app.middleware.templates import RouteTemplates

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

_log = structlog.stdlib.get_logger("sample_app.slow")

ELSEWHERE = "elsewhere"


class WatchingMiddleware:
    """Watches every request but those to leave out.

    Args:
        app: what it wraps.
        slow_seconds: from when on a request is slow.
        tracer: makes its span; None without traces.
        profile_dir: where the profile of each slow request goes; None for no profiles.
        leave_out: paths that are asked for all the time and say nothing.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        slow_seconds: float,
        tracer: "Tracer | None",
        profile_dir: Path | None,
        leave_out: Collection[str],
    ) -> None:
        self._app = app
        self._slow_seconds = slow_seconds
        self._tracer = tracer
        self._profile_dir = profile_dir
        self._leave_out = leave_out
        self._templates = RouteTemplates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].removeprefix(scope.get("root_path", "")) in self._leave_out:
            await self._app(scope, receive, send)
            return
        status = 500  # of a request that ends by an exception
        answered: float | None = None
        started = time.perf_counter()

        async def send_and_note(message: Message) -> None:
            nonlocal status, answered
            await send(message)
            if message["type"] == "http.response.start":
                status = int(message["status"])
            elif not message.get("more_body", False) and answered is None:
                answered = time.perf_counter() - started
                self._tell(scope, status, answered, watch)

        with watched(self._tracer) as watch, self._span(scope) as span, self._profile(scope, lambda: answered):
            try:
                await self._app(scope, receive, send_and_note)
            finally:
                if span is not None:
                    route = self._templates.of(scope)
                    span.update_name(f"{scope['method']} {route}")
                    span.set_attributes({"http.route": route, "http.response.status_code": status})

    def _tell(self, scope: Scope, status: int, seconds: float, watch: Watch) -> None:
        """Log a slow request: how long each part took, and which took longest."""
        if seconds < self._slow_seconds:
            return
        parts = {**watch.seconds, ELSEWHERE: max(seconds - sum(watch.seconds.values()), 0.0)}
        _log.warning(
            "slow request",
            method=scope["method"],
            route=self._templates.of(scope),
            status=status,
            milliseconds=round(seconds * 1000, 1),
            cause=max(parts, key=parts.__getitem__),
            parts={name: round(value * 1000, 1) for name, value in parts.items()},
        )

    def _span(self, scope: Scope) -> AbstractContextManager[Any]:
        """The span of the request, a child of the caller's if it named one (W3C Trace Context)."""
        if self._tracer is None:
            return nullcontext()
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        return self._tracer.start_as_current_span(
            scope["method"],
            context=TraceContextTextMapPropagator().extract(carrier),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": scope["method"], "url.path": scope["path"]},
        )

    @contextmanager
    def _profile(self, scope: Scope, seconds: Any) -> Iterator[None]:
        if self._profile_dir is None:
            yield
            return
        from pyinstrument import Profiler

        profiler = Profiler(async_mode="enabled")
        profiler.start()
        try:
            yield
        finally:
            profiler.stop()
            if (seconds() or 0.0) >= self._slow_seconds:
                self._profile_dir.mkdir(parents=True, exist_ok=True)
                file = self._profile_dir / f"{scope['state']['request_id']}.txt"
                file.write_text(profiler.output_text(unicode=True), encoding="utf-8")
