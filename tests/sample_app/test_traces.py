"""Traces: a request, its services, their SQL, and the decision on the order, in one tree."""

from collections.abc import Callable

import pytest
from httpx import AsyncClient
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from sample_app.core.settings import Settings, Traces
from sample_app.main import create_app

pytestmark = pytest.mark.anyio

TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def path(span: ReadableSpan, by_id: dict[int, ReadableSpan]) -> str:
    """The names from the request down to the span."""
    parent = by_id.get(span.parent.span_id) if span.parent else None
    return f"{path(parent, by_id)} > {span.name}" if parent else span.name


async def test_from_the_caller_to_the_statements_of_the_decision(
    settings: Settings, client_for: Callable[..., AsyncClient], tokens: dict[str, str]
) -> None:
    app = create_app(settings.model_copy(update={"traces": Traces.CODE}))
    exporter = InMemorySpanExporter()
    app.state.tracing.provider.add_span_processor(SimpleSpanProcessor(exporter))
    async with app.router.lifespan_context(app), client_for(app, tokens["bob"]) as client:
        headers = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
        placed = await client.post("/v2/orders", json={"sku": "TEA-001", "quantity": 2}, headers=headers)
        spans = exporter.get_finished_spans()
        await client.get("/healthz")
        assert exporter.get_finished_spans() == spans  # probes are left out
    assert placed.status_code == 202
    assert {f"{span.context.trace_id:032x}" for span in spans if span.context} == {TRACE}
    by_id = {span.context.span_id: span for span in spans if span.context}
    (root,) = (span for span in spans if span.parent is None or span.parent.span_id not in by_id)
    assert root.parent is not None
    assert f"{root.parent.span_id:016x}" == CALLER
    assert (root.name, dict(root.attributes or {})) == (
        "POST /v2/orders",
        {
            "http.request.method": "POST",
            "url.path": "/v2/orders",
            "http.route": "/v2/orders",
            "http.response.status_code": 202,
        },
    )
    assert {path(span, by_id) for span in spans} == {
        "POST /v2/orders",
        "POST /v2/orders > connection",
        "POST /v2/orders > database",
        "POST /v2/orders > commit",
        "POST /v2/orders > orders.place",
        "POST /v2/orders > orders.place > database",
        "POST /v2/orders > orders.decide",
        "POST /v2/orders > orders.decide > connection",
        "POST /v2/orders > orders.decide > database",
        "POST /v2/orders > orders.decide > commit",
    }
    (decision,) = (span for span in spans if span.name == "orders.decide")
    assert dict(decision.attributes or {}) == {"order_id": placed.json()["order_id"]}
    statements = [str((span.attributes or {})["db.query.text"]) for span in spans if span.name == "database"]
    (insert,) = (statement for statement in statements if statement.startswith("INSERT INTO orders"))
    assert "TEA-001" not in insert


async def test_two_requests_are_two_traces(
    settings: Settings, client_for: Callable[..., AsyncClient], tokens: dict[str, str]
) -> None:
    app = create_app(settings.model_copy(update={"traces": Traces.CODE}))
    exporter = InMemorySpanExporter()
    app.state.tracing.provider.add_span_processor(SimpleSpanProcessor(exporter))
    async with app.router.lifespan_context(app), client_for(app, tokens["bob"]) as client:
        await client.get("/v2/products/TEA-001")
        await client.get("/nowhere")
        spans = exporter.get_finished_spans()
    roots = [span for span in spans if span.parent is None]
    assert [span.name for span in roots] == ["GET /v2/products/{sku}", "GET none"]
    assert len({span.context.trace_id for span in roots if span.context}) == 2
