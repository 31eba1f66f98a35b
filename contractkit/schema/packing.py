"""Texts that hold a JSON value (`contentMediaType`, `contentEncoding`, `contentSchema`): packed and unpacked."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Any


def packed(value: Any, content: Iterable[str]) -> list[str]:
    """Return the text that holds a value, none where it is packed in a way that is not known here.

    Args:
        value: a JSON value.
        content: how it is packed: `media application/json`, `encoding base64`.
    """
    how = set(content)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if not _is_json(how):
        return []
    encodings = {one for one in how if one.startswith("encoding ")}
    if encodings == {"encoding base64"}:
        return [base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()]
    return [] if encodings else [text]


def unpacked(text: str, content: Iterable[str]) -> Any:
    """Return the value that a text holds; see `packed`.

    Raises:
        LookupError: it is packed in a way that is not known here.
        ValueError: it holds none.
    """
    how = set(content)
    encodings = {one for one in how if one.startswith("encoding ")}
    if not _is_json(how) or encodings - {"encoding base64"}:
        raise LookupError
    try:
        return json.loads(base64.b64decode(text, validate=True) if encodings else text)
    except (binascii.Error, RecursionError) as error:
        raise ValueError("no JSON") from error


def _is_json(how: set[str]) -> bool:
    return any(one == "media application/json" or one.endswith("+json") for one in how if one.startswith("media "))
