"""Notifications in the database."""

from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.core.cursors import Position
from sample_app.core.database import announce
from sample_app.notifications.models import Notification

_PLACE = tuple_(Notification.created_at, Notification.id)


class NotificationRepository:
    """The notifications of one user."""

    def __init__(self, session: AsyncSession, *, user_id: UUID) -> None:
        self._session = session
        self._own = select(Notification).where(Notification.user_id == user_id)

    async def get(self, notification_id: UUID) -> Notification | None:
        return await self._session.scalar(self._own.where(Notification.id == notification_id))

    async def after(self, position: Position | None, *, unread: bool | None, limit: int) -> list[Notification]:
        """The newest first, from a place in the list on; only unread ones, only read ones, or all."""
        query = self._own
        if unread is not None:
            query = query.where(Notification.read_at.is_(None) if unread else Notification.read_at.is_not(None))
        if position is not None:
            query = query.where((position.created_at, position.id) > _PLACE)
        newest_first = query.order_by(Notification.created_at.desc(), Notification.id.desc())
        return [*await self._session.scalars(newest_first.limit(limit))]

    async def since(self, position: Position | None, *, limit: int) -> list[Notification]:
        """The oldest first, those that came after a place in the list; without a place, from the first one on."""
        query = self._own
        if position is not None:
            query = query.where((position.created_at, position.id) < _PLACE)
        oldest_first = query.order_by(Notification.created_at, Notification.id)
        return [*await self._session.scalars(oldest_first.limit(limit))]

    async def delete(self, notification: Notification) -> None:
        await self._session.delete(notification)
        await self._session.flush()


def add_notification(session: AsyncSession, notification: Notification) -> None:
    """Tell somebody, whoever it is, once the transaction of the session ends."""
    session.add(notification)
    announce(session, notification)
