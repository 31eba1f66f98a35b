"""Figures about the app for Prometheus, in a registry of its own: two apps in one process do not mix theirs."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractContextManager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from sample_app.core.circuit import Circuit
from sample_app.core.engine import PoolFigures

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

# In seconds. The longest are those of uploads and long calculations.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

_POOL = (
    ("size", "Connections that are kept open."),
    ("checked_out", "Connections in use."),
    ("idle", "Connections that are open and not in use."),
    ("overflow", "Connections that are open beyond the size."),
    ("waiting", "Requests that wait for a connection."),
)


class Metrics:
    """What is counted.

    Args:
        pool: the figures of the database's pool; None while there is no database.
    """

    def __init__(self, *, pool: Callable[[], PoolFigures | None]) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "http_requests", "Requests that were answered.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "http_request_duration_seconds",
            "From the arrival of a request to the end of its answer.",
            ("method", "route"),
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self._registry.register(_PoolCollector(pool))
        self._awaited: dict[str, Callable[[], Awaitable[float | None]]] = {}
        self._answers: dict[str, float | None] = {}
        self._circuits: dict[str, Circuit] = {}
        self._registry.register(_CircuitCollector(self._circuits))
        self._background = Gauge(
            "background_tasks_under_way",
            "Work for after the answer, such as orders to decide, that is being done or waits for the database.",
            registry=self._registry,
        )

    def add_gauge(self, name: str, explanation: str, read: Callable[[], float | None]) -> None:
        """Show what `read` gives whenever the figures are asked for; None for nothing at the moment."""
        self._registry.register(_GaugeCollector(name, explanation, read))

    def add_awaited_gauge(self, name: str, explanation: str, read: Callable[[], Awaitable[float | None]]) -> None:
        """The same for what has to be asked for elsewhere."""
        self._awaited[name] = read
        self.add_gauge(name, explanation, lambda: self._answers.get(name))

    def add_circuit(self, circuit: Circuit) -> None:
        """Show how a circuit is, in place of one of the same name."""
        self._circuits[circuit.name] = circuit

    def background_task(self) -> AbstractContextManager[object]:
        """Counts one as under way until the end of the block."""
        return self._background.track_inprogress()

    def count_request(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request.

        Args:
            method: one of a few; each is a time series of its own.
            route: the template of its path, not the path; likewise.
            status: of the answer.
            seconds: how long it took.
        """
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(method, route).observe(seconds)

    async def text(self) -> bytes:
        """All figures in the text format of Prometheus, version 0.0.4."""
        answers = await asyncio.gather(*(read() for read in self._awaited.values()))
        self._answers = dict(zip(self._awaited, answers, strict=True))
        return generate_latest(self._registry)


class _GaugeCollector(Collector):
    """One figure that is read when it is asked for."""

    def __init__(self, name: str, explanation: str, read: Callable[[], float | None]) -> None:
        self._name = name
        self._explanation = explanation
        self._read = read

    def collect(self) -> Iterable[Metric]:
        value = self._read()
        if value is not None:
            yield GaugeMetricFamily(self._name, self._explanation, value=value)


class _PoolCollector(Collector):
    """Asks the pool when it is asked, so that no figure is old."""

    def __init__(self, pool: Callable[[], PoolFigures | None]) -> None:
        self._pool = pool

    def collect(self) -> Iterable[Metric]:
        figures = self._pool()
        if figures is not None:
            for name, explanation in _POOL:
                yield GaugeMetricFamily(f"database_pool_{name}", explanation, value=getattr(figures, name))


class _CircuitCollector(Collector):
    """Asks the circuits; what guards a dependency of the app is a time series of its own."""

    def __init__(self, circuits: Mapping[str, Circuit]) -> None:
        self._circuits = circuits

    def collect(self) -> Iterable[Metric]:
        state = GaugeMetricFamily(
            "circuit_state", "0 is closed (all is well), 1 tries whether it works again, 2 is open.", labels=["circuit"]
        )
        refused = CounterMetricFamily(
            "circuit_refused", "Calls that were not made, because those before failed.", labels=["circuit"]
        )
        for circuit in self._circuits.values():
            state.add_metric([circuit.name], circuit.state)
            refused.add_metric([circuit.name], circuit.refused)
        yield from (state, refused)
