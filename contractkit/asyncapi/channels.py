"""The channels of an AsyncAPI document as operations: a contract that the comparison of OpenAPI documents can walk.

A channel is a path, and its operation is called `WS`. The parameters of the handshake stand where those of a request
do. Under `receive` stands what the client sends, under `send` what the server sends: messages by name, each with its
content type and schema; where both are missing, nothing is known. `replies` of a message of the client are the names of
the messages that answer it, `refusals` those that answer one that is not allowed (`x-refusal`). `closeCodes` are those
of `x-close-codes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contractkit.asyncapi.reader import Reader, escape
from contractkit.asyncapi.schemas import modern
from contractkit.asyncapi.security import requirement_of, schemes_of
from contractkit.model.change import SOCKET
from contractkit.model.contract import Contract
from contractkit.model.records import replace

DIRECTIONS = ("receive", "send")
"""AsyncAPI's words for what the client sends and what the server sends (AsyncAPI 3.0.0, Operation Object, `action`)."""

_JSON = "application/json"
_SCHEMA_FORMATS = ("application/vnd.aai.asyncapi", "application/schema+", "application/vnd.oai.openapi")
"""Beginnings of the formats whose schemas are JSON Schemas (AsyncAPI 3.0.0, Multi Format Schema Object)."""
_PARAMETERS = {"query": "query", "headers": "header", "x-cookies": "cookie"}
_OF_A_CHANNEL = frozenset(
    {"address", "messages", "title", "summary", "description", "tags", "externalDocs", "parameters", "bindings"}
    | {"x-close-codes", "x-refusal", "servers", "$ref"}
)
_OF_A_MESSAGE = frozenset(
    {"name", "payload", "contentType", "title", "summary", "description", "tags", "externalDocs", "examples"}
    | {"correlationId", "$ref"}
)


def operations_of(contract: Contract, *, alone: bool) -> Contract:
    """Return the contract whose document has the channels as operations.

    Args:
        contract: one that knows its sockets.
        alone: whether nothing but AsyncAPI documents is compared: then what they say about themselves and their servers
            is kept, which the OpenAPI document beside one says already.

    Returns:
        The contract; its `warnings` are those about the AsyncAPI document.
    """
    sockets = contract.asyncapi or {}
    reading = _Reading(Reader(sockets))
    document = reading.whole()
    if alone:
        extensions = {key: value for key, value in sockets.items() if str(key).startswith("x-")}
        document = {**extensions, **document, "info": sockets.get("info", {}), "servers": reading.servers()}
    return replace(contract, document=document, sockets=None, warnings=tuple(reading.reader.notices))


def place_in_asyncapi(pointer: str, contract: Contract) -> str:
    """Return the JSON pointer in the AsyncAPI document for one in the document of `operations_of`."""
    document = contract.asyncapi or {}
    for name, place, channel in Reader(document).table(document.get("channels"), "/channels"):
        here = f"/paths/{escape(_path(name, channel))}"
        if pointer == here or pointer.startswith(f"{here}/"):
            return place
    return "/channels" if pointer == "/paths" else pointer


def ref_to(component: str) -> dict[str, str]:
    """Return a reference to a component schema."""
    return {"$ref": f"#/components/schemas/{escape(component)}"}


def _path(name: str, channel: Mapping[str, Any]) -> str:
    address = channel.get("address", name)
    text = address if isinstance(address, str) else name
    return text if text.startswith("/") else f"/{text}"


