"""Whether a schema's values are scalars, lists or objects: what a style writes depends on that alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contractkit.openapi.wire import serialise
from contractkit.schema.document import Document

ALL = frozenset({"scalar", "list", "object"})
_OF_TYPE = {"array": "list", "object": "object"}
_SAMPLES: dict[str, Any] = {"scalar": "a", "list": ["a", "b"], "object": {"k": "a", "l": "b"}}
_MAX_STEPS = 200
"""How many schemas are looked at; beyond that any shape is taken to be possible."""


def shapes_of(document: Document, schema: Any) -> frozenset[str]:
    """Return which of `scalar`, `list` and `object` a schema's values can be (never too few)."""
    return _shapes(document, schema, [_MAX_STEPS])


def _shapes(document: Document, schema: Any, steps: list[int]) -> frozenset[str]:
    steps[0] -= 1
    if steps[0] < 0 or not isinstance(schema, Mapping):
        return ALL
    found = _of_keywords(schema)
    if isinstance(ref := schema.get("$ref"), str):
        found &= _shapes(document, document.lookup(ref), steps)
    for keyword in ("anyOf", "oneOf"):
        branches = schema.get(keyword)
        if isinstance(branches, list) and branches:
            parts = (_shapes(document, branch, steps) for branch in branches)
            found &= frozenset().union(*parts)
    parts_of_all = schema.get("allOf")
    for part in parts_of_all if isinstance(parts_of_all, list) else ():
        found &= _shapes(document, part, steps)
    return found


def _of_keywords(schema: Mapping[str, Any]) -> frozenset[str]:
    raw = schema.get("type")
    names = raw if isinstance(raw, list) else [raw]
    if raw is not None and all(isinstance(name, str) for name in names):
        return frozenset(_OF_TYPE.get(str(name), "scalar") for name in names if name != "null")
    values = schema.get("enum")
    if isinstance(values, list) and not any(isinstance(value, list | Mapping) for value in values):
        return frozenset({"scalar"})
    return ALL


def written(where: str, name: str, style: str, explode: bool, shapes: frozenset[str]) -> dict[str, str]:
    """Return how each shape is written; equal answers mean that the wire shows no difference."""
    return {shape: serialise(where, name, _SAMPLES[shape], style=style, explode=explode) for shape in sorted(shapes)}


def properties_of(document: Document, schema: Any) -> Mapping[str, Any] | None:
    """Return the schema's object form (`properties`, `required`) where it is a plain object, else None."""
    for _ in range(20):
        if not isinstance(schema, Mapping):
            return None
        ref = schema.get("$ref")
        if isinstance(ref, str) and set(schema) <= {"$ref", "title", "description", "summary", "default"}:
            schema = document.lookup(ref)
            continue
        mixed = any(keyword in schema for keyword in ("$ref", "allOf", "anyOf", "oneOf", "not", "if"))
        plain = schema.get("type", "object") == "object" and isinstance(schema.get("properties"), Mapping)
        return schema if plain and not mixed else None
    return None
