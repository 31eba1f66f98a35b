"""Deterministic OpenAPI documents for the benchmarks: FastAPI-like ones of any size, changed ones, a chain.

Everything is made from a seeded generator, so the same arguments give the same document on every machine.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Document = dict[str, Any]
Schema = dict[str, Any]

NOUNS = (
    "Account Asset Batch Budget Carrier Category Claim Contract Coupon Currency Customer Delivery Device Discount "
    "Document Employee Event Expense Facility Invoice Item Journal Ledger License Location Machine Message Order "
    "Parcel Partner Payment Payroll Plan Policy Price Product Project Quote Receipt Region Return Review Route Sensor "
    "Service Shipment Store Subscription Supplier Task Team Tenant Ticket Transfer User Vehicle Vendor Visit Voucher"
)
WORDS = (
    "accepted after amount before branch by caller changed contains copied current default each entry for from given "
    "has held in is item kept last limit list may name never not number of on once only owner page part record sent "
    "shown stored that the their to total until update used value when which with without year"
)
VALIDATION_ERROR: Schema = {
    "title": "ValidationError",
    "type": "object",
    "required": ["loc", "msg", "type"],
    "properties": {
        "loc": {"title": "Location", "type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
        "msg": {"title": "Message", "type": "string"},
        "type": {"title": "Error Type", "type": "string"},
    },
}
HTTP_VALIDATION_ERROR: Schema = {
    "title": "HTTPValidationError",
    "type": "object",
    "properties": {
        "detail": {"title": "Detail", "type": "array", "items": {"$ref": "#/components/schemas/ValidationError"}}
    },
}


def api_document(size: int, seed: int = 7) -> Document:
    """Return a FastAPI-like OpenAPI 3.1 document whose file, as `write` makes it, has about `size` bytes.

    Resources are added until it does: six components and six operations each; a resource refers to earlier ones.
    """
    rng = random.Random(seed)
    document: Document = {
        "openapi": "3.1.0",
        "info": {"title": "Benchmark API", "version": "1.0.0"},
        "paths": {},
        "components": {
            "schemas": {"ValidationError": VALIDATION_ERROR, "HTTPValidationError": HTTP_VALIDATION_ERROR},
            "securitySchemes": {
                "OAuth2PasswordBearer": {
                    "type": "oauth2",
                    "flows": {"password": {"tokenUrl": "auth/token", "scopes": {"read": "Read", "write": "Write"}}},
                }
            },
        },
    }
    nouns = NOUNS.split()
    names: list[str] = []
    written = len(_text(document))
    while written < size:
        turn, position = divmod(len(names), len(nouns))
        name = nouns[position] + (str(turn) if turn else "")
        schemas = _components(name, names, rng)
        paths = _paths(name, rng)
        document["components"]["schemas"].update(schemas)
        document["paths"].update(paths)
        # Both are measured at the depth at which they stand in the file: indentation is a seventh of it.
        written += len(_text({"components": {"schemas": schemas}})) + len(_text({"paths": paths}))
        names.append(name)
    return document


def pull_request(document: Document) -> Document:
    """Return the document as a small pull request leaves it: one property of one request component became required."""
    changed = copy.deepcopy(document)
    schemas = changed["components"]["schemas"]
    name = [name for name in schemas if name.endswith("Create")][-1]
    component = schemas[name]
    optional = next(key for key in component["properties"] if key not in component["required"])
    component["required"].append(optional)
    return changed


def release(document: Document, share: float = 0.15, seed: int = 11) -> Document:
    """Return the document as a release leaves it: about `share` of its components and of its operations changed."""
    rng = random.Random(seed)
    changed = copy.deepcopy(document)
    changed["info"]["version"] = "2.0.0"
    for schema in changed["components"]["schemas"].values():
        if rng.random() < share:
            _change_component(schema, rng)
    for path, method, operation in list(_operations(changed)):
        if rng.random() < share:
            _change_operation(changed["paths"], path, method, operation, rng)
    return changed


def nested(length: int, limit: int) -> Document:
    """Return a document of `length` components, each required by the one before; the last one refers to nothing.

    A message holds all of them, one inside the other. `limit` is the `maxLength` in every one, as in `chain`.
    """
    schemas: dict[str, Schema] = {}
    for number in range(length):
        label: Schema = {"title": "Label", "type": "string", "maxLength": limit}
        schema: Schema = {"title": f"Link{number}", "type": "object", "required": ["label"]}
        schema["properties"] = {"label": label}
        if number + 1 < length:
            schema["required"] = ["label", "next"]
            schema["properties"]["next"] = _ref(f"Link{number + 1}")
        schemas[f"Link{number}"] = schema
    return _of_links(schemas)


def chain(length: int, limit: int) -> Document:
    """Return a document of `length` components, each referring to the next and the one before, the last to the first.

    `limit` is the `maxLength` and the `maximum` in every one of them: two limits give two documents of which no
    component is equal. The chain is used by a request body and by a response.
    """
    schemas: dict[str, Schema] = {}
    for number in range(length):
        schemas[f"Link{number}"] = {
            "title": f"Link{number}",
            "type": "object",
            "required": ["label", "next"],
            "properties": {
                "label": {"title": "Label", "type": "string", "maxLength": limit},
                "weight": {"title": "Weight", "type": "integer", "minimum": 0, "maximum": limit},
                "next": _nullable(_ref(f"Link{(number + 1) % length}")),
                "previous": _nullable(_ref(f"Link{(number - 1) % length}")),
                "others": {"title": "Others", "type": "array", "items": _ref(f"Link{(number * 7 + 3) % length}")},
            },
        }
    return _of_links(schemas)


def _of_links(schemas: dict[str, Schema]) -> Document:
    body = {"content": _json("Link0")}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Chain", "version": "1.0.0"},
        "paths": {
            "/links": {
                "post": {
                    "operationId": "create_link",
                    "requestBody": {**body, "required": True},
                    "responses": {"201": {"description": "Created", **body}},
                }
            }
        },
        "components": {"schemas": schemas},
    }


def write(document: Document, path: Path) -> Path:
    """Write the document as indented JSON, the way baselines are stored, and return the path."""
    path.write_text(_text(document), encoding="utf-8")
    return path


def _text(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(name: str) -> Schema:
    return {"application/json": {"schema": _ref(name)}}


def _nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(WORDS.split(), k=words)).capitalize() + "."


def _field(key: str, rng: random.Random) -> Schema:
    """Return one property as pydantic writes it: a scalar, a list or a map, half of them described, some nullable."""
    kinds: list[Schema] = [
        {"type": "string", "minLength": 1, "maxLength": rng.choice([20, 80, 500])},
        {"type": "string", "pattern": rng.choice(["^[a-z][a-z0-9-]{2,40}$", "^[A-Z]{2}-[0-9]{3,6}$"])},
        {"type": "string", "format": rng.choice(["date-time", "date", "uuid", "email", "uri"])},
        {"type": "integer", "minimum": 0, "maximum": rng.choice([100, 1000, 65535])},
        {"type": "number", "exclusiveMinimum": 0},
        {"type": "boolean", "default": False},
        {"type": "array", "items": {"type": "string"}, "maxItems": 50},
        {"type": "object", "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
        {"enum": ["new", "open", "held", "closed"][: rng.randint(2, 4)], "type": "string"},
        {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^\d+(\.\d{1,4})?$"}]},
    ]
    schema = rng.choice(kinds)
    if rng.random() < 0.3:
        schema = _nullable(schema)
    schema["title"] = key.replace("_", " ").title()
    if rng.random() < 0.5:
        schema["description"] = _sentence(rng, rng.randint(5, 25))
    return schema


def _object(name: str, properties: dict[str, Schema], required: list[str]) -> Schema:
    return {"title": name, "type": "object", "properties": properties, "required": required}


def _components(name: str, earlier: list[str], rng: random.Random) -> dict[str, Schema]:
    """Return the components of one resource; those read refer to the summaries of up to three earlier resources."""
    keys = [f"{'_'.join(rng.sample(WORDS.split(), 2))}_{number}" for number in range(rng.randint(8, 20))]
    fields = {key: _field(key, rng) for key in keys}
    fields["kind"] = _ref(f"{name}Kind")
    required = [key for key in keys if rng.random() < 0.4]
    identity: Schema = {"title": "Id", "type": "string", "format": "uuid"}
    summary: dict[str, Schema] = {"id": identity, "name": {"title": "Name", "type": "string"}, keys[0]: fields[keys[0]]}
    kinds = [f"kind_{number}" for number in range(rng.randint(2, 9))]
    owners = {f"{other.lower()}_owner": _ref(f"{other}Summary") for other in rng.sample(earlier, min(3, len(earlier)))}
    page: dict[str, Schema] = {
        "items": {"title": "Items", "type": "array", "items": _ref(name)},
        "total": {"title": "Total", "type": "integer", "minimum": 0},
        "next": {**_nullable({"type": "string"}), "title": "Next"},
    }
    return {
        f"{name}Kind": {"title": f"{name}Kind", "type": "string", "enum": kinds},
        f"{name}Summary": _object(f"{name}Summary", summary, ["id", "name"]),
        f"{name}Create": _object(f"{name}Create", fields, required),
        f"{name}Update": _object(f"{name}Update", {key: _nullable(schema) for key, schema in fields.items()}, []),
        name: _object(name, {"id": identity, **fields, **owners}, ["id", "kind", *required]),
        f"{name}Page": _object(f"{name}Page", page, ["items", "total"]),
    }


def _paths(name: str, rng: random.Random) -> dict[str, dict[str, Any]]:
    collection, identifier = f"/{name.lower()}s", f"{name.lower()}_id"
    key = {"name": identifier, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    paging = [
        {"name": "limit", "in": "query", "required": False, "schema": _limit(200, 50)},
        {"name": "offset", "in": "query", "required": False, "schema": _limit(100000, 0)},
        {"name": "search", "in": "query", "required": False, "schema": _nullable({"type": "string", "maxLength": 80})},
        {"name": "kind", "in": "query", "required": False, "schema": {"type": "array", "items": _ref(f"{name}Kind")}},
        {"name": "x-request-id", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 64}},
    ]

    def operation(verb: str, status: str, answer: str | None, body: str | None, parameters: list[Schema]) -> Schema:
        made: Schema = {
            "tags": [name],
            "summary": f"{verb.title()} {name}",
            "description": _sentence(rng, rng.randint(10, 60)),
            "operationId": f"{verb}_{name.lower()}",
            "security": [{"OAuth2PasswordBearer": ["read" if verb in ("list", "get") else "write"]}],
            "responses": {
                status: {"description": "Successful Response"},
                "422": {"description": "Validation Error", "content": _json("HTTPValidationError")},
            },
        }
        if answer:
            made["responses"][status]["content"] = _json(answer)
        if body:
            made["requestBody"] = {"required": True, "content": _json(body)}
        if parameters:
            made["parameters"] = parameters
        return made

    return {
        collection: {
            "get": operation("list", "200", f"{name}Page", None, paging),
            "post": operation("create", "201", name, f"{name}Create", []),
        },
        f"{collection}/{{{identifier}}}": {
            "get": operation("get", "200", name, None, [key]),
            "put": operation("replace", "200", name, f"{name}Create", [key]),
            "patch": operation("update", "200", name, f"{name}Update", [key]),
            "delete": operation("delete", "204", None, None, [key]),
        },
    }


def _limit(maximum: int, default: int) -> Schema:
    return {"type": "integer", "minimum": 0, "maximum": maximum, "default": default}


def _operations(document: Document) -> Iterator[tuple[str, str, Schema]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def _change_component(schema: Schema, rng: random.Random) -> None:
    """Change a component once, in place, in one of the ways releases do; about half of them break somebody."""
    if "enum" in schema:
        if rng.random() < 0.5:
            schema["enum"].pop()
        else:
            schema["enum"].append("kind_new")
        return
    properties: dict[str, Schema] = schema["properties"]
    required: list[str] = schema.setdefault("required", [])
    key = rng.choice(list(properties))
    match rng.randrange(6):
        case 0:
            properties["added_lately"] = {"title": "Added Lately", "type": "string"}
        case 1:
            properties["needed_now"] = {"title": "Needed Now", "type": "integer"}
            required.append("needed_now")
        case 2:
            del properties[key]
            schema["required"] = [name for name in required if name != key]
        case 3:
            properties[key] = {"title": key, "type": "string", "maxLength": 10}
        case 4:
            properties[key] = _nullable(properties[key])
        case _:
            schema["required"] = [name for name in required if name != key] if key in required else [*required, key]


def _change_operation(paths: dict[str, Any], path: str, method: str, operation: Schema, rng: random.Random) -> None:
    """Change an operation once, in place: a parameter added, a limit lowered, a status added or the operation gone."""
    match rng.randrange(5):
        case 0:
            added = {"name": "verbose", "in": "query", "required": False, "schema": {"type": "boolean"}}
            operation.setdefault("parameters", []).append(added)
        case 1:
            added = {"name": "tenant", "in": "query", "required": True, "schema": {"type": "string"}}
            operation.setdefault("parameters", []).append(added)
        case 2 if method == "get" and len(operation["parameters"]) > 1:
            operation["parameters"][0]["schema"]["maximum"] = 100
        case 2 | 3:
            operation["responses"]["202"] = {"description": "Accepted"}
        case _:
            del paths[path][method]
