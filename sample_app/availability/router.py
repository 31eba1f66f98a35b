"""The route of availability: one path, and the version in a header."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response, Security

from sample_app.auth.dependencies import get_current_user
from sample_app.auth.errors import InsufficientScopeError, NotAuthenticatedError
from sample_app.auth.scopes import Scope
from sample_app.availability.schemas import AvailabilityRead, AvailabilityV1
from sample_app.core.deprecation import ApiVersion, deprecation_headers, headers_of
from sample_app.core.errors import InvalidRequestError, NotReadyError
from sample_app.core.problems import problem_responses
from sample_app.products.dependencies import ProductServiceDep
from sample_app.products.errors import ProductNotFoundError
from sample_app.products.schemas import SkuPath

router = APIRouter(prefix="/availability", tags=["products"])

_VERSION = "X-API-Version"
_HEADERS: dict[str, Any] = {
    _VERSION: {
        "description": "The version of this answer.",
        "required": True,
        "schema": {"type": "string", "enum": [*ApiVersion]},
    },
    "Vary": {"description": "What a cache has to tell apart.", "required": True, "schema": {"type": "string"}},
    **deprecation_headers(required=False),
}


@router.get(
    "/{sku}",
    operation_id="read_availability",
    dependencies=[Security(get_current_user, scopes=[Scope.PRODUCTS_READ])],
    summary="Can it be had?",
    responses={
        200: {"description": "How much is left, in the version asked for", "headers": _HEADERS},
        **problem_responses(
            NotAuthenticatedError, InsufficientScopeError, ProductNotFoundError, InvalidRequestError, NotReadyError
        ),
    },
)
async def read_availability(
    sku: SkuPath,
    products: ProductServiceDep,
    response: Response,
    version: Annotated[
        ApiVersion, Header(alias=_VERSION, description="The version of the answer; 1 is deprecated.")
    ] = ApiVersion.TWO,
) -> AvailabilityRead | AvailabilityV1:
    """Roughly how much is left. Version 1 is deprecated, and its answers say until when it is there."""
    left = await products.left(await products.get(sku))
    response.headers.update({_VERSION: version, "Vary": _VERSION, **headers_of(version)})
    return AvailabilityV1.of(sku, left) if version is ApiVersion.ONE else AvailabilityRead.of(sku, left)