class _Reading:
    """One document on its way."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        components = reader.fields(reader.document.get("components"), "/components")
        named = reader.fields(components.get("schemas"), "/components/schemas")
        self._schemas = {
            str(name): self._schema(schema, f"/components/schemas/{name}")[0] for name, schema in named.items()
        }
        self._security = reader.fields(components.get("securitySchemes"), "/components/securitySchemes")
        self._operations: dict[int, list[tuple[str, Mapping[str, Any]]]] = {}
        for _, place, operation in reader.table(reader.document.get("operations"), "/operations"):
            _, channel = reader.target(operation.get("channel"), f"{place}/channel")
            self._operations.setdefault(id(channel), []).append((place, operation))

    def whole(self) -> dict[str, Any]:
        """Return the document with the channels as operations."""
        paths: dict[str, Any] = {}
        channels = self.reader.fields(self.reader.document.get("channels"), "/channels")
        for name, value in channels.items():
            place = f"/channels/{escape(str(name))}"
            _, target = self.reader.target(value, place)
            channel = self.reader.fields(value, place)
            path = _path(str(name), channel)
            if path in paths:
                self.reader.note(place, f"another channel has the address {path}; this one is left out")
                continue
            paths[path] = {
                "additionalOperations": {SOCKET: self._operation(place, channel, self._operations.get(id(target), []))}
            }
        components: dict[str, Any] = {"schemas": self._schemas}
        if self._security:
            components["securitySchemes"] = schemes_of(self._security)
        return {"openapi": "3.2.0", "paths": paths, "components": components}

    def servers(self) -> list[dict[str, str]]:
        """Return the servers with their addresses as URLs."""
        rows = self.reader.table(self.reader.document.get("servers"), "/servers")
        return [
            {"url": f"{server.get('protocol', 'ws')}://{server.get('host', '')}{server.get('pathname', '')}"}
            for _, _, server in sorted(rows, key=lambda row: row[0])
        ]

    def _operation(
        self, place: str, channel: Mapping[str, Any], operations: list[tuple[str, Mapping[str, Any]]]
    ) -> dict[str, Any]:
        made = {key: channel[key] for key in ("summary", "description", "tags", "externalDocs") if key in channel}
        if "title" in channel:
            made.setdefault("summary", channel["title"])
        for key in sorted(set(channel) - _OF_A_CHANNEL, key=str):
            made[key if str(key).startswith("x-") else f"x-{key}"] = channel[key]
        made["parameters"] = self._parameters(place, channel)
        asked = [
            row
            for there, operation in operations
            for row in self.reader.rows(operation.get("security"), f"{there}/security")
        ]
        if asked:
            made["security"] = [requirement_of(self.reader, row, self._security) for row in _once(asked)]
        made.update(self._messages(place, channel, operations))
        codes = self.reader.fields(channel.get("x-close-codes"), f"{place}/x-close-codes")
        made["closeCodes"] = {str(code): why for code, why in codes.items()}
        own = self.reader.fields(channel.get("messages"), f"{place}/messages")
        keys = channel.get("x-refusal")
        refusals = [
            {"$ref": f"#{place}/messages/{escape(str(key))}"}
            for key in _list(keys)
            if isinstance(key, str) and key in own
        ]
        if refusals:
            made["refusals"] = sorted(self._table(refusals))
        return made

    def _parameters(self, place: str, channel: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the parameters of the handshake: of the address, and of the WebSocket binding."""
        rows: list[dict[str, Any]] = []
        for name, _, parameter in self.reader.table(channel.get("parameters"), f"{place}/parameters"):
            own = {key: parameter[key] for key in ("enum", "default") if key in parameter}
            schema = modern(parameter.get("x-schema", {"type": "string", **own}))
            told = {key: parameter[key] for key in ("description",) if key in parameter}
            rows.append({"name": name, "in": "path", "required": True, "schema": schema, **told})
        bindings = self.reader.fields(channel.get("bindings"), f"{place}/bindings")
        binding = self.reader.fields(bindings.get("ws"), f"{place}/bindings/ws")
        for field, where in _PARAMETERS.items():
            _, schema = self.reader.target(binding.get(field), f"{place}/bindings/ws/{field}")
            table = modern(schema)
            properties = table.get("properties") if isinstance(table, Mapping) else None
            required = table.get("required") if isinstance(table, Mapping) else None
            needed = required if isinstance(required, list) else []
            for name, one in properties.items() if isinstance(properties, Mapping) else ():
                row: dict[str, Any] = {"name": name, "in": where, "required": name in needed}
                if isinstance(one, Mapping):
                    row |= {key: one[key] for key in ("description", "deprecated") if key in one}
                    one = {key: value for key, value in one.items() if key not in ("description", "deprecated")}
                rows.append({**row, "schema": one})
        return rows

    def _messages(
        self, place: str, channel: Mapping[str, Any], operations: list[tuple[str, Mapping[str, Any]]]
    ) -> dict[str, Any]:
        """Return what is received and sent; nothing of it where the document says nothing of messages."""
        own = self.reader.fields(channel.get("messages"), f"{place}/messages")
        every = [({"$ref": f"#{place}/messages/{escape(str(key))}"}) for key in own]
        if "messages" not in channel and not any("messages" in operation for _, operation in operations):
            return {}
        found: dict[str, list[Any]] = {action: [] for action in DIRECTIONS}
        replies: dict[str, list[str]] = {}
        for there, operation in operations:
            action = operation.get("action")
            if action not in DIRECTIONS:
                self.reader.note(there, "`action` is neither receive nor send; the operation is left out")
                continue
            asked = self.reader.rows(operation.get("messages", every), f"{there}/messages")
            found[action] += asked
            reply = self.reader.fields(operation.get("reply"), f"{there}/reply")
            answers = self.reader.rows(reply.get("messages"), f"{there}/reply/messages")
            found[DIRECTIONS[action == "receive"]] += answers
            if action == "receive" and answers:
                names = sorted(self._table(answers))
                replies |= dict.fromkeys(self._table(asked), names)
        if own and not operations:
            self.reader.note(place, "no operation says who sends its messages; they are compared both ways")
            found = dict.fromkeys(DIRECTIONS, every)
        tables = {action: self._table(rows) for action, rows in found.items()}
        for name, names in replies.items():
            if name in tables["receive"]:
                tables["receive"][name]["replies"] = names
        return {action: {"messages": table} for action, table in tables.items()}

    def _table(self, refs: list[Any]) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for ref in refs:
            place, target = self.reader.target(ref, "")
            message = self.reader.fields(ref, place)
            if not isinstance(target, Mapping):
                continue
            name = str(message.get("name") or place.rpartition("/")[2])
            default = self.reader.document.get("defaultContentType", _JSON)
            made = {key: message[key] for key in ("summary", "description") if key in message}
            for key in sorted(set(message) - _OF_A_MESSAGE, key=str):
                made[key if str(key).startswith("x-") else f"x-{key}"] = message[key]
            made["contentType"] = message.get("contentType", default)
            made["payload"], opaque = self._payload(message, name, place)
            if opaque is not None:
                made["x-payload"] = opaque
            table[name] = made
        return table

    def _payload(self, message: Mapping[str, Any], name: str, place: str) -> tuple[Any, Any]:
        """Return the schema of a message as a reference to a component, and what is no JSON Schema as it stands."""
        if "payload" not in message:
            return True, None
        payload, there = message["payload"], f"{place}/payload"
        if _is_component(payload):
            return payload, None
        there, payload = self.reader.target(payload, there)
        schema, opaque = self._schema(payload, there)
        if opaque is not None or not isinstance(schema, Mapping):
            return schema, opaque
        number, free = 2, name
        while free in self._schemas and self._schemas[free] != schema:
            free, number = f"{name}_{number}", number + 1
        self._schemas[free] = schema
        return ref_to(free), None

    def _schema(self, value: Any, place: str) -> tuple[Any, Any]:
        """Return a JSON Schema, and beside it what is a schema of another kind (it allows anything then)."""
        if isinstance(value, Mapping) and "schemaFormat" in value and "schema" in value:
            if not str(value["schemaFormat"]).startswith(_SCHEMA_FORMATS):
                kind = str(value["schemaFormat"])[:60]
                self.reader.note(place, f"`{kind}` is no JSON Schema; only its text is compared")
                return True, value
            value = value["schema"]
        return modern(value), None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_component(schema: Any) -> bool:
    ref = schema.get("$ref") if isinstance(schema, Mapping) else None
    return isinstance(ref, str) and ref.startswith("#/components/schemas/")


def _once(rows: list[Any]) -> list[Any]:
    found: list[Any] = []
    for row in rows:
        if row not in found:
            found.append(row)
    return found
