"""Routes of the inventory. All are idempotent (RFC 9110, section 9.2.2), so a client may repeat each of them."""

from fastapi import APIRouter, Response

from sample_app.core.errors import InvalidRequestError, MalformedRequestError, NotReadyError, RequestTooLargeError
from sample_app.core.problems import problem_responses
from sample_app.inventory.dependencies import InventoryServiceDep
from sample_app.inventory.errors import (
    OutOfStockError,
    ReservationDiffersError,
    ReservationNotFoundError,
    ReservationReleasedError,
    StockKnownError,
    StockUnknownError,
)
from sample_app.inventory.schemas import (
    OnlyNew,
    OrderIdPath,
    ProductIdPath,
    ReservationMade,
    ReservationRead,
    ReservationWrite,
    StockRead,
    StockWrite,
)

router = APIRouter(prefix="/v1/stock/{product_id}")

_BODY_ERRORS = (MalformedRequestError, RequestTooLargeError, InvalidRequestError, NotReadyError)


@router.get(
    "",
    operation_id="read_stock",
    tags=["stock"],
    summary="How much is left?",
    responses=problem_responses(StockUnknownError, InvalidRequestError, NotReadyError),
)
async def read_stock(product_id: ProductIdPath, inventory: InventoryServiceDep) -> StockRead:
    """What is left of a product, without what is kept for orders."""
    return StockRead.model_validate(await inventory.level(product_id))


@router.put(
    "",
    operation_id="put_stock",
    tags=["stock"],
    summary="Tell how much there is",
    responses={
        200: {"description": "It is known now"},
        201: {"description": "It is known now, and nothing was before", "model": StockRead},
        **problem_responses(*_BODY_ERRORS, StockKnownError),
    },
)
async def put_stock(
    product_id: ProductIdPath,
    told: StockWrite,
    inventory: InventoryServiceDep,
    response: Response,
    only_new: OnlyNew = None,
) -> StockRead:
    """The stock from now on, whatever it was. What is kept for orders is not touched."""
    level, new = await inventory.set_level(
        product_id, stock=told.stock, known_version=told.known_version, only_new=only_new is not None
    )
    response.status_code = 201 if new else 200
    return StockRead.model_validate(level)


@router.get(
    "/reservations/{order_id}",
    operation_id="read_reservation",
    tags=["reservations"],
    summary="What is kept for an order?",
    responses=problem_responses(ReservationNotFoundError, InvalidRequestError, NotReadyError),
)
async def read_reservation(
    product_id: ProductIdPath, order_id: OrderIdPath, inventory: InventoryServiceDep
) -> ReservationRead:
    """What was taken from the stock for an order, and not given back."""
    return ReservationRead.model_validate(await inventory.reservation(product_id, order_id))


@router.put(
    "/reservations/{order_id}",
    operation_id="put_reservation",
    tags=["reservations"],
    summary="Keep stock for an order",
    responses={
        200: {"description": "It was kept before, and still is"},
        201: {"description": "It is kept now", "model": ReservationMade},
        **problem_responses(
            *_BODY_ERRORS, StockUnknownError, OutOfStockError, ReservationReleasedError, ReservationDiffersError
        ),
    },
)
async def put_reservation(
    product_id: ProductIdPath,
    order_id: OrderIdPath,
    wanted: ReservationWrite,
    inventory: InventoryServiceDep,
    response: Response,
) -> ReservationMade:
    """Take what an order needs from the stock. To ask again for the same order takes nothing more."""
    level, new = await inventory.reserve(product_id, order_id, wanted.quantity)
    response.status_code = 201 if new else 200
    return ReservationMade(
        order_id=order_id,
        product_id=product_id,
        quantity=wanted.quantity,
        left=StockRead.model_validate(level),
    )


@router.delete(
    "/reservations/{order_id}",
    operation_id="delete_reservation",
    tags=["reservations"],
    summary="Give back what was kept for an order",
    status_code=204,
    responses=problem_responses(InvalidRequestError, NotReadyError),
)
async def delete_reservation(product_id: ProductIdPath, order_id: OrderIdPath, inventory: InventoryServiceDep) -> None:
    """It is over with the order, whether or not anything was kept: nothing is, from now on."""
    await inventory.release(product_id, order_id)
