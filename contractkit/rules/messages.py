"""A message of a WebSocket was removed or added.

What a client sends and the server no longer takes is refused. What the server sends and a client does not know may stop
it: clients of tagged messages refuse an unknown tag. A message that the server no longer sends may be one that clients
wait for; that is `risky`. Where another message takes all that the removed one said, it has only got another name.

Instead: go on taking old messages; send new ones only to clients that ask for them, by a query parameter or a message
of their own; tell clients from the beginning to pass over what they do not know.
"""

from __future__ import annotations

from contractkit.model.change import Change, Direction, Proof
from contractkit.model.finding import Severity
from contractkit.rules.examples import sockets
from contractkit.rules.rule import Rule, Selection

_JOIN = {"Join": {"type": "object", "required": ["type"], "properties": {"type": {"const": "join"}}}}
_BOTH = {**_JOIN, "Say": {"type": "object", "required": ["type"], "properties": {"type": {"const": "say"}}}}
_NOBODY_HURT = "every message that was possible is still understood"


def _selection(action: str, direction: Direction) -> tuple[Selection, ...]:
    return (Selection("message", ("presence",), (action,), direction),)


def _message(change: Change) -> str:
    name = change.facts.get("message", change.location)
    who = "taken from clients" if change.direction is Direction.REQUEST else "sent by the server"
    if change.action == "added":
        text = f"the message `{name}` is new among those {who}"
    else:
        text = f"the message `{name}` is no longer {who}"
    if change.proof is Proof.CONTAINED:
        return f"{text}; another one takes all of it"
    return text


RULES = (
    Rule(
        id="received-message-removed",
        summary="a message of the client is no longer taken",
        severity=Severity.BREAKING,
        selects=_selection("removed", Direction.REQUEST),
        message=_message,
        breaks=sockets(receive=(_BOTH, _JOIN)),
        holds=sockets(receive=(_JOIN, _BOTH)),
        mirror="received-message-added",
    ),
    Rule(
        id="received-message-added",
        summary="a new message is taken from clients",
        severity=Severity.SAFE,
        selects=_selection("added", Direction.REQUEST),
        message=_message,
        breaks=sockets(receive=(_JOIN, _BOTH)),
        holds=sockets(receive=(_BOTH, _BOTH)),
        mirror="received-message-removed",
        no_witness=_NOBODY_HURT,
    ),
    Rule(
        id="sent-message-added",
        summary="the server may send a message that clients do not know",
        severity=Severity.BREAKING,
        selects=_selection("added", Direction.RESPONSE),
        message=_message,
        breaks=sockets(send=(_JOIN, _BOTH)),
        holds=sockets(send=(_BOTH, _BOTH)),
        mirror="sent-message-removed",
    ),
    Rule(
        id="sent-message-removed",
        summary="the server no longer sends a message",
        severity=Severity.RISKY,
        selects=_selection("removed", Direction.RESPONSE),
        message=_message,
        breaks=sockets(send=(_BOTH, _JOIN)),
        holds=sockets(send=(_BOTH, _BOTH)),
        mirror="sent-message-added",
        no_witness="what does not come cannot be shown",
    ),
)
