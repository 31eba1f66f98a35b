"""A media type of a body was added or removed.

A request in a media type that the server no longer takes is answered 415. A response that no longer comes in the media
type that a client asks for (`Accept`) is answered 406, or comes as something the client cannot read. Ranges
(`application/*`), parameters (`charset`) and letter case are understood: what still covers the old type is no removal.
Where one JSON type takes the place of another (`application/problem+json` for `application/json`), a response still
parses, but a client that looks at the type stumbles: `risky`. Its schema is compared all the same.

Instead: go on taking and sending the old media type beside the new one.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.examples import Example, operations, request_contents, response_contents
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import place

_JSON: dict[str, Any] = {"application/json": {"schema": {"type": "object"}}}
_BOTH: dict[str, Any] = {**_JSON, "application/xml": {"schema": {"type": "object"}}}
_OTHER_JSON: dict[str, Any] = {"application/vnd.shop+json": {"schema": {"type": "object"}}}
_RESPELLED: dict[str, Any] = {"Application/JSON; charset=utf-8": {"schema": {"type": "object"}}}
_NO_VALUE = "no value is needed: the media type itself is refused"


def _name(change: Change) -> str:
    return f"`{change.facts.get('media_type') or change.before or change.after}`"


def _status(change: Change) -> str:
    return str(change.facts.get("status") or change.location.partition(".")[0])


def _is_error(change: Change) -> bool:
    return change.direction is Direction.RESPONSE and (_status(change)[:1] in "345" or _status(change) == "default")


def _is_success(change: Change) -> bool:
    return not _is_error(change)


def _errors(before: dict[str, Any], after: dict[str, Any]) -> Example:
    return operations(
        {"responses": {"200": {"description": "done"}, "409": {"description": "sold out", "content": before}}},
        {"responses": {"200": {"description": "done"}, "409": {"description": "sold out", "content": after}}},
    )


RULES = (
    Rule(
        id="request-media-type-removed",
        summary="a media type of a request body is no longer accepted",
        severity=Severity.BREAKING,
        selects=(Selection("media-type", ("presence",), ("removed",), Direction.REQUEST),),
        message=lambda change: f"{place(change)} is no longer accepted as {_name(change)}",
        breaks=request_contents(_BOTH, _JSON),
        holds=request_contents(_JSON, _RESPELLED),
        mirror="response-media-type-removed",
        no_witness=_NO_VALUE,
    ),
    Rule(
        id="request-media-type-added",
        summary="a request body may come in a new media type",
        severity=Severity.SAFE,
        selects=(Selection("media-type", ("presence",), ("added",), Direction.REQUEST),),
        message=lambda change: f"{place(change)} is now accepted as {_name(change)} too",
        breaks=request_contents(_JSON, _BOTH),
        holds=request_contents(_JSON, _RESPELLED),
        mirror="response-media-type-added",
        no_witness="the old media type is still accepted",
    ),
    Rule(
        id="request-media-type-renamed",
        summary="a request body must come in another JSON media type",
        severity=Severity.BREAKING,
        selects=(Selection("media-type", ("presence",), ("changed",), Direction.REQUEST),),
        message=lambda change: f"{place(change)} is accepted as `{change.after}` in place of `{change.before}`",
        breaks=request_contents(_JSON, _OTHER_JSON),
        holds=request_contents(_JSON, _RESPELLED),
        mirror="response-media-type-renamed",
        no_witness=_NO_VALUE,
    ),
    Rule(
        id="response-media-type-renamed",
        summary="a response comes in another JSON media type",
        severity=Severity.RISKY,
        selects=(Selection("media-type", ("presence",), ("changed",), Direction.RESPONSE),),
        message=lambda change: f"{place(change)} comes as `{change.after}` in place of `{change.before}`",
        breaks=response_contents(_JSON, _OTHER_JSON),
        holds=response_contents(_JSON, _RESPELLED),
        mirror="request-media-type-renamed",
        no_witness=_NO_VALUE,
    ),
    Rule(
        id="response-media-type-removed",
        summary="a response no longer comes in a media type",
        severity=Severity.BREAKING,
        selects=(Selection("media-type", ("presence",), ("removed",), Direction.RESPONSE, _is_success),),
        message=lambda change: f"{place(change)} no longer comes as {_name(change)}",
        breaks=response_contents(_BOTH, _JSON),
        holds=response_contents(_JSON, _RESPELLED),
        mirror="request-media-type-removed",
        no_witness=_NO_VALUE,
    ),
    Rule(
        id="error-media-type-removed",
        summary="an error response no longer comes in a media type",
        severity=Severity.RISKY,
        selects=(Selection("media-type", ("presence",), ("removed",), Direction.RESPONSE, _is_error),),
        message=lambda change: f"the {_status(change)} response no longer comes as {_name(change)}",
        breaks=_errors(_BOTH, _JSON),
        holds=_errors(_JSON, _RESPELLED),
        no_mirror="requests have no errors; a media type added to an error is `response-media-type-added`",
        no_witness=_NO_VALUE,
    ),
    Rule(
        id="response-media-type-added",
        summary="a response may come in a new media type",
        severity=Severity.SAFE,
        selects=(Selection("media-type", ("presence",), ("added",), Direction.RESPONSE),),
        message=lambda change: f"{place(change)} may now come as {_name(change)} too",
        breaks=response_contents(_JSON, _BOTH),
        holds=response_contents(_JSON, _RESPELLED),
        mirror="request-media-type-added",
        no_witness="clients ask for the media type they know",
    ),
)
