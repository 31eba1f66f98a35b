"""What a value must not be, or must be under a condition, changed (`not`, `if` with `then` and `else`).

A further thing that a value must not be, or a further condition in a request refuses values that clients send today. In
a response the same gone means that a promise is gone. `allOf` has no rule of its own: its parts speak for themselves.

Instead: check the new condition on the server and answer as before where it fails; keep the promises of a response.
"""

from __future__ import annotations

from contractkit.rules.families import keyword_rules

_TEXT = {"type": "string"}
_ADDRESS = {"type": "object", "properties": {"country": _TEXT, "zip": _TEXT}}

RULES = (
    *keyword_rules("not", name="negation", tight={**_TEXT, "not": {"const": "none"}}, loose=_TEXT),
    *keyword_rules(
        "conditional",
        tight={
            **_ADDRESS,
            "if": {"required": ["country"], "properties": {"country": {"const": "US"}}},
            "then": {"required": ["zip"]},
        },
        loose=_ADDRESS,
    ),
)
