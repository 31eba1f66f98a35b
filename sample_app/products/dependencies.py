"""The product service, as a route asks for it: of the caller's tenant only."""

from typing import Annotated

from fastapi import Depends

from sample_app.auth.dependencies import CurrentUserDep
from sample_app.core.dependencies import SessionDep
from sample_app.products.repository import ProductRepository
from sample_app.products.service import ProductService


def get_product_service(session: SessionDep, user: CurrentUserDep) -> ProductService:
    return ProductService(products=ProductRepository(session, tenant_id=user.tenant_id))


ProductServiceDep = Annotated[ProductService, Depends(get_product_service)]
