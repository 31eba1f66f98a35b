"""A schema as a whole changed: it appeared, went, or could not be read.

A schema that appears in a request refuses values where anything was accepted. A schema that goes from a response leaves
clients with no promise at all. A schema that cannot be read proves nothing either way.

Instead: describe values from the start, and mend schemas that tools cannot read.
"""

from __future__ import annotations

from contractkit.model.change import Change
from contractkit.rules.examples import request_contents, response_contents
from contractkit.rules.families import keyword_rules
from contractkit.rules.wording import place


def _message(change: Change) -> str:
    if change.action == "added":
        return f"{place(change)}, free before, has a schema now"
    if change.action == "removed":
        return f"{place(change)} has no schema any more"
    return f"the schema of {place(change)} changed"


RULES = keyword_rules(
    "schema",
    tight={"application/json": {"schema": {"type": "object"}}},
    loose={"application/json": {}},
    message=_message,
    request=request_contents,
    response=response_contents,
)
