"""A request body was added, removed, or became required or optional.

A body that clients must send, where they could send none before, breaks all that send none: 400 or 422. A body that is
gone breaks no request, but what clients send in it is ignored: `risky`.

Instead: keep the body optional and let an empty request mean what it meant before.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.examples import operations
from contractkit.rules.rule import Rule, Selection

_BODY: dict[str, Any] = {"content": {"application/json": {"schema": {"type": "object"}}}}
_NONE: dict[str, Any] = {}
_OPTIONAL = {"requestBody": _BODY}
_REQUIRED = {"requestBody": {**_BODY, "required": True}}
_REFUSED = "no value is needed: a request without a body is refused"


def _required(change: Change) -> bool:
    return _of_request(change) and bool(change.facts.get("required"))


def _optional(change: Change) -> bool:
    return _of_request(change) and not change.facts.get("required")


def _of_request(change: Change) -> bool:
    """The body of a request, not of the answer to a webhook: answers have a status."""
    return "status" not in change.facts


RULES = (
    Rule(
        id="required-request-body-added",
        summary="a request must now have a body",
        severity=Severity.BREAKING,
        selects=(Selection("body", ("presence",), ("added",), Direction.REQUEST, _required),),
        message=lambda change: "a request body is new and required",
        breaks=operations(_NONE, _REQUIRED),
        holds=operations(_NONE, _OPTIONAL),
        mirror="webhook-body-removed",
        no_witness=_REFUSED,
    ),
    Rule(
        id="optional-request-body-added",
        summary="a request may now have a body",
        severity=Severity.SAFE,
        selects=(Selection("body", ("presence",), ("added",), Direction.REQUEST, _optional),),
        message=lambda change: "an optional request body is new",
        breaks=operations(_NONE, _OPTIONAL),
        holds=operations(_OPTIONAL, {"requestBody": {**_BODY, "required": False}}),
        mirror="request-body-removed",
        no_witness="a request without a body is still accepted",
    ),
    Rule(
        id="request-body-removed",
        summary="a request no longer has a body",
        severity=Severity.RISKY,
        selects=(Selection("body", ("presence",), ("removed",), Direction.REQUEST, _of_request),),
        message=lambda change: "the request body was removed; what clients send in it is ignored now",
        breaks=operations(_OPTIONAL, _NONE),
        holds=operations(_OPTIONAL, _OPTIONAL),
        mirror="optional-request-body-added",
        no_witness="the document does not say that a body is refused",
    ),
    Rule(
        id="request-body-became-required",
        summary="clients must now send a body that they could leave out",
        severity=Severity.BREAKING,
        selects=(Selection("body", ("required",), ("added", "changed"), Direction.REQUEST),),
        message=lambda change: "the request body became required",
        breaks=operations(_OPTIONAL, _REQUIRED),
        holds=operations(_REQUIRED, _OPTIONAL),
        mirror="request-body-became-optional",
        no_witness=_REFUSED,
    ),
    Rule(
        id="request-body-became-optional",
        summary="clients may now leave out the body",
        severity=Severity.SAFE,
        selects=(Selection("body", ("required",), ("removed",), Direction.REQUEST),),
        message=lambda change: "the request body became optional",
        breaks=operations(_REQUIRED, _OPTIONAL),
        holds=operations(_OPTIONAL, {"requestBody": {**_BODY, "required": False}}),
        mirror="request-body-became-required",
        no_witness="a request that has a body is still accepted",
    ),
)
