"""The smallest or largest allowed number changed (`minimum`, `maximum`, and their exclusive forms).

A bound that became tighter in a request breaks clients that send numbers which were fine. A bound that became looser in
a response breaks clients that made room for the old range only: a byte, a database column, a chart's axis.

Instead: where the server cannot go on with the wider range, add a new operation or version; in a response keep the
promise, or announce the wider range before using it.
"""

from __future__ import annotations

from contractkit.rules.families import bound_rules

RULES = (
    *bound_rules(
        "minimum",
        of="the smallest number",
        tight={"type": "integer", "minimum": 5},
        loose={"type": "integer", "minimum": 1},
    ),
    *bound_rules(
        "maximum",
        of="the largest number",
        tight={"type": "integer", "maximum": 50},
        loose={"type": "integer", "maximum": 100},
    ),
)
