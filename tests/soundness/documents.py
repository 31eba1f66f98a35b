"""Seeded random OpenAPI documents, hundreds of operations if wanted, and edits of them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.soundness.generators import Generator
from tests.soundness.places import PREFIX, Side, is_productive

Document = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "patch")
STATUSES = ("200", "201", "202", "204", "2XX", "404", "422", "default")


class Documents:
    """Makes documents out of one source of randomness."""

    def __init__(self, rng: Random, *, plain: bool = True) -> None:
        self.rng = rng
        self.schemas = Generator(rng, plain=plain)

    def document(self, operations: int) -> Document:
        """A document with about this many operations and a component for every three of them."""
        rng = self.rng
        names = tuple(f"Model{index}" for index in range(max(2, operations // 3)))
        document: Document = {
            "openapi": rng.choice(("3.1.0", "3.1.1", "3.2.0")),
            "info": {"title": "Trial", "version": "1.0"},
            "paths": {},
            "components": {
                "schemas": self.schemas.components(names),
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer"},
                    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                },
                "parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 0}}},
            },
        }
        if rng.random() < 0.3:
            document["servers"] = [{"url": rng.choice(("https://api.example.com", "https://example.com/base"))}]
        if rng.random() < 0.3:
            document["security"] = [{"bearer": []}]
        made = 0
        while made < operations:
            path = f"/r{made}" + rng.choice(("", "/{id}", "/{id}/parts", "/{id}/parts/{part}"))
            item = document["paths"][path] = {}
            for method in rng.sample(METHODS, rng.choice((1, 1, 2, 3))):
                item[method] = self.operation(path, method)
                made += 1
        return document

    def operation(self, path: str, method: str) -> dict[str, Any]:
        rng = self.rng
        made: dict[str, Any] = {"operationId": f"{method}{path}", "responses": {}}
        made["parameters"] = [
            {"name": part[1:-1], "in": "path", "required": True, "schema": {"type": rng.choice(("string", "integer"))}}
            for part in path.split("/")
            if part.startswith("{")
        ]
        for name in rng.sample(("limit", "sort", "tags", "flag"), rng.choice((0, 1, 2))):
            made["parameters"].append(self.parameter(name))
        if rng.random() < 0.1:
            made["parameters"].append({"$ref": "#/components/parameters/Page"})
        if method in ("put", "post", "patch"):
            made["requestBody"] = {"required": rng.random() < 0.7, "content": self.content(forms=True)}
        for status in rng.sample(STATUSES, rng.choice((1, 2, 2))):
            response: dict[str, Any] = {"description": "what comes"}
            if status != "204":
                response["content"] = self.content(forms=False)
            if rng.random() < 0.2:
                response["headers"] = {"X-Total": {"required": rng.random() < 0.5, "schema": {"type": "integer"}}}
            made["responses"][status] = response
        if rng.random() < 0.15:
            made["security"] = rng.choice(
                ([], [{"bearer": []}], [{"key": []}, {"bearer": []}], [{"key": [], "bearer": []}])
            )
        if rng.random() < 0.04:
            made["callbacks"] = {"done": {"{$request.body#/url}": {"post": self.operation("/", "put")}}}
        return made

    def parameter(self, name: str) -> dict[str, Any]:
        rng = self.rng
        schema = self.schemas.scalar()
        made: dict[str, Any] = {"name": name, "in": rng.choice(("query", "query", "query", "header", "cookie"))}
        if name == "tags":
            schema = {"type": "array", "items": schema}
            if made["in"] == "query" and rng.random() < 0.3:
                made["explode"] = rng.random() < 0.5
        return {**made, "required": rng.random() < 0.3, "schema": schema}

    def content(self, *, forms: bool) -> dict[str, Any]:
        """Mostly JSON."""
        draw = self.rng.random()
        if draw < 0.05:
            return {"text/plain": {"schema": {"type": "string"}}}
        if draw < 0.12 and forms:
            media = self.rng.choice(("application/x-www-form-urlencoded", "multipart/form-data"))
            fields = {name: self.schemas.scalar() for name in ("user", "file", "note")}
            return {media: {"schema": {"type": "object", "properties": fields, "required": ["user"]}}}
        return {"application/json": {"schema": self.schemas.schema(2, crossed=True)}}

    def edited(self, document: Document, edits: int) -> Document:
        """A copy with this many edits at random places."""
        document = copy.deepcopy(document)
        done = 0
        while done < edits:
            done += self.rng.choice(self._edits)(self, document)
        return document

    def _edit_schema(self, document: Document) -> bool:
        holders = list(schema_holders(document))
        holder, key = self.rng.choice(holders)
        side = Side(holder[key], document["components"]["schemas"])
        revision = self.schemas.edited(side)
        # Components that nothing refers to any longer stay in the document.
        components = {**document["components"]["schemas"], **revision.components}
        if not is_productive(Side(revision.root, components)):
            return False
        holder[key] = revision.root
        document["components"]["schemas"] = components
        return True

    def _edit_component(self, document: Document) -> bool:
        components = document["components"]["schemas"]
        name = self.rng.choice(list(components))
        made = self.schemas.edited(Side({"$ref": PREFIX + name}, components))
        whole = Side(True, {**components, **made.components})
        if not is_productive(whole):
            return False
        document["components"]["schemas"] = whole.components
        return True

    def _edit_parameter(self, document: Document) -> bool:
        operation = self._some_operation(document)
        row = [one for one in operation.get("parameters", []) if one.get("in") in ("query", "header", "cookie")]
        if not row or self.rng.random() < 0.3:
            names = {one.get("name") for one in operation.get("parameters", [])}
            fresh = self.rng.choice([name for name in ("limit", "sort", "tags", "flag", "q") if name not in names])
            operation.setdefault("parameters", []).append(self.parameter(fresh))
            return True
        chosen = self.rng.choice(row)
        edit = self.rng.choice(("drop", "required", "in", "explode"))
        if edit == "drop":
            operation["parameters"].remove(chosen)
        elif edit == "required":
            chosen["required"] = not chosen["required"]
        elif edit == "in":
            chosen["in"] = "header" if chosen["in"] == "query" else "query"
        else:
            chosen["explode"] = not chosen.get("explode", chosen["in"] != "header")
        return True

    def _edit_operation(self, document: Document) -> bool:
        rng = self.rng
        path = rng.choice(list(document["paths"]))
        item = document["paths"][path]
        draw = rng.random()
        if draw < 0.2:
            del item[rng.choice(list(item))]
            if not item:
                del document["paths"][path]
        elif draw < 0.4:
            method = rng.choice(METHODS)
            item[method] = self.operation(path, method)
        elif draw < 0.5 and "{id}" in path:
            return self._rename_parameter(document, path)
        elif draw < 0.7:
            self._some_operation(document).update(operationId="other", summary="Other words", tags=["new"])
        else:
            operation = self._some_operation(document)
            operation["deprecated"] = not operation.get("deprecated", False)
        return bool(document["paths"])

    def _rename_parameter(self, document: Document, path: str) -> bool:
        fresh = path.replace("{id}", "{key}")
        if fresh in document["paths"]:
            return False
        document["paths"] = {fresh if one == path else one: item for one, item in document["paths"].items()}
        for operation in document["paths"][fresh].values():
            for parameter in operation.get("parameters", []):
                if parameter.get("in") == "path" and parameter["name"] == "id":
                    parameter["name"] = "key"
        return True

    def _edit_response(self, document: Document) -> bool:
        rng = self.rng
        responses = self._some_operation(document)["responses"]
        status = rng.choice(list(responses))
        draw = rng.random()
        if draw < 0.3:
            responses[rng.choice(STATUSES)] = responses.pop(status)
        elif draw < 0.6:
            responses[rng.choice(STATUSES)] = {"description": "more", "content": self.content(forms=False)}
        else:
            headers = responses[status].setdefault("headers", {})
            if "X-Total" in headers and rng.random() < 0.5:
                del headers["X-Total"]
            else:
                headers["X-Total"] = {"required": rng.random() < 0.5, "schema": self.schemas.scalar()}
        return True

    def _edit_body(self, document: Document) -> bool:
        bodies = [one["requestBody"] for _, _, one in operations_of(document) if "requestBody" in one]
        if not bodies:
            return False
        body = self.rng.choice(bodies)
        if self.rng.random() < 0.5:
            body["required"] = not body["required"]
        else:
            body["content"] = self.content(forms=True)
        return True

    def _edit_security(self, document: Document) -> bool:
        holder = document if self.rng.random() < 0.2 else self._some_operation(document)
        holder["security"] = self.rng.choice(([], [{"bearer": []}], [{"key": []}], [{"key": []}, {"bearer": []}]))
        return True

    def _edit_servers(self, document: Document) -> bool:
        document["servers"] = [{"url": self.rng.choice(("https://example.com", "https://example.com/base", "/v2"))}]
        return True

    def _some_operation(self, document: Document) -> dict[str, Any]:
        return self.rng.choice([operation for _, _, operation in operations_of(document)])

    _edits: tuple[Callable[[Documents, Document], bool], ...] = (
        _edit_schema,
        _edit_schema,
        _edit_schema,
        _edit_component,
        _edit_component,
        _edit_component,
        _edit_parameter,
        _edit_operation,
        _edit_response,
        _edit_body,
        _edit_security,
        _edit_servers,
    )


def operations_of(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation, callbacks left aside."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def schema_holders(document: Document) -> Iterator[tuple[dict[str, Any], str]]:
    """The objects of all operations that hold a schema, with the key it stands under."""
    for _, _, operation in operations_of(document):
        stack: list[Any] = [operation]
        while stack:
            node = stack.pop()
            if isinstance(node, dict):
                if "schema" in node:
                    yield node, "schema"
                stack += [value for key, value in node.items() if key != "schema"]
            elif isinstance(node, list):
                stack += node
