"""What a WebSocket answers a message with changed.

A client that waits for an answer waits for good where none is promised any longer, and it has to cope with each kind of
message that may be the answer. The same holds for what is answered to a message that is not allowed. Neither can be
shown by a message: what comes is known to clients, only not as an answer to this one.

Instead: go on answering, with a message of the old kind; add what is new to it as a property that clients may ignore.
"""

from __future__ import annotations

from contractkit.model.change import Change
from contractkit.model.finding import Severity
from contractkit.rules.examples import Example, sockets
from contractkit.rules.rule import Rule, Selection

_NOT_SHOWN = "what does not come, or comes at another time, cannot be shown"
_RECEIVE = {"Say": {"type": "object"}}
_SEND = {"Said": {"type": "object", "required": ["text"]}, "Refused": {"type": "object", "required": ["reason"]}}
_NONE: dict[str, list[str]] = {}
_ONE = {"Say": ["Said"]}
_BOTH = {"Say": ["Said", "Refused"]}


def _selection(action: str) -> tuple[Selection, ...]:
    return (Selection("message", ("replies", "refusals"), (action,)),)


def _pair(before: dict[str, list[str]], after: dict[str, list[str]]) -> Example:
    return sockets(receive=(_RECEIVE, _RECEIVE), send=(_SEND, _SEND), reply=(before, after))


def _what(change: Change) -> str:
    if change.aspect == "refusals":
        return "a message that is not allowed"
    return f"`{change.facts.get('message', change.location)}`"


def _names(names: list[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)


RULES = (
    Rule(
        id="reply-removed",
        summary="an answer to a message over a WebSocket is no longer promised",
        severity=Severity.RISKY,
        selects=_selection("removed"),
        message=lambda change: f"{_what(change)} is no longer always answered (it was, by {_names(change.before)})",
        breaks=_pair(_ONE, _NONE),
        holds=_pair(_ONE, _ONE),
        mirror="reply-added",
        no_witness=_NOT_SHOWN,
    ),
    Rule(
        id="reply-added",
        summary="a message over a WebSocket is always answered now",
        severity=Severity.SAFE,
        selects=_selection("added"),
        message=lambda change: f"{_what(change)} is always answered now, by {_names(change.after)}",
        breaks=_pair(_NONE, _ONE),
        holds=_pair(_ONE, _ONE),
        mirror="reply-removed",
        no_witness=_NOT_SHOWN,
    ),
    Rule(
        id="reply-widened",
        summary="the answer to a message over a WebSocket may be of another kind",
        severity=Severity.RISKY,
        selects=_selection("increased"),
        message=lambda change: f"the answer to {_what(change)} may now be {_names(change.after)}",
        breaks=_pair(_ONE, _BOTH),
        holds=_pair(_BOTH, _BOTH),
        mirror="reply-narrowed",
        no_witness=_NOT_SHOWN,
    ),
    Rule(
        id="reply-narrowed",
        summary="the answer to a message over a WebSocket is of fewer kinds",
        severity=Severity.SAFE,
        selects=_selection("decreased"),
        message=lambda change: f"the answer to {_what(change)} is now always {_names(change.after)}",
        breaks=_pair(_BOTH, _ONE),
        holds=_pair(_BOTH, _BOTH),
        mirror="reply-widened",
        no_witness=_NOT_SHOWN,
    ),
)
