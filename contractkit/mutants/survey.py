"""What there is in a document to break: operations, parameters, bodies, and the schemas that surely count.

A break is only known to be one where its place takes part in what is sent. So schemas are entered by properties, items
and plain `null` alternatives alone: below a union or a conjunction, another branch may let the value through all the
same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contractkit.model.change import Direction
from contractkit.mutants.edit import Path, followed, value_at, words
from contractkit.mutants.schemas import IN_PLACE_LISTS, schemas
from contractkit.openapi.endpoint import METHODS

_UNSTABLE = ("draft", "alpha")
_UNSENT = {Direction.REQUEST: "readOnly", Direction.RESPONSE: "writeOnly"}
_IN_PLACE = frozenset(
    {
        *("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if", "discriminator", "const", "enum"),
        *("unevaluatedProperties", "unevaluatedItems", "patternProperties", "propertyNames", "prefixItems", "contains"),
        *("dependentRequired", "dependentSchemas", "minProperties", "maxProperties", "x-extensible-enum"),
    }
)
"""Keywords by which a place may count for nothing, or which say more than the edits of a place know."""
_BESIDE_REF = frozenset(
    {
        *("$ref", "title", "summary", "description", "default", "deprecated", "example", "examples"),
        *("readOnly", "writeOnly", "$comment"),
    }
)
"""What may stand beside a `$ref` and says nothing of values."""
_DEEPEST = 8
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})


_Root = tuple["Operation", tuple[str, ...], Path]


@dataclass(frozen=True)
class Operation:
    """One operation.

    Attributes:
        key: `GET /orders/{id}`.
        path: the path template as written.
        method: in lower case.
        item: the place of its path item.
        at: its own place.
        fields: what stands there.
    """

    key: str
    path: str
    method: str
    item: Path
    at: Path
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Spot:
    """A schema that takes part in what is sent.

    Attributes:
        operation: the first operation that it was met in.
        steps: the way to it from the contract point: `body`, then names and `[]`.
        at: its place in the document.
        schema: what stands there: an object with no `$ref`.
        outer: where it is used: the place of the `$ref` or of the alternative to null that leads to it.
        nullable: whether null is accepted beside it there.
        owner: for a property, the place of the object schema that declares it.
        name: for a property, its name.
    """

    operation: Operation
    steps: tuple[str, ...]
    at: Path
    schema: Mapping[str, Any]
    outer: Path
    nullable: bool = False
    owner: Path | None = None
    name: str = ""

    @property
    def where(self) -> str:
        """The operation and the place in words."""
        return f"{self.operation.key} {words(self.steps)}"

    @property
    def plain(self) -> bool:
        """Whether its type is the only thing besides bounds that says which values it takes, and is one."""
        return self.typed and isinstance(self.schema["type"], str)

    @property
    def typed(self) -> bool:
        """Whether its types are the only thing besides bounds that says which values it takes."""
        return "type" in self.schema and not _IN_PLACE & set(self.schema)

    @property
    def type(self) -> str:
        """Its type, empty where there is none or more than one."""
        kind = self.schema.get("type")
        return kind if isinstance(kind, str) else ""


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation that is read from its schema, not overridden and not ignored."""

    operation: Operation
    at: Path
    fields: Mapping[str, Any]

    @property
    def where(self) -> str:
        """The operation and the parameter in words."""
        return f"{self.operation.key} {self.fields['in']}.{self.fields['name']}"

    @property
    def spot(self) -> Spot | None:
        """Its schema, where it stands in the parameter itself."""
        schema = self.fields.get("schema")
        if not isinstance(schema, Mapping):
            return None
        at: Path = (*self.at, "schema")
        return Spot(self.operation, (str(self.fields["in"]), str(self.fields["name"])), at, schema, at)


