"""A property of an object was added or removed.

In a request, a new property that is required breaks every client that does not know it: their requests are refused. A
property that goes breaks clients that still send it when the object is closed (`additionalProperties: false`); an open
object ignores it. A new optional property is safe.

In a response, a required property that goes leaves clients reading a field that is not there. A property that comes
breaks only clients that refuse what they do not know, which a closed object tells them to do. An optional property that
goes is safe: clients had to cope without it.

Where `additionalProperties` gives the other properties a schema, a declared name that comes or goes may change what can
stand under it; the rule for the type of the value tells so.

Instead: add request properties as optional, with a default. Keep sending a property of a response until its readers are
gone: mark it `deprecated` first. Leave objects open.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.examples import request_schemas, response_schemas
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import place


def _required(change: Change) -> bool:
    return bool(change.facts.get("required"))


def _optional(change: Change) -> bool:
    return not _required(change)


def _gone(change: Change) -> str:
    return "may be missing now" if change.facts.get("is_one_of_several") else "was removed"


def _selection(action: str, direction: Direction, required: bool) -> tuple[Selection, ...]:
    return (Selection("schema", ("property",), (action,), direction, _required if required else _optional),)


def _object(properties: dict[str, Any], *required: str, other: Any = None) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        schema["required"] = list(required)
    if other is not None:
        schema["additionalProperties"] = other
    return schema


_TEXT = {"type": "string"}
_COUNT = {"type": "integer"}
_SKU = _object({"sku": _TEXT})
_SKU_AND_QTY = _object({"sku": _TEXT, "qty": _COUNT})
_SKU_CLOSED = _object({"sku": _TEXT}, other=False)
_SKU_AND_QTY_CLOSED = _object({"sku": _TEXT, "qty": _COUNT}, other=False)

RULES = (
    Rule(
        id="request-required-property-added",
        summary="a request has a new property that every client must send",
        severity=Severity.BREAKING,
        selects=_selection("added", Direction.REQUEST, required=True),
        message=lambda change: f"{place(change)} is new and required",
        breaks=request_schemas(_SKU, _object({"sku": _TEXT, "qty": _COUNT}, "qty")),
        holds=request_schemas(_SKU, _SKU_AND_QTY),
        mirror="response-required-property-removed",
    ),
    Rule(
        id="request-property-added",
        summary="a request has a new optional property",
        severity=Severity.SAFE,
        selects=_selection("added", Direction.REQUEST, required=False),
        message=lambda change: f"optional property {place(change)} is new",
        breaks=request_schemas(_SKU, _SKU_AND_QTY),
        holds=request_schemas(_SKU_AND_QTY, {"allOf": [_SKU_AND_QTY]}),
        mirror="response-property-removed",
        no_witness="clients that do not know it leave it out",
    ),
    Rule(
        id="request-property-removed",
        summary="a request lost a property",
        severity=Severity.BREAKING,
        selects=(Selection("schema", ("property",), ("removed",), Direction.REQUEST),),
        message=lambda change: f"property {place(change)} was removed",
        breaks=request_schemas(_SKU_AND_QTY_CLOSED, _SKU_CLOSED),
        holds=request_schemas(_SKU_AND_QTY, _SKU),
        mirror="response-property-added",
    ),
    Rule(
        id="response-required-property-removed",
        summary="a response lost a property that was always there",
        severity=Severity.BREAKING,
        selects=_selection("removed", Direction.RESPONSE, required=True),
        message=lambda change: f"property {place(change)}, which was always there, {_gone(change)}",
        breaks=response_schemas(_object({"sku": _TEXT, "qty": _COUNT}, "qty"), _SKU),
        holds=response_schemas(_SKU_AND_QTY, _SKU),
        mirror="request-required-property-added",
    ),
    Rule(
        id="response-property-removed",
        summary="a response lost an optional property",
        severity=Severity.SAFE,
        selects=_selection("removed", Direction.RESPONSE, required=False),
        message=lambda change: f"optional property {place(change)} was removed",
        breaks=response_schemas(_SKU_AND_QTY, _SKU),
        holds=response_schemas(_SKU_AND_QTY, {"allOf": [_SKU_AND_QTY]}),
        mirror="request-property-added",
        no_witness="clients had to cope without it",
    ),
    Rule(
        id="response-property-added",
        summary="a response has a new property",
        severity=Severity.BREAKING,
        selects=(Selection("schema", ("property",), ("added",), Direction.RESPONSE),),
        message=lambda change: f"property {place(change)} is new",
        breaks=response_schemas(_SKU_CLOSED, _SKU_AND_QTY_CLOSED),
        holds=response_schemas(_SKU, _SKU_AND_QTY),
        mirror="request-property-removed",
    ),
)
