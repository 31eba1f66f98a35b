"""The notification service, as a route asks for it: with the notifications of the caller."""

from typing import Annotated

from fastapi import Depends

from sample_app.auth.dependencies import CurrentUserDep, TenantSessionDep
from sample_app.notifications.repository import NotificationRepository
from sample_app.notifications.service import NotificationService


def get_notification_service(session: TenantSessionDep, user: CurrentUserDep) -> NotificationService:
    return NotificationService(notifications=NotificationRepository(session, user_id=user.id))


NotificationServiceDep = Annotated[NotificationService, Depends(get_notification_service)]
