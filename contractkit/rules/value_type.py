"""The JSON type of a value changed.

A request value whose type became another or narrower one (number to integer, string or integer to string) breaks
clients that send the old one. A response value whose type became another or wider one breaks clients that parse it as
what it was: a number read as an integer, a string where a number was.

Instead: add a new property beside the old one and let clients move; in a request accept both types for a while.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.change import Change, Direction
from contractkit.rules.families import keyword_rules
from contractkit.rules.wording import either, place, shown


def _message(change: Change) -> str:
    if change.facts.get("is_one_of_several") and None not in (change.before, change.after):
        if change.direction is Direction.REQUEST:
            return f"{place(change)} may no longer be {either(_beyond(change.before, change.after))}"
        return f"{place(change)} may now be {either(_beyond(change.after, change.before))} too"
    if change.after == []:
        return f"{place(change)} may no longer have any value"
    if change.before == []:
        return f"{place(change)}, which could have no value before, may have one now"
    if change.before is None:
        return f"{place(change)}, of any type before, is now {shown(change.after)}"
    if change.after is None:
        return f"{place(change)}, {shown(change.before)} before, may now be of any type"
    return f"the type of {place(change)} changed from {shown(change.before)} to {shown(change.after)}"


def _beyond(sent: Any, taken: Any) -> list[Any]:
    """Return the types of the sender that the receiver does not name; of null, a finding of its own speaks."""
    names, known = (one if isinstance(one, list) else [one] for one in (sent, taken))
    return [name for name in names if name != "null" and name not in known] or names


RULES = keyword_rules("type", tight={"type": "integer"}, loose={"type": "number"}, message=_message)
