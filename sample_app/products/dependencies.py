"""The product service, as a route asks for it: of the caller's tenant only."""

from typing import Annotated

from fastapi import Depends

from sample_app.auth.dependencies import TenantSessionDep
from sample_app.products.repository import ProductRepository
from sample_app.products.service import ProductService
from sample_app.stock.dependencies import InventoryDep


def get_product_service(session: TenantSessionDep, inventory: InventoryDep) -> ProductService:
    return ProductService(products=ProductRepository(session), inventory=inventory)


ProductServiceDep = Annotated[ProductService, Depends(get_product_service)]
