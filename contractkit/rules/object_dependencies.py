"""What one property asks of the others changed (`dependentRequired`, `dependentSchemas`).

A request in which one property now asks for another is refused for clients that send the first alone. A response that
no longer keeps such a promise breaks clients that read the second because the first is there.

Instead: fill in the second property on the server; keep sending both.
"""

from __future__ import annotations

from contractkit.model.finding import Severity
from contractkit.rules.families import keyword_rules

_CARD = {"type": "object", "properties": {"card": {"type": "string"}, "code": {"type": "string"}}}

RULES = (
    *keyword_rules("dependentRequired", tight={**_CARD, "dependentRequired": {"card": ["code"]}}, loose=_CARD),
    *keyword_rules(
        "dependentSchemas",
        tight={**_CARD, "dependentSchemas": {"card": {"properties": {"code": {"minLength": 3}}}}},
        loose=_CARD,
        severity=Severity.SAFE,
        no_witness="what the schema asks for is told at the property it speaks about",
    ),
)
