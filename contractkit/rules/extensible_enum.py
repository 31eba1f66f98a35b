"""A value is gone from the `x-extensible-enum` of a value in a request.

The extension lists the values that are known while others may come, so no schema refuses the value. The list is a
promise written in the contract: the server knows what to do with these values. A client that goes on sending the value
is refused, or gets something else than before: `breaking`.

Instead: go on listing and understanding the value, and mark it as deprecated in the description.
"""

from __future__ import annotations

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.model.jsontext import typed_text
from contractkit.rules.examples import request_values
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import listed, place

KEY = "x-extensible-enum"


def loses_value(change: Change) -> bool:
    """Whether an extension's change takes a value from the list of a value in a request."""
    return change.facts.get("key") == KEY and change.direction is Direction.REQUEST and bool(_gone(change))


def _gone(change: Change) -> list[object]:
    if not isinstance(change.before, list) or not isinstance(change.after, list):
        return []
    known = {typed_text(value) for value in change.after}
    return [value for value in change.before if typed_text(value) not in known]


def _known(*values: str) -> dict[str, object]:
    return {"type": "string", KEY: list(values)}


RULES = (
    Rule(
        id="request-extensible-enum-value-removed",
        summary="a value of a request is no longer among those that `x-extensible-enum` lists",
        severity=Severity.BREAKING,
        selects=(Selection("schema", ("extension",), direction=Direction.REQUEST, where=loses_value),),
        message=lambda change: f"`{KEY}` of {place(change)} no longer lists {listed(_gone(change))}",
        breaks=request_values(_known("red", "green"), _known("red")),
        holds=request_values(_known("red"), _known("red", "green")),
        no_mirror="a value that is new in a response is what the extension tells clients to expect",
        no_witness="the schema accepts every value; what is broken is a promise",
    ),
)
