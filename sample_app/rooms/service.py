"""What can be done in a room."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID, uuid4

from pydantic import ValidationError

from sample_app import faults
from sample_app.core.broker import Broker
from sample_app.core.problems import InvalidPart, invalid_parts
from sample_app.core.sockets import ErrorCode
from sample_app.rooms.schemas import FROM_CLIENT, IsTyping, Join, Joined, Leave, Left, Message, Send, Typing


class Outbox(Protocol):
    """Where a member's messages go."""

    def push(self, message: str) -> None: ...
    def refuse(self, code: ErrorCode, detail: str, errors: Sequence[InvalidPart] = ()) -> None: ...


@dataclass(slots=True)
class RoomMember:
    """One socket in a room. A room is for the users of one tenant: another one's of the same name is another room."""

    broker: Broker
    tenant_id: str
    room: str
    username: str
    outbox: Outbox
    member: UUID = field(default_factory=uuid4)
    _presence: ExitStack | None = None

    @property
    def _channel(self) -> str:
        right, wrong = f"rooms:{self.tenant_id}:{self.room}", f"rooms:{self.room}"
        return faults.pick("room-of-all-tenants", right=right, wrong=wrong)

    async def join(self) -> None:
        """Come in, and tell all. To do so again changes nothing."""
        if self._presence is None:
            self._presence = ExitStack()
            self._presence.enter_context(self.broker.subscribed(self._channel, self.outbox.push))
            await self._say(Joined(room=self.room, member=self.member, username=self.username))

    async def leave(self) -> None:
        """Go, and tell all. To do so again changes nothing."""
        if self._presence is not None:
            presence, self._presence = self._presence, None
            with presence:  # it hears of its own leaving, too
                await self._say(Left(room=self.room, member=self.member, username=self.username))

    async def take(self, text: str) -> None:
        """Do what the client says, or tell it why not."""
        try:
            said = FROM_CLIENT.validate_json(text)
        except ValidationError as error:
            self.outbox.refuse(ErrorCode.INVALID, "This is no message of a room.", invalid_parts(error.errors()))
            return
        who = {"room": self.room, "member": self.member, "username": self.username}
        match said:
            case Join():
                await self.join()
            case Leave():
                await self.leave()
            case Send() | Typing() if self._presence is None:
                if faults.is_on("outsiders-not-answered"):
                    return
                self.outbox.refuse(ErrorCode.NOT_JOINED, "Join the room first.")
            case Send(text=words):
                await self._say(Message.model_validate({**who, "text": words}))
            case Typing():
                await self._say(IsTyping.model_validate(who))

    async def _say(self, message: Joined | Left | Message | IsTyping) -> None:
        nameless = isinstance(message, Message) and faults.is_on("room-message-without-username")
        await self.broker.publish(self._channel, message.model_dump_json(exclude={"username"} if nameless else None))
