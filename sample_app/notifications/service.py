"""What can be done with notifications."""

from dataclasses import dataclass
from uuid import UUID

from sample_app.core.clock import utc_now
from sample_app.core.cursors import Position
from sample_app.notifications.errors import NotificationNotFoundError
from sample_app.notifications.models import Notification
from sample_app.notifications.repository import NotificationRepository


@dataclass(frozen=True, slots=True)
class NotificationService:
    """The notifications of one user."""

    notifications: NotificationRepository

    async def after(self, position: Position | None, *, unread: bool | None, limit: int) -> list[Notification]:
        """The newest first, from a place in the list on; only unread ones, only read ones, or all."""
        return await self.notifications.after(position, unread=unread, limit=limit)

    async def mark_read(self, notification_id: UUID) -> Notification:
        """Note that the user has read it; the first time counts.

        Raises:
            NotificationNotFoundError: the user has no such notification.
        """
        notification = await self._get(notification_id)
        if notification.read_at is None:
            notification.read_at = utc_now()
        return notification

    async def delete(self, notification_id: UUID) -> None:
        """Take a notification away for good.

        Raises:
            NotificationNotFoundError: the user has no such notification.
        """
        await self.notifications.delete(await self._get(notification_id))

    async def _get(self, notification_id: UUID) -> Notification:
        notification = await self.notifications.get(notification_id)
        if notification is None:
            raise NotificationNotFoundError(f"You have no notification {notification_id}.")
        return notification
