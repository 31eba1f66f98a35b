"""A header of a response was added or removed, or became required or optional.

A required header is a promise: clients read `Location` or `ETag` without looking whether it is there. When it goes, or
may be missing, they fail. A header that the base calls optional may go unseen by careful clients only: `risky`.

Instead: go on sending the header; put the new information beside it.
"""

from __future__ import annotations

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.examples import response_headers
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import place

_REQUIRED = {"ETag": {"required": True, "schema": {"type": "string"}}}
_OPTIONAL = {"ETag": {"schema": {"type": "string"}}}
_MISSING = "no value is needed: the header is missing"


def _was_required(change: Change) -> bool:
    return bool(change.facts.get("required_before", change.facts.get("required")))


def _was_optional(change: Change) -> bool:
    return not _was_required(change)


RULES = (
    Rule(
        id="response-header-removed",
        summary="a response lost a header that was always there",
        severity=Severity.BREAKING,
        selects=(Selection("header", ("presence",), ("removed",), Direction.RESPONSE, _was_required),),
        message=lambda change: f"{place(change)}, which was always there, was removed",
        breaks=response_headers(_REQUIRED, {}),
        holds=response_headers(_REQUIRED, {"etag": _REQUIRED["ETag"]}),
        mirror="response-header-added",
        no_witness=_MISSING,
    ),
    Rule(
        id="optional-response-header-removed",
        summary="a response lost a header that was sometimes there",
        severity=Severity.RISKY,
        selects=(Selection("header", ("presence",), ("removed",), Direction.RESPONSE, _was_optional),),
        message=lambda change: f"optional {place(change)} was removed",
        breaks=response_headers(_OPTIONAL, {}),
        holds=response_headers(_OPTIONAL, {"etag": _OPTIONAL["ETag"]}),
        no_mirror="`response-header-added` is the mirror of both removals",
        no_witness=_MISSING,
    ),
    Rule(
        id="response-header-added",
        summary="a response has a new header",
        severity=Severity.SAFE,
        selects=(Selection("header", ("presence",), ("added",), Direction.RESPONSE),),
        message=lambda change: f"{place(change)} is new",
        breaks=response_headers({}, _REQUIRED),
        holds=response_headers(_REQUIRED, {"etag": _REQUIRED["ETag"]}),
        mirror="response-header-removed",
        no_witness="clients ignore headers that they do not know",
    ),
    Rule(
        id="response-header-became-optional",
        summary="a header may now be missing from a response",
        severity=Severity.BREAKING,
        selects=(Selection("header", ("required",), ("removed",), Direction.RESPONSE),),
        message=lambda change: f"{place(change)} may now be missing",
        breaks=response_headers(_REQUIRED, _OPTIONAL),
        holds=response_headers(_OPTIONAL, _REQUIRED),
        mirror="response-header-became-required",
        no_witness=_MISSING,
    ),
    Rule(
        id="response-header-became-required",
        summary="a header is now always in a response",
        severity=Severity.SAFE,
        selects=(Selection("header", ("required",), ("added", "changed"), Direction.RESPONSE),),
        message=lambda change: f"{place(change)} is now always there",
        breaks=response_headers(_OPTIONAL, _REQUIRED),
        holds=response_headers(_OPTIONAL, {"ETag": {**_OPTIONAL["ETag"], "required": False}}),
        mirror="response-header-became-optional",
        no_witness="clients that cope without the header cope with it",
    ),
)
