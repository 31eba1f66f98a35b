"""The smallest or largest number of items of an array changed (`minItems`, `maxItems`).

A tighter limit in a request refuses lists that clients send today. A looser one in a response hurts clients that rely
on it: the first item of a list that used to have one, a page that used to fit.

Instead: take shorter and longer lists in requests and answer item by item; keep the size of a page in responses.
"""

from __future__ import annotations

from contractkit.rules.families import bound_rules

_TEXTS = {"type": "array", "items": {"type": "string"}}

RULES = (
    *bound_rules("minItems", of="the fewest items", tight={**_TEXTS, "minItems": 2}, loose={**_TEXTS, "minItems": 1}),
    *bound_rules("maxItems", of="the most items", tight={**_TEXTS, "maxItems": 2}, loose={**_TEXTS, "maxItems": 4}),
)