class Survey:
    """All of a document that can be broken.

    Args:
        document: an OpenAPI document, which stays as it is.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.is_30 = str(document.get("openapi", "")).startswith("3.0")

    @cached_property
    def schemas(self) -> list[tuple[Path, Any]]:
        """All schemas with their places, those inside others too."""
        return list(schemas(self.document))

    @cached_property
    def operations(self) -> list[Operation]:
        """The operations, but for those that promise nothing yet (`x-stability-level`)."""
        found = []
        paths = self.document.get("paths")
        for path in paths if isinstance(paths, Mapping) else ():
            item, fields = followed(self.document, ("paths", path))
            for method in METHODS:
                here = fields.get(method) if isinstance(fields, Mapping) else None
                if isinstance(here, Mapping) and here.get("x-stability-level") not in _UNSTABLE:
                    found.append(Operation(f"{method.upper()} {path}", path, method, item, (*item, method), here))
        return found

    @cached_property
    def parameters(self) -> list[Parameter]:
        """The parameters of all operations; those of a path item are met once for each operation that has them."""
        found: list[Parameter] = []
        for operation in self.operations:
            known: dict[tuple[str, str], Parameter] = {}
            for holder in (operation.item, operation.at):
                for at, fields in self._items((*holder, "parameters")):
                    name, place = str(fields.get("name")), str(fields.get("in"))
                    if place == "header" and name.lower() in _IGNORED_HEADERS:
                        continue
                    known[place, name.lower() if place == "header" else name] = Parameter(operation, at, fields)
            found += known.values()
        return found

    @cached_property
    def bodies(self) -> list[tuple[Operation, Path, Mapping[str, Any]]]:
        """The request bodies: operation, place, fields."""
        found = []
        for operation in self.operations:
            if "requestBody" in operation.fields:
                at, fields = followed(self.document, (*operation.at, "requestBody"))
                if isinstance(fields, Mapping):
                    found.append((operation, at, fields))
        return found

    @cached_property
    def successes(self) -> list[tuple[Operation, str, Path, Mapping[str, Any]]]:
        """The responses of success: operation, status code, place, fields."""
        found = []
        for operation in self.operations:
            responses = operation.fields.get("responses")
            for code in responses if isinstance(responses, Mapping) else ():
                at, fields = followed(self.document, (*operation.at, "responses", code))
                if str(code).startswith("2") and str(code).isdecimal() and isinstance(fields, Mapping):
                    found.append((operation, str(code), at, fields))
        return found

    @cached_property
    def request(self) -> list[Spot]:
        """The schemas in requests of JSON, each once."""
        roots: list[_Root] = [
            (operation, ("body",), path)
            for operation, at, fields in self.bodies
            for path in self._json((*at, "content"), fields)
        ]
        return list(self._spots(roots, Direction.REQUEST))

    @cached_property
    def response(self) -> list[Spot]:
        """The schemas in responses of success and JSON, each once."""
        roots: list[_Root] = [
            (operation, (code, "body"), path)
            for operation, code, at, fields in self.successes
            for path in self._json((*at, "content"), fields)
        ]
        return list(self._spots(roots, Direction.RESPONSE))

    def alone(self, spot: Spot) -> Path:
        """Return the place of what stands where a schema is used, without the null beside it."""
        at, _ = followed(self.document, spot.outer)
        return (*at, "anyOf", 0)

    def refuses_null(self, path: Path, depth: int = 0) -> bool:
        """Return whether null is surely no value of the schema at a place; of what it says, one word is enough."""
        schema: Any = value_at(self.document, path)
        if not isinstance(schema, Mapping) or depth > _DEEPEST:
            return schema is False
        if "$ref" in schema:
            at, _ = followed(self.document, path)
            if at != path and self.refuses_null(at, depth + 1):
                return True
            if self.is_30:
                return False  # what stands beside it counts for nothing there
        kinds = schema.get("type")
        if isinstance(kinds, str | list) and "null" not in ([kinds] if isinstance(kinds, str) else kinds):
            return not (self.is_30 and schema.get("nullable") is True)
        listed = schema.get("enum")
        if schema.get("const") is not None or (isinstance(listed, list) and None not in listed):
            return True
        rows: list[tuple[str, list[bool]]] = [
            (keyword, [self.refuses_null((*path, keyword, index), depth + 1) for index in range(len(schema[keyword]))])
            for keyword in IN_PLACE_LISTS
            if isinstance(schema.get(keyword), list)
        ]
        return any(any(row) if keyword == "allOf" else all(row) for keyword, row in rows)

    def _items(self, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        holder: Any = self.document
        for key in path:
            holder = holder.get(key) if isinstance(holder, Mapping) else None
        for index in range(len(holder) if isinstance(holder, list) else 0):
            at, fields = followed(self.document, (*path, index))
            if isinstance(fields, Mapping) and "name" in fields and "in" in fields:
                yield at, fields

    def _json(self, at: Path, fields: Mapping[str, Any]) -> Iterator[Path]:
        content: Any = fields.get("content")
        for name in content if isinstance(content, Mapping) else ():
            media = content[name]
            bare = str(name).partition(";")[0].strip().lower()
            is_json = bare == "application/json" or bare.endswith("+json")
            if is_json and isinstance(media, Mapping) and isinstance(media.get("schema"), Mapping):
                yield (*at, name, "schema")

    def _spots(self, roots: list[_Root], direction: Direction) -> Iterator[Spot]:
        seen: set[Path] = set()
        unsent = _UNSENT[direction]
        for operation, steps, root in roots:
            stack: list[tuple[tuple[str, ...], Path, Path | None, str, int]] = [(steps, root, None, "", 0)]
            while stack:
                steps, path, owner, name, depth = stack.pop()
                at, schema, nullable = self._meant(path)
                if at in seen or depth > _DEEPEST or not isinstance(schema, Mapping):
                    continue
                if schema.get(unsent) is True or value_at(self.document, path).get(unsent) is True:
                    continue
                seen.add(at)
                spot = Spot(operation, steps, at, schema, path, nullable, owner, name)
                yield spot
                if not spot.plain:
                    continue
                properties = schema.get("properties")
                if spot.type == "object" and isinstance(properties, Mapping):
                    stack += [
                        ((*steps, key), (*at, "properties", key), at, key, depth + 1)
                        for key in reversed(list(properties))
                        if isinstance(key, str)
                    ]
                if spot.type == "array" and isinstance(schema.get("items"), Mapping) and schema.get("maxItems") != 0:
                    stack.append(((*steps, "[]"), (*at, "items"), None, "", depth + 1))

    def _meant(self, path: Path) -> tuple[Path, Any, bool]:
        """Return the schema that a place stands for: behind `$ref`s and beside a `null` alternative."""
        at, schema = path, value_at(self.document, path)
        if isinstance(schema, Mapping) and "$ref" in schema and (self.is_30 or set(schema) <= _BESIDE_REF):
            at, schema = followed(self.document, path)
        if isinstance(schema, Mapping) and set(schema) & _IN_PLACE == {"anyOf"} and "type" not in schema:
            parts = schema["anyOf"]
            if isinstance(parts, list) and len(parts) == 2 and parts[1] == {"type": "null"}:
                return (*self._meant((*at, "anyOf", 0))[:2], True)
        return at, schema, False


def whole(value: Any) -> int | None:
    """Return a whole number, which may be written as `100.0`; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return None
    return int(value)
