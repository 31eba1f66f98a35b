"""What a route may ask for: settings, the database, a session."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.core.database import Database
from sample_app.core.errors import NotReadyError
from sample_app.core.settings import Settings

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def get_settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def get_database(request: Request) -> Database:
    database: Database | None = request.app.state.database
    if database is None:
        raise NotReadyError("The database is not open.")
    return database


SettingsDep = Annotated[Settings, Depends(get_settings)]
DatabaseDep = Annotated[Database, Depends(get_database)]


async def get_session(request: Request, database: DatabaseDep) -> AsyncIterator[AsyncSession]:
    """The session of this request, in its one transaction; a safe method (RFC 9110, section 9.2.1) only reads."""
    async with database.transaction(read_only=request.method in _SAFE_METHODS) as session:
        yield session


# Scope "function": the transaction ends before the answer is sent, so a commit that fails is never reported as success,
# and the client's next request finds what this one wrote.
SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
