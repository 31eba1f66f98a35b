"""The insight service, as a route asks for it: about what the caller may see."""

from collections.abc import Iterator
from typing import Annotated

from anyio import from_thread
from fastapi import Depends, Request

from sample_app.auth.dependencies import IdleUserDep
from sample_app.core.calculations import Calculations
from sample_app.core.dependencies import DatabaseDep
from sample_app.insights.repository import ExportRow, InsightRepository, Viewer
from sample_app.insights.service import PAGE_ROWS, InsightService, order_lines
from sample_app.users.models import Role


def get_calculations(request: Request) -> Calculations:
    calculations: Calculations = request.app.state.calculations
    return calculations


def get_figures(database: DatabaseDep, user: IdleUserDep) -> InsightRepository:
    """An admin sees the orders of the whole tenant, a customer the own ones.

    The user is idle, as the figures come over connections of their own: a request that held one while it waits for more
    would, together with others like it, wait for ever.
    """
    viewer = Viewer(user_id=user.id, tenant_id=user.tenant_id, sees_all_orders=user.role is Role.ADMIN)
    return InsightRepository(database, viewer)


FiguresDep = Annotated[InsightRepository, Depends(get_figures)]


def get_insight_service(
    figures: FiguresDep, calculations: Annotated[Calculations, Depends(get_calculations)]
) -> InsightService:
    return InsightService(figures=figures, calculations=calculations)


def get_order_lines(figures: FiguresDep) -> Iterator[str]:
    """The lines of the export; to be iterated in a thread, from which each page is asked of the event loop."""

    async def load(after: ExportRow | None) -> list[ExportRow]:
        return await figures.export_page(after, limit=PAGE_ROWS)

    return order_lines(lambda after: from_thread.run(load, after))


InsightServiceDep = Annotated[InsightService, Depends(get_insight_service)]
