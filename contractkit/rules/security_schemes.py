"""A security scheme itself changed: its type, the name or place of an API key, the addresses of an OAuth 2 flow.

Clients put their credentials where the base says: a key in `X-Key`, a token behind `Bearer`. A server that looks
elsewhere answers 401. An address of a flow (`tokenUrl`) that changed hurts clients that keep it in their code, and not
those that take it from the document: `risky`.

Instead: look in the old place too; redirect the old address.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.change import Change
from contractkit.model.finding import Severity
from contractkit.model.verdict import Bump
from contractkit.rules.examples import Example, documents
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import shown

_NO_DIRECTION = "one rule covers every way a scheme can change"


def _scheme(before: dict[str, Any], after: dict[str, Any]) -> Example:
    def fragment(scheme: dict[str, Any]) -> dict[str, Any]:
        operation = {"security": [{"login": []}], "responses": {"200": {"description": "done"}}}
        return {
            "paths": {"/orders": {"post": operation}},
            "components": {"securitySchemes": {"login": scheme}},
        }

    return documents(fragment(before), fragment(after))


def _password(token_url: str) -> dict[str, Any]:
    return {"type": "oauth2", "flows": {"password": {"tokenUrl": token_url, "scopes": {}}}}


def _other_wire(change: Change) -> bool:
    return bool(change.facts.get("stricter", True))


def _same_wire(change: Change) -> bool:
    return not _other_wire(change)


def _name(change: Change) -> str:
    return f"security scheme `{change.facts.get('name') or change.component or change.location or 'unnamed'}`"


def _message(change: Change) -> str:
    return f"{_name(change)} changed from {shown(change.before)} to {shown(change.after)}"


_HEADER = {"type": "apiKey", "in": "header", "name": "X-Key"}
_BEARER = {"type": "http", "scheme": "bearer"}

RULES = (
    Rule(
        id="security-scheme-changed",
        summary="credentials stand elsewhere, or are of another kind",
        severity=Severity.BREAKING,
        selects=(Selection("security", ("scheme",), where=_other_wire),),
        message=_message,
        breaks=_scheme(_HEADER, {**_HEADER, "in": "query"}),
        holds=_scheme(_BEARER, _password("/token")),
        no_mirror=_NO_DIRECTION,
        no_witness="no value is needed: whatever is sent, the old credentials are not found",
    ),
    Rule(
        id="security-scheme-respelled",
        summary="the same credentials are described in another way",
        severity=Severity.SAFE,
        selects=(Selection("security", ("scheme",), where=_same_wire),),
        message=lambda change: f"{_name(change)} is described differently; what clients send stays the same",
        breaks=_scheme(_BEARER, _password("/token")),
        holds=_scheme(_BEARER, _BEARER),
        no_mirror=_NO_DIRECTION,
        no_witness="the same credentials are accepted",
        bump=Bump.PATCH,
    ),
    Rule(
        id="security-flow-changed",
        summary="an address of an OAuth 2 flow changed",
        severity=Severity.RISKY,
        selects=(Selection("security", ("flow",)),),
        message=_message,
        breaks=_scheme(_password("/token"), _password("/login/token")),
        holds=_scheme(_password("/token"), _password("/token")),
        no_mirror=_NO_DIRECTION,
        no_witness="clients may take the address from the document",
    ),
)
