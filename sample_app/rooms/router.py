"""The WebSocket of rooms."""

from fastapi import APIRouter, WebSocket

from contractkit.websocket import messages
from sample_app.auth.sockets import SocketCallerDep, accepted
from sample_app.core.dependencies import BrokerDep, SettingsDep
from sample_app.core.sockets import CLOSE_CODES, ErrorMessage
from sample_app.rooms.schemas import FromClient, FromRoom, IsTyping, Message, RoomPath, Send, Typing
from sample_app.rooms.service import RoomMember

router = APIRouter(prefix="/ws/rooms")


@router.websocket("/{room}")
@messages(
    receive=FromClient,
    send=FromRoom | ErrorMessage,
    close=CLOSE_CODES,
    reply={Send: Message | ErrorMessage, Typing: IsTyping | ErrorMessage},
    refusal=ErrorMessage,
)
async def chat(
    websocket: WebSocket, room: RoomPath, caller: SocketCallerDep, broker: BrokerDep, settings: SettingsDep
) -> None:
    """Chat with the users of the own tenant. Who connects is in the room until it leaves or goes."""
    socket = await accepted(websocket, settings)
    user = caller.caller.user
    member = RoomMember(broker=broker, tenant_id=user.tenant_id, room=room, username=user.username, outbox=socket)
    await member.join()
    try:
        code = await socket.converse(member.take, caller.watch(socket))
    finally:
        await member.leave()
    await socket.end(code)
