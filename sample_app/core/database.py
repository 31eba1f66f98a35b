"""The database: one engine for the life of the app, one transaction for each unit of work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import URL, Connection, DateTime, Dialect, Enum, MetaData, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from sample_app.core.errors import AppError
from sample_app.core.settings import SettingsError

_READ_ONLY = "sample_app_read_only"


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its time zone. SQLite stores none, so UTC goes in and comes out."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def text_enum(members: type[StrEnum]) -> Enum:
    """The column type of an enumeration: its values as text, so that a new member needs no change of the table."""
    return Enum(members, native_enum=False, length=16, values_callable=lambda enum: [member.value for member in enum])


class Base(DeclarativeBase):
    """The base of all models. Constraints are named, so that a migration can address them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012  (SQLAlchemy reads a plain dict here)


class Database:
    """An open engine and its sessions.

    Args:
        url: an ``sqlite+aiosqlite`` URL with a file.
        timeout: seconds that a transaction waits for another one to finish writing.

    Raises:
        SettingsError: the URL cannot be read, or names a database that this version does not know.
    """

    def __init__(self, url: str | URL, *, timeout: float) -> None:
        self._engine = create_async_engine(_checked(url), connect_args={"timeout": timeout})
        event.listen(self._engine.sync_engine, "connect", _prepare_connection)
        event.listen(self._engine.sync_engine, "begin", _begin)
        reading = self._engine.execution_options(**{_READ_ONLY: True})
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._read_sessions = async_sessionmaker(reading, expire_on_commit=False)

    async def create_tables(self) -> None:
        """Create what is missing, in one transaction: a second process that starts at once waits for it."""
        async with self._engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False) -> AsyncIterator[AsyncSession]:
        """One session in one transaction: committed at the end, rolled back if the block raises.

        An :class:`AppError` that says `keeps_changes` is committed as well, and goes on to the caller.
        """
        sessions = self._read_sessions if read_only else self._sessions
        async with sessions() as session:
            try:
                yield session
            except AppError as error:
                if error.keeps_changes:
                    await _commit(session)
                raise
            await _commit(session)

    async def answers(self) -> bool:
        """Whether the database gives a sign of life."""
        try:
            async with self.transaction(read_only=True) as session:
                await session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()


async def _commit(session: AsyncSession) -> None:
    try:
        await session.commit()
    except BaseException:
        # SQLite leaves the transaction open when COMMIT itself fails, and SQLAlchemy then takes it for ended: the next
        # user of the connection would inherit it. So this connection is closed, which rolls back.
        await session.invalidate()
        raise


def _checked(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        # The text is not repeated: a database URL may hold a password.
        raise SettingsError("DATABASE_URL: this is no database URL; write sqlite+aiosqlite:///PATH") from None
    if parsed.drivername == "sqlite":
        parsed = parsed.set(drivername="sqlite+aiosqlite")
    if parsed.drivername != "sqlite+aiosqlite" or parsed.database in (None, "", ":memory:"):
        raise SettingsError(
            "DATABASE_URL: this version keeps its data in an SQLite file; write sqlite+aiosqlite:///PATH"
        )
    return parsed


def _prepare_connection(connection: Any, _record: Any) -> None:
    # The driver would begin transactions by its own rules; `_begin` does it instead, for reads and table changes too.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")  # readers do not wait for the writer
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later cannot wait for its turn in SQLite: it would fail as soon as
    # another one has written meanwhile. So one that may write takes its turn at the start.
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
