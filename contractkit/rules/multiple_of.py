"""The step between allowed numbers changed (`multipleOf`).

A coarser step in a request refuses numbers that clients send today. A finer step in a response sends numbers that
clients round, cut or cannot store: cents where whole amounts were.

Instead: accept the finer step in requests and round on the server; keep the step of a response.
"""

from __future__ import annotations

from contractkit.rules.families import keyword_rules

RULES = keyword_rules(
    "multipleOf", tight={"type": "integer", "multipleOf": 10}, loose={"type": "integer", "multipleOf": 5}
)
