"""What a client must show to call an operation changed: credentials asked for, alternatives, scopes.

A client that called without credentials, with the credentials it has or with the scopes it was given gets 401 or 403.
What counts is what stands on the wire: a bearer token is the same whether the document calls it HTTP bearer, OAuth 2 or
OpenID Connect. A further alternative, or less to show, breaks nobody.

Instead: accept the old credentials beside the new ones until clients have moved; ask for a new scope only for
what is new.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.change import Change
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


def _stricter(change: Change) -> bool:
    return bool(change.facts.get("stricter", True))


def _of_operation(change: Change) -> bool:
    """A scope that a scheme offers is another matter than a scope that an operation asks for."""
    return "flow" not in change.facts


def _asks_for_scope(change: Change) -> bool:
    return _of_operation(change) and _stricter(change)


def _asks_for_no_scope(change: Change) -> bool:
    return _of_operation(change) and not _stricter(change)


def _looser(change: Change) -> bool:
    return not _stricter(change)


def _orders(before: list[Any] | None, after: list[Any] | None) -> Example:
    def fragment(security: list[Any] | None) -> dict[str, Any]:
        operation: dict[str, Any] = {"responses": {"200": {"description": "done"}}}
        if security is not None:
            operation["security"] = security
        return {"paths": {"/orders": {"post": operation}}, "components": {"securitySchemes": _SCHEMES}}

    return documents(fragment(before), fragment(after))


def _where(change: Change) -> str:
    return f"`{change.operation}`" if change.operation else place(change)


RULES = (
    Rule(
        id="security-added",
        summary="an operation that was open asks for credentials",
        severity=Severity.BREAKING,
        selects=(Selection("security", ("requirement",), ("added",)),),
        message=lambda change: f"{_where(change)} was open and now asks for {shown(change.after)}",
        breaks=_orders(None, [{"token": []}]),
        holds=_orders([{"token": []}], None),
        mirror="security-removed",
        no_witness=_REFUSED,
    ),
    Rule(
        id="security-removed",
        summary="an operation is open now",
        severity=Severity.SAFE,
        selects=(Selection("security", ("requirement",), ("removed",)),),
        message=lambda change: f"{_where(change)} is open now; it asked for {shown(change.before)}",
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
        message=lambda change: (
            f"{_where(change)} asks for more: {shown(change.before)} before, {shown(change.after)} now"
        ),
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
            Selection("security", ("alternative",), ("added",)),
        ),
        message=lambda change: (
            f"{_where(change)} accepts more: {shown(change.before)} before, {shown(change.after)} now"
        ),
        breaks=_orders([{"key": []}], [{"key": []}, {"token": []}]),
        holds=_orders([{"key": []}], [{"key": []}]),
        mirror="security-made-stricter",
        no_witness=_ACCEPTED,
    ),
)
