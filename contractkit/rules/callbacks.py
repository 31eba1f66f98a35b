"""A callback or a webhook, in which the server calls the client, was added or removed.

Clients that wait for the call wait in vain when it is gone; nothing they send is refused, and not every client
waits for it: `risky`. A new one calls only those who registered for it.

Instead: go on calling until no one is registered, and tell clients what replaces it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contractkit.model.change import Change
from contractkit.model.finding import Severity
from contractkit.rules.examples import Example, documents, operations
from contractkit.rules.rule import Rule, Selection

_CALL: dict[str, Any] = {"post": {"responses": {"200": {"description": "heard"}}}}
_NOTHING: dict[str, Any] = {}
_NOT_SENT = "nothing that a client sends is refused"


def _name(change: Change) -> str:
    # The key of the operation says itself that it is a webhook, and whose callback it is.
    key = change.operation.removeprefix("webhook ").rpartition(" callback ")[2]
    return f"{change.area} `{change.facts.get('name') or change.location or key}`"


def _rules(
    area: str, call: dict[str, Any], pair: Callable[[dict[str, Any], dict[str, Any]], Example]
) -> tuple[Rule, Rule]:
    return (
        Rule(
            id=f"{area}-removed",
            summary=f"the server no longer makes a call that clients may wait for ({area})",
            severity=Severity.RISKY,
            selects=(Selection(area, ("presence",), ("removed",)),),
            message=lambda change: f"{_name(change)} was removed; clients wait for it in vain",
            breaks=pair(call, _NOTHING),
            holds=pair(_NOTHING, call),
            mirror=f"{area}-added",
            no_witness=_NOT_SENT,
        ),
        Rule(
            id=f"{area}-added",
            summary=f"the server makes a new call to clients ({area})",
            severity=Severity.SAFE,
            selects=(Selection(area, ("presence",), ("added",)),),
            message=lambda change: f"{_name(change)} is new",
            breaks=pair(_NOTHING, call),
            holds=pair(call, call),
            mirror=f"{area}-removed",
            no_witness=_NOT_SENT,
        ),
    )


def _heard_at(expression: str) -> dict[str, Any]:
    return {"callbacks": {"shipped": {expression: _CALL}}}


RULES = (
    Rule(
        id="callback-expression-changed",
        summary="a callback goes to an address that is read from elsewhere",
        severity=Severity.RISKY,
        selects=(Selection("callback", ("expression",)),),
        message=lambda change: f"{_name(change)} goes to `{change.after}`, no longer to `{change.before}`",
        breaks=operations(_heard_at("{$request.query.url}"), _heard_at("{$request.query.hook}")),
        holds=operations(_heard_at("{$request.query.url}"), _heard_at("{$request.query.url}")),
        no_mirror="an address has no direction",
        no_witness=_NOT_SENT,
    ),
    *_rules("callback", _heard_at("{$request.query.url}"), operations),
    *_rules("webhook", {"webhooks": {"shipped": _CALL}}, documents),
)
