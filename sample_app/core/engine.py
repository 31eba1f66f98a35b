"""The engine: which database, how it begins its transactions, and its pool of connections."""

import asyncio
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    AsyncAdaptedQueuePool,
    Connection,
    ExceptionContext,
    NullPool,
    PoolProxiedConnection,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from sample_app.core.settings import Settings, SettingsError
from sample_app.core.watch import part

_WAIT_SECONDS = 0.02

READ_ONLY = "sample_app_read_only"
"""The execution option of a connection whose transactions will not write."""


@dataclass(frozen=True, slots=True)
class PoolFigures:
    """The pool of connections at one moment.

    Attributes:
        size: how many connections are kept open when nobody needs them.
        checked_out: how many are in use.
        idle: how many are open and wait for use.
        overflow: how many are open beyond `size`.
        waiting: how many requests wait for a connection, until it is free, or opened, or tried.
    """

    size: int
    checked_out: int
    idle: int
    overflow: int
    waiting: int


class UnreachableError(Exception):
    """No connection to the database could be made."""


class CountingPool(AsyncAdaptedQueuePool):
    """SQLAlchemy's pool, which also knows how many wait for a connection, and tells what kept it from making one."""

    waiting = 0

    def connect(self) -> PoolProxiedConnection:
        self.waiting += 1
        try:
            with part("connection"):
                return super().connect()
        except OSError as error:  # the server refused, or is not there
            raise UnreachableError from error
        finally:
            self.waiting -= 1


def pool_figures(engine: AsyncEngine) -> PoolFigures:
    """How the pool of an engine from :func:`open_engine` stands."""
    pool = engine.pool
    assert isinstance(pool, CountingPool)
    return PoolFigures(
        size=pool.size(),
        checked_out=pool.checkedout(),
        idle=pool.checkedin(),
        overflow=max(pool.overflow(), 0),  # below 0 while fewer than the size are open
        waiting=pool.waiting,
    )


def database_url(settings: Settings, folder: Path, name: str = "sample_app") -> str | URL:
    """Where the database is: the URL that was set, else the file of that name in `folder`."""
    return settings.database_url or URL.create("sqlite+aiosqlite", database=str(folder / f"{name}.sqlite3"))


def open_engine(url: str | URL, settings: Settings) -> AsyncEngine:
    """The engine of the app, with the pool that the settings describe. It connects at first use.

    Args:
        url: a ``postgresql+asyncpg`` URL, or an ``sqlite+aiosqlite`` URL with a file.
        settings: the size of the pool, and how long to wait.

    Raises:
        SettingsError: the URL cannot be read, or names a database that this version does not know.
    """
    checked = _checked(url)
    engine = _prepared(
        create_async_engine(
            checked,
            connect_args=_connect_args(checked, settings),
            poolclass=CountingPool,
            pool_size=settings.database_pool_size,
            max_overflow=settings.database_max_overflow,
            pool_timeout=settings.database_pool_timeout_seconds,
            pool_recycle=settings.database_pool_recycle_seconds,
            pool_pre_ping=settings.database_pool_pre_ping,
            hide_parameters=True,  # errors are logged, and what is written may be a secret
        ),
        foreign_keys=True,
    )
    event.listen(engine.sync_engine, "before_cursor_execute", _statement_begins)
    event.listen(engine.sync_engine, "after_cursor_execute", _statement_ends)
    event.listen(engine.sync_engine, "handle_error", _statement_fails)
    return engine


def open_migration_engine(url: str | URL, settings: Settings) -> AsyncEngine:
    """An engine for changes of the tables: one connection, no pool, and foreign keys not enforced.

    SQLite changes a table by making a new one under its name, which foreign keys to the old one would forbid
    (https://www.sqlite.org/lang_altertable.html, section 7).

    Raises:
        SettingsError: as for :func:`open_engine`.
    """
    checked = _checked(url)
    engine = create_async_engine(checked, connect_args=_connect_args(checked, settings), poolclass=NullPool)
    return _prepared(engine, foreign_keys=False)


def is_sqlite(engine: AsyncEngine) -> bool:
    """Whether the data is in an SQLite file, and not on a PostgreSQL server."""
    return engine.dialect.name == "sqlite"


def _connect_args(url: URL, settings: Settings) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"timeout": settings.database_timeout_seconds}
    # Who waits for a row that somebody else changes is told to come back later, as with SQLite.
    wait = f"{settings.database_timeout_seconds:g}s"
    return {
        "timeout": settings.database_pool_timeout_seconds,
        "server_settings": {"application_name": "sample_app", "lock_timeout": wait, "TimeZone": "UTC"},
    }


def _checked(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        # The text is not repeated: a database URL may hold a password.
        raise SettingsError(f"DATABASE_URL: this is no database URL; {_MEND}") from None
    parsed = parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))
    if parsed.drivername not in _DRIVERS.values() or parsed.database in (None, "", ":memory:"):
        raise SettingsError(f"DATABASE_URL: the data is kept by PostgreSQL or in an SQLite file; {_MEND}")
    return parsed


_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_MEND = "write postgresql://USER:PASSWORD@HOST/NAME or sqlite+aiosqlite:///PATH"


def _prepared(engine: AsyncEngine, *, foreign_keys: bool) -> AsyncEngine:
    """Let SQLite begin its transactions as this app needs it; PostgreSQL does so by itself."""
    if not is_sqlite(engine):
        return engine

    def prepare(connection: Any, _record: Any) -> None:
        # The driver would begin transactions by its own rules; `_begin` does it instead, for reads and table changes
        # too.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.close()

    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _statement_begins(_c: Any, _cursor: Any, statement: str, _p: Any, context: Any, _many: bool) -> None:
    # The statement holds placeholders; the values are none of the monitoring's business.
    context.sample_app_part = part("database", **{"db.query.text": statement})
    context.sample_app_part.__enter__()


def _statement_ends(_c: Any, _cursor: Any, _statement: str, _p: Any, context: Any, _many: bool) -> None:
    context.sample_app_part.__exit__(None, None, None)


def _statement_fails(failure: ExceptionContext) -> None:
    begun = getattr(failure.execution_context, "sample_app_part", None)
    if begun is not None:
        begun.__exit__(None, None, None)


async def use_write_ahead_log(engine: AsyncEngine, settings: Settings) -> None:
    """Let readers go on while somebody writes. The file remembers it (https://www.sqlite.org/wal.html, section 3.3).

    The change itself does not wait for its turn as all else does: it fails at once while somebody writes. So it is
    tried again, as long as a transaction would wait.

    Raises:
        sqlite3.OperationalError: the turn did not come.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + settings.database_timeout_seconds
    async with engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        while True:
            try:
                await driver.execute_fetchall("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or loop.time() >= deadline:
                    raise
                await asyncio.sleep(_WAIT_SECONDS)
            else:
                return


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later cannot wait for its turn in SQLite: it would fail as soon as
    # another one has written meanwhile. So one that may write takes its turn at the start.
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
