"""Routes of products."""

from fastapi import APIRouter

from sample_app.auth.errors import NotAuthenticatedError
from sample_app.core.errors import InvalidRequestError, NotReadyError
from sample_app.core.pagination import Page, PaginationDep
from sample_app.core.problems import problem_responses
from sample_app.products.dependencies import ProductServiceDep
from sample_app.products.errors import ProductNotFoundError
from sample_app.products.schemas import CATEGORY_DEFAULT, CategoryQuery, ProductRead, SkuPath

router = APIRouter(prefix="/products", tags=["products"])


@router.get(
    "",
    operation_id="list_products",
    summary="List products",
    responses=problem_responses(NotAuthenticatedError, InvalidRequestError, NotReadyError),
)
async def list_products(
    products: ProductServiceDep, paging: PaginationDep, category: CategoryQuery = CATEGORY_DEFAULT
) -> Page[ProductRead]:
    """The catalogue of the caller's tenant, in the order of the SKUs."""
    items, total = await products.page(category=category, limit=paging.limit, offset=paging.offset)
    return Page(items=[ProductRead.of(item) for item in items], total=total, limit=paging.limit, offset=paging.offset)


@router.get(
    "/{sku}",
    operation_id="read_product",
    summary="Read a product",
    responses=problem_responses(NotAuthenticatedError, ProductNotFoundError, InvalidRequestError, NotReadyError),
)
async def read_product(sku: SkuPath, products: ProductServiceDep) -> ProductRead:
    """One product of the caller's tenant."""
    return ProductRead.of(await products.get(sku))
