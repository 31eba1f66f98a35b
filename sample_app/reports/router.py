"""Routes of reports. Each takes an access token or an API key with its scope."""

from typing import Annotated

from fastapi import APIRouter, Query, Security

from sample_app.api_keys.errors import InvalidApiKeyError
from sample_app.auth.errors import InsufficientScopeError, NotAuthenticatedError
from sample_app.auth.scopes import Scope
from sample_app.core.errors import InvalidRequestError, NotReadyError
from sample_app.core.pagination import Page, PageQuery
from sample_app.core.problems import problem_responses
from sample_app.reports.dependencies import get_report_service
from sample_app.reports.schemas import SalesLineRead, StockLineRead, StockQuery
from sample_app.reports.service import ReportService

router = APIRouter(
    prefix="/reports",
    tags=["reports"],
    responses=problem_responses(
        NotAuthenticatedError, InvalidApiKeyError, InsufficientScopeError, InvalidRequestError, NotReadyError
    ),
)


@router.get("/stock", operation_id="report_stock", summary="What is running out?")
async def report_stock(
    query: Annotated[StockQuery, Query()],
    reports: Annotated[ReportService, Security(get_report_service, scopes=[Scope.REPORTS_STOCK])],
) -> Page[StockLineRead]:
    """The products of which little is left, the scarcest first."""
    items, total = await reports.low_stock(below=query.below, limit=query.limit, offset=query.offset)
    lines = [StockLineRead.model_validate(item) for item in items]
    return Page(items=lines, total=total, limit=query.limit, offset=query.offset)


@router.get("/sales", operation_id="report_sales", summary="What was sold?")
async def report_sales(
    query: Annotated[PageQuery, Query()],
    reports: Annotated[ReportService, Security(get_report_service, scopes=[Scope.REPORTS_SALES])],
) -> Page[SalesLineRead]:
    """What the confirmed orders add up to, by product."""
    items, total = await reports.sales(limit=query.limit, offset=query.offset)
    lines = [SalesLineRead.of(item) for item in items]
    return Page(items=lines, total=total, limit=query.limit, offset=query.offset)
