"""Routes of insights."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Security
from fastapi.responses import StreamingResponse

from sample_app import faults
from sample_app.auth.dependencies import get_current_user
from sample_app.auth.errors import InsufficientScopeError, NotAuthenticatedError
from sample_app.auth.scopes import Scope
from sample_app.core.errors import InvalidRequestError, NotReadyError
from sample_app.core.problems import problem_responses
from sample_app.insights.dependencies import InsightServiceDep, get_order_lines
from sample_app.insights.schemas import DashboardRead, OrderStatisticsRead, SpreadRead, StatisticsQuery
from sample_app.insights.service import Dashboard

router = APIRouter(
    tags=["insights"],
    dependencies=[Security(get_current_user, scopes=[Scope.ORDERS_READ])],
    responses=problem_responses(NotAuthenticatedError, InsufficientScopeError, NotReadyError),
)


class CsvResponse(StreamingResponse):
    """Text in CSV, as RFC 4180 names it."""

    media_type = faults.pick("orders-export-as-plain-text", right="text/csv", wrong="text/plain")


@router.get(
    "/dashboard", operation_id="read_dashboard", summary="What is there, at a glance?", response_model=DashboardRead
)
async def read_dashboard(insights: InsightServiceDep) -> Dashboard:
    """The caller's orders and files, and the catalogue, in numbers. An admin sees the orders of the whole tenant."""
    return await insights.dashboard()


@router.get(
    "/exports/orders.csv",
    operation_id="export_orders",
    summary="Export orders as a table",
    response_class=CsvResponse,
    responses={
        200: {
            "description": "A line for each order, the oldest first",
            "content": {CsvResponse.media_type: {"schema": {"type": "string"}}},
        }
    },
)
def export_orders(lines: Annotated[Iterator[str], Depends(get_order_lines)]) -> CsvResponse:
    """The caller's orders, or those of the whole tenant for an admin.

    Nothing of this is `async`: the `csv` module blocks, so the text is made in a thread, piece by piece as it is sent.
    """
    return CsvResponse(lines, headers={"Content-Disposition": 'attachment; filename="orders.csv"'})


@router.get(
    "/statistics/orders",
    operation_id="read_order_statistics",
    summary="What do orders cost?",
    responses=problem_responses(InvalidRequestError),
)
async def read_order_statistics(
    insights: InsightServiceDep, query: Annotated[StatisticsQuery, Query()]
) -> OrderStatisticsRead:
    """The mean of the newest confirmed orders, and how far to trust it. It is computed in a process of its own."""
    found = await insights.order_statistics(query.currency, resamples=query.resamples)
    read = OrderStatisticsRead.model_validate(
        {"count": found.count, "currency": query.currency, "spread": found.spread}
    )
    if faults.is_on("statistics-of-nothing-malformed") and read.spread is None:
        read.spread = SpreadRead.model_construct()
    return read
