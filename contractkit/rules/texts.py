"""What people and generators read changed, but nothing that is sent: texts, examples, tags, names, extensions.

No request and no response differs, so no client breaks on the wire. Some things do hang on these words: generated
clients take method names from `operationId`, documentation is grouped by `tags`, gateways read `x-` extensions. So the
changes are listed as `safe` and ask for a patch release.

Instead: nothing; but a generated client is worth regenerating and trying when an `operationId` changes.
"""

from __future__ import annotations

from contractkit.model.change import Change
from contractkit.model.finding import Severity
from contractkit.model.verdict import Bump
from contractkit.rules.examples import operations, parameters
from contractkit.rules.extensible_enum import loses_value
from contractkit.rules.rule import AREAS, Rule, Selection
from contractkit.rules.stability import is_stability
from contractkit.rules.wording import place, shown

_TEXTS = (
    "title",
    "summary",
    "description",
    "externalDocs",
    "termsOfService",
    "contact",
    "license",
    "scope-description",
    "bearerFormat",
)
_NOTHING_SENT = "nothing that is sent differs"
_NO_DIRECTION = "words have no direction, and added, removed and changed are one"


def _said(what: str, change: Change) -> str:
    verb = {"added": "added to", "removed": "removed from"}.get(change.action, "changed in")
    return f"{what} {verb} {place(change)}"


def _extension(change: Change) -> str:
    return _said(f"extension `{change.facts.get('key', 'x-…')}`", change)


def _means_nothing(change: Change) -> bool:
    """Whether no rule of its own speaks about the extension."""
    return not is_stability(change) and not loses_value(change)


RULES = (
    Rule(
        id="text-changed",
        summary="a title, summary, description or link for readers changed",
        severity=Severity.SAFE,
        selects=tuple(Selection(area, _TEXTS) for area in AREAS),
        message=lambda change: _said(f"`{change.aspect}`", change),
        breaks=operations({"description": "Takes an order"}, {"description": "Takes an order of one customer"}),
        holds=operations({"description": "Takes an order"}, {"description": "Takes an order"}),
        no_mirror=_NO_DIRECTION,
        no_witness=_NOTHING_SENT,
        bump=Bump.PATCH,
    ),
    Rule(
        id="example-changed",
        summary="an example changed",
        severity=Severity.SAFE,
        selects=tuple(Selection(area, ("example", "examples")) for area in AREAS),
        message=lambda change: _said("the example" if change.aspect == "example" else "examples", change),
        breaks=parameters(
            [{"name": "limit", "in": "query", "schema": {"type": "integer"}, "example": 10}],
            [{"name": "limit", "in": "query", "schema": {"type": "integer"}, "example": 20}],
        ),
        holds=parameters(
            [{"name": "limit", "in": "query", "schema": {"type": "integer"}, "example": 10}],
            [{"name": "limit", "in": "query", "schema": {"type": "integer"}, "example": 10.0}],
        ),
        no_mirror=_NO_DIRECTION,
        no_witness=_NOTHING_SENT,
        bump=Bump.PATCH,
    ),
    Rule(
        id="tags-changed",
        summary="the tags of an operation, or their descriptions, changed",
        severity=Severity.SAFE,
        selects=(Selection("operation", ("tags",)), Selection("document", ("tags",))),
        message=lambda change: f"tags of {place(change)} changed from {shown(change.before)} to {shown(change.after)}",
        breaks=operations({"tags": ["orders"]}, {"tags": ["sales"]}),
        holds=operations({"tags": ["orders"]}, {"tags": ["orders"]}),
        no_mirror=_NO_DIRECTION,
        no_witness=_NOTHING_SENT,
        bump=Bump.PATCH,
    ),
    Rule(
        id="operation-id-changed",
        summary="an operation's `operationId` changed",
        severity=Severity.SAFE,
        selects=(Selection("operation", ("operationId",)),),
        message=lambda change: f"operationId changed from {shown(change.before)} to {shown(change.after)}",
        breaks=operations({"operationId": "create_order"}, {"operationId": "createOrder"}),
        holds=operations({"operationId": "create_order"}, {"operationId": "create_order"}),
        no_mirror=_NO_DIRECTION,
        no_witness=_NOTHING_SENT,
        bump=Bump.PATCH,
    ),
    Rule(
        id="extension-changed",
        summary="an `x-` extension changed",
        severity=Severity.SAFE,
        selects=tuple(Selection(area, ("extension",), where=_means_nothing) for area in AREAS),
        message=_extension,
        breaks=operations({"x-owner": "sales"}, {"x-owner": "shipping"}),
        holds=operations({"x-owner": "sales"}, {"x-owner": "sales"}),
        no_mirror=_NO_DIRECTION,
        no_witness=_NOTHING_SENT,
        bump=Bump.PATCH,
    ),
)
