"""What may be read from the text of a parameter. Shares no code with contractkit."""

from __future__ import annotations

import itertools
import json
import re

from tests.soundness.generators import FORMATS
from tests.soundness.places import IN_PLACE_LISTS, Json, Side, flatten, ref_name, walk

TEXT_FORMATS = frozenset(FORMATS) - {"int32", "password"}
"""The formats of the generator that restrict strings."""
_IDLE: tuple[tuple[str, Json], ...] = (
    *(("minLength", 0), ("minItems", 0), ("minProperties", 0), ("uniqueItems", False)),
    *((keyword, {}) for keyword in ("items", "additionalProperties", "propertyNames")),
    *((keyword, True) for keyword in ("items", "additionalProperties", "propertyNames")),
)
"""What allows everything."""
_KINDS = (("string", str), ("array", list))


def readings(value: Json, side: Side | None = None) -> list[Json]:
    """What a receiver may read from a parameter's text; a single text and a list of one are written alike.

    A schema that bounds numbers and says nothing of strings reads a text that spells a number as a number.
    """
    root = side.root if side else {}
    if isinstance(value, list):
        alone = _scalar_readings(value[0], side, root) if len(value) == 1 else []
        rows = [_scalar_readings(item, side, _item(side, root, index)) for index, item in enumerate(value)]
        return alone + [list(row) for row in itertools.islice(itertools.product(*rows), 64)]
    one = _scalar_readings(value, side, root)
    listed = _scalar_readings(value, side, _item(side, root, 0))
    return [*one, *([reading] for reading in listed)]


def _item(side: Side | None, root: Json, index: int) -> Json:
    for _ in range(9):
        if side is None or not isinstance(root, dict):
            break
        alone = [root[key][0] for key in IN_PLACE_LISTS if len(root) == 1 and len(root.get(key, ())) == 1]
        if not alone and not ref_name(root):
            break
        root = alone[0] if alone else side.components.get(ref_name(root))
    if not isinstance(root, dict):
        return {}
    first = root.get("prefixItems", [])
    return first[index] if index < len(first) else root.get("items", {})


def _scalar_readings(value: Json, side: Side | None, schema: Json) -> list[Json]:
    text = value if isinstance(value, str) else json.dumps(value)
    if re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", text, re.ASCII):
        number = json.loads(text)
        return [number] if side is not None and _bounds_only_numbers(side, schema) else [text, number]
    return [text, text == "true"] if text in ("true", "false") else [text]


def _bounds_only_numbers(side: Side, schema: Json) -> bool:
    parts = flatten(side, [schema])
    # An alternative that takes everything leaves nothing for the others to say.
    idle = [part["anyOf"] for part in parts if any(one is True or one == {} for one in part.get("anyOf", []))]
    unheard = {id(part) for part in flatten(side, itertools.chain(*idle))}
    said: set[str] = set()
    for part in parts:
        if id(part) not in unheard:
            said |= {keyword for keyword in part if (keyword, part[keyword]) != ("minLength", 0)}
            said |= {"string"} & {"string" if part.get("format") in TEXT_FORMATS else "", *_types(part)}
    numeric = said & {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
    return bool(numeric) and not said & {"string", "minLength", "maxLength", "pattern"}


def speaks_of_lists(side: Side) -> bool:
    """Whether a part of a schema has lists by name: it is of this type, and has a list if it lists values."""
    return any("array" in _types(part) for root in (side.root, *side.components.values()) for part in walk(root))


def says_nothing(side: Side) -> bool:
    """Whether a schema allows everything without a word, which is how a parameter without a type is written."""
    return _is_idle(side, side.root, 0)


def _is_idle(side: Side, schema: Json, depth: int) -> bool:
    if not isinstance(schema, dict) or depth > 9:
        return schema is True
    for keyword, value in schema.items():
        if keyword == "$ref":
            is_idle = _is_idle(side, side.components.get(ref_name(schema)), depth + 1)
        elif keyword in IN_PLACE_LISTS:
            found = [_is_idle(side, one, depth + 1) for one in value]
            is_idle = any(found) if keyword == "anyOf" else all(found) and (keyword == "allOf" or len(found) == 1)
        else:
            is_idle = (keyword, value) in _IDLE
        if not is_idle:
            return False
    return True


def _types(part: Json) -> list[str]:
    """The types that a part names and has values of."""
    if not isinstance(part, dict):
        return []
    named = part.get("type", [])
    types = named if isinstance(named, list) else [named]
    if "enum" not in part and "const" not in part:
        return types
    values = part.get("enum", [part.get("const")])
    listed = {name for value in values for name, kind in _KINDS if isinstance(value, kind)}
    return [name for name in listed if not types or name in types]
