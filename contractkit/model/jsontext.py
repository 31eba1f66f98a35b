"""JSON values and their canonical text.

Python says `1 == True == 1.0`; JSON Schema says that `1` and `true` differ and that `1` and `1.0` are equal. Wherever
two JSON values are compared, compare `typed_text` of both and never the values.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def typed_text(value: object) -> str:
    """Return one text for all JSON values that JSON Schema calls equal (2020-12 core, 4.2.2), different ones else.

    Key order does not matter and `1.0` reads as `1`; `1` and `true` differ.
    """
    kind = type(value)
    if isinstance(value, str):
        return encode_basestring(value)
    if kind is int:
        return str(value)
    if value is None or kind is bool:
        return "null" if value is None else "true" if value else "false"
    return _ENCODER.encode(_numbers(value))


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _numbers(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return value


def canonical_json(document: object) -> str:
    """Return the stored form of a document: two-space indent, keys sorted, UTF-8, newline at the end."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def digest(document: object) -> str:
    """Return `sha256:` and the hex digest of the document's canonical text."""
    return digests([document])[0]


def digests(documents: Iterable[object]) -> list[str]:
    """Return the digest of each document; a part that is one object in several of them is written once."""
    import hashlib

    kept = list(documents)  # an id is an object's own for as long as that is there
    texts: dict[int, str] = {}
    written = (_compact(document, texts, _SHARED_LEVELS) for document in kept)
    return ["sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in written]


_SHARED_LEVELS = 3
"""How deep the parts lie that two documents may share, `components.schemas.NAME` being the third level."""


def _compact(value: object, texts: dict[int, str], levels: int) -> str:
    """Return the value without spaces, its keys sorted; `texts` are the texts of objects by their ids."""
    if not levels or type(value) is not dict or not all(type(key) is str for key in value):
        return _ENCODER.encode(value)
    entries: list[str] = []
    for key in sorted(value):
        item = value[key]
        text = texts.get(id(item))
        if text is None:
            text = texts[id(item)] = _compact(item, texts, levels - 1)
        entries.append(f"{encode_basestring(key)}:{text}")
    return "{" + ",".join(entries) + "}"
