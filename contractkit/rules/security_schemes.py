"""A security scheme itself changed: its type, the name or place of an API key, the addresses of an OAuth 2 flow.

Clients put their credentials where the base says: a key in `X-Key`, a token behind `Bearer`. A server that looks
elsewhere answers 401. An address of a flow (`tokenUrl`) that changed hurts clients that keep it in their code, and not
those that take it from the document: `risky`. So is a scope that a flow no longer offers, or a flow that is gone. A new
address that nobody has to use (`refreshUrl`) hurts nobody.

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


def _two_flows(token_url: str) -> dict[str, Any]:
    first = _password(token_url)
    return {**first, "flows": {**first["flows"], "clientCredentials": {"tokenUrl": token_url, "scopes": {}}}}


def _other_wire(change: Change) -> bool:
    return bool(change.facts.get("stricter", True))


def _same_wire(change: Change) -> bool:
    return not _other_wire(change)


_OPTIONAL = ("refreshUrl", "oauth2MetadataUrl")
"""Addresses that a scheme may do without (OpenAPI 3.1.1, 4.8.29; the second since 3.2)."""


def _is_flow(change: Change) -> bool:
    return "flow" in change.facts


def _is_more(change: Change) -> bool:
    return change.action == "added" and change.facts.get("field") in (None, *_OPTIONAL)


def _is_no_more(change: Change) -> bool:
    return not _is_more(change)


def _name(change: Change) -> str:
    return f"security scheme `{change.facts.get('name') or change.component or change.location or 'unnamed'}`"


def _message(change: Change) -> str:
    return f"{_name(change)} changed from {shown(change.before)} to {shown(change.after)}"


def _flow_message(change: Change) -> str:
    field = change.facts.get("field")
    if change.action == "changed":
        what = field or change.facts.get("flow") or "flow"
        return f"`{what}` of {_name(change)} changed from {shown(change.before)} to {shown(change.after)}"
    value = shown(change.after if change.action == "added" else change.before)
    verb = "is new" if change.action == "added" else "was removed"
    return f"`{field}` of {_name(change)} {verb}: {value}" if field else f"flow {value} of {_name(change)} {verb}"


def _scopes(*names: str) -> dict[str, Any]:
    scopes = dict.fromkeys(names, "")
    return {"type": "oauth2", "flows": {"password": {"tokenUrl": "/token", "scopes": scopes}}}


_HEADER = {"type": "apiKey", "in": "header", "name": "X-Key"}
_BEARER = {"type": "http", "scheme": "bearer"}

RULES = (
    Rule(
        id="security-scheme-changed",
        summary="credentials stand elsewhere, or are of another kind",
        severity=Severity.BREAKING,
        selects=(Selection("security", ("scheme",), ("changed",), where=_other_wire),),
        message=_message,
        breaks=_scheme(_HEADER, {**_HEADER, "in": "query"}),
        holds=_scheme(_BEARER, _password("/token")),
        no_mirror=_NO_DIRECTION,
        no_witness="no value is needed: whatever is sent, the old credentials are not found",
    ),
    Rule(
        id="security-scheme-respelled",
        summary="a scheme is described in another way, the old credentials are still accepted",
        severity=Severity.SAFE,
        selects=(Selection("security", ("scheme",), ("changed",), where=_same_wire),),
        message=lambda change: f"{_message(change)}; the old credentials are still accepted",
        breaks=_scheme(_BEARER, _password("/token")),
        holds=_scheme(_BEARER, _BEARER),
        no_mirror=_NO_DIRECTION,
        no_witness="the same credentials are accepted",
        bump=Bump.PATCH,
    ),
    Rule(
        id="security-flow-changed",
        summary="an address of an OAuth 2 flow changed, or the flow is gone",
        severity=Severity.RISKY,
        selects=(Selection("security", ("flow",), where=_is_no_more),),
        message=_flow_message,
        breaks=_scheme(_password("/token"), _password("/login/token")),
        holds=_scheme(_password("/token"), _password("/token")),
        no_mirror=_NO_DIRECTION,
        no_witness="clients may take the address from the document",
    ),
    Rule(
        id="security-flow-added",
        summary="a scheme has a further OAuth 2 flow, or an address that it may do without",
        severity=Severity.SAFE,
        selects=(Selection("security", ("flow",), where=_is_more),),
        message=_flow_message,
        breaks=_scheme(_password("/token"), _two_flows("/token")),
        holds=_scheme(_two_flows("/token"), _two_flows("/token")),
        no_mirror="a flow that is gone is one of the ways of `security-flow-changed`",
        no_witness="the old flow still works",
    ),
    Rule(
        id="security-scope-offered",
        summary="a flow offers a further scope",
        severity=Severity.SAFE,
        selects=(Selection("security", ("scope",), ("added", "changed"), where=_is_flow),),
        message=lambda change: f"scope {shown(change.after)} of {_name(change)} is new",
        breaks=_scheme(_scopes("read"), _scopes("read", "write")),
        holds=_scheme(_scopes("read"), _scopes("read")),
        mirror="security-scope-withdrawn",
        no_witness="clients ask for the scopes they know",
    ),
    Rule(
        id="security-scope-withdrawn",
        summary="a flow no longer offers a scope",
        severity=Severity.RISKY,
        selects=(Selection("security", ("scope",), ("removed",), where=_is_flow),),
        message=lambda change: f"scope {shown(change.before)} of {_name(change)} was removed",
        breaks=_scheme(_scopes("read", "write"), _scopes("read")),
        holds=_scheme(_scopes("read"), _scopes("read", "write")),
        mirror="security-scope-offered",
        no_witness="the document does not say that asking for it is refused",
    ),
    Rule(
        id="security-scheme-added",
        summary="a security scheme is new",
        severity=Severity.SAFE,
        selects=(Selection("security", ("scheme",), ("added",)),),
        message=lambda change: f"{_name(change)} is new: {shown(change.after)}",
        breaks=documents({}, {"components": {"securitySchemes": {"login": _BEARER}}}),
        holds=_scheme(_BEARER, _BEARER),
        mirror="security-scheme-removed",
        no_witness="operations that ask for it are told by `security-added` and its kin",
        bump=Bump.PATCH,
    ),
    Rule(
        id="security-scheme-removed",
        summary="a security scheme is gone",
        severity=Severity.SAFE,
        selects=(Selection("security", ("scheme",), ("removed",)),),
        message=lambda change: f"{_name(change)} was removed: {shown(change.before)}",
        breaks=documents({"components": {"securitySchemes": {"login": _BEARER}}}, {}),
        holds=_scheme(_BEARER, _BEARER),
        mirror="security-scheme-added",
        no_witness="operations that no longer take it are told by `security-made-stricter`",
        bump=Bump.PATCH,
    ),
)
