"""Routes of products."""

from typing import Annotated, Any
from weakref import WeakKeyDictionary

from fastapi import APIRouter, FastAPI, Query, Request, Response, Security

from sample_app import faults
from sample_app.auth.dependencies import get_current_user
from sample_app.auth.errors import InsufficientScopeError, NotAuthenticatedError
from sample_app.auth.scopes import Scope
from sample_app.core.errors import InvalidRequestError, MalformedRequestError, NotReadyError, RequestTooLargeError
from sample_app.core.etags import is_known
from sample_app.core.pagination import LINK, Page, link_header
from sample_app.core.preconditions import ETAG, IfMatch, IfNoneMatch
from sample_app.core.problems import problem_responses
from sample_app.products.dependencies import ProductServiceDep
from sample_app.products.errors import (
    PreconditionRequiredError,
    ProductChangedError,
    ProductNotFoundError,
    SkuTakenError,
)
from sample_app.products.models import Product
from sample_app.products.schemas import (
    ProductCreate,
    ProductFields,
    ProductQuery,
    ProductRead,
    ProductUpdate,
    SkuPath,
    columns_of,
)

router = APIRouter(prefix="/products", tags=["products"])

_READ = Security(get_current_user, scopes=[Scope.PRODUCTS_READ])
_WRITE = Security(get_current_user, scopes=[Scope.PRODUCTS_WRITE])

_BODY_ERRORS = (
    MalformedRequestError,
    RequestTooLargeError,
    NotAuthenticatedError,
    InsufficientScopeError,
    InvalidRequestError,
    NotReadyError,
)
_CREATED: dict[str, Any] = {
    "description": "It is in the catalogue now",
    "headers": {
        "Location": {
            "description": "The path to read it from.",
            "required": True,
            "schema": {"type": "string", "format": "uri-reference"},
        },
        **ETAG,
    },
}


@router.get(
    "",
    operation_id="list_products",
    dependencies=[_READ],
    summary="List products",
    responses={
        200: {"description": "A page of the catalogue", "headers": LINK},
        **problem_responses(NotAuthenticatedError, InsufficientScopeError, InvalidRequestError, NotReadyError),
    },
)
async def list_products(
    products: ProductServiceDep, query: Annotated[ProductQuery, Query()], request: Request, response: Response
) -> Page[ProductRead]:
    """The catalogue of the caller's tenant. The SKU decides the order of what is equal otherwise."""
    items, total = await products.page(query.filter(), limit=query.limit, offset=query.offset)
    response.headers["Link"] = link_header(request.url, total=total, limit=query.limit, offset=query.offset)
    return Page(items=[ProductRead.of(item) for item in items], total=total, limit=query.limit, offset=query.offset)


@router.post(
    "",
    operation_id="create_product",
    dependencies=[_WRITE],
    summary="Add a product",
    status_code=201,
    responses={201: _CREATED, **problem_responses(*_BODY_ERRORS, SkuTakenError)},
)
async def create_product(
    product: ProductCreate, products: ProductServiceDep, request: Request, response: Response
) -> ProductRead:
    """A new product under a SKU that no other one has."""
    created = await products.create(product.sku, columns_of(product))
    response.headers["Location"] = request.url_for("read_product", sku=created.sku).path
    response.headers["ETag"] = created.etag
    return ProductRead.of(created)


@router.get(
    "/{sku}",
    operation_id="read_product",
    dependencies=[_READ],
    summary="Read a product",
    response_model=ProductRead,
    responses={
        200: {"description": "The product", "headers": ETAG},
        304: {"description": "The client has it already", "headers": ETAG},
        **problem_responses(
            NotAuthenticatedError, InsufficientScopeError, ProductNotFoundError, InvalidRequestError, NotReadyError
        ),
    },
)
async def read_product(
    sku: SkuPath, products: ProductServiceDep, request: Request, response: Response, if_none_match: IfNoneMatch = None
) -> ProductRead | Response:
    """One product of the caller's tenant."""
    product = await products.get(sku)
    if faults.is_on("product-read-stale"):
        product = _seen_first(request.app, product)
    if is_known(if_none_match, product.etag):
        return Response(status_code=304, headers={"ETag": product.etag})
    response.headers["ETag"] = product.etag
    return ProductRead.of(product)


@router.put(
    "/{sku}",
    operation_id="put_product",
    dependencies=[_WRITE],
    summary="Replace or add a product",
    responses={
        200: {"description": "It was replaced", "headers": ETAG},
        201: {**_CREATED, "model": ProductRead},
        **problem_responses(*_BODY_ERRORS, SkuTakenError, ProductChangedError),
    },
)
async def put_product(
    sku: SkuPath,
    product: ProductFields,
    products: ProductServiceDep,
    request: Request,
    response: Response,
    if_match: IfMatch = None,
) -> ProductRead:
    """The product as it is to be from now on; to do it twice changes nothing more."""
    stored, created = await products.put(sku, columns_of(product), if_match=if_match)
    if created:
        response.status_code = 201
        response.headers["Location"] = request.url_for("read_product", sku=sku).path
    response.headers["ETag"] = stored.etag
    return ProductRead.of(stored)


@router.patch(
    "/{sku}",
    operation_id="update_product",
    dependencies=[_WRITE],
    summary="Change a product",
    responses={
        200: {"description": "The product after the change", "headers": ETAG},
        **problem_responses(*_BODY_ERRORS, ProductNotFoundError, ProductChangedError, PreconditionRequiredError),
    },
)
async def update_product(
    sku: SkuPath,
    product: ProductUpdate,
    products: ProductServiceDep,
    response: Response,
    if_match: IfMatch = None,
) -> ProductRead:
    """Change some of it. The client says which state it has seen, so that nobody undoes what somebody else did."""
    changed = await products.update(sku, columns_of(product), if_match=if_match)
    response.headers["ETag"] = changed.etag
    return ProductRead.of(changed)


@router.delete(
    "/{sku}",
    operation_id="delete_product",
    dependencies=[_WRITE],
    summary="Delete a product",
    status_code=204,
    responses=problem_responses(
        NotAuthenticatedError,
        InsufficientScopeError,
        ProductNotFoundError,
        ProductChangedError,
        InvalidRequestError,
        NotReadyError,
    ),
)
async def delete_product(sku: SkuPath, products: ProductServiceDep, if_match: IfMatch = None) -> None:
    """Take it out of the catalogue. Orders that were placed stay; the SKU can be given to another product."""
    await products.delete(sku, if_match=if_match)


def _seen_first(app: FastAPI, product: Product) -> Product:
    """The product as it was read first: what a cache does that no change empties."""
    return _SEEN.setdefault(app, {}).setdefault((product.tenant_id, product.sku), product)


_SEEN: WeakKeyDictionary[FastAPI, dict[tuple[str, str], Product]] = WeakKeyDictionary()
