"""Rewrites of a whole side: components renamed, split, inlined, made; references spelled otherwise; 3.0 for 3.1."""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from tests.soundness.places import PREFIX, Json, Side, at, places, ref_name, replaced, walk

SideRewrite = Callable[[Side, Random], Side | None]


def _with_refs(side: Side, rename: Callable[[str], str]) -> Side:
    """A copy whose references lead to `rename` of what they named."""
    side = side.copy()
    for schema in (side.root, *side.components.values()):
        for inner in walk(schema):
            if ref_name(inner):
                inner["$ref"] = rename(ref_name(inner))
    return side


def renamed(side: Side, rng: Random) -> Side | None:
    """Other component names; what was one's name may become another's."""
    if not side.components:
        return None
    names = list(side.components)
    fresh = dict(zip(names, rng.sample([*names, "Zeta", "a.b", "Plum-Input"], len(names)), strict=True))
    made = _with_refs(side, lambda name: PREFIX + fresh[name])
    return Side(made.root, {fresh[name]: made.components[name] for name in names})


def split(side: Side, rng: Random) -> Side | None:
    """Two copies of every component, as FastAPI writes models whose input and output differ."""
    if not side.components:
        return None
    made = _with_refs(side, lambda name: PREFIX + name + rng.choice(("-Input", "-Output")))
    copies: dict[str, Json] = {}
    for name in side.components:
        for suffix in ("-Input", "-Output"):
            copies[name + suffix] = copy.deepcopy(made.components[name])
    return Side(made.root, copies)


def respelled(side: Side, rng: Random) -> Side | None:
    """References with a percent-encoded letter (RFC 3986, 2.1)."""
    if not side.components:
        return None
    return _with_refs(side, lambda name: f"{PREFIX}{name[:-1]}%{ord(name[-1]):02{rng.choice('xX')}}")


def anchored(side: Side, rng: Random) -> Side | None:
    """References by `$anchor`."""
    if any(not isinstance(schema, dict) for schema in side.components.values()) or not side.components:
        return None
    made = _with_refs(side, lambda name: f"#{name}")
    return Side(made.root, {name: {**schema, "$anchor": name} for name, schema in made.components.items()})


def inlined(side: Side, rng: Random) -> Side | None:
    """One reference replaced by what it names (once, where the component refers to itself)."""
    paths = [path for path in places(side) if ref_name(at(side, path)) and len(at(side, path)) == 1]
    if not paths:
        return None
    path = rng.choice(paths)
    return replaced(side, path, copy.deepcopy(side.components[ref_name(at(side, path))]))


def extracted(side: Side, rng: Random) -> Side:
    """A schema made a component of its own."""
    path = rng.choice([one for one in places(side) if len(one) != 2 or one[0] != "components"])
    schema = at(side, path)
    made = replaced(side, path, {"$ref": PREFIX + "Fresh"})
    return Side(made.root, {**made.components, "Fresh": copy.deepcopy(schema)})


def chained(side: Side, rng: Random) -> Side | None:
    """A component that is nothing but a reference to the one meant."""
    if not side.components:
        return None
    made = _with_refs(side, lambda name: PREFIX + rng.choice((name, "To" + name)))
    return Side(made.root, {**made.components, **{"To" + name: {"$ref": PREFIX + name} for name in side.components}})


SIDE_REWRITES: tuple[SideRewrite, ...] = (renamed, split, respelled, anchored, inlined, extracted, chained)


def in_30(side: Side) -> Side | None:
    """The side in OpenAPI 3.0's dialect, None where 3.0 has no words for it."""
    side = side.copy()
    for schema in (side.root, *side.components.values()):
        for inner in walk(schema):
            if not isinstance(inner, dict) or not _lower(inner):
                return None
    return side


def _lower(schema: dict[str, Any]) -> bool:
    """Write one schema object in 3.0's words, in place; False where that cannot be done."""
    if "$ref" in schema:
        return len(schema) == 1
    kinds = schema.get("type")
    if isinstance(kinds, list):
        if len(kinds) != 2 or "null" not in kinds:
            return False
        schema["type"] = next(kind for kind in kinds if kind != "null")
        schema["nullable"] = True
    elif kinds == "null":
        return False
    if "const" in schema:
        if "enum" in schema:
            return False
        schema["enum"] = [schema.pop("const")]
    for bound, flag in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if flag in schema:
            if bound in schema:
                return False
            schema[bound], schema[flag] = schema[flag], True
    return True
