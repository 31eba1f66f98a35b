"""Browser sessions and notes in the database."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app import faults
from sample_app.account.models import BrowserSession, Note
from sample_app.core.tenancy import ALL_TENANTS


class BrowserSessionRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, digest: str) -> BrowserSession | None:
        """The session of that cookie, of whatever tenant: it is the cookie that tells the user."""
        query = select(BrowserSession).where(BrowserSession.digest == digest)
        return await self._session.scalar(query, execution_options=ALL_TENANTS)

    async def add(self, session: BrowserSession) -> None:
        self._session.add(session)
        await self._session.flush()


class NoteRepository:
    """The notes of one user."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def newest(self, user_id: UUID, *, containing: str, limit: int) -> list[Note]:
        """The newest notes that contain a text, whatever its case; `%` and `_` in it stand for themselves."""
        query = select(Note).where(Note.user_id == user_id).order_by(Note.created_at.desc(), Note.id).limit(limit)
        if containing:
            query = query.where(Note.text.icontains(containing, autoescape=True))
        return [*await self._session.scalars(query)]

    async def add(self, note: Note) -> None:
        if not faults.is_on("note-not-kept"):
            self._session.add(note)
        await self._session.flush()
