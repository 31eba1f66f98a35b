"""A value may be null now, or no longer.

A response value that may be null breaks clients that use it as what it was: in typed languages the document does not
parse, in others the first method call fails. A request value that may no longer be null breaks clients that send null
for "nothing".

Where the base says null nowhere and many values may be null now, the server may have sent null all the time: pydantic 1
could not document it. That is one finding; look at what the server really sent before you believe in the break.

Instead: in a response keep a value that means "nothing" (an empty list, an empty text), or leave an optional property
out. In a request go on accepting null and treat it like a missing property.
"""

from __future__ import annotations

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.examples import request_values, response_schemas, response_values
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import place

_TEXT = {"type": "string"}
_TEXT_OR_NULL = {"type": ["string", "null"]}
_RESPELLED = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def _alone(change: Change) -> bool:
    return "null_everywhere" not in change.facts


def _everywhere(change: Change) -> bool:
    return not _alone(change)


def _everywhere_message(change: Change) -> str:
    return (
        f"{change.facts['null_everywhere']} values of responses may now be null, and the base says null nowhere: "
        "was it sent already? (pydantic 1 could not document null; --verbose lists the places)"
    )


def _object(*also: str) -> dict[str, object]:
    kinds = ("boolean", "integer", "string")
    properties = {f"a_{kind}": {"type": [kind, *also] if also else kind} for kind in kinds}
    return {"type": "object", "required": list(properties), "properties": properties}


RULES = (
    Rule(
        id="request-null-removed",
        summary="null is no longer accepted for a value in a request",
        severity=Severity.BREAKING,
        selects=(Selection("schema", ("nullable",), ("removed", "changed"), Direction.REQUEST),),
        message=lambda change: f"{place(change)} may no longer be null",
        breaks=request_values(_TEXT_OR_NULL, _TEXT),
        holds=request_values(_TEXT, _TEXT_OR_NULL),
        mirror="response-null-removed",
    ),
    Rule(
        id="request-null-added",
        summary="null is now accepted for a value in a request",
        severity=Severity.SAFE,
        selects=(Selection("schema", ("nullable",), ("added",), Direction.REQUEST),),
        message=lambda change: f"{place(change)} may now be null",
        breaks=request_values(_TEXT, _TEXT_OR_NULL),
        holds=request_values(_TEXT_OR_NULL, _RESPELLED),
        mirror="response-null-added",
        no_witness="whatever was accepted still is",
    ),
    Rule(
        id="response-null-added",
        summary="a value in a response may now be null",
        severity=Severity.BREAKING,
        selects=(Selection("schema", ("nullable",), ("added", "changed"), Direction.RESPONSE, _alone),),
        message=lambda change: f"{place(change)} may now be null",
        breaks=response_values(_TEXT, _TEXT_OR_NULL),
        holds=response_values(_TEXT_OR_NULL, _TEXT),
        mirror="request-null-added",
    ),
    Rule(
        id="response-null-everywhere",
        summary="many values in responses may now be null, where the base says null nowhere",
        severity=Severity.BREAKING,
        selects=(Selection("schema", ("nullable",), ("added",), Direction.RESPONSE, _everywhere),),
        message=_everywhere_message,
        breaks=response_schemas(_object(), _object("null")),
        holds=response_schemas(_object("null"), _object()),
        no_mirror="a request that takes null where it took none breaks nobody",
    ),
    Rule(
        id="response-null-removed",
        summary="a value in a response is no longer null",
        severity=Severity.SAFE,
        selects=(Selection("schema", ("nullable",), ("removed",), Direction.RESPONSE),),
        message=lambda change: f"{place(change)} is no longer null",
        breaks=response_values(_TEXT_OR_NULL, _TEXT),
        holds=response_values(_TEXT_OR_NULL, _RESPELLED),
        mirror="request-null-removed",
        no_witness="clients that cope with null cope without it",
    ),
)
