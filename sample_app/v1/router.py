"""Routes of version 1. Each asks the service that version 2 asks, and says the answer in the old words."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, Security

from sample_app.auth.dependencies import get_current_user
from sample_app.auth.errors import InsufficientScopeError, NotAuthenticatedError
from sample_app.auth.scopes import Scope
from sample_app.core.errors import InvalidRequestError, MalformedRequestError, NotReadyError, RequestTooLargeError
from sample_app.orders.dependencies import BuyerDep, OrderServiceDep, limit_orders
from sample_app.orders.errors import OrderNotFoundError
from sample_app.orders.schemas import OrderIdPath
from sample_app.products.dependencies import ProductServiceDep
from sample_app.products.errors import ProductNotFoundError
from sample_app.products.filters import ProductFilter
from sample_app.products.schemas import SkuPath
from sample_app.users.models import User
from sample_app.v1.deprecation import OPENAPI_EXTRA, PREFIX, deprecated_responses
from sample_app.v1.schemas import OrderCreateV1, OrderV1, ProductV1, UserV1

router = APIRouter(prefix=PREFIX, tags=["v1"], deprecated=True)

_CATALOGUE_LIMIT = 100

_LOCATION = {
    "Location": {"description": "The path to ask for the order at.", "required": True, "schema": {"type": "string"}}
}


@router.get(
    "/users/me",
    operation_id="read_own_user_v1",
    summary="Read the own account",
    openapi_extra=OPENAPI_EXTRA,
    responses=deprecated_responses(HTTPStatus.OK, NotAuthenticatedError, InsufficientScopeError, NotReadyError),
)
async def read_own_user_v1(
    user: Annotated[User, Security(get_current_user, scopes=[Scope.USERS_READ])],
) -> UserV1:
    """Use `GET /v2/users/me`."""
    return UserV1.of(user)


@router.get(
    "/products",
    operation_id="list_products_v1",
    dependencies=[Security(get_current_user, scopes=[Scope.PRODUCTS_READ])],
    summary="List products",
    openapi_extra=OPENAPI_EXTRA,
    responses=deprecated_responses(HTTPStatus.OK, NotAuthenticatedError, InsufficientScopeError, NotReadyError),
)
async def list_products_v1(products: ProductServiceDep) -> list[ProductV1]:
    """Use `GET /v2/products`, which has pages; this one stops after 100 products."""
    items, _total = await products.page(ProductFilter(), limit=_CATALOGUE_LIMIT, offset=0)
    return [ProductV1.of(item) for item in items]


@router.get(
    "/products/{sku}",
    operation_id="read_product_v1",
    dependencies=[Security(get_current_user, scopes=[Scope.PRODUCTS_READ])],
    summary="Read a product",
    openapi_extra=OPENAPI_EXTRA,
    responses=deprecated_responses(
        HTTPStatus.OK,
        NotAuthenticatedError,
        InsufficientScopeError,
        ProductNotFoundError,
        InvalidRequestError,
        NotReadyError,
    ),
)
async def read_product_v1(sku: SkuPath, products: ProductServiceDep) -> ProductV1:
    """Use `GET /v2/products/{sku}`."""
    return ProductV1.of(await products.get(sku))


@router.post(
    "/orders",
    operation_id="place_order_v1",
    dependencies=[Security(get_current_user, scopes=[Scope.ORDERS_WRITE]), Depends(limit_orders)],
    summary="Place an order",
    status_code=HTTPStatus.CREATED,
    openapi_extra=OPENAPI_EXTRA,
    responses=deprecated_responses(
        HTTPStatus.CREATED,
        MalformedRequestError,
        RequestTooLargeError,
        NotAuthenticatedError,
        InsufficientScopeError,
        ProductNotFoundError,
        InvalidRequestError,
        NotReadyError,
        headers=_LOCATION,
    ),
)
async def place_order_v1(
    order: OrderCreateV1, buyer: BuyerDep, orders: OrderServiceDep, request: Request, response: Response
) -> OrderV1:
    """Use `POST /v2/orders`."""
    placed = await orders.place(buyer, sku=order.sku, quantity=order.qty)
    response.headers["Location"] = request.url_for("read_order_v1", order_id=placed.id).path
    return OrderV1.of(placed)


@router.get(
    "/orders/{order_id}",
    operation_id="read_order_v1",
    dependencies=[Security(get_current_user, scopes=[Scope.ORDERS_READ])],
    summary="Read an order",
    openapi_extra=OPENAPI_EXTRA,
    responses=deprecated_responses(
        HTTPStatus.OK,
        NotAuthenticatedError,
        InsufficientScopeError,
        OrderNotFoundError,
        InvalidRequestError,
        NotReadyError,
    ),
)
async def read_order_v1(order_id: OrderIdPath, orders: OrderServiceDep) -> OrderV1:
    """Use `GET /v2/orders/{order_id}`."""
    return OrderV1.of(await orders.get(order_id))
