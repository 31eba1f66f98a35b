"""The shortest or longest allowed text changed (`minLength`, `maxLength`, counted in Unicode code points).

A tighter length in a request refuses texts that clients send today. A looser one in a response sends texts that do
not fit where clients keep them, or none where there always was one.

Instead: cut or fill on the server; widen what you send only with a new version.
"""

from __future__ import annotations

from contractkit.rules.families import bound_rules

RULES = (
    *bound_rules(
        "minLength",
        of="the shortest text",
        tight={"type": "string", "minLength": 3},
        loose={"type": "string", "minLength": 1},
    ),
    *bound_rules(
        "maxLength",
        of="the longest text",
        tight={"type": "string", "maxLength": 10},
        loose={"type": "string", "maxLength": 20},
    ),
)
