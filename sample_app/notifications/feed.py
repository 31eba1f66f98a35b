"""Notifications as they come: to every worker, and from there to every socket of the user, each once.

The database keeps them, the broker brings them at once. What a socket may have missed is read from the database.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from pydantic import ValidationError

from sample_app import faults
from sample_app.core.broker import Broker
from sample_app.core.cursors import Position
from sample_app.core.database import Database
from sample_app.core.problems import invalid_parts
from sample_app.core.sockets import CloseCode, ErrorCode, Socket
from sample_app.notifications.models import Notification
from sample_app.notifications.repository import NotificationRepository
from sample_app.notifications.schemas import RESUME, NotificationMessage, NotificationRead

_Query = Callable[[NotificationRepository], Awaitable[list[Notification]]]

_AT_ONCE = 100
_REMEMBERED = 2000  # ids of what was sent; more than may wait in the queue at a time


@dataclass(frozen=True, slots=True)
class NotificationFeed:
    """Listens to the database, and tells the sockets of the user."""

    broker: Broker

    async def __call__(self, event: object) -> None:
        if isinstance(event, Notification):
            await self.broker.publish(_channel(event.user_id), _message(event).model_dump_json())


@dataclass(frozen=True, slots=True)
class _Replay:
    """Read what came after a place."""

    after: Position | None


class SocketFeed:
    """What one socket of a user gets: what it missed, if it says what it knows, and all that comes; each once.

    Args:
        broker: brings what comes.
        database: has what came.
        tenant_id: the tenant of the user.
        user_id: the user.
        socket: the socket.
        queue_size: how much may come while it is not yet taken; then the socket is closed as too slow.
    """

    def __init__(
        self, *, broker: Broker, database: Database, tenant_id: str, user_id: UUID, socket: Socket, queue_size: int
    ) -> None:
        self._broker = broker
        self._database = database
        self._tenant_id = tenant_id
        self._user_id = user_id
        self._socket = socket
        self._jobs: asyncio.Queue[NotificationMessage | _Replay] = asyncio.Queue(queue_size)
        self._last: Position | None = None
        self._sent: OrderedDict[UUID, None] = OrderedDict()

    @contextmanager
    def subscribed(self) -> Iterator[None]:
        """Hear of all that comes from now on."""
        with self._broker.subscribed(_channel(self._user_id), self._hear, self._look_again):
            yield

    async def start(self, last_id: str | None) -> None:
        """Begin after the notification of that id, or without one, with the next that comes."""
        if last_id is not None:
            self._last = Position.parse(last_id)
            self._look_again()
        else:
            newest = await self._read(lambda own: own.after(None, unread=None, limit=1))
            self._last = Position.of(newest[0]) if newest else None

    async def take(self, text: str) -> None:
        """Do what the client says, or tell it why not."""
        try:
            resume = RESUME.validate_json(text)
        except ValidationError as error:
            detail = "This is no message of the notifications."
            self._socket.refuse(ErrorCode.INVALID, detail, invalid_parts(error.errors()))
        else:
            self._add(_Replay(Position.parse(resume.last_id)))

    async def run(self) -> NoReturn:
        """Pass on what comes, in its order. Never returns."""
        while True:
            job = await self._jobs.get()
            if isinstance(job, _Replay):
                await self._replay(job.after)
            else:
                await self._pass_on(job)

    async def _replay(self, after: Position | None) -> None:
        while found := await self._read(_since(after)):
            for notification in found:
                await self._pass_on(_message(notification))
            after = Position.of(found[-1])

    async def _pass_on(self, message: NotificationMessage) -> None:
        name = message.notification.notification_id
        if name in self._sent and not faults.is_on("notification-twice"):
            return
        self._sent[name] = None
        if len(self._sent) > _REMEMBERED:
            self._sent.popitem(last=False)
        place = Position.parse(message.id)
        # One that was written earlier may come later; it does not move the place back.
        self._last = place if self._last is None else max(self._last, place, key=_order)
        await self._socket.put(message.model_dump_json())

    async def _read(self, query: _Query) -> list[Notification]:
        async with self._database.transaction(read_only=True, tenant_id=self._tenant_id) as session:
            return await query(NotificationRepository(session, user_id=self._user_id))

    def _hear(self, message: str) -> None:
        self._add(NotificationMessage.model_validate_json(message, by_name=True))

    def _look_again(self) -> None:
        self._add(_Replay(self._last))

    def _add(self, job: NotificationMessage | _Replay) -> None:
        try:
            self._jobs.put_nowait(job)
        except asyncio.QueueFull:
            self._socket.close(CloseCode.TOO_SLOW)


def _since(place: Position | None) -> _Query:
    return lambda own: own.since(place, limit=_AT_ONCE)


def _order(place: Position) -> tuple[datetime, UUID]:
    return place.created_at, place.id


def _channel(user_id: UUID) -> str:
    return f"notifications:{user_id}"


def _message(notification: Notification) -> NotificationMessage:
    return NotificationMessage(
        id=str(Position.of(notification)), notification=NotificationRead.model_validate(notification)
    )
