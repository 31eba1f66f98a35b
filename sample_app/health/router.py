"""Routes of the probes and of the figures."""

from typing import Literal

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from pydantic import Field

from sample_app.core.dependencies import MetricsDep, ReadinessDep
from sample_app.core.errors import NotReadyError
from sample_app.core.metrics import CONTENT_TYPE
from sample_app.core.problems import problem_responses
from sample_app.core.schemas import ApiModel

router = APIRouter(tags=["health"])


class Alive(ApiModel):
    """The process answers."""

    status: Literal["ok"] = Field(description="Always this one.")


class Ready(ApiModel):
    """The app can serve requests."""

    status: Literal["ready"] = Field(description="Always this one; a 503 says that it is not.")


@router.get("/healthz", operation_id="read_liveness", summary="Is the process alive?")
async def read_liveness() -> Alive:
    """Answers as long as the process does; asks nothing else."""
    return Alive(status="ok")


@router.get(
    "/readyz",
    operation_id="read_readiness",
    summary="Can it serve requests?",
    responses=problem_responses(NotReadyError),
)
async def read_readiness(readiness: ReadinessDep) -> Ready:
    """Answers 200 while requests can be served; else 503, whose `detail` names what is not ready.

    That is `start-up`, `database`, `migrations` (the tables are not those of this version), `broker`,
    `object-store`, `inventory`, or `draining`.
    """
    if missing := await readiness.missing():
        raise NotReadyError(f"Not ready: {', '.join(missing)}.")
    return Ready(status="ready")


@router.get(
    "/metrics",
    operation_id="read_metrics",
    summary="How is it doing?",
    response_class=PlainTextResponse,
    responses={200: {"description": "Figures in the text format of Prometheus"}},
)
async def read_metrics(metrics: MetricsDep) -> Response:
    """Requests by route, how long they took, and the pool of database connections."""
    return Response(await metrics.text(), headers={"Content-Type": CONTENT_TYPE})
