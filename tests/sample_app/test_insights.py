"""Insights: what they say, to whom, and that none of them holds others up."""

import asyncio
import csv
import io
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from sample_app.core.calculations import Calculations
from sample_app.core.errors import NotReadyError, OverloadedError
from sample_app.core.settings import Settings
from sample_app.insights import service
from sample_app.insights.dependencies import get_order_lines
from sample_app.insights.repository import ExportRow, FileUsage
from sample_app.insights.service import InsightService, OrderStatistics
from sample_app.insights.statistics import Spread, bootstrap
from sample_app.main import create_app
from sample_app.orders.models import OrderStatus
from sample_app.products.models import Currency

pytestmark = pytest.mark.anyio


async def place(client: AsyncClient, *quantities: int, sku: str = "TEA-001") -> list[str]:
    answers = [await client.post("/v2/orders", json={"sku": sku, "quantity": quantity}) for quantity in quantities]
    return [answer.json()["order_id"] for answer in answers]


@dataclass
class FiguresInMemory:
    """What the database would say; each answer waits until `together` questions were asked."""

    together: int = 1
    totals: list[int] = field(default_factory=list)
    failure: Exception | None = None
    _barrier: asyncio.Barrier = field(init=False)

    def __post_init__(self) -> None:
        self._barrier = asyncio.Barrier(self.together)

    async def orders_by_status(self) -> dict[OrderStatus, int]:
        await self._barrier.wait()
        return {OrderStatus.FAILED: 2}

    async def file_usage(self) -> FileUsage:
        await self._barrier.wait()
        return FileUsage(count=3, size=30)

    async def product_count(self) -> int:
        if self.failure:
            raise self.failure
        await self._barrier.wait()
        return 4

    async def order_totals(self, currency: Currency, *, limit: int) -> list[int]:
        return self.totals[:limit] if currency is Currency.EUR else []

    async def export_page(self, after: ExportRow | None, *, limit: int) -> list[ExportRow]:
        raise NotImplementedError


def service_of(figures: FiguresInMemory) -> InsightService:
    return InsightService(figures=figures, calculations=Calculations(processes=1, waiting=0, seconds=60))


async def test_the_dashboard_asks_all_its_sources_at_once() -> None:
    """Each source waits for the others, so one after the other would never end."""
    async with asyncio.timeout(30):
        found = await service_of(FiguresInMemory(together=3)).dashboard()
    assert found.orders == {OrderStatus.PENDING: 0, OrderStatus.CONFIRMED: 0, OrderStatus.FAILED: 2}
    assert (found.files, found.products) == (FileUsage(count=3, size=30), 4)


async def test_a_source_that_fails_ends_the_others_and_is_reported_as_itself() -> None:
    async with asyncio.timeout(30):
        with pytest.raises(NotReadyError):
            await service_of(FiguresInMemory(together=3, failure=NotReadyError("gone"))).dashboard()


async def test_the_dashboard_shows_what_the_caller_may_see(
    bob: AsyncClient, dave: AsyncClient, alice: AsyncClient, carol: AsyncClient
) -> None:
    await place(bob, 1, 2)
    await place(bob, 11, sku="LAST-010")
    await place(dave, 1)
    await bob.post("/v2/files", files={"file": ("a.txt", b"12345")})
    seen = [(await client.get("/v2/dashboard")).json() for client in (bob, dave, alice, carol)]
    assert seen[0] == {
        "orders": {"pending": 0, "confirmed": 2, "failed": 1},
        "files": {"count": 1, "size": 5},
        "products": 4,
    }
    nothing = {"count": 0, "size": 0}
    assert [(view["orders"]["confirmed"], view["orders"]["failed"]) for view in seen] == [
        (2, 1),
        (1, 0),
        (3, 1),
        (0, 0),
    ]
    assert [(view["files"], view["products"]) for view in seen[1:]] == [(nothing, 4), (nothing, 4), (nothing, 2)]


@pytest.mark.parametrize("page_rows", [1000, 2, 1])
async def test_the_export_has_every_order_once_the_oldest_first(
    bob: AsyncClient, dave: AsyncClient, alice: AsyncClient, monkeypatch: pytest.MonkeyPatch, page_rows: int
) -> None:
    monkeypatch.setattr("sample_app.insights.dependencies.PAGE_ROWS", page_rows)
    first, second, third = await place(bob, 1, 2, 3)
    (other,) = await place(dave, 4)
    answer = await bob.get("/v2/exports/orders.csv")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["content-disposition"] == 'attachment; filename="orders.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [(line["order_id"], line["quantity"]) for line in lines] == [(first, "1"), (second, "2"), (third, "3")]
    placed = (await bob.get(f"/v2/orders/{first}")).json()["created_at"]
    assert lines[0] == {
        "order_id": first,
        "sku": "TEA-001",
        "quantity": "1",
        "unit_price": "495",
        "currency": "EUR",
        "status": "confirmed",
        "created_at": placed.replace("Z", "+00:00"),
    }
    everything = csv.DictReader(io.StringIO((await alice.get("/v2/exports/orders.csv")).text, newline=""))
    assert [line["order_id"] for line in everything] == [first, second, third, other]


