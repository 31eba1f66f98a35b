"""Which inventory the settings ask for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sample_app.core.database import Database
from sample_app.core.settings import Settings
from sample_app.stock.inventory import Inventory, OwnInventory


@asynccontextmanager
async def opened_inventory(settings: Settings, database: Database) -> AsyncIterator[Inventory]:
    """The service at the address that is set, else the stock that stands with the products."""
    if settings.inventory_url is None:
        yield OwnInventory()
        return
    from sample_app.stock.remote import opened_remote

    async with opened_remote(settings.inventory_url, settings, database) as inventory:
        yield inventory
