"""A response got a body, or lost it.

Clients parse the body that the base describes: with none they fail, or take the answer for broken. A body that comes
where none was described is ignored. In the answer to a webhook it is the client who sends: a body that the server now
describes may be one that it waits for.

Instead: go on sending the old body, even a small one.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.examples import Document, Example, operations, webhooks
from contractkit.rules.rule import Rule, Selection

_CONTENT: dict[str, Any] = {"content": {"application/json": {"schema": {"type": "object"}}}}
_NONE: dict[str, Any] = {}
_MISSING = "no value is needed: there is no body"


def _status(change: Change) -> str:
    return str(change.facts.get("status", ""))


def _of_success(change: Change) -> bool:
    return _status(change).startswith("2")


def _of_error(change: Change) -> bool:
    return _status(change) != "" and not _of_success(change)


def _of_answer(change: Change) -> bool:
    return _status(change) != ""


def _fragment(status: str, body: Document) -> Document:
    return {"responses": {"200": {"description": "done"}, status: {"description": "answer", **body}}}


def _answers(status: str, before: Document, after: Document) -> Example:
    return operations(_fragment(status, before), _fragment(status, after))


def _webhook_answers(before: Document, after: Document) -> Example:
    return webhooks(_fragment("200", before), _fragment("200", after))


RULES = (
    Rule(
        id="response-body-removed",
        summary="a success no longer has a body",
        severity=Severity.BREAKING,
        selects=(Selection("body", ("presence",), ("removed",), Direction.RESPONSE, _of_success),),
        message=lambda change: f"the body of the {_status(change)} response was removed",
        breaks=_answers("200", _CONTENT, _NONE),
        holds=_answers("200", _NONE, _CONTENT),
        mirror="response-body-added",
        no_witness=_MISSING,
    ),
    Rule(
        id="response-body-added",
        summary="a response has a body now",
        severity=Severity.SAFE,
        selects=(Selection("body", ("presence",), ("added",), Direction.RESPONSE, _of_answer),),
        message=lambda change: f"the {_status(change)} response has a body now",
        breaks=_answers("200", _NONE, _CONTENT),
        holds=_answers("200", _NONE, _NONE),
        mirror="response-body-removed",
        no_witness="clients that expect no body do not read it",
    ),
    Rule(
        id="error-body-removed",
        summary="an error no longer has a body",
        severity=Severity.RISKY,
        selects=(Selection("body", ("presence",), ("removed",), Direction.RESPONSE, _of_error),),
        message=lambda change: f"the body of the {_status(change)} response was removed",
        breaks=_answers("409", _CONTENT, _NONE),
        holds=_answers("409", _NONE, _CONTENT),
        no_mirror="`response-body-added` is the mirror of both removals",
        no_witness=_MISSING,
    ),
    Rule(
        id="webhook-answer-body-added",
        summary="clients are to send a body in their answer",
        severity=Severity.RISKY,
        selects=(Selection("body", ("presence",), ("added",), Direction.REQUEST, _of_answer),),
        message=lambda change: f"a body is described for answer {_status(change)}",
        breaks=_webhook_answers(_NONE, _CONTENT),
        holds=_webhook_answers(_CONTENT, _NONE),
        mirror="webhook-answer-body-removed",
        no_witness="the document does not say that an answer without a body is refused",
    ),
    Rule(
        id="webhook-answer-body-removed",
        summary="clients need not send a body in their answer",
        severity=Severity.SAFE,
        selects=(Selection("body", ("presence",), ("removed",), Direction.REQUEST, _of_answer),),
        message=lambda change: f"no body is described for answer {_status(change)} any more",
        breaks=_webhook_answers(_CONTENT, _NONE),
        holds=_webhook_answers(_NONE, _NONE),
        mirror="webhook-answer-body-added",
        no_witness="what clients send there is ignored",
    ),
)