async def test_an_export_of_nothing_is_a_header(carol: AsyncClient) -> None:
    answer = await carol.get("/v2/exports/orders.csv")
    assert answer.text == "order_id,sku,quantity,unit_price,currency,status,created_at\r\n"


async def test_the_export_blocks_a_thread_and_not_the_event_loop(app: FastAPI, bob: AsyncClient) -> None:
    blocked, go_on = threading.Event(), threading.Event()

    def blocking_lines() -> Iterator[str]:
        yield "first\r\n"
        blocked.set()
        go_on.wait(30)
        yield "second\r\n"

    app.dependency_overrides[get_order_lines] = blocking_lines_of(blocking_lines)
    export = asyncio.create_task(bob.get("/v2/exports/orders.csv"))
    while not blocked.is_set():
        await asyncio.sleep(0.01)
    assert (await bob.get("/healthz")).status_code == 200  # although the other thread waits
    assert not export.done()
    go_on.set()
    assert (await export).text == "first\r\nsecond\r\n"


def blocking_lines_of(lines: Callable[[], Iterator[str]]) -> Callable[[], Iterator[str]]:
    """A dependency that returns the iterator; FastAPI would take a generator function for one with a clean-up."""
    return lambda: lines()


async def test_the_statistics_of_no_orders(bob: AsyncClient) -> None:
    answer = await bob.get("/v2/statistics/orders", params={"currency": "USD"})
    assert answer.json() == {"count": 0, "currency": "USD", "spread": None}


async def test_the_statistics_are_about_confirmed_orders_that_the_caller_may_see(
    bob: AsyncClient, alice: AsyncClient, dave: AsyncClient
) -> None:
    await place(bob, 1, 2)
    await place(bob, 11, sku="LAST-010")
    await place(dave, 3)
    own, all_of_them = [(await client.get("/v2/statistics/orders")).json() for client in (bob, alice)]
    assert own == {
        "count": 2,
        "currency": "EUR",
        "spread": {"mean": 742.5, "median": 742.5, "low": 495.0, "high": 990.0},
    }
    assert (all_of_them["count"], all_of_them["spread"]["mean"]) == (3, 990.0)


async def test_the_newest_orders_are_looked_at_as_far_as_time_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "SAMPLE_LIMIT", 2)
    found = await service_of(FiguresInMemory(totals=[100, 100, 900])).order_statistics(Currency.EUR, resamples=20)
    assert found == OrderStatistics(count=2, spread=Spread(mean=100.0, median=100, low=100.0, high=100.0))


def test_the_bootstrap_holds_the_mean_and_narrows_with_more_amounts() -> None:
    few, many = bootstrap([100, 200, 300, 400] * 5, 500), bootstrap([100, 200, 300, 400] * 100, 500)
    assert few == bootstrap([100, 200, 300, 400] * 5, 500)
    assert (few.mean, few.median, many.mean) == (250, 250, 250)
    assert few.low < many.low < 250 < many.high < few.high
    with pytest.raises(statistics.StatisticsError):
        bootstrap([], 20)


async def test_a_calculation_runs_in_another_process_that_is_used_again() -> None:
    calculations = Calculations(processes=1, waiting=0, seconds=60)
    first, second = await calculations.run(os.getpid), await calculations.run(os.getpid)
    assert first == second != os.getpid()


async def test_a_calculation_that_takes_too_long_is_ended_with_its_process() -> None:
    patient = Calculations(processes=1, waiting=0, seconds=60)
    process = await patient.run(os.getpid)
    with pytest.raises(OverloadedError, match="took too long"):
        await Calculations(processes=1, waiting=0, seconds=0.2).run(time.sleep, 60)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert await patient.run(os.getpid) != process


async def test_more_calculations_than_may_wait_are_turned_away(
    settings: Settings, tokens: dict[str, str], client_for: Callable[..., AsyncClient]
) -> None:
    limits = {"calculation_processes": 1, "calculation_queue": 1}
    app = create_app(settings.model_copy(update=limits))
    async with app.router.lifespan_context(app), client_for(app, tokens["bob"]) as bob:
        await place(bob, 1)
        calculations: Calculations = app.state.calculations
        running = [asyncio.create_task(calculations.run(time.sleep, 60)) for _ in range(2)]
        for _ in range(10):
            await asyncio.sleep(0)  # until one has the process, and the other one waits for it
        answer = await bob.get("/v2/statistics/orders")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.json()["type"] == "https://sample-app.example/problems/overloaded"
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        assert (await bob.get("/v2/statistics/orders")).json()["count"] == 1
