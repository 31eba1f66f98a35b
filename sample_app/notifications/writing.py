"""Telling a user, from wherever in the app: after the response, in a transaction of its own."""

from uuid import UUID

from sample_app.core.database import Database
from sample_app.notifications.models import Notification, NotificationKind
from sample_app.notifications.repository import add_notification


async def notify(
    database: Database, *, tenant_id: str, user_id: UUID, kind: NotificationKind, text: str, subject: str | None = None
) -> None:
    """Write a notification for a user."""
    async with database.transaction(tenant_id=tenant_id) as session:
        add_notification(session, Notification(user_id=user_id, kind=kind, text=text, subject=subject))
