"""The inventory, as a route asks for it."""

from typing import Annotated

from fastapi import Depends

from sample_app.core.dependencies import SessionDep
from sample_app.inventory.repository import InventoryRepository
from sample_app.inventory.service import InventoryService


def get_inventory_service(session: SessionDep) -> InventoryService:
    return InventoryService(inventory=InventoryRepository(session))


InventoryServiceDep = Annotated[InventoryService, Depends(get_inventory_service)]
