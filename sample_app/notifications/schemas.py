"""Notifications on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from sample_app.core.cursors import CURSOR_PATTERN
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


LastId = Annotated[str, Field(pattern=CURSOR_PATTERN, description="The `id` of the last message that is known.")]


class NotificationMessage(BaseModel):
    """A notification over the WebSocket; `id` is its place in the list, to go on from."""

    type: Literal["notification"] = "notification"
    id: LastId
    notification: NotificationRead


class Resume(BaseModel):
    """Send what came after a message, as far as this socket has not had it."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["resume"]
    last_id: LastId


RESUME: TypeAdapter[Resume] = TypeAdapter(Resume)
