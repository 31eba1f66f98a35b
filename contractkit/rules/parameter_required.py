"""A parameter that was there before became required or optional.

A parameter that became required breaks clients that leave it out: their requests are refused.

Instead: keep it optional, with a default on the server that means what leaving it out meant before.
"""

from __future__ import annotations

from contractkit.model.change import Direction
from contractkit.model.finding import Severity
from contractkit.rules.examples import parameters
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import place

_OPTIONAL = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
_REQUIRED = {**_OPTIONAL, "required": True}

RULES = (
    Rule(
        id="parameter-became-required",
        summary="clients must now send a parameter that they could leave out",
        severity=Severity.BREAKING,
        selects=(Selection("parameter", ("required",), ("added", "changed"), Direction.REQUEST),),
        message=lambda change: f"{place(change)} became required",
        breaks=parameters([_OPTIONAL], [_REQUIRED]),
        holds=parameters([_REQUIRED], [_OPTIONAL]),
        mirror="parameter-became-optional",
        no_witness="no value is needed: a request without it is refused",
    ),
    Rule(
        id="parameter-became-optional",
        summary="clients may now leave out a parameter",
        severity=Severity.SAFE,
        selects=(Selection("parameter", ("required",), ("removed",), Direction.REQUEST),),
        message=lambda change: f"{place(change)} became optional",
        breaks=parameters([_REQUIRED], [_OPTIONAL]),
        holds=parameters([_OPTIONAL], [{**_OPTIONAL, "required": False}]),
        mirror="parameter-became-required",
        no_witness="a request that has it is still accepted",
    ),
)
