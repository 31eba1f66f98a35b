"""A property that was there before became required or optional.

A request property that became required breaks clients that leave it out, as the base lets them. A response property
that became optional breaks clients that read it without looking: one day it is not there.

Instead: keep a request property optional and give it a default on the server. Keep sending a response property; where
there is nothing to say, send the value that meant so before.
"""

from __future__ import annotations

from contractkit.model.change import Direction
from contractkit.model.finding import Severity
from contractkit.rules.examples import request_schemas, response_schemas
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import place

_PROPERTIES = {"type": "object", "properties": {"qty": {"type": "integer"}}}
_OPTIONAL = _PROPERTIES
_REQUIRED = {**_PROPERTIES, "required": ["qty"]}
_RESPELLED = {**_PROPERTIES, "allOf": [{"required": ["qty"]}]}

RULES = (
    Rule(
        id="request-property-became-required",
        summary="clients must now send a property that they could leave out",
        severity=Severity.BREAKING,
        selects=(Selection("schema", ("required",), ("added", "changed"), Direction.REQUEST),),
        message=lambda change: f"{place(change)} became required",
        breaks=request_schemas(_OPTIONAL, _REQUIRED),
        holds=request_schemas(_REQUIRED, _OPTIONAL),
        mirror="response-property-became-required",
    ),
    Rule(
        id="request-property-became-optional",
        summary="clients may now leave out a property",
        severity=Severity.SAFE,
        selects=(Selection("schema", ("required",), ("removed",), Direction.REQUEST),),
        message=lambda change: f"{place(change)} became optional",
        breaks=request_schemas(_REQUIRED, _OPTIONAL),
        holds=request_schemas(_REQUIRED, _RESPELLED),
        mirror="response-property-became-optional",
        no_witness="a request that has the property is still accepted",
    ),
    Rule(
        id="response-property-became-required",
        summary="a property is now always in the response",
        severity=Severity.SAFE,
        selects=(Selection("schema", ("required",), ("added", "changed"), Direction.RESPONSE),),
        message=lambda change: f"{place(change)} is now always there",
        breaks=response_schemas(_OPTIONAL, _REQUIRED),
        holds=response_schemas(_REQUIRED, _RESPELLED),
        mirror="request-property-became-required",
        no_witness="clients that cope without the property cope with it",
    ),
    Rule(
        id="response-property-became-optional",
        summary="a property may now be missing from the response",
        severity=Severity.BREAKING,
        selects=(Selection("schema", ("required",), ("removed",), Direction.RESPONSE),),
        message=lambda change: f"{place(change)} may now be missing",
        breaks=response_schemas(_REQUIRED, _OPTIONAL),
        holds=response_schemas(_OPTIONAL, _REQUIRED),
        mirror="request-property-became-optional",
    ),
)
