"""JSON values and their canonical text.

Python says `1 == True == 1.0`; JSON Schema says that `1` and `true` differ and that `1` and `1.0` are equal. Wherever
two JSON values are compared, compare `typed_text` of both and never the values.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring


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
    import hashlib

    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
