"""What is opened before the first request and closed after the last, in the opposite order."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from sample_app.core.broker import opened_broker
from sample_app.core.calculations import Calculations
from sample_app.core.data_folder import opened_data_folder
from sample_app.core.database import opened_database
from sample_app.core.engine import database_url
from sample_app.core.logs import configure_logging
from sample_app.core.object_store import open_object_store
from sample_app.core.queue import opened_queue
from sample_app.core.rate_limit_storage import opened_storage
from sample_app.core.rate_limits import RateLimiter
from sample_app.core.readiness import Readiness
from sample_app.core.settings import Settings
from sample_app.demo import load_demo_data
from sample_app.migrations.runner import is_at_head, upgrade
from sample_app.notifications.feed import NotificationFeed
from sample_app.orders.confirmation import OrderDecider
from sample_app.orders.upkeep import ORDER_QUEUE, orders_looked_after
from sample_app.stock.errors import InventoryError
from sample_app.stock.opening import opened_inventory

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open what the app works with, bring the data up to date, and let the requests in."""
    settings: Settings = app.state.settings
    configure_logging(settings)
    async with AsyncExitStack() as stack:
        if app.state.tracing is not None:
            stack.callback(app.state.tracing.close)
        folder = stack.enter_context(opened_data_folder(settings))
        url = database_url(settings, folder)
        await upgrade(url, settings)
        database = await stack.enter_async_context(opened_database(url, settings))
        broker = await stack.enter_async_context(opened_broker(settings))
        database.listen(NotificationFeed(broker))
        if settings.loads_demo_data:
            await load_demo_data(database)
        inventory = await stack.enter_async_context(opened_inventory(settings, database))
        decider = OrderDecider(database, settings, inventory)
        order_queue = await stack.enter_async_context(opened_queue(settings, ORDER_QUEUE))
        if order_queue is None:
            try:
                await decider.decide_pending()
            except InventoryError as error:  # the app starts all the same, and tries them again
                logger.warning("orders stay pending: %s", error.detail)
        object_store = open_object_store(settings, folder=folder / "files")

        app.state.broker = broker
        stack.callback(setattr, app.state, "broker", None)
        app.state.database = database
        stack.callback(setattr, app.state, "database", None)
        app.state.inventory = inventory
        stack.callback(setattr, app.state, "inventory", None)
        app.state.order_queue = order_queue
        stack.callback(setattr, app.state, "order_queue", None)
        app.state.order_decider = decider
        stack.callback(setattr, app.state, "order_decider", None)
        await stack.enter_async_context(
            orders_looked_after(decider, every=settings.worker_seconds, decides=order_queue is None)
        )
        app.state.calculations = Calculations(
            processes=settings.calculation_processes,
            waiting=settings.calculation_queue,
            seconds=settings.calculation_seconds,
        )
        stack.callback(setattr, app.state, "calculations", None)
        app.state.rate_limiter = RateLimiter(settings, await stack.enter_async_context(opened_storage(settings)))
        app.state.metrics.add_circuit(app.state.rate_limiter.circuit)
        stack.callback(setattr, app.state, "rate_limiter", None)
        app.state.object_store = object_store
        app.state.metrics.add_circuit(object_store.circuit)
        stack.callback(setattr, app.state, "object_store", None)

        await stack.enter_async_context(app.state.loop_lag.measured())
        readiness: Readiness = app.state.readiness
        readiness.add("database", database.answers)
        readiness.add("migrations", lambda: is_at_head(database))
        if settings.redis_url is not None:
            readiness.add("broker", broker.connected)
        readiness.add("object-store", object_store.answers)
        if inventory.circuit is not None:
            app.state.metrics.add_circuit(inventory.circuit)
            readiness.add("inventory", inventory.answers)
        stack.callback(readiness.stop)
        yield
