"""Something about the document as a whole changed: its version, its OpenAPI version, unused components.

Clients do not see these; tools do. A component that nothing refers to is part of no request and no response.

Instead: nothing.
"""

from __future__ import annotations

from contractkit.model.finding import Severity
from contractkit.model.verdict import Bump
from contractkit.rules.examples import documents
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import shown

_NOTHING_SENT = "nothing that is sent differs"
_NO_DIRECTION = "the document as a whole has no direction"
_COMPONENT = {"components": {"schemas": {"Spare": {"type": "object"}}}}

RULES = (
    Rule(
        id="document-version-changed",
        summary="`info.version` changed",
        severity=Severity.SAFE,
        selects=(Selection("document", ("version",)),),
        message=lambda change: f"version changed from {shown(change.before)} to {shown(change.after)}",
        breaks=documents(
            {"info": {"title": "Orders", "version": "1.0.0"}}, {"info": {"title": "Orders", "version": "1.1.0"}}
        ),
        holds=documents({}, {}),
        no_mirror=_NO_DIRECTION,
        no_witness=_NOTHING_SENT,
        bump=Bump.NONE,
    ),
    Rule(
        id="openapi-version-changed",
        summary="the document is written in another version of OpenAPI",
        severity=Severity.SAFE,
        selects=(Selection("document", ("openapi", "jsonSchemaDialect")),),
        message=lambda change: f"`{change.aspect}` changed from {shown(change.before)} to {shown(change.after)}",
        breaks=documents({"openapi": "3.0.3"}, {"openapi": "3.1.0"}),
        holds=documents({"openapi": "3.1.0"}, {"openapi": "3.1.0"}),
        no_mirror=_NO_DIRECTION,
        no_witness=_NOTHING_SENT,
        bump=Bump.PATCH,
    ),
    Rule(
        id="unused-component-added",
        summary="a component that nothing refers to was added",
        severity=Severity.SAFE,
        selects=(Selection("document", ("component",), ("added", "changed")),),
        message=lambda change: (
            f"component `{change.facts.get('name', change.component or change.location)}`, "
            "which nothing uses, was " + ("added" if change.action == "added" else "changed")
        ),
        breaks=documents({}, _COMPONENT),
        holds=documents(_COMPONENT, _COMPONENT),
        mirror="unused-component-removed",
        no_witness=_NOTHING_SENT,
        bump=Bump.PATCH,
    ),
    Rule(
        id="unused-component-removed",
        summary="a component that nothing refers to was removed",
        severity=Severity.SAFE,
        selects=(Selection("document", ("component",), ("removed",)),),
        message=lambda change: (
            f"component `{change.facts.get('name', change.component or change.location)}`, "
            "which nothing used, was removed"
        ),
        breaks=documents(_COMPONENT, {}),
        holds=documents(_COMPONENT, _COMPONENT),
        mirror="unused-component-added",
        no_witness=_NOTHING_SENT,
        bump=Bump.PATCH,
    ),
)
