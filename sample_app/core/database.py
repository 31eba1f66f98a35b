"""The database: one engine for the life of the app, one transaction for each unit of work."""

import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import URL, DateTime, Dialect, Enum, MetaData, literal, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from sample_app.core.engine import READ_ONLY, PoolFigures, UnreachableError, open_engine, pool_figures
from sample_app.core.errors import AppError, OverloadedError, UnstorableTextError
from sample_app.core.settings import Settings
from sample_app.core.tenancy import TenantSession, session_info
from sample_app.core.watch import part

logger = logging.getLogger(__name__)

Listener = Callable[[object], Awaitable[None]]
"""Is told of an event that is in the database for good."""


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


CONSTRAINT_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraints are named, so that a migration can address them."""


class Base(DeclarativeBase):
    """The base of all models of the shop."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012  (SQLAlchemy reads a plain dict here)


_ANNOUNCED = "sample_app_announced"


def announce(session: AsyncSession, event: object) -> None:
    """Tell the listeners of the database of an event, once the transaction of the session is committed."""
    session.info.setdefault(_ANNOUNCED, []).append(event)


class Database:
    """An open engine and its sessions.

    Args:
        url: a ``postgresql+asyncpg`` URL, or an ``sqlite+aiosqlite`` URL with a file.
        settings: the size of the pool, and how long to wait for a connection and for the turn to write.

    Raises:
        SettingsError: the URL cannot be read, or names a database that this version does not know.
    """

    def __init__(self, url: str | URL, settings: Settings) -> None:
        self._engine = open_engine(url, settings)
        self._listeners: list[Listener] = []
        reading = self._engine.execution_options(**{READ_ONLY: True, "postgresql_readonly": True})
        self._sessions = async_sessionmaker(self._engine, sync_session_class=TenantSession, expire_on_commit=False)
        self._read_sessions = async_sessionmaker(reading, sync_session_class=TenantSession, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(
        self, *, read_only: bool = False, tenant_id: str | None = None, all_tenants: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """One session in one transaction: committed at the end, rolled back if the block raises.

        An :class:`AppError` that says `keeps_changes` is committed as well, and goes on to the caller.

        Args:
            read_only: promises not to write, so it need not wait for its turn.
            tenant_id: the tenant it works for; None if that is found out on the way (see `core/tenancy.py`).
            all_tenants: for system work, which no tenant bounds.

        Raises:
            OverloadedError: all connections are in use and none came back in time, or the turn to write did not come.
        """
        sessions = self._read_sessions if read_only else self._sessions
        announced: list[object] = []
        try:
            async with sessions(info=session_info(tenant_id=tenant_id, all_tenants=all_tenants)) as session:
                try:
                    yield session
                except AppError as error:
                    if error.keeps_changes:
                        await _commit(session)
                        announced += session.info.get(_ANNOUNCED, ())
                    raise
                await _commit(session)
                announced += session.info.get(_ANNOUNCED, ())
        except PoolTimeoutError:
            raise OverloadedError("All connections to the database are in use; try again in a moment.") from None
        except DBAPIError as error:
            if _is_busy(error):
                raise OverloadedError("Too many are writing at once; try again in a moment.") from None
            if getattr(error.orig, "sqlstate", None) == _NO_CHARACTER:
                raise UnstorableTextError from None
            if error.connection_invalidated:
                raise OverloadedError(_AWAY) from None
            raise
        except UnreachableError:
            raise OverloadedError(_AWAY) from None
        finally:
            for event in announced:
                await self._tell(event)

    def listen(self, listener: Listener) -> None:
        """Tell `listener` of all that transactions announce, from now on; it must not fail."""
        self._listeners.append(listener)

    async def _tell(self, event: object) -> None:
        for listener in self._listeners:
            try:
                await listener(event)
            except Exception:
                logger.exception("an announcement was not heard")  # what it is about is committed all the same

    def pool(self) -> PoolFigures:
        """How the pool of connections stands."""
        return pool_figures(self._engine)

    async def answers(self) -> bool:
        """Whether the database gives a sign of life."""
        try:
            async with self.transaction(read_only=True) as session:
                await session.execute(select(literal(1)))
        except (SQLAlchemyError, OverloadedError):
            return False
        return True

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()


async def _commit(session: AsyncSession) -> None:
    try:
        with part("commit"):
            await session.commit()
    except BaseException:
        # SQLite leaves the transaction open when COMMIT itself fails, and SQLAlchemy then takes it for ended: the next
        # user of the connection would inherit it. So this connection is closed, which rolls back.
        await session.invalidate()
        raise


_AWAY = "The database cannot be reached; try again in a moment."
_NO_CHARACTER = "22021"
"""PostgreSQL's character_not_in_repertoire: it keeps no null characters (its manual, 8.3)."""
_BUSY_STATES = frozenset({"55P03", "40001", "40P01"})
"""PostgreSQL's lock_not_available, serialization_failure and deadlock_detected (its manual, appendix A)."""


def _is_busy(error: DBAPIError) -> bool:
    """Whether the database gave up waiting for somebody else's change."""
    if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
        return True
    return getattr(error.orig, "sqlstate", None) in _BUSY_STATES


@asynccontextmanager
async def opened_database(url: str | URL, settings: Settings) -> AsyncIterator[Database]:
    """A database that is closed at the end.

    Raises:
        SettingsError: the URL cannot be read, or names a database that this version does not know.
    """
    database = Database(url, settings)
    try:
        yield database
    finally:
        await database.close()
