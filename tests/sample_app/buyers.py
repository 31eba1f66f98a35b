"""The shop with its inventory elsewhere, and what buyers do there and see."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import select

from sample_app.core.circuit import CircuitState
from sample_app.core.clock import utc_now
from sample_app.core.database import Database
from sample_app.orders.confirmation import OrderDecider
from sample_app.orders.dependencies import get_order_queue
from sample_app.orders.models import Order
from sample_app.products.models import Product
from tests.sample_app.overriding import overriding

LIMIT = 90
"""Seconds after which a test that waits for what never comes fails."""


class KeepsNothing:
    """A queue that loses what it is given: as if the process died right after the answer."""

    def put(self, order_id: str) -> None:
        """Forget it."""


class Shop:
    """A running app, and clients of it."""

    def __init__(self, app: FastAPI, client_for: Callable[..., AsyncClient], tokens: dict[str, str]) -> None:
        self.app = app
        self.database: Database = app.state.database
        self.decider: OrderDecider = app.state.order_decider
        self.bob, self.dave, self.alice = (client_for(app, tokens[name]) for name in ("bob", "dave", "alice"))

    async def product_id(self, sku: str = "TEA-001") -> object:
        async with self.database.transaction(read_only=True, tenant_id="acme") as session:
            return await session.scalar(select(Product.id).where(Product.sku == sku))

    async def copy(self, sku: str = "TEA-001") -> int:
        """The stock as the catalogue shows it."""
        stock: int = (await self.bob.get(f"/v2/products/{sku}")).json()["stock"]
        return stock

    async def place(self, sku: str = "TEA-001", quantity: int = 1) -> str:
        """Order; the id. It is decided by nobody if the inventory cannot be asked."""
        answer = await self.bob.post("/v2/orders", json={"sku": sku, "quantity": quantity})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["order_id"])

    async def status(self, order_id: str) -> tuple[str, str | None]:
        order = (await self.bob.get(f"/v2/orders/{order_id}")).json()
        return order["status"], order["failure_reason"]

    async def decided(self, order_id: str) -> tuple[str, str | None]:
        """How the order ended; it is waited for."""
        async with asyncio.timeout(LIMIT):
            while (status := await self.status(order_id))[0] == "pending":
                await asyncio.sleep(0.05)
        return status

    async def circuit(self) -> CircuitState:
        lines = (await self.bob.get("/metrics")).text.splitlines()
        (line,) = [line for line in lines if line.startswith('circuit_state{circuit="inventory"} ')]
        return CircuitState(int(float(line.split()[1])))

    def nobody_decides(self) -> AbstractContextManager[None]:
        return overriding(self.app, get_order_queue, KeepsNothing)

    async def grow_old(self, order_id: str, by: timedelta) -> None:
        async with self.database.transaction(tenant_id="acme") as session:
            (await session.get_one(Order, order_id)).created_at = utc_now() - by
