"""What is opened before the first request and closed after the last."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy import URL

from sample_app.core.database import Database
from sample_app.core.settings import Settings, SettingsError
from sample_app.demo import load_demo_data
from sample_app.orders.confirmation import decide_pending_orders


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the database, bring it up to date, and let the requests in; close it after them."""
    settings: Settings = app.state.settings
    with _database_url(settings) as url:
        database = Database(url, timeout=settings.database_timeout_seconds)
        try:
            await database.create_tables()
            if settings.loads_demo_data:
                await load_demo_data(database)
            await decide_pending_orders(database)
            app.state.database = database
            yield
        finally:
            app.state.database = None
            await database.close()


@contextmanager
def _database_url(settings: Settings) -> Iterator[str | URL]:
    """Where the data is: the URL that was set, else a file in the data folder, else one that is gone afterwards."""
    if settings.database_url is not None:
        yield settings.database_url
    elif settings.data_dir is not None:
        try:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"SAMPLE_APP_DATA_DIR: {settings.data_dir}: {error.strerror}") from None
        yield _sqlite_in(settings.data_dir)
    else:
        with tempfile.TemporaryDirectory(prefix="sample-app-") as folder:
            yield _sqlite_in(Path(folder))


def _sqlite_in(folder: Path) -> URL:
    return URL.create("sqlite+aiosqlite", database=str(folder / "sample_app.sqlite3"))
