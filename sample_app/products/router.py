"""Routes of products."""

from typing import Annotated

from fastapi import APIRouter, Query, Security

from sample_app.auth.dependencies import get_current_user
from sample_app.auth.errors import InsufficientScopeError, NotAuthenticatedError
from sample_app.auth.scopes import Scope
from sample_app.core.errors import InvalidRequestError, NotReadyError
from sample_app.core.pagination import Page
from sample_app.core.problems import problem_responses
from sample_app.products.dependencies import ProductServiceDep
from sample_app.products.errors import ProductNotFoundError
from sample_app.products.schemas import ProductQuery, ProductRead, SkuPath

router = APIRouter(prefix="/products", tags=["products"])


@router.get(
    "",
    operation_id="list_products",
    dependencies=[Security(get_current_user, scopes=[Scope.PRODUCTS_READ])],
    summary="List products",
    responses=problem_responses(NotAuthenticatedError, InsufficientScopeError, InvalidRequestError, NotReadyError),
)
async def list_products(products: ProductServiceDep, query: Annotated[ProductQuery, Query()]) -> Page[ProductRead]:
    """The catalogue of the caller's tenant, in the order of the SKUs."""
    items, total = await products.page(category=query.category, limit=query.limit, offset=query.offset)
    return Page(items=[ProductRead.of(item) for item in items], total=total, limit=query.limit, offset=query.offset)


@router.get(
    "/{sku}",
    operation_id="read_product",
    dependencies=[Security(get_current_user, scopes=[Scope.PRODUCTS_READ])],
    summary="Read a product",
    responses=problem_responses(
        NotAuthenticatedError, InsufficientScopeError, ProductNotFoundError, InvalidRequestError, NotReadyError
    ),
)
async def read_product(sku: SkuPath, products: ProductServiceDep) -> ProductRead:
    """One product of the caller's tenant."""
    return ProductRead.of(await products.get(sku))
