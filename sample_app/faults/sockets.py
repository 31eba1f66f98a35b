"""Promises that are broken over WebSockets, which the OpenAPI document says nothing of."""

from functools import partial

from sample_app.faults.model import Fault, Kind, Tool

_fault = partial(Fault, kind=Kind.SOCKET, found_by=Tool.FUZZ)

SOCKET_FAULTS = (
    _fault(
        name="socket-dies-of-malformed-message",
        where=("WS /v2/ws/rooms/{room}", "WS /v2/ws/notifications"),
        client_sees="A message that is no JSON ends the socket, where an error message should tell what is wrong.",
        finding="the socket is closed with 1011 after a malformed message",
    ),
    _fault(
        name="room-of-all-tenants",
        where=("WS /v2/ws/rooms/{room}",),
        client_sees="What is said in a room is heard by all tenants that have a room of that name.",
        finding="a user of another tenant receives the message",
    ),
    _fault(
        name="notification-twice",
        where=("WS /v2/ws/notifications",),
        client_sees="A socket that resumes gets notifications that it has had already.",
        finding="the same notification arrives twice on one socket",
    ),
    _fault(
        name="room-message-without-username",
        where=("WS /v2/ws/rooms/{room}",),
        client_sees="What is said in a room comes without the name of who said it.",
        finding="a message of the room is none that the contract knows: `username` is missing",
    ),
    _fault(
        name="large-message-closes-undeclared",
        where=("WS /v2/ws/rooms/{room}", "WS /v2/ws/notifications"),
        client_sees="A message that is too large ends the socket with 4413, a code that stands nowhere.",
        finding="the socket is closed with 4413, which is not declared",
    ),
    _fault(
        name="outsiders-not-answered",
        where=("WS /v2/ws/rooms/{room}",),
        client_sees="Who left the room and says something hears nothing; an error message should tell to join first.",
        finding="no answer to what is said after leaving, where one is promised",
    ),
)
