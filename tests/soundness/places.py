"""Where schemas stand inside schemas, and copies with one of them replaced."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Json = Any
Path = tuple[str | int, ...]

IN_PLACE_LISTS = ("allOf", "anyOf", "oneOf")
IN_PLACE_SINGLES = ("not", "if", "then", "else")
BELOW_SINGLES = (
    "items",
    "additionalItems",
    "contains",
    "unevaluatedItems",
    "additionalProperties",
    "unevaluatedProperties",
)
NAME_SINGLES = ("propertyNames",)
BELOW_MAPS = ("properties", "patternProperties")
IN_PLACE_MAPS = ("dependentSchemas",)
PREFIX = "#/components/schemas/"


@dataclass(frozen=True)
class Side:
    """One version of a schema: the root and the components that it may refer to."""

    root: Json
    components: dict[str, Json] = field(default_factory=dict)

    def document(self, direction: str, openapi: str = "3.1.0") -> dict[str, Any]:
        """The OpenAPI document whose one operation sends this schema as a body."""
        content = {"application/json": {"schema": self.root}}
        operation: dict[str, Any] = {"responses": {"204": {"description": "done"}}}
        if direction == "request":
            operation["requestBody"] = {"required": True, "content": content}
        else:
            operation["responses"] = {"200": {"description": "done", "content": content}}
        return {
            "openapi": openapi,
            "info": {"title": "Trial", "version": "1"},
            "paths": {"/x": {"post": operation}},
            "components": {"schemas": self.components},
        }

    def standalone(self) -> dict[str, Any]:
        """One JSON Schema that means the root; its references resolve inside it."""
        return {"allOf": [self.root], "components": {"schemas": self.components}}

    def copy(self) -> Side:
        return copy.deepcopy(self)

    def text(self) -> str:
        return json.dumps([self.root, self.components], sort_keys=True)

    def reachable(self) -> Side:
        """The same without components that nothing refers to."""
        wanted: dict[str, Json] = {}
        todo = [self.root]
        while todo:
            for schema in walk(todo.pop()):
                name = ref_name(schema)
                if name in self.components and name not in wanted:
                    wanted[name] = self.components[name]
                    todo.append(self.components[name])
        return Side(self.root, {name: self.components[name] for name in self.components if name in wanted})


@dataclass(frozen=True)
class Pair:
    """A base and its revision."""

    base: Side
    revision: Side

    def turned(self) -> Pair:
        return Pair(self.revision, self.base)


def ref_name(schema: Json) -> str:
    """The component that a schema's `$ref` names; an empty text where there is none."""
    ref = schema.get("$ref") if isinstance(schema, dict) else None
    return ref.removeprefix(PREFIX) if isinstance(ref, str) and ref.startswith(PREFIX) else ""


def children(schema: Json) -> Iterator[tuple[Path, Json, bool]]:
    """Yield the direct sub-schemas: path, schema, and whether they apply in place (to the same value)."""
    if not isinstance(schema, dict):
        return
    for keyword in (*IN_PLACE_SINGLES, *BELOW_SINGLES, *NAME_SINGLES):
        if isinstance(schema.get(keyword), dict | bool):
            yield (keyword,), schema[keyword], keyword in IN_PLACE_SINGLES
    for keyword in (*IN_PLACE_LISTS, "prefixItems", "items"):
        if isinstance(schema.get(keyword), list):
            for index, one in enumerate(schema[keyword]):
                yield (keyword, index), one, keyword in IN_PLACE_LISTS
    for keyword in (*BELOW_MAPS, *IN_PLACE_MAPS):
        if isinstance(schema.get(keyword), dict):
            for name, one in schema[keyword].items():
                yield (keyword, name), one, keyword in IN_PLACE_MAPS


def walk(schema: Json) -> Iterator[Json]:
    """Yield the schema and all that stand inside it; references are not followed."""
    yield schema
    for _, child, _ in children(schema):
        yield from walk(child)


def places(side: Side) -> list[Path]:
    """The paths of all schemas of a side, `("root", ...)` or `("components", name, ...)`."""
    found: list[Path] = []

    def collect(path: Path, schema: Json) -> None:
        found.append(path)
        for step, child, _ in children(schema):
            collect((*path, *step), child)

    collect(("root",), side.root)
    for name, schema in side.components.items():
        collect(("components", name), schema)
    return found


def at(side: Side, path: Path) -> Json:
    """What stands at a path."""
    node: Any = {"root": side.root, "components": side.components}
    for step in path:
        node = node[step]
    return node


def replaced(side: Side, path: Path, schema: Json) -> Side:
    """A copy with another schema at a path."""
    whole: Any = {"root": side.root, "components": side.components}
    whole = copy.deepcopy(whole)
    node = whole
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = schema
    return Side(whole["root"], whole["components"])


def is_productive(side: Side) -> bool:
    """Whether no schema leads back to itself without a property or an item in between, and no reference dangles."""
    edges: dict[str, set[str]] = {}

    def in_place(schema: Json) -> Iterator[str]:
        if ref_name(schema):
            yield ref_name(schema)
        for _, child, same in children(schema):
            if same:
                yield from in_place(child)

    for schema in (side.root, *side.components.values()):
        for one in walk(schema):
            if ref_name(one) and ref_name(one) not in side.components:
                return False
    for name, schema in side.components.items():
        edges[name] = set(in_place(schema))
    done: set[str] = set()
    while len(done) < len(edges):
        free = [name for name in edges if name not in done and edges[name] <= done]
        if not free:
            return False
        done.update(free)
    return True


def flatten(side: Side, schemas: Iterable[Json]) -> list[dict[str, Any]]:
    """All schema objects that speak of the same value, through references, unions, conditions and negations."""
    found: dict[int, dict[str, Any]] = {}
    todo = list(schemas)
    while todo:
        schema = todo.pop()
        if not isinstance(schema, dict) or id(schema) in found:
            continue
        found[id(schema)] = schema
        todo += [child for _, child, same in children(schema) if same]
        if ref_name(schema):
            todo.append(side.components.get(ref_name(schema)))
    return list(found.values())
