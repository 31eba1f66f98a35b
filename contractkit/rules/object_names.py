"""Which properties an object may have beside the declared ones changed.

That is `additionalProperties`, `patternProperties`, `propertyNames` and `unevaluatedProperties`.

An object of a request that became closed, or whose other properties must look a certain way, refuses what clients may
send today beside the declared properties. An object of a response that opens up sends properties that a client told to
refuse them does refuse.

Instead: leave objects open and ignore what is not known; keep the values of a map alike.
"""

from __future__ import annotations

from contractkit.model.finding import Severity
from contractkit.rules.families import keyword_rules

_SKU = {"type": "object", "properties": {"sku": {"type": "string"}}}
_MAP = {"type": "object", "additionalProperties": {"type": "integer"}}

RULES = (
    *keyword_rules("additionalProperties", tight={**_SKU, "additionalProperties": False}, loose=_SKU),
    *keyword_rules(
        "patternProperties",
        tight={**_SKU, "patternProperties": {"^x": {"type": "string"}}},
        loose=_SKU,
        severity=Severity.SAFE,
        no_witness="what a property may no longer be is told at the property",
    ),
    *keyword_rules("propertyNames", tight={**_MAP, "propertyNames": {"pattern": "^[a-z]+$"}}, loose=_MAP),
    *keyword_rules("unevaluatedProperties", tight={**_SKU, "unevaluatedProperties": False}, loose=_SKU),
)
