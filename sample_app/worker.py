"""The order worker, `python -m sample_app.worker`: decides orders, those in the queue and those that were left pending.

It works on the database of the settings, beside any number of workers and of processes that serve requests: whoever
decides an order does so in one transaction, and the second finds it decided. With a Redis in the settings it reads the
queue of the orders; without one, it decides what a process left pending when it was killed.
"""

import asyncio
import logging
import signal
from pathlib import Path

from sample_app.core.broker import opened_broker
from sample_app.core.database import opened_database
from sample_app.core.engine import database_url
from sample_app.core.errors import NotReadyError
from sample_app.core.logs import configure_logging
from sample_app.core.queue import Delivery, Queue, opened_queue
from sample_app.core.settings import Settings, SettingsError, load_settings
from sample_app.migrations.runner import upgrade
from sample_app.notifications.feed import NotificationFeed
from sample_app.orders.confirmation import OrderDecider
from sample_app.orders.upkeep import LEFT_FOR_WORKER, ORDER_QUEUE, look_after_orders
from sample_app.stock.opening import opened_inventory

logger = logging.getLogger(__name__)

_AT_ONCE = 20


async def work(settings: Settings) -> None:
    """Decide orders until SIGTERM or SIGINT; what is under way is finished first.

    Raises:
        SettingsError: no database is set that others use too, or it or Redis cannot be used.
    """
    if settings.database_url is None and settings.data_dir is None:
        raise SettingsError("DATABASE_URL: the worker needs the database that the app works on")
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    url = database_url(settings, settings.data_dir or Path())
    await upgrade(url, settings)
    async with (
        opened_database(url, settings) as database,
        opened_broker(settings) as broker,
        opened_queue(settings, ORDER_QUEUE) as queue,
        opened_inventory(settings, database) as inventory,
    ):
        database.listen(NotificationFeed(broker))
        decider = OrderDecider(database, settings, inventory)
        logger.info("the worker is ready")
        async with asyncio.TaskGroup() as both:
            both.create_task(_look_after(decider, settings, ended))
            if queue is not None:
                both.create_task(_decide_from(queue, decider, ended))
    logger.info("the worker has ended")


async def _look_after(decider: OrderDecider, settings: Settings, ended: asyncio.Event) -> None:
    while not ended.is_set():
        if await look_after_orders(decider, older_than=LEFT_FOR_WORKER) and settings.worker_alive_file is not None:
            settings.worker_alive_file.touch()
        try:
            await asyncio.wait_for(ended.wait(), settings.worker_seconds)
        except TimeoutError:
            continue


async def _decide_from(queue: Queue, decider: OrderDecider, ended: asyncio.Event) -> None:
    """Decide what comes from the queue, several orders at once: one that has to wait keeps no others from it."""
    under_way: dict[str, asyncio.Task[None]] = {}
    while not ended.is_set():
        under_way = {name: task for name, task in under_way.items() if not task.done()}
        if len(under_way) == _AT_ONCE:
            await asyncio.wait(under_way.values(), return_when=asyncio.FIRST_COMPLETED)
            continue
        for delivery in await queue.take(_AT_ONCE - len(under_way)):
            if delivery.id not in under_way:  # it may come again while it is worked on
                under_way[delivery.id] = asyncio.create_task(_decide_one(queue, decider, delivery))
    await asyncio.gather(*under_way.values())


async def _decide_one(queue: Queue, decider: OrderDecider, delivery: Delivery) -> None:
    try:
        if await decider.decide(delivery.text):
            await queue.done(delivery)
    except NotReadyError as error:
        logger.warning("order %s: not this time, %s", delivery.text, error.detail)
    except Exception:
        logger.exception("order %s could not be decided; it will come again", delivery.text)


def main() -> int:
    """Run the worker; its exit code."""
    try:
        settings = load_settings()
        configure_logging(settings)
        asyncio.run(work(settings))
    except SettingsError as error:
        logger.error("%s", error)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
