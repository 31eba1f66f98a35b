"""What an array must contain, or how often, changed (`contains`, `minContains`, `maxContains`).

A request that must contain more of something, or may contain less of it, is refused for clients that know nothing of
it. A response that promises less breaks clients that look for the item and do not find it.

Instead: fill in the missing item on the server; keep putting the promised item into responses.
"""

from __future__ import annotations

from contractkit.rules.families import keyword_rules

_BOSS = {"type": "array", "items": {"type": "string"}, "contains": {"const": "boss"}}

RULES = (
    *keyword_rules("contains", tight=_BOSS, loose={"type": "array", "items": {"type": "string"}}),
    *keyword_rules("minContains", tight={**_BOSS, "minContains": 3}, loose={**_BOSS, "minContains": 2}),
    *keyword_rules("maxContains", tight={**_BOSS, "maxContains": 2}, loose={**_BOSS, "maxContains": 3}),
)
