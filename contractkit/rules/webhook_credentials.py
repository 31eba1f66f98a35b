"""What the server shows when it calls a webhook or callback changed: credentials, alternatives, scopes.

Here the server sends and the client checks. A client that asks for the credentials of the base refuses calls that come
without them. Credentials that come on top are ignored by whoever did not ask for them.

Instead: go on sending the old credentials beside the new ones until receivers have moved.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.examples import Example, documents
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import shown

_SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "token": {"type": "http", "scheme": "bearer"},
}
_ASPECTS = ("requirement", "alternative", "scope")


def _sends_less(change: Change) -> bool:
    return bool(change.facts.get("stricter", True)) and "flow" not in change.facts


def _sends_enough(change: Change) -> bool:
    return not change.facts.get("stricter", True) and "flow" not in change.facts


def _message(change: Change) -> str:
    others = len(change.operations) - 1
    where = f"`{change.operation}`" + (f" and {others} more" if others > 0 else "")
    before, after = (shown(value) for value in (change.before, change.after))
    return f"the server shows other credentials when it calls {where}: {before} before, {after} now"


def _shipped(before: list[Any], after: list[Any]) -> Example:
    def fragment(security: list[Any]) -> dict[str, Any]:
        operation = {"responses": {"200": {"description": "heard"}}, "security": security}
        return {"webhooks": {"shipped": {"post": operation}}, "components": {"securitySchemes": _SCHEMES}}

    return documents(fragment(before), fragment(after))


RULES = (
    Rule(
        id="webhook-credentials-removed",
        summary="the server no longer shows the credentials that receivers ask for",
        severity=Severity.BREAKING,
        selects=(Selection("security", _ASPECTS, direction=Direction.RESPONSE, where=_sends_less),),
        message=_message,
        breaks=_shipped([{"key": []}], []),
        holds=_shipped([{"key": []}], [{"key": [], "token": []}]),
        mirror="webhook-credentials-added",
        no_witness="no value is needed: whatever is sent, the credentials are missing",
    ),
    Rule(
        id="webhook-credentials-added",
        summary="the server shows further credentials, or may show fewer kinds of them",
        severity=Severity.SAFE,
        selects=(Selection("security", _ASPECTS, direction=Direction.RESPONSE, where=_sends_enough),),
        message=_message,
        breaks=_shipped([], [{"token": []}]),
        holds=_shipped([{"key": []}], [{"key": []}]),
        mirror="webhook-credentials-removed",
        no_witness="receivers that do not ask for credentials ignore them",
    ),
)
