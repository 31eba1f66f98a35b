"""A schema as a whole changed: it allows nothing now, cannot be read, or is too large to compare part by part.

A schema that allows nothing (`false`) refuses every value that clients send. One that cannot be read proves nothing
either way.

Instead: remove a property rather than forbidding its every value; mend schemas that tools cannot read.
"""

from __future__ import annotations

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.examples import Example, request_schemas, response_schemas
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import place


def _message(change: Change) -> str:
    if change.action == "added":
        return f"{place(change)}, free before, has a schema now"
    if change.action == "removed":
        return f"{place(change)} has no schema any more"
    return f"the schema of {place(change)} changed"


_ANY = {"type": "object"}


def _rule(direction: Direction, other: Direction, breaks: Example, holds: Example) -> Rule:
    return Rule(
        id=f"{direction}-schema-changed",
        summary=f"the schema of a {direction} changed as a whole",
        severity=Severity.BREAKING,
        selects=(Selection("schema", ("schema",), direction=direction),),
        message=_message,
        breaks=breaks,
        holds=holds,
        mirror=f"{other}-schema-changed",
    )


RULES = (
    _rule(Direction.REQUEST, Direction.RESPONSE, request_schemas(_ANY, False), request_schemas(False, _ANY)),
    _rule(Direction.RESPONSE, Direction.REQUEST, response_schemas(False, _ANY), response_schemas(_ANY, False)),
)
