"""The order worker, `python -m sample_app.worker`: decides the orders that a process left pending when it was killed.

It works on the database of the settings, beside any number of processes that serve requests: whoever decides an order
does so in one transaction, and the second finds it decided.
"""

import asyncio
import logging
import signal
from pathlib import Path

from sample_app.core.broker import opened_broker
from sample_app.core.database import opened_database
from sample_app.core.engine import database_url
from sample_app.core.logs import configure_logging
from sample_app.core.settings import Settings, SettingsError, load_settings
from sample_app.migrations.runner import upgrade
from sample_app.notifications.feed import NotificationFeed
from sample_app.orders.confirmation import OrderDecider
from sample_app.orders.upkeep import LEFT_FOR_WORKER, look_after_orders

logger = logging.getLogger(__name__)


async def work(settings: Settings) -> None:
    """Look again and again, until SIGTERM or SIGINT; the round under way is finished first.

    Raises:
        SettingsError: no database is set that others use too, or it cannot be used.
    """
    if settings.database_url is None and settings.data_dir is None:
        raise SettingsError("DATABASE_URL: the worker needs the database that the app works on")
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    url = database_url(settings, settings.data_dir or Path())
    await upgrade(url, settings)
    async with opened_database(url, settings) as database, opened_broker(settings) as broker:
        database.listen(NotificationFeed(broker))
        decider = OrderDecider(database, settings)
        logger.info("the worker is ready")
        while not ended.is_set():
            if await look_after_orders(decider, older_than=LEFT_FOR_WORKER) and settings.worker_alive_file is not None:
                settings.worker_alive_file.touch()
            try:
                await asyncio.wait_for(ended.wait(), settings.worker_seconds)
            except TimeoutError:
                continue
    logger.info("the worker has ended")


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
