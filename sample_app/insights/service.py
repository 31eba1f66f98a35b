"""What can be found out."""

import asyncio
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar, TypeVarTuple

from sample_app import faults
from sample_app.core.watch import part
from sample_app.insights.repository import ExportRow, FileUsage
from sample_app.insights.statistics import Spread, bootstrap
from sample_app.orders.models import OrderStatus
from sample_app.products.models import Currency

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")

# Together with the number of resamples, this bounds how long the statistics can take.
SAMPLE_LIMIT = 2000
PAGE_ROWS = 1000


class Figures(Protocol):
    """Where the figures come from. Each question may be asked while another one is being answered."""

    async def orders_by_status(self) -> dict[OrderStatus, int]: ...
    async def file_usage(self) -> FileUsage: ...
    async def product_count(self) -> int: ...
    async def order_totals(self, currency: Currency, *, limit: int) -> list[int]: ...
    async def export_page(self, after: ExportRow | None, *, limit: int) -> list[ExportRow]: ...


class Calculator(Protocol):
    """Where long calculations run."""

    async def run(self, function: Callable[[*Arguments], T], *arguments: *Arguments) -> T: ...


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What there is, at a glance."""

    orders: dict[OrderStatus, int]
    files: FileUsage
    products: int


@dataclass(frozen=True, slots=True)
class OrderStatistics:
    """How much the newest confirmed orders cost; no spread if there are none."""

    count: int
    spread: Spread | None


@dataclass(frozen=True, slots=True)
class InsightService:
    figures: Figures
    calculations: Calculator

    async def dashboard(self) -> Dashboard:
        """All at a glance. The sources are asked side by side, so it takes as long as the slowest of them."""
        try:
            async with asyncio.TaskGroup() as group:
                orders = group.create_task(self.figures.orders_by_status())
                files = group.create_task(self.figures.file_usage())
                products = group.create_task(self.figures.product_count())
        except ExceptionGroup as failures:
            # The first one as it is: a handler for one kind of error would not know it in a group.
            raise failures.exceptions[0] from failures
        return Dashboard(
            orders={status: orders.result().get(status, 0) for status in OrderStatus},
            files=files.result(),
            products=products.result(),
        )

    async def order_statistics(self, currency: Currency, *, resamples: int) -> OrderStatistics:
        """How much the newest confirmed orders cost, as far as they were paid in one currency.

        Raises:
            OverloadedError: there is no capacity for the calculation.
        """
        with part("insights.statistics"):
            await faults.dawdle("statistics-in-dollars-slow", when=currency == "USD")
        totals = await self.figures.order_totals(currency, limit=SAMPLE_LIMIT)
        spread = await self.calculations.run(bootstrap, totals, resamples) if totals else None
        return OrderStatistics(count=len(totals), spread=spread)


def order_lines(next_page: Callable[[ExportRow | None], list[ExportRow]]) -> Iterator[str]:
    """The export as CSV text (RFC 4180), a page of lines at a time. This is code that blocks: it belongs in a thread.

    Args:
        next_page: gives the rows after one, or the first ones; none at the end.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(ExportRow._fields)
    rows: list[ExportRow] = []
    while rows := next_page(rows[-1] if rows else None):
        writer.writerows(row._replace(created_at=row.created_at.isoformat()) for row in rows)  # type: ignore[arg-type]
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()
