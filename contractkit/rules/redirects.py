"""A redirect status of an operation (3XX) was added, removed, or replaced by one that is followed with another method.

A redirect is no error and no success: it sends the client elsewhere. With 307 and 308 the client sends the same request
there. With 303, and with 301 and 302 after a POST, it sends a GET without the body (RFC 9110, 15.4), so that what the
request was to do is done before the redirect or not at all. Clients that follow by themselves notice nothing, and
those that sent the body again no longer do: `risky`. A redirect that is gone or new alone is `safe`.

Instead: go on answering with 307 or 308 where the request is to be sent again; use 303 where it has been done.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.change import Change
from contractkit.model.finding import Severity
from contractkit.rules.examples import Example, operations
from contractkit.rules.rule import Rule, Selection

_NOT_REFUSED = "nothing is refused: the client is sent elsewhere"


def status_of(change: Change) -> str:
    """Return the status that a change of a response is about."""
    return str(change.facts.get("status") or change.location.partition(".")[0])


def is_redirect(change: Change) -> bool:
    """Whether a change is about a status 3XX."""
    return status_of(change).startswith("3")


def _named(change: Change) -> str:
    # With 304 the client goes nowhere.
    return "status 304" if status_of(change) == "304" else f"redirect status {status_of(change)}"


def _responses(before: list[str], after: list[str]) -> Example:
    def fragment(statuses: list[str]) -> dict[str, Any]:
        return {"responses": {status: {"description": "elsewhere"} for status in statuses}}

    return operations(fragment(before), fragment(after))


RULES = (
    Rule(
        id="redirect-status-removed",
        summary="an operation no longer names a redirect",
        severity=Severity.SAFE,
        selects=(Selection("response", ("presence",), ("removed",), where=is_redirect),),
        message=lambda change: f"{_named(change)} was removed",
        breaks=_responses(["200", "307"], ["200"]),
        holds=_responses(["200", "307"], ["307", "200"]),
        mirror="redirect-status-added",
        no_witness=_NOT_REFUSED,
    ),
    Rule(
        id="redirect-status-added",
        summary="an operation names a new redirect",
        severity=Severity.SAFE,
        selects=(Selection("response", ("presence",), ("added",), where=is_redirect),),
        message=lambda change: f"{_named(change)} is new",
        breaks=_responses(["200"], ["200", "307"]),
        holds=_responses(["200", "307"], ["307", "200"]),
        mirror="redirect-status-removed",
        no_witness=_NOT_REFUSED,
    ),
    Rule(
        id="redirect-method-changed",
        summary="a redirect that is followed with the same request became one that is followed with GET",
        severity=Severity.RISKY,
        selects=(Selection("response", ("redirect",), ("changed",)),),
        message=lambda change: (
            f"redirect status {change.before} became {change.after}: clients follow it with GET and without the body"
        ),
        breaks=_responses(["307"], ["303"]),
        holds=_responses(["307"], ["308"]),
        no_mirror="the other way round the same request is sent again: `redirect-status-added` tells it",
        no_witness=_NOT_REFUSED,
    ),
)
