"""Notifications on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from sample_app.core.schemas import ApiModel
from sample_app.notifications.models import NotificationKind

NotificationIdPath = Annotated[UUID, Path(description="As it stands in the list.")]


class NotificationRead(ApiModel):
    """What a user is told."""

    notification_id: UUID = Field(validation_alias="id", description="Names the notification for good.")
    kind: NotificationKind
    subject: str | None = Field(
        description="The id of what it is about, such as an order, if that can be asked for.",
        examples=["TEA-001-0b5f1c2e-3d4a-4b6c-8d7e-9f0a1b2c3d4e"],
    )
    text: str = Field(description="The same for people.", examples=["Your order of 2 x TEA-001 is confirmed."])
    created_at: datetime = Field(description="When it happened, in UTC.")
    read_at: datetime | None = Field(description="When the user first said to have read it, in UTC.")
