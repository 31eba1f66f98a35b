"""The smallest or largest number of properties of an object changed (`minProperties`, `maxProperties`).

A tighter limit in a request refuses objects that clients send today; most often an update that may no longer be empty.
A looser one in a response sends maps that clients have no room for, or empty ones that they do not expect.

Instead: treat an empty object as "nothing to do"; keep the size of maps in responses.
"""

from __future__ import annotations

from contractkit.rules.families import bound_rules

_MAP = {"type": "object", "additionalProperties": {"type": "string"}}

RULES = (
    *bound_rules(
        "minProperties",
        of="the fewest properties",
        tight={**_MAP, "minProperties": 2},
        loose={**_MAP, "minProperties": 1},
    ),
    *bound_rules(
        "maxProperties",
        of="the most properties",
        tight={**_MAP, "maxProperties": 2},
        loose={**_MAP, "maxProperties": 4},
    ),
)
