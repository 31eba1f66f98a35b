"""A status of an operation was added or removed.

Clients wait for the success they know: 200 with the order in it. When it is gone they take the new success for a
failure, or for one without a body. A further success status is `risky`: clients that test for exactly 200 stumble over
201. Errors are different: every client must cope with errors that the document does not name. Redirects (3XX) have
rules of their own.

Instead: go on answering with the old success status; offer the new behaviour (202 and a place to look) on request.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.examples import Example, operations
from contractkit.rules.redirects import is_redirect, status_of
from contractkit.rules.rule import Rule, Selection

_NO_VALUE = "no value is needed: the status itself is the difference"


def _is_success(change: Change) -> bool:
    return status_of(change).startswith("2")


def _is_error(change: Change) -> bool:
    return not _is_success(change) and not is_redirect(change)


def _responses(before: list[str], after: list[str]) -> Example:
    def fragment(statuses: list[str]) -> dict[str, Any]:
        return {"responses": {status: {"description": "answer"} for status in statuses}}

    return operations(fragment(before), fragment(after))


RULES = (
    Rule(
        id="success-status-removed",
        summary="an operation no longer answers with a success status",
        severity=Severity.BREAKING,
        selects=(Selection("response", ("presence",), ("removed",), Direction.RESPONSE, _is_success),),
        message=lambda change: f"success status {status_of(change)} was removed",
        breaks=_responses(["200", "202"], ["202"]),
        holds=_responses(["2XX"], ["200"]),
        mirror="success-status-added",
        no_witness=_NO_VALUE,
    ),
    Rule(
        id="success-status-added",
        summary="an operation may answer with a new success status",
        severity=Severity.RISKY,
        selects=(Selection("response", ("presence",), ("added",), Direction.RESPONSE, _is_success),),
        message=lambda change: f"success status {status_of(change)} is new",
        breaks=_responses(["200"], ["200", "202"]),
        holds=_responses(["2XX"], ["200"]),
        mirror="success-status-removed",
        no_witness=_NO_VALUE,
    ),
    Rule(
        id="error-status-removed",
        summary="an operation no longer names an error",
        severity=Severity.SAFE,
        selects=(Selection("response", ("presence",), ("removed",), where=_is_error),),
        message=lambda change: f"status {status_of(change)} was removed",
        breaks=_responses(["200", "409"], ["200"]),
        holds=_responses(["200", "409"], ["409", "200"]),
        mirror="error-status-added",
        no_witness="every client must cope with errors",
    ),
    Rule(
        id="error-status-added",
        summary="an operation names a new error",
        severity=Severity.SAFE,
        selects=(Selection("response", ("presence",), ("added",), where=_is_error),),
        message=lambda change: f"status {status_of(change)} is new",
        breaks=_responses(["200"], ["200", "409"]),
        holds=_responses(["200", "409"], ["409", "200"]),
        mirror="error-status-removed",
        no_witness="every client must cope with errors",
    ),
)
