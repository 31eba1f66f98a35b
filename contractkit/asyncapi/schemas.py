"""AsyncAPI schemas in the dialect of OpenAPI 3.1.

An AsyncAPI Schema Object is a superset of JSON Schema draft 07 (AsyncAPI 3.0.0, Schema Object), OpenAPI 3.1 is of draft
2020-12. What the two spell differently is spelled anew here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_VALUES = frozenset({"const", "default", "enum", "example", "examples"})
"""The keywords that hold values and no schemas."""
_TABLES = frozenset({"properties", "patternProperties", "definitions", "$defs"})


def modern(schema: Any) -> Any:
    """Return a schema as draft 2020-12 has it; the same object where nothing has to change.

    Lists of `items` become `prefixItems` (2020-12, section 10.3.1.1), `dependencies` become `dependentRequired` and
    `dependentSchemas` (2019-09, section 6.5.4 and 9.2.2.4), and `discriminator`, which is only a property's name there,
    goes: it names models and forbids nothing that they do not.
    """
    if isinstance(schema, list):
        made = [modern(one) for one in schema]
        return schema if all(one is other for one, other in zip(schema, made, strict=True)) else made
    if not isinstance(schema, Mapping):
        return schema
    rows = {key: _value(str(key), value) for key, value in schema.items()}
    changed = any(rows[key] is not value for key, value in schema.items())
    if isinstance(rows.get("items"), list):
        rows["prefixItems"] = rows.pop("items")
        if "additionalItems" in rows:
            rows["items"] = rows.pop("additionalItems")
        changed = True
    if isinstance(rows.get("dependencies"), Mapping):
        for name, needed in rows.pop("dependencies").items():
            table = "dependentRequired" if isinstance(needed, list) else "dependentSchemas"
            known = rows.get(table)
            rows[table] = {**(known if isinstance(known, Mapping) else {}), name: needed}
        changed = True
    if isinstance(rows.get("discriminator"), str):
        del rows["discriminator"]
        changed = True
    return rows if changed else schema


def _value(key: str, value: Any) -> Any:
    if key in _VALUES:
        return value
    if key in _TABLES and isinstance(value, Mapping):
        made = {name: modern(one) for name, one in value.items()}
        return value if all(made[name] is one for name, one in value.items()) else made
    return modern(value)
