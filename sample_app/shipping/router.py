"""The route of shipping rates: one path, and the version in the query."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from sample_app.core.deprecation import ApiVersion, deprecation_headers, headers_of
from sample_app.core.errors import InvalidRequestError
from sample_app.core.problems import problem_responses
from sample_app.shipping.schemas import RatesRead, RatesV1, all_rates, all_rates_v1

router = APIRouter(prefix="/shipping-rates", tags=["shipping"])


@router.get(
    "",
    operation_id="list_shipping_rates",
    summary="What does delivery cost?",
    responses={
        200: {"description": "The rates, in the version asked for", "headers": deprecation_headers(required=False)},
        **problem_responses(InvalidRequestError),
    },
)
async def list_shipping_rates(
    response: Response,
    version: Annotated[ApiVersion, Query(description="The version of the answer; 1 is deprecated.")] = ApiVersion.TWO,
) -> RatesRead | RatesV1:
    """The rates by zone and speed. Version 1 is deprecated, and its answers say until when it is there."""
    response.headers.update(headers_of(version))
    return all_rates_v1() if version is ApiVersion.ONE else all_rates()
