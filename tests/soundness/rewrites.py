"""The product's ways to write a schema differently, and two that need what these tests know; at places of a side."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from contractkit.mutants.respell import HIDING, RESPELLINGS, Rewrite
from tests.soundness.places import Json, Side, at, places, replaced

MARKS = ("readOnly", "writeOnly")
SAME_PATTERNS = {
    "^a": "^(a)",
    "^a*$": "^(a|aa)*$",
    "^[ab]{1,3}$": "^(?:a|b)(?:a|b)?[ab]?$",
    "b": "(b)",
    "^(a|b)$": "^[ab]$",
    "^[0-9]+$": r"^\d\d*$",
    "^.{2}$": "^..$",
    "^(ab)+$": "^ab(ab)*$",
}


def other_pattern(schema: dict[str, Any], rng: Random) -> Json | None:
    same = SAME_PATTERNS.get(schema.get("pattern", ""))
    return {**schema, "pattern": same} if same else None


def old_tuples(schema: dict[str, Any], rng: Random) -> Json | None:
    """`prefixItems` in the array form of `items` (drafts before 2020-12)."""
    if "prefixItems" not in schema:
        return None
    made = {key: one for key, one in schema.items() if key not in ("prefixItems", "items")}
    return {
        **made,
        "items": schema["prefixItems"],
        **({"additionalItems": schema["items"]} if "items" in schema else {}),
    }


REWRITES: tuple[Rewrite, ...] = (*RESPELLINGS, other_pattern, old_tuples)
_HIDING = HIDING | {old_tuples}


def rewritten(side: Side, rewrite: Rewrite, rng: Random) -> Side | None:
    """The side with one rewrite at a random place where it applies, None where there is none."""
    if rewrite in _HIDING and "unevaluated" in side.text():
        return None
    paths = places(side)
    for path in rng.sample(paths, len(paths)):
        schema = at(side, path)
        if not isinstance(schema, dict) or any(mark in schema for mark in MARKS):
            continue
        made = rewrite(copy.deepcopy(schema), rng)
        if made is not None:
            return replaced(side, path, made)
    return None
