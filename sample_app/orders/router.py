"""Routes of orders."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response, Security

from sample_app import faults
from sample_app.auth.dependencies import get_current_user
from sample_app.auth.errors import InsufficientScopeError, NotAuthenticatedError
from sample_app.auth.scopes import Scope
from sample_app.core.errors import InvalidRequestError, MalformedRequestError, NotReadyError, RequestTooLargeError
from sample_app.core.pagination import Page
from sample_app.core.problems import problem_responses
from sample_app.orders.dependencies import BuyerDep, OrderServiceDep, limit_orders
from sample_app.orders.errors import NotTheBuyerError, OrderDecidedError, OrderNotFoundError, OrderPendingError
from sample_app.orders.schemas import OrderAccepted, OrderCreate, OrderIdPath, OrderQuery, OrderRead, OrderUpdate
from sample_app.products.errors import ProductNotFoundError

router = APIRouter(prefix="/orders", tags=["orders"])

_LOCATION = {
    "Location": {
        "description": "The path to ask for the order at.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    }
}


@router.post(
    "",
    operation_id="place_order",
    dependencies=[Security(get_current_user, scopes=[Scope.ORDERS_WRITE]), Depends(limit_orders)],
    summary="Place an order",
    status_code=202,
    responses={
        202: {
            "description": "Noted; it is decided in a moment",
            "headers": faults.pick("order-location-dropped", right=_LOCATION, wrong={}),
        },
        **problem_responses(
            MalformedRequestError,
            RequestTooLargeError,
            NotAuthenticatedError,
            InsufficientScopeError,
            ProductNotFoundError,
            InvalidRequestError,
            NotReadyError,
        ),
    },
)
async def place_order(
    order: OrderCreate, buyer: BuyerDep, orders: OrderServiceDep, request: Request, response: Response
) -> OrderAccepted:
    """Order a product. The answer comes at once; ask at `Location` whether it was confirmed or failed."""
    placed = await orders.place(buyer, sku=order.sku, quantity=order.quantity)
    path = request.url_for("read_order", order_id=placed.id).path
    if not faults.is_on("order-location-dropped"):
        response.headers["Location"] = faults.pick(
            "order-location-without-version", right=path, wrong=path.removeprefix("/v2")
        )
    return OrderAccepted(order_id=placed.id, status="pending")


@router.get(
    "",
    operation_id="list_orders",
    dependencies=[Security(get_current_user, scopes=[Scope.ORDERS_READ])],
    summary="List orders",
    responses=problem_responses(NotAuthenticatedError, InsufficientScopeError, InvalidRequestError, NotReadyError),
)
async def list_orders(orders: OrderServiceDep, query: Annotated[OrderQuery, Query()]) -> Page[OrderRead]:
    """The caller's orders, the newest first. An admin sees those of the whole tenant."""
    items, total = await orders.page(status=query.status, limit=query.limit, offset=query.offset)
    return Page(items=[OrderRead.of(item) for item in items], total=total, limit=query.limit, offset=query.offset)


@router.get(
    "/{order_id}",
    operation_id="read_order",
    dependencies=[Security(get_current_user, scopes=[Scope.ORDERS_READ])],
    summary="Read an order",
    responses=problem_responses(
        NotAuthenticatedError, InsufficientScopeError, OrderNotFoundError, InvalidRequestError, NotReadyError
    ),
)
async def read_order(order_id: OrderIdPath, orders: OrderServiceDep) -> OrderRead:
    """One order, while it is pending and after it is decided, until its buyer clears it."""
    return OrderRead.of(await orders.get(order_id))


@router.patch(
    "/{order_id}",
    operation_id="update_order",
    dependencies=[Security(get_current_user, scopes=[Scope.ORDERS_WRITE])],
    summary="Write a note on an order",
    responses=problem_responses(
        MalformedRequestError,
        RequestTooLargeError,
        NotAuthenticatedError,
        InsufficientScopeError,
        OrderNotFoundError,
        InvalidRequestError,
        NotReadyError,
    ),
)
async def update_order(order_id: OrderIdPath, change: OrderUpdate, orders: OrderServiceDep) -> OrderRead:
    """Leave the shop a note, whether or not the order is decided."""
    return OrderRead.of(await orders.write_note(order_id, change.note))


@router.delete(
    "/{order_id}",
    operation_id="clear_order",
    dependencies=[Security(get_current_user, scopes=[Scope.ORDERS_WRITE])],
    summary="Clear a decided order",
    status_code=204,
    responses=problem_responses(
        NotAuthenticatedError,
        InsufficientScopeError,
        NotTheBuyerError,
        OrderNotFoundError,
        OrderPendingError,
        InvalidRequestError,
        NotReadyError,
    ),
)
async def clear_order(order_id: OrderIdPath, buyer: BuyerDep, orders: OrderServiceDep) -> None:
    """Take an order from sight: it is not read and not listed any more. A sale stays booked, the stock taken."""
    await orders.clear(buyer, order_id)


@router.post(
    "/{order_id}/cancel",
    operation_id="cancel_order",
    dependencies=[Security(get_current_user, scopes=[Scope.ORDERS_WRITE])],
    summary="Cancel an order",
    responses=problem_responses(
        NotAuthenticatedError,
        InsufficientScopeError,
        OrderNotFoundError,
        OrderDecidedError,
        InvalidRequestError,
        NotReadyError,
    ),
)
async def cancel_order(order_id: OrderIdPath, orders: OrderServiceDep) -> OrderRead:
    """Take a pending order back; it fails, and nothing is taken from the stock. To say so again changes nothing."""
    return OrderRead.of(await orders.cancel(order_id))
