"""Where the schemas of a document stand, and the schemas inside a schema (JSON Schema 2020-12, core section 10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contractkit.mutants.edit import Path

IN_PLACE_LISTS = ("allOf", "anyOf", "oneOf")
_LISTS = (*IN_PLACE_LISTS, "prefixItems")
_SINGLES = (
    *("not", "if", "then", "else", "items", "additionalItems", "contains", "unevaluatedItems"),
    *("additionalProperties", "unevaluatedProperties", "propertyNames"),
)
_MAPS = ("properties", "patternProperties", "dependentSchemas")
_NAMED = frozenset(
    {
        *("headers", "responses", "content", "callbacks", "links", "parameters", "requestBodies", "encoding"),
        *("securitySchemes", "pathItems", "paths", "webhooks", "mediaTypes"),
    }
)
"""Maps whose keys are names that somebody chose, and no words of OpenAPI."""
NAMED = _NAMED | {
    *(*_MAPS, "dependentRequired", "dependencies", "$defs", "definitions", "schemas"),
    *("mapping", "scopes", "variables"),
}
"""The same in schemas as well, and where no schema can stand below."""
VALUES = frozenset({"example", "examples", "default", "enum", "const"})
"""Words beside which values stand, whose keys are no words of OpenAPI either."""


def schemas(document: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Yield all schemas of an OpenAPI document with their places, those inside others too."""
    stack: list[tuple[Path, Any, bool]] = [((), document, False)]
    while stack:
        path, value, named = stack.pop()
        if isinstance(value, list):
            stack += [((*path, index), one, False) for index, one in enumerate(value)]
        if not isinstance(value, Mapping):
            continue
        for key, one in value.items():
            here = (*path, key)
            if named:
                stack.append((here, one, False))
            elif here == ("components", "schemas"):
                for name, schema in one.items() if isinstance(one, Mapping) else ():
                    yield from _all(schema, (*here, name))
            elif key == "schema":
                yield from _all(one, here)
            elif key not in VALUES and not str(key).startswith("x-"):
                stack.append((here, one, key in _NAMED))


def inner(schema: Any) -> Iterator[Any]:
    """Yield a schema and all schemas inside it."""
    return (one for _, one in _all(schema, ()))


def _all(schema: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    stack: list[tuple[Path, Any]] = [(path, schema)]
    while stack:
        here, one = stack.pop()
        yield here, one
        if not isinstance(one, Mapping):
            continue
        for keyword in _SINGLES:
            if isinstance(one.get(keyword), Mapping | bool):
                stack.append(((*here, keyword), one[keyword]))
        for keyword in _LISTS:
            if isinstance(one.get(keyword), list):
                stack += [((*here, keyword, index), part) for index, part in enumerate(one[keyword])]
        for keyword in _MAPS:
            if isinstance(one.get(keyword), Mapping):
                stack += [((*here, keyword, name), part) for name, part in one[keyword].items()]
