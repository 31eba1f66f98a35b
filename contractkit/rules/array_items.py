"""What the items of an array may be changed (`items`, `prefixItems`, `unevaluatedItems`, `uniqueItems`).

An array of a request that takes fewer kinds of items, wants them in a fixed place or wants them to differ refuses lists
that clients send today. An array of a response that may hold more kinds of items breaks clients that read them all in
one way.

Instead: accept the old items beside the new ones and drop doubles on the server; send new kinds of items in a list of
their own.
"""

from __future__ import annotations

from contractkit.model.finding import Severity
from contractkit.rules.families import keyword_rules

_PAIR = {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]}

RULES = (
    *keyword_rules("items", tight={"type": "array", "items": False}, loose={"type": "array"}),
    *keyword_rules(
        "prefixItems",
        tight=_PAIR,
        loose={"type": "array", "prefixItems": [{"type": "string"}]},
        severity=Severity.SAFE,
        no_witness="what an item may no longer be is told at the item",
    ),
    *keyword_rules("unevaluatedItems", tight={**_PAIR, "unevaluatedItems": False}, loose=_PAIR),
    *keyword_rules(
        "uniqueItems",
        tight={"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        loose={"type": "array", "items": {"type": "string"}},
    ),
)
