"""The way a schema is put together changed (`allOf`, `not`, `if` with `then` and `else`).

A further part of `allOf`, a further thing that a value must not be, or a further condition in a request refuses values
that clients send today. In a response the same parts gone mean that a promise is gone.

Instead: check the new condition on the server and answer as before where it fails; keep the promises of a response.
"""

from __future__ import annotations

from contractkit.rules.families import keyword_rules

_TEXT = {"type": "string"}
_ADDRESS = {"type": "object", "properties": {"country": _TEXT, "zip": _TEXT}}

RULES = (
    *keyword_rules("allOf", tight={"allOf": [_TEXT, {"enum": ["a", "b"]}]}, loose={"allOf": [_TEXT]}),
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
