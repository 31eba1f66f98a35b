"""A query, header, cookie or path parameter was added or removed.

A new required parameter breaks every client that does not know it: its requests are refused. A parameter that is gone
breaks no request, since servers ignore what they do not know, but what the client asked for no longer happens: a filter
that filters nothing any more. That is `risky`.

Instead: add parameters as optional with a default that means what it meant before. Mark a parameter `deprecated`
before it goes, and answer 400 for it rather than ignoring it.
"""

from __future__ import annotations

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.examples import parameters
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import place

_LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
_REQUIRED_LIMIT = {**_LIMIT, "required": True}


def _required(change: Change) -> bool:
    return bool(change.facts.get("required_after"))


def _optional(change: Change) -> bool:
    return not _required(change)


RULES = (
    Rule(
        id="required-parameter-added",
        summary="a request has a new parameter that every client must send",
        severity=Severity.BREAKING,
        selects=(Selection("parameter", ("presence",), ("added",), Direction.REQUEST, _required),),
        message=lambda change: f"{place(change)} is new and required",
        breaks=parameters([], [_REQUIRED_LIMIT]),
        holds=parameters([], [_LIMIT]),
        mirror="webhook-required-parameter-removed",
        no_witness="no value is needed: a request without it is refused",
    ),
    Rule(
        id="optional-parameter-added",
        summary="a request has a new optional parameter",
        severity=Severity.SAFE,
        selects=(Selection("parameter", ("presence",), ("added",), Direction.REQUEST, _optional),),
        message=lambda change: f"optional {place(change)} is new",
        breaks=parameters([], [_LIMIT]),
        holds=parameters([_LIMIT], [{**_LIMIT, "required": False}]),
        mirror="parameter-removed",
        no_witness="a request without it is still accepted",
    ),
    Rule(
        id="parameter-removed",
        summary="a request lost a parameter",
        severity=Severity.RISKY,
        selects=(Selection("parameter", ("presence",), ("removed",), Direction.REQUEST),),
        message=lambda change: f"{place(change)} was removed; what clients send there is ignored now",
        breaks=parameters([_LIMIT], []),
        holds=parameters([_LIMIT], [_LIMIT]),
        mirror="optional-parameter-added",
        no_witness="a request that has it is still accepted",
    ),
)
