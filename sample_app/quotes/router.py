"""The route of quotes."""

from typing import Annotated

from fastapi import APIRouter, Body, Cookie, Security

from sample_app.auth.dependencies import get_current_user
from sample_app.auth.errors import InsufficientScopeError, NotAuthenticatedError
from sample_app.auth.scopes import Scope
from sample_app.core.errors import InvalidRequestError, MalformedRequestError, NotReadyError, RequestTooLargeError
from sample_app.core.problems import problem_responses
from sample_app.preferences.schemas import Preferences, Speed
from sample_app.products.errors import ProductNotFoundError
from sample_app.quotes.dependencies import QuoteServiceDep
from sample_app.quotes.errors import MixedCurrenciesError
from sample_app.quotes.schemas import Delivery, QuoteItem, QuoteRead

router = APIRouter(prefix="/quotes", tags=["orders"])


@router.post(
    "",
    operation_id="quote_order",
    dependencies=[Security(get_current_user, scopes=[Scope.PRODUCTS_READ])],
    summary="What would it cost?",
    responses=problem_responses(
        MalformedRequestError,
        RequestTooLargeError,
        NotAuthenticatedError,
        InsufficientScopeError,
        ProductNotFoundError,
        MixedCurrenciesError,
        InvalidRequestError,
        NotReadyError,
    ),
)
async def quote_order(
    items: Annotated[list[QuoteItem], Body(min_length=1, max_length=20, description="What to deliver.")],
    delivery: Delivery,
    preferences: Annotated[Preferences, Cookie()],
    quotes: QuoteServiceDep,
) -> QuoteRead:
    """Add up products and delivery at the prices of now. Nothing is ordered, and nothing is kept."""
    express = preferences.speed is Speed.EXPRESS if delivery.express is None else delivery.express
    quote = await quotes.quote(
        [(item.sku, item.quantity) for item in items], country_code=delivery.address.country_code, express=express
    )
    return QuoteRead.of(quote, locale=preferences.locale)
