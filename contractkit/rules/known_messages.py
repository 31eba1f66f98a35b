"""The messages of a WebSocket are described in one of the contracts only.

Without a description nobody can say what clients may send and what they get, so nothing about it is compared. To
describe the messages of a socket breaks nobody. To stop describing them hides every later break, and may hide one now:
that is `risky`.

Instead: describe the endpoint with `contractkit.websocket.messages`, and keep the description.
"""

from __future__ import annotations

from contractkit.model.finding import Severity
from contractkit.rules.examples import sockets
from contractkit.rules.rule import Rule, Selection

_SOME = {"Join": {"type": "object"}}
_NOT_KNOWN = "what is not described cannot be shown"

RULES = (
    Rule(
        id="messages-became-unknown",
        summary="the messages of a WebSocket are no longer described",
        severity=Severity.RISKY,
        selects=(Selection("message", ("known",), ("removed",)),),
        message=lambda change: f"the messages of `{change.operation}` are no longer described",
        breaks=sockets(receive=(_SOME, None)),
        holds=sockets(receive=(_SOME, _SOME)),
        mirror="messages-became-known",
        no_witness=_NOT_KNOWN,
    ),
    Rule(
        id="messages-became-known",
        summary="the messages of a WebSocket are described now",
        severity=Severity.SAFE,
        selects=(Selection("message", ("known",), ("added",)),),
        message=lambda change: f"the messages of `{change.operation}` are described now",
        breaks=sockets(receive=(None, _SOME)),
        holds=sockets(receive=(_SOME, _SOME)),
        mirror="messages-became-unknown",
        no_witness=_NOT_KNOWN,
    ),
)
