"""The WebSocket of notifications."""

from typing import Annotated

from fastapi import APIRouter, Query, Security, WebSocket

from contractkit.websocket import messages
from sample_app.auth.scopes import Scope
from sample_app.auth.sockets import SocketCaller, accepted, get_socket_caller
from sample_app.core.cursors import CURSOR_PATTERN
from sample_app.core.dependencies import BrokerDep, DatabaseDep, SettingsDep
from sample_app.core.sockets import CLOSE_CODES, ErrorMessage
from sample_app.notifications.feed import SocketFeed
from sample_app.notifications.schemas import NotificationMessage, Resume

router = APIRouter(prefix="/ws/notifications")


@router.websocket("")
@messages(
    receive=Resume,
    send=NotificationMessage | ErrorMessage,
    close=CLOSE_CODES,
    once={NotificationMessage: "id"},
    refusal=ErrorMessage,
)
async def notify_live(
    websocket: WebSocket,
    caller: Annotated[SocketCaller, Security(get_socket_caller, scopes=[Scope.NOTIFICATIONS_READ])],
    broker: BrokerDep,
    database: DatabaseDep,
    settings: SettingsDep,
    last_id: Annotated[str | None, Query(pattern=CURSOR_PATTERN)] = None,
) -> None:
    """Get the own notifications as they come, after those since `last_id`."""
    socket = await accepted(websocket, settings)
    feed = SocketFeed(
        broker=broker,
        database=database,
        tenant_id=caller.caller.user.tenant_id,
        user_id=caller.caller.user.id,
        socket=socket,
        queue_size=settings.socket_queue,
    )
    with feed.subscribed():
        await feed.start(last_id)
        code = await socket.converse(feed.take, feed.run(), caller.watch(socket))
    await socket.end(code)
