"""What a client must show to call an operation changed: credentials asked for, alternatives, scopes.

A client that called without credentials, with the credentials it has or with the scopes it was given gets 401 or 403.
What counts is what stands on the wire: a bearer token is the same whether the document calls it HTTP bearer, OAuth 2 or
OpenID Connect. A further alternative, or less to show, breaks nobody.

Instead: accept the old credentials beside the new ones until clients have moved; ask for a new scope only for
what is new.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.examples import Example, documents
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import place, shown

_SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "token": {"type": "http", "scheme": "bearer"},
    "login": {
        "type": "oauth2",
        "flows": {"password": {"tokenUrl": "/token", "scopes": {"read": "Read", "write": "Write"}}},
    },
}
_REFUSED = "no value is needed: whatever is sent, the old credentials are refused"
_ACCEPTED = "the old credentials are still accepted"


def _of_client(change: Change) -> bool:
    """Clients show the credentials of operations; in webhooks and callbacks the server does."""
    return change.direction is not Direction.RESPONSE


def _stricter(change: Change) -> bool:
    return _of_client(change) and bool(change.facts.get("stricter", True))


def _looser(change: Change) -> bool:
    return _of_client(change) and not _stricter(change)


def _of_operation(change: Change) -> bool:
    """A scope that a scheme offers is another matter than a scope that an operation asks for."""
    return "flow" not in change.facts


def _asks_for_scope(change: Change) -> bool:
    return _of_operation(change) and _stricter(change)


def _asks_for_no_scope(change: Change) -> bool:
    return _of_operation(change) and _looser(change)


def _orders(before: list[Any] | None, after: list[Any] | None) -> Example:
    def fragment(security: list[Any] | None) -> dict[str, Any]:
        operation: dict[str, Any] = {"responses": {"200": {"description": "done"}}}
        if security is not None:
            operation["security"] = security
        return {"paths": {"/orders": {"post": operation}}, "components": {"securitySchemes": _SCHEMES}}

    return documents(fragment(before), fragment(after))


def _operations(change: Change, one: str, many: str) -> str:
    """Return the operations of a change with the verb that fits their number."""
    others = len(change.operations) - 1
    where = f"`{change.operation}`" if change.operation else place(change)
    if others < 1:
        return f"{where} {one}"
    return f"{where} and {others} other operation{'' if others == 1 else 's'} {many}"


def _message(one: str, many: str) -> Callable[[Change], str]:
    return lambda change: (
        f"{_operations(change, one, many)} more: {shown(change.before)} before, {shown(change.after)} now"
    )


RULES = (
    Rule(
        id="security-added",
        summary="an operation that was open asks for credentials",
        severity=Severity.BREAKING,
        selects=(Selection("security", ("requirement",), ("added",), where=_of_client),),
        message=lambda change: (
            f"{_operations(change, 'was open and now asks', 'were open and now ask')} for {shown(change.after)}"
        ),
        breaks=_orders(None, [{"token": []}]),
        holds=_orders([{"token": []}], None),
        mirror="security-removed",
        no_witness=_REFUSED,
    ),
    Rule(
        id="security-removed",
        summary="an operation is open now",
        severity=Severity.SAFE,
        selects=(Selection("security", ("requirement",), ("removed",), where=_of_client),),
        message=lambda change: f"{_operations(change, 'is', 'are')} open now, before: {shown(change.before)}",
        breaks=_orders([{"token": []}], None),
        holds=_orders(None, []),
        mirror="security-added",
        no_witness=_ACCEPTED,
    ),
    Rule(
        id="security-made-stricter",
        summary="credentials that were enough no longer are",
        severity=Severity.BREAKING,
        selects=(
            Selection("security", ("requirement",), ("changed",), where=_stricter),
            Selection("security", ("alternative",), ("removed", "changed"), where=_stricter),
            Selection("security", ("scope",), where=_asks_for_scope),
        ),
        message=_message("asks for", "ask for"),
        breaks=_orders([{"key": []}], [{"key": [], "token": []}]),
        holds=_orders([{"key": []}], [{"key": []}, {"token": []}]),
        mirror="security-loosened",
        no_witness=_REFUSED,
    ),
    Rule(
        id="security-loosened",
        summary="other or fewer credentials are enough as well",
        severity=Severity.SAFE,
        selects=(
            Selection("security", ("requirement",), ("changed",), where=_looser),
            Selection("security", ("alternative",), ("removed", "changed"), where=_looser),
            Selection("security", ("scope",), where=_asks_for_no_scope),
            Selection("security", ("alternative",), ("added",), where=_of_client),
        ),
        message=_message("accepts", "accept"),
        breaks=_orders([{"key": []}], [{"key": []}, {"token": []}]),
        holds=_orders([{"key": []}], [{"key": []}]),
        mirror="security-made-stricter",
        no_witness=_ACCEPTED,
    ),
)
