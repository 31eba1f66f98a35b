"""The pattern that a text must match changed (`pattern`).

A pattern that matches less refuses texts that clients send today. A pattern of a response that matches more sends texts
that clients do not parse: they split on the dash that is no longer there.

Instead: accept the old form beside the new one; keep the form of what you send, or send the new form in a new property.
"""

from __future__ import annotations

from contractkit.rules.families import keyword_rules

RULES = keyword_rules(
    "pattern", tight={"type": "string", "pattern": "^[a-z]+$"}, loose={"type": "string", "pattern": "^[a-z0-9]+$"}
)
