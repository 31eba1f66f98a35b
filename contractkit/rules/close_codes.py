"""A code that a WebSocket is closed with was added or removed.

Every client must cope with a socket that is closed for a reason it does not know: the connection may be lost at any
time (RFC 6455, section 7.1.5 and 7.4.1, code 1006). A client that acts on a code that no longer comes (signs in again
on 4401) does so no more.

Instead: use a new code for a new reason, and keep the old one for the old; tell clients to connect again on codes that
they do not know.
"""

from __future__ import annotations

from contractkit.model.finding import Severity
from contractkit.rules.examples import sockets
from contractkit.rules.rule import Rule, Selection

_WHY = "every client must cope with codes that it does not know"
_ONE = {"1011": "the app failed"}
_TWO = {**_ONE, "4401": "the token has expired"}

RULES = (
    Rule(
        id="close-code-added",
        summary="a WebSocket may be closed with a new code",
        severity=Severity.SAFE,
        selects=(Selection("close-code", ("presence",), ("added",)),),
        message=lambda change: f"close code {change.after} is new",
        breaks=sockets(close=(_ONE, _TWO)),
        holds=sockets(close=(_TWO, _TWO)),
        mirror="close-code-removed",
        no_witness=_WHY,
    ),
    Rule(
        id="close-code-removed",
        summary="a WebSocket is no longer closed with a code",
        severity=Severity.SAFE,
        selects=(Selection("close-code", ("presence",), ("removed",)),),
        message=lambda change: f"close code {change.before} was removed",
        breaks=sockets(close=(_TWO, _ONE)),
        holds=sockets(close=(_TWO, _TWO)),
        mirror="close-code-added",
        no_witness=_WHY,
    ),
)
