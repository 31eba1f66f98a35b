"""What may be read from the text of a parameter. Shares no code with contractkit."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

from tests.soundness.generators import FORMATS
from tests.soundness.places import IN_PLACE_LISTS, Json, Side, flatten, ref_name

TEXT_FORMATS = frozenset(FORMATS) - {"int32", "password"}
"""The formats of the generator that restrict strings."""


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


def _types(part: dict[str, Any]) -> Iterator[Json]:
    if "enum" in part or "const" in part:
        values = part.get("enum", [part.get("const")])
        yield from ("string" for value in values if isinstance(value, str))
    else:
        types = part.get("type", [])
        yield from types if isinstance(types, list) else [types]
