"""A link from a response to another operation was added, removed or changed.

Links tell clients how to go on: which operation, with which values of the response. Clients that follow a link which is
gone or leads elsewhere stop or go astray; few follow links at all: `risky`.

Instead: keep the link as long as its operation is there.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.change import Change
from contractkit.model.finding import Severity
from contractkit.rules.examples import Example, operations
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import shown

_NOT_SENT = "the values of the response stay the same"


def _links(before: dict[str, Any], after: dict[str, Any]) -> Example:
    def fragment(links: dict[str, Any]) -> dict[str, Any]:
        return {"operationId": "create", "responses": {"200": {"description": "done", "links": links}}}

    return operations(fragment(before), fragment(after))


def _name(change: Change) -> str:
    return f"link `{change.facts.get('name') or change.location.rpartition('.')[2]}`"


_SELF = {"again": {"operationId": "create", "parameters": {"query.id": "$response.body#/id"}}}
_OTHER = {"again": {"operationId": "create", "parameters": {"query.id": "$response.body#/order"}}}

RULES = (
    Rule(
        id="link-removed",
        summary="a response lost a link",
        severity=Severity.RISKY,
        selects=(Selection("link", ("presence",), ("removed",)),),
        message=lambda change: f"{_name(change)} was removed",
        breaks=_links(_SELF, {}),
        holds=_links({}, _SELF),
        mirror="link-added",
        no_witness=_NOT_SENT,
    ),
    Rule(
        id="link-added",
        summary="a response has a new link",
        severity=Severity.SAFE,
        selects=(Selection("link", ("presence",), ("added",)),),
        message=lambda change: f"{_name(change)} is new",
        breaks=_links({}, _SELF),
        holds=_links(_SELF, _SELF),
        mirror="link-removed",
        no_witness=_NOT_SENT,
    ),
    Rule(
        id="link-changed",
        summary="a link leads elsewhere, or with other values",
        severity=Severity.RISKY,
        selects=(Selection("link", ("target", "parameters", "requestBody", "server")),),
        message=lambda change: (
            f"`{change.aspect}` of {_name(change)} changed from {shown(change.before)} to {shown(change.after)}"
        ),
        breaks=_links(_SELF, _OTHER),
        holds=_links(_SELF, _SELF),
        no_mirror="one rule covers every way a link can change",
        no_witness=_NOT_SENT,
    ),
)
