"""What is said over the WebSocket of a room; `type` tells the messages apart, both ways."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from sample_app.core.clock import utc_now

RoomPath = Annotated[str, Path(pattern="^[a-z0-9-]{1,40}$", description="Any name; a room is there when it is used.")]


class _FromClient(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Join(_FromClient):
    """Come back into the room after leaving it; who connects is in."""

    type: Literal["join"]


class Leave(_FromClient):
    """Leave the room, and keep the socket."""

    type: Literal["leave"]


class Send(_FromClient):
    """Say something to all in the room."""

    type: Literal["send"]
    text: str = Field(min_length=1, max_length=2000)


class Typing(_FromClient):
    """Let the others know that something will come."""

    type: Literal["typing"]


FromClient = Annotated[Join | Leave | Send | Typing, Field(discriminator="type")]
FROM_CLIENT: TypeAdapter[Join | Leave | Send | Typing] = TypeAdapter(FromClient)


class _FromRoom(BaseModel):
    """What all in the room get, the one that it is about included.

    `member` is one socket: a user with two tabs is there twice.
    """

    room: str
    member: UUID
    username: str
    at: datetime = Field(default_factory=utc_now)


class Joined(_FromRoom):
    type: Literal["joined"] = "joined"


class Left(_FromRoom):
    type: Literal["left"] = "left"


class Message(_FromRoom):
    type: Literal["message"] = "message"
    message_id: UUID = Field(default_factory=uuid4)
    text: str


class IsTyping(_FromRoom):
    type: Literal["typing"] = "typing"


FromRoom = Annotated[Joined | Left | Message | IsTyping, Field(discriminator="type")]
FROM_ROOM: TypeAdapter[Joined | Left | Message | IsTyping] = TypeAdapter(FromRoom)
