"""Traces by OpenTelemetry; imported only where they are switched on."""

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor
from opentelemetry.trace import Tracer

from sample_app.core.settings import Settings, Traces


class Tracing:
    """A provider of the app's own: two apps in one process do not mix their spans. Its processors may be added to."""

    def __init__(self, settings: Settings) -> None:
        self.provider = TracerProvider(
            resource=Resource.create({"service.name": "sample_app", "deployment.environment": settings.environment}),
            shutdown_on_exit=False,
        )
        if settings.traces is Traces.CONSOLE:
            self.provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter()))

    @property
    def tracer(self) -> Tracer:
        return self.provider.get_tracer("sample_app")

    def close(self) -> None:
        """Hand out what was not yet."""
        self.provider.shutdown()
