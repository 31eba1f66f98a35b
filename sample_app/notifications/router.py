"""Routes of notifications."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Security

from sample_app.auth.dependencies import get_current_user
from sample_app.auth.errors import InsufficientScopeError, NotAuthenticatedError
from sample_app.auth.scopes import Scope
from sample_app.core.cursors import CursorPage, PageByCursor
from sample_app.core.errors import InvalidRequestError, NotReadyError
from sample_app.core.problems import problem_responses
from sample_app.notifications.dependencies import NotificationServiceDep
from sample_app.notifications.errors import NotificationNotFoundError
from sample_app.notifications.models import Notification
from sample_app.notifications.schemas import NotificationIdPath, NotificationRead

router = APIRouter(
    prefix="/notifications",
    tags=["notifications"],
    responses=problem_responses(NotAuthenticatedError, InsufficientScopeError, InvalidRequestError, NotReadyError),
)

_WRITE = Security(get_current_user, scopes=[Scope.NOTIFICATIONS_WRITE])


@router.get(
    "",
    operation_id="list_notifications",
    dependencies=[Security(get_current_user, scopes=[Scope.NOTIFICATIONS_READ])],
    summary="What happened?",
)
async def list_notifications(
    notifications: NotificationServiceDep,
    page: Annotated[PageByCursor, Depends()],
    unread: Annotated[bool | None, Query(description="Only unread ones, or only read ones.")] = None,
) -> CursorPage[NotificationRead]:
    """What the caller was told, the newest first."""
    found = await notifications.after(page.after, unread=unread, limit=page.lookahead)
    shown, next_cursor = page.cut(found)
    return CursorPage(items=[NotificationRead.model_validate(item) for item in shown], next_cursor=next_cursor)


@router.post(
    "/{notification_id}/read",
    operation_id="mark_notification_read",
    dependencies=[_WRITE],
    summary="Mark a notification as read",
    response_model=NotificationRead,
    responses=problem_responses(NotificationNotFoundError),
)
async def mark_notification_read(
    notification_id: NotificationIdPath, notifications: NotificationServiceDep
) -> Notification:
    """Say that it was read. To say so again changes nothing."""
    return await notifications.mark_read(notification_id)


@router.delete(
    "/{notification_id}",
    operation_id="delete_notification",
    dependencies=[_WRITE],
    summary="Delete a notification",
    status_code=204,
    responses=problem_responses(NotificationNotFoundError),
)
async def delete_notification(notification_id: NotificationIdPath, notifications: NotificationServiceDep) -> None:
    """Take it away for good."""
    await notifications.delete(notification_id)
