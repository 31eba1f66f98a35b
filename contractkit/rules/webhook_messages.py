"""The messages of a webhook or callback changed: here the server sends the request and the client answers.

Everything is turned round. A parameter or body that the client's receiver reads breaks it when it goes or may be
missing; one that comes is ignored. In the answer, a success status that the server no longer takes for success, or
a header that it now asks for, breaks clients that go on answering as before.

Instead: go on sending what receivers read, and go on taking their old answers.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.examples import Example, webhooks
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import place

_TRACE = {"name": "X-Trace", "in": "header", "schema": {"type": "string"}}
_BODY: dict[str, Any] = {"content": {"application/json": {"schema": {"type": "object"}}}}
_MISSING = "no value is needed: what receivers read is missing"
_KNOWN = "receivers that know nothing of it are called as before"
_STATUS = "no value is needed: the answer itself is refused"


def _fact(change: Change, side: str) -> bool:
    return bool(change.facts.get(f"required_{side}", change.facts.get("required")))


def _was_required(change: Change) -> bool:
    return _fact(change, "before")


def _was_optional(change: Change) -> bool:
    return not _fact(change, "before")


def _is_required(change: Change) -> bool:
    return _fact(change, "after")


def _is_optional(change: Change) -> bool:
    return not _fact(change, "after")


def _of_call(change: Change) -> bool:
    """The body of the call itself, not of the answer: answers have a status."""
    return "status" not in change.facts


def _is_success(change: Change) -> bool:
    return str(change.facts.get("status") or change.location).startswith("2")


def _parameters(before: list[Any], after: list[Any]) -> Example:
    return webhooks({"parameters": before}, {"parameters": after})


def _bodies(before: bool | None, after: bool | None) -> Example:
    def fragment(required: bool | None) -> dict[str, Any]:
        return {} if required is None else {"requestBody": {**_BODY, "required": required}}

    return webhooks(fragment(before), fragment(after))


def _answers(before: list[str], after: list[str]) -> Example:
    return webhooks(
        {"responses": {status: {"description": "heard"} for status in before}},
        {"responses": {status: {"description": "heard"} for status in after}},
    )


def _headers(before: dict[str, Any], after: dict[str, Any]) -> Example:
    return webhooks(
        {"responses": {"200": {"description": "heard", "headers": before}}},
        {"responses": {"200": {"description": "heard", "headers": after}}},
    )


_REQUIRED = {**_TRACE, "required": True}
_ACK = {"schema": {"type": "string"}}
_ACK_REQUIRED = {**_ACK, "required": True}

RULES = (
    Rule(
        id="webhook-required-parameter-removed",
        summary="a call to clients lost a parameter that was always there",
        severity=Severity.BREAKING,
        selects=(Selection("parameter", ("presence",), ("removed",), Direction.RESPONSE, _was_required),),
        message=lambda change: f"{place(change)}, which was always sent, was removed",
        breaks=_parameters([_REQUIRED], []),
        holds=_parameters([], [_REQUIRED]),
        mirror="required-parameter-added",
        no_witness=_MISSING,
    ),
    Rule(
        id="webhook-parameter-removed",
        summary="a call to clients lost an optional parameter",
        severity=Severity.RISKY,
        selects=(Selection("parameter", ("presence",), ("removed",), Direction.RESPONSE, _was_optional),),
        message=lambda change: f"optional {place(change)} was removed",
        breaks=_parameters([_TRACE], []),
        holds=_parameters([], [_TRACE]),
        mirror="webhook-parameter-added",
        no_witness=_MISSING,
    ),
    Rule(
        id="webhook-parameter-added",
        summary="a call to clients has a new parameter",
        severity=Severity.SAFE,
        selects=(Selection("parameter", ("presence",), ("added",), Direction.RESPONSE),),
        message=lambda change: f"{place(change)} is new",
        breaks=_parameters([], [_TRACE]),
        holds=_parameters([_TRACE], [_TRACE]),
        mirror="webhook-parameter-removed",
        no_witness=_KNOWN,
    ),
    Rule(
        id="webhook-parameter-became-optional",
        summary="a parameter may now be missing from a call to clients",
        severity=Severity.BREAKING,
        selects=(Selection("parameter", ("required",), ("removed",), Direction.RESPONSE),),
        message=lambda change: f"{place(change)} may now be missing",
        breaks=_parameters([_REQUIRED], [_TRACE]),
        holds=_parameters([_TRACE], [_REQUIRED]),
        mirror="webhook-parameter-became-required",
        no_witness=_MISSING,
    ),
    Rule(
        id="webhook-parameter-became-required",
        summary="a parameter is now always in a call to clients",
        severity=Severity.SAFE,
        selects=(Selection("parameter", ("required",), ("added", "changed"), Direction.RESPONSE),),
        message=lambda change: f"{place(change)} is now always there",
        breaks=_parameters([_TRACE], [_REQUIRED]),
        holds=_parameters([_TRACE], [{**_TRACE, "required": False}]),
        mirror="webhook-parameter-became-optional",
        no_witness=_KNOWN,
    ),
    Rule(
        id="webhook-body-removed",
        summary="a call to clients lost its body",
        severity=Severity.BREAKING,
        selects=(Selection("body", ("presence",), ("removed",), Direction.RESPONSE, _of_call),),
        message=lambda change: "the body was removed",
        breaks=_bodies(True, None),
        holds=_bodies(None, True),
        mirror="required-request-body-added",
        no_witness=_MISSING,
    ),
    Rule(
        id="webhook-body-added",
        summary="a call to clients has a body now",
        severity=Severity.SAFE,
        selects=(Selection("body", ("presence",), ("added",), Direction.RESPONSE, _of_call),),
        message=lambda change: "a body is new",
        breaks=_bodies(None, True),
        holds=_bodies(True, True),
        no_mirror="`webhook-body-removed` is the mirror of `required-request-body-added`",
        no_witness=_KNOWN,
    ),
    Rule(
        id="webhook-body-became-optional",
        summary="the body may now be missing from a call to clients",
        severity=Severity.BREAKING,
        selects=(Selection("body", ("required",), ("removed",), Direction.RESPONSE),),
        message=lambda change: "the body may now be missing",
        breaks=_bodies(True, False),
        holds=_bodies(False, True),
        mirror="webhook-body-became-required",
        no_witness=_MISSING,
    ),
    Rule(
        id="webhook-body-became-required",
        summary="the body is now always in a call to clients",
        severity=Severity.SAFE,
        selects=(Selection("body", ("required",), ("added", "changed"), Direction.RESPONSE),),
        message=lambda change: "the body is now always there",
        breaks=_bodies(False, True),
        holds=_bodies(False, False),
        mirror="webhook-body-became-optional",
        no_witness=_KNOWN,
    ),
    Rule(
        id="webhook-success-status-removed",
        summary="an answer of clients no longer counts as success",
        severity=Severity.BREAKING,
        selects=(Selection("response", ("presence",), ("removed",), Direction.REQUEST, _is_success),),
        message=lambda change: f"answer {change.facts.get('status') or change.location} is no longer accepted",
        breaks=_answers(["200", "202"], ["200"]),
        holds=_answers(["200"], ["2XX"]),
        mirror="webhook-success-status-added",
        no_witness=_STATUS,
    ),
    Rule(
        id="webhook-success-status-added",
        summary="a further answer of clients counts as success",
        severity=Severity.SAFE,
        selects=(Selection("response", ("presence",), ("added",), Direction.REQUEST, _is_success),),
        message=lambda change: f"answer {change.facts.get('status') or change.location} is now accepted",
        breaks=_answers(["200"], ["200", "202"]),
        holds=_answers(["200"], ["200"]),
        mirror="webhook-success-status-removed",
        no_witness="clients answer as before",
    ),
    Rule(
        id="webhook-answer-header-required",
        summary="clients must now send a header in their answer",
        severity=Severity.BREAKING,
        selects=(
            Selection("header", ("presence",), ("added",), Direction.REQUEST, _is_required),
            Selection("header", ("required",), ("added", "changed"), Direction.REQUEST),
        ),
        message=lambda change: f"{place(change)} is now required in the client's answer",
        breaks=_headers({}, {"X-Ack": _ACK_REQUIRED}),
        holds=_headers({}, {"X-Ack": _ACK}),
        mirror="webhook-answer-header-optional",
        no_witness=_STATUS,
    ),
    Rule(
        id="webhook-answer-header-optional",
        summary="clients need not send a header in their answer",
        severity=Severity.SAFE,
        selects=(
            Selection("header", ("presence",), ("added",), Direction.REQUEST, _is_optional),
            Selection("header", ("presence",), ("removed",), Direction.REQUEST),
            Selection("header", ("required",), ("removed",), Direction.REQUEST),
        ),
        message=lambda change: f"{place(change)} is not required in the client's answer",
        breaks=_headers({"X-Ack": _ACK_REQUIRED}, {"X-Ack": _ACK}),
        holds=_headers({"X-Ack": _ACK}, {"X-Ack": _ACK}),
        mirror="webhook-answer-header-required",
        no_witness="clients answer as before",
    ),
)
