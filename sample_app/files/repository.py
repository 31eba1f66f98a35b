"""Files in the database."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app import faults
from sample_app.files.models import StoredFile


class FileRepository:
    """The files of one owner."""

    def __init__(self, session: AsyncSession, *, owner_id: UUID) -> None:
        self._session = session
        self._visible = select(StoredFile).where(StoredFile.owner_id == owner_id)

    async def add(self, file: StoredFile) -> None:
        self._session.add(file)
        await self._session.flush()

    async def get(self, file_id: UUID) -> StoredFile | None:
        visible = faults.pick("file-of-others-open", right=self._visible, wrong=select(StoredFile))
        return await self._session.scalar(visible.where(StoredFile.id == file_id))

    async def page(self, *, limit: int, offset: int) -> tuple[list[StoredFile], int]:
        """A part of the files, the newest first, and how many there are in all."""
        total = await self._session.scalar(select(func.count()).select_from(self._visible.subquery()))
        newest_first = self._visible.order_by(StoredFile.created_at.desc(), StoredFile.id)
        page = newest_first.limit(faults.pick("file-page-limit-ignored", right=limit, wrong=None)).offset(offset)
        items = await self._session.scalars(page)
        return [*items], total or 0

    async def delete(self, file: StoredFile) -> None:
        await self._session.delete(file)
        await self._session.flush()
