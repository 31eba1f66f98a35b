"""The quote service, as a route asks for it."""

from typing import Annotated

from fastapi import Depends

from sample_app.products.dependencies import ProductServiceDep
from sample_app.quotes.service import QuoteService


def get_quote_service(products: ProductServiceDep) -> QuoteService:
    return QuoteService(products=products)


QuoteServiceDep = Annotated[QuoteService, Depends(get_quote_service)]
