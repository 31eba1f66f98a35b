"""The inventory, as a route asks for it."""

from typing import Annotated

from fastapi import Depends, Request

from sample_app.core.errors import NotReadyError
from sample_app.stock.inventory import Inventory


def get_inventory(request: Request) -> Inventory:
    inventory: Inventory | None = request.app.state.inventory
    if inventory is None:
        raise NotReadyError("The inventory is not there.")
    return inventory


InventoryDep = Annotated[Inventory, Depends(get_inventory)]
