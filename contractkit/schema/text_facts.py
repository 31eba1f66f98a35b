"""Differences of annotations: keywords that tell readers something and restrict no value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contractkit.model.jsontext import typed_text
from contractkit.schema.keywords import Reader
from contractkit.schema.tags import leads_alike

_KEYWORDS = (
    "description",
    "default",
    "example",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "discriminator",
    "externalDocs",
    "xml",
    "$comment",
)
PROMISES = frozenset({"deprecated", "sunset", "extension"})
"""Aspects that are no question of values: what they mean is a matter of definition."""
_FLAGS = frozenset({"deprecated", "readOnly", "writeOnly"})
_ABSENT = object()


def text_facts(base: Any, revision: Any) -> Iterator[tuple[str, Any, Any, dict[str, Any]]]:
    """Yield (aspect, before, after, facts) for each annotation that differs between two schemas as written.

    `title` is left out: frameworks make it up. A flag that is `false` is as good as absent, and so is `default: null`,
    which pydantic writes or not by its version.
    """
    if not isinstance(base, Mapping) or not isinstance(revision, Mapping) or base is revision:
        return
    base, revision = _with_parts(base), _with_parts(revision)
    for keyword in _KEYWORDS:
        if keyword not in base and keyword not in revision:
            continue
        before, after = base.get(keyword, _ABSENT), revision.get(keyword, _ABSENT)
        if keyword in _FLAGS:
            before, after = before is True or None, after is True or None
        elif keyword == "default":
            before, after = (_ABSENT if value is None else value for value in (before, after))
        before, after = (None if value is _ABSENT else value for value in (before, after))
        if _differ(before, after) and not (keyword == "discriminator" and leads_alike(base, revision)):
            yield keyword, before, after, _sunset(base, revision) if keyword == "deprecated" else {}
    # An unknown keyword is an annotation (2020-12 core, 6.5), as an extension is.
    for keyword in sorted({key for key in (*base, *revision) if isinstance(key, str) and is_unknown(key)}):
        before, after = base.get(keyword), revision.get(keyword)
        if _differ(before, after):
            if keyword == "x-sunset":
                yield "sunset", before, after, {"deprecated": revision.get("deprecated") is True}
            else:
                yield "extension", before, after, {"key": keyword}


def _with_parts(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema with what its parts (`allOf`) say that are written in place: they speak of the same value."""
    parts = schema.get("allOf")
    if not isinstance(parts, list):
        return schema
    said: dict[str, Any] = {}
    for part in reversed(parts):
        if isinstance(part, Mapping) and "$ref" not in part:
            said |= _with_parts(part)
    return {**said, **schema}


def is_unknown(keyword: str) -> bool:
    """Whether a keyword is none that JSON Schema or OpenAPI knows."""
    return keyword not in _KEYWORDS and keyword not in _SILENT and not Reader.is_assertion(keyword)


_SILENT = frozenset(
    {"title", "nullable", "$id", "$schema", "$anchor", "$dynamicAnchor", "$defs", "definitions", "$vocabulary"}
)
"""Keywords that tell readers nothing, or whose meaning is compared elsewhere."""


def _differ(before: Any, after: Any) -> bool:
    if before is after or (type(before) is str and type(after) is str):
        return bool(before != after)
    return typed_text(before) != typed_text(after)


def _sunset(base: Mapping[str, Any], revision: Mapping[str, Any]) -> dict[str, Any]:
    return {"sunset": revision.get("x-sunset", base.get("x-sunset"))}
