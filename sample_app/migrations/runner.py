"""Runs the migrations: on one connection in one transaction, so that they happen as a whole or not at all.

The shop and the inventory service have a history each. Alembic is imported where it is used: once a process, at its
start.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import anyio.to_thread
from sqlalchemy import URL, Connection, String, column, select, table, text
from sqlalchemy.exc import SQLAlchemyError

from sample_app.core.database import Database
from sample_app.core.engine import is_sqlite, open_migration_engine, use_write_ahead_log
from sample_app.core.errors import OverloadedError
from sample_app.core.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config


@dataclass(frozen=True, slots=True)
class History:
    """The migrations of one database.

    Attributes:
        database: the name of its file, where it is in the data folder.
        location: the package of the migrations, as Alembic reads it.
        table: where the database notes its revision.
    """

    database: str
    location: str
    table: str


SHOP = History(database="sample_app", location="sample_app:migrations", table="alembic_version")


def alembic_config(history: History = SHOP) -> "Config":
    """Alembic's configuration, as `alembic.ini` would hold it."""
    from alembic.config import Config

    config = Config(stdout=sys.stdout)
    config.set_main_option("script_location", history.location)
    config.attributes["version_table"] = history.table
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    return config


async def upgrade(url: str | URL, settings: Settings, history: History = SHOP) -> None:
    """Bring the tables up to date. Of two processes that do so at once, one waits and then finds it done.

    Raises:
        SettingsError: the URL cannot be read, or names a database that this version does not know.
    """
    from alembic import command

    await run(url, settings, lambda config: command.upgrade(config, "head"), history)


async def run(
    url: str | URL, settings: Settings, operation: "Callable[[Config], object]", history: History = SHOP
) -> None:
    """Run an Alembic command in one transaction, of which there is one at a time.

    SQLite has one writer at a time anyway; on PostgreSQL a lock of its own keeps the others waiting.

    Raises:
        SettingsError: as for :func:`upgrade`.
        ForeignKeyError: a row would point nowhere afterwards; nothing was changed.
        sqlite3.OperationalError: somebody else writes into the database for longer than the settings let wait.
    """
    engine = open_migration_engine(url, settings)
    try:
        if is_sqlite(engine):
            await use_write_ahead_log(engine, settings)
        async with engine.begin() as connection:
            if not is_sqlite(engine):
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            await connection.run_sync(_run_on, operation, history)
    finally:
        await engine.dispose()


_LOCK = 7_236_001
"""The key of the lock that migrations hold: any number that nobody else in this database uses."""


async def is_at_head(database: Database, history: History = SHOP) -> bool:
    """Whether the tables are those that this version of the app knows."""
    newest = await anyio.to_thread.run_sync(_heads, history)
    revision = select(column("version_num", String)).select_from(table(history.table))
    try:
        async with database.transaction(read_only=True, all_tenants=True) as session:
            return {*await session.scalars(revision)} == newest
    except (SQLAlchemyError, OverloadedError, OSError):
        return False


@cache
def _heads(history: History) -> frozenset[str]:
    """The newest revisions of a history, which does not change while a process runs."""
    from alembic.script import ScriptDirectory

    return frozenset(ScriptDirectory.from_config(alembic_config(history)).get_heads())


class ForeignKeyError(Exception):
    """A migration left rows behind that point to rows that are not there."""


def _run_on(connection: Connection, operation: "Callable[[Config], object]", history: History) -> None:
    config = alembic_config(history)
    config.attributes["connection"] = connection
    operation(config)
    if connection.dialect.name != "sqlite":
        return
    # Foreign keys were not enforced meanwhile, see `open_migration_engine`.
    if dangling := connection.execute(text("PRAGMA foreign_key_check")).all():
        tables = ", ".join(sorted({str(row[0]) for row in dangling}))
        raise ForeignKeyError(f"rows of {tables} would point nowhere")
