"""A schema says something else beside the values: its default, or that it is only read or only written.

A default in a document tells what the server assumes for a value that is left out; the requests that are accepted stay
the same. `readOnly` takes a property out of requests and `writeOnly` out of responses; whether that hurts is told by
the rules for properties added and removed.

Instead: when a default changes the meaning of requests that leave the value out, tell your clients: the document alone
does not.
"""

from __future__ import annotations

from contractkit.model.finding import Severity
from contractkit.rules.examples import request_schemas, request_values
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import turned

_NO_DIRECTION = "the keyword means the same in both directions, and added, removed and changed are one"


def _optional(**keywords: object) -> dict[str, object]:
    return {"type": "object", "properties": {"note": {"type": "string", **keywords}}}


RULES = (
    Rule(
        id="default-changed",
        summary="the default of a value changed",
        severity=Severity.SAFE,
        selects=(Selection("schema", ("default",)),),
        message=lambda change: turned(change, "the default"),
        breaks=request_values({"type": "integer", "default": 1}, {"type": "integer", "default": 2}),
        holds=request_values({"type": "integer", "default": 1}, {"type": "integer", "default": 1.0}),
        no_mirror=_NO_DIRECTION,
        no_witness="the same values are accepted",
    ),
    Rule(
        id="read-only-changed",
        summary="a property became `readOnly`, or no longer is",
        severity=Severity.SAFE,
        selects=(Selection("schema", ("readOnly",)),),
        message=lambda change: turned(change, "`readOnly`"),
        breaks=request_schemas(_optional(), _optional(readOnly=True)),
        holds=request_schemas(_optional(readOnly=True), _optional(readOnly=True)),
        no_mirror=_NO_DIRECTION,
        no_witness="the values that the property may have stay the same",
    ),
    Rule(
        id="write-only-changed",
        summary="a property became `writeOnly`, or no longer is",
        severity=Severity.SAFE,
        selects=(Selection("schema", ("writeOnly",)),),
        message=lambda change: turned(change, "`writeOnly`"),
        breaks=request_schemas(_optional(), _optional(writeOnly=True)),
        holds=request_schemas(_optional(writeOnly=True), _optional(writeOnly=True)),
        no_mirror=_NO_DIRECTION,
        no_witness="the values that the property may have stay the same",
    ),
)
