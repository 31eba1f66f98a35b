"""The WebSockets of a FastAPI app as an AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference/specification).

Standard library and the app's own FastAPI and pydantic: this runs in the child process, where nothing of contractkit
meets the app. An endpoint says by `contractkit.websocket.messages` what it takes and sends; of one that does not, only
its address is told, and a channel without `messages` means that they are not known.

What AsyncAPI has no field for stands in extensions (Specification Extensions, `x-`):

- `x-schema` of a channel's parameter: its JSON Schema;
- `x-cookies` of the WebSocket binding: a schema like those of `query` and `headers` (bindings/websockets, 0.1.0);
- `x-once` of a message: the property that tells it from others, each of which a socket gets once;
- `x-close-codes` of a channel: the codes that the app closes the socket with (RFC 6455, section 7.4), and why.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9]+")
_PARAMETER = re.compile(r"\{([^{}]*)\}")
_ATTRIBUTE = "__contractkit_messages__"
_Mode = Literal["validation", "serialization"]
_MODES: dict[str, _Mode] = {"receive": "validation", "send": "serialization"}
_WHERE = {"query": "query", "header": "headers", "cookie": "x-cookies"}
"""Which field of the binding holds the parameters of a place."""
_VALUES = ("default", "examples", "const", "enum")
"""The keywords that hold values and no schemas."""
_PLAIN: dict[Any, tuple[str, str]] = {str: ("Text", "text/plain"), bytes: ("Bytes", "application/octet-stream")}
"""The types that are no JSON: the name of the message, and its content type."""


class Socket:
    """A WebSocket route: where it is, what runs it, and what it depends on."""

    def __init__(self, path: str, route: Any) -> None:
        self.path = path
        self.endpoint = _of(route, "endpoint")
        self.dependencies = list(_of(route, "dependencies") or ())
        self.is_plain = _of(route, "dependant") is None
        """Starlette's own: it takes the socket and nothing else."""
        self.described: Mapping[str, Any] | None = getattr(self.endpoint, _ATTRIBUTE, None)
        self.messages: dict[str, list[dict[str, Any]]] = {}


def asyncapi_of(
    app: Any, info: Mapping[str, Any], routes: Callable[[Any], Iterator[Any]], framework: Callable[[Any, str], Any]
) -> tuple[dict[str, Any], list[str]]:
    """Return the AsyncAPI document of an app, and hints about sockets that are not described.

    Args:
        app: the app.
        info: the `info` of its OpenAPI document.
        routes: gives the routes of an app, included ones laid flat.
        framework: gives a module of the FastAPI that an app is made with, None where there is none.

    Returns:
        The document; its `channels` are empty where the app has no WebSocket.
    """
    found: dict[str, Socket] = {}
    for socket in _sockets(app, routes):
        found.setdefault(socket.path, socket)  # the first route of a path gets the connection
    sockets = [found[path] for path in sorted(found)]
    hints: list[str] = []
    document: dict[str, Any] = {"asyncapi": "3.0.0", "info": _info(info), "channels": {}}
    if not sockets:
        return document, hints
    schemas = _describe_messages(sockets, hints)
    handshakes, security = _handshakes(app, sockets, framework, hints)
    document.update(defaultContentType="application/json", operations={})
    for socket in sockets:
        name = _free(_NOT_IN_AN_ID.sub("_", socket.path).strip("_") or "root", document["channels"])
        _add(document, name, socket, handshakes.get(socket.path, {}), security)
    components = {"schemas": dict(sorted(schemas.items())), "securitySchemes": security.components()}
    if any(components.values()):
        document["components"] = {key: value for key, value in components.items() if value}
    unknown = [f"`WS {socket.path}`" for socket in sockets if socket.described is None]
    if unknown:
        which = ", ".join(unknown[:3]) + (f" and {len(unknown) - 3} more" if len(unknown) > 3 else "")
        hints.append(
            f"the messages of {which} are not known; describe the endpoint with `contractkit.websocket.messages`"
        )
    return document, hints


def _of(route: Any, name: str) -> Any:
    """Return an attribute of a route, or of the one that it stands for."""
    for holder in (route, getattr(route, "original_route", None)):
        value = getattr(holder, name, None)
        if value is not None:
            return value
    return None


def _sockets(app: Any, routes: Callable[[Any], Iterator[Any]], prefix: str = "", depth: int = 10) -> Iterator[Socket]:
    """Give the WebSocket routes of an app and of what is mounted below it."""
    for route in routes(app):
        path = _of(route, "path_format") or _of(route, "path")
        if not isinstance(path, str):
            continue
        original = getattr(route, "original_route", route)
        if any(base.__name__ == "WebSocketRoute" for base in type(original).__mro__):
            yield Socket(prefix + path, route)
            continue
        inner: Any = getattr(original, "app", None)
        for _ in range(20):  # ASGI middleware keeps what it wraps as `app`
            if hasattr(inner, "routes") or not hasattr(inner, "app"):
                break
            inner = inner.app
        if hasattr(inner, "routes") and not hasattr(original, "endpoint") and depth:
            yield from _sockets(inner, routes, prefix + _of(route, "path"), depth - 1)


def _info(info: Mapping[str, Any]) -> dict[str, Any]:
    told = {key: info[key] for key in ("title", "version", "description", "termsOfService", "contact") if key in info}
    licence = info.get("license")
    if isinstance(licence, Mapping):
        told["license"] = {key: licence[key] for key in ("name", "url") if key in licence}
    return {"title": "", "version": "", **told}


def _free(name: str, taken: Mapping[str, Any]) -> str:
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _describe_messages(sockets: list[Socket], hints: list[str]) -> dict[str, Any]:
    """Put the messages of each socket into it; return the schemas that they refer to."""
    from pydantic import TypeAdapter

    inputs: list[tuple[tuple[str, str], _Mode, Any]] = []
    for socket, action, kind in _kinds(sockets):
        try:
            adapter = kind if isinstance(kind, TypeAdapter) else TypeAdapter(kind)
            adapter.json_schema(mode=_MODES[action])
        except Exception as error:
            reason = str(error).strip().partition("\n")[0]
            hints.append(f"the messages that `WS {socket.path}` {action}s have no JSON Schema: {reason}")
            socket.described = None
        else:
            inputs.append(((socket.path, action), _MODES[action], adapter))
    known = {socket.path for socket in sockets if socket.described is not None}
    inputs = [one for one in inputs if one[0][0] in known]
    template = "#/components/schemas/{model}"
    made, definitions = TypeAdapter.json_schemas(inputs, ref_template=template) if inputs else ({}, {})
    schemas: dict[str, Any] = definitions.get("$defs", {})
    for socket, action, kind in _kinds(sockets):
        if kind is str or kind is bytes:
            name, media_type = _PLAIN[kind]
            socket.messages[action] = [{"name": name, "contentType": media_type, "payload": {"type": "string"}}]
        else:
            members = _members(made[(socket.path, action), _MODES[action]], schemas)
            once = socket.described.get("once", {}) if socket.described and action == "send" else {}
            socket.messages[action] = [
                {"name": name, "payload": _plain(one), **({"x-once": once[name]} if name in once else {})}
                for name, one in ((_name(one), one) for one in members)
            ]
    for name in _unions(schemas, made.values(), sockets):
        del schemas[name]
    return {name: _plain(schema) for name, schema in schemas.items()}


def _kinds(sockets: list[Socket]) -> Iterator[tuple[Socket, str, Any]]:
    """Give what each described socket receives and sends, as the app names it."""
    for socket in sockets:
        for action in _MODES:
            if socket.described is not None and socket.described[action] is not None:
                yield socket, action, socket.described[action]


def _members(schema: Any, schemas: Mapping[str, Any]) -> list[Any]:
    """Return the alternatives of a schema that is nothing but a union, however nested; else the schema itself."""
    inner = schemas.get(_referred(schema), schema)
    for key in ("anyOf", "oneOf"):
        if key in inner and not set(inner) - {key, "title", "description", "discriminator"}:
            return [member for one in inner[key] for member in _members(one, schemas)]
    return [schema]


def _unions(schemas: Mapping[str, Any], tops: Any, sockets: list[Socket]) -> list[str]:
    """Return the named unions that were taken apart and that nothing refers to any more."""
    payloads = [one["payload"] for socket in sockets for rows in socket.messages.values() for one in rows]
    apart = {_referred(top) for top in tops} & set(schemas)
    used = set(_references([payloads, [schema for name, schema in schemas.items() if name not in apart]]))
    return sorted(apart - used)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if name := _referred(value):
            yield name
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _references(item)


def _referred(schema: Any) -> str:
    """Return the name of the component that a schema is a reference to, and nothing else."""
    ref = schema.get("$ref") if isinstance(schema, Mapping) else None
    return ref.rpartition("/")[2] if isinstance(ref, str) else ""


def _name(schema: Mapping[str, Any]) -> str:
    """Return the name of a message: that of its model, else its title or its type."""
    named = re.sub(r"-(Input|Output)$", "", _referred(schema))
    text = named or str(schema.get("title") or schema.get("type") or "message")
    return named or _NOT_IN_AN_ID.sub("", text.title()) or "Message"


def _plain(schema: Any) -> Any:
    """Return a schema whose `discriminator` is a name, as AsyncAPI has it (3.0.0, Schema Object); tags stay in it."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: value if key in _VALUES else _plain(value) for key, value in schema.items()}
    discriminator = schema.get("discriminator")
    if isinstance(discriminator, dict) and set(discriminator) <= {"propertyName", "mapping"}:
        made["discriminator"] = discriminator["propertyName"]
    return made


class _Security:
    """The security schemes of the handshakes (AsyncAPI 3.0.0, Security Scheme Object)."""

    def __init__(self, schemes: Mapping[str, Any]) -> None:
        self._schemes = {name: self._scheme(scheme) for name, scheme in sorted(schemes.items())}

    def components(self) -> dict[str, Any]:
        return self._schemes

    def asked(self, requirements: list[dict[str, list[str]]]) -> list[dict[str, Any]]:
        """Return the `security` of an operation; scopes stand in the scheme itself there."""
        rows: list[dict[str, Any]] = []
        for requirement in requirements:
            for name, scopes in requirement.items():
                scheme = self._schemes[name]
                has_scopes = scheme["type"] in ("oauth2", "openIdConnect") and scopes
                rows.append({**scheme, "scopes": scopes} if has_scopes else _ref("components", "securitySchemes", name))
        return rows

    @staticmethod
    def _scheme(scheme: Mapping[str, Any]) -> dict[str, Any]:
        made = dict(scheme)
        if made["type"] == "apiKey":
            made["type"] = "httpApiKey"
        if made["type"] == "oauth2":
            made["flows"] = {
                name: {("availableScopes" if key == "scopes" else key): value for key, value in flow.items()}
                for name, flow in made["flows"].items()
            }
        return made


def _handshakes(
    app: Any, sockets: list[Socket], framework: Callable[[Any, str], Any], hints: list[str]
) -> tuple[dict[str, Any], _Security]:
    """Return what FastAPI itself says of the request that opens each socket, and the security schemes.

    FastAPI describes requests and no sockets. What a socket takes from its request is declared alike, so a route with
    the endpoint's parameters and dependencies is described in its place; it is never served.
    """
    routing, openapi = framework(app, "routing"), framework(app, "openapi.utils")
    routes = []
    for number, socket in enumerate(sockets):
        if routing is None or socket.is_plain:
            continue
        try:
            routes.append(
                routing.APIRoute(
                    socket.path,
                    socket.endpoint,
                    methods=["GET"],
                    response_model=None,
                    dependencies=socket.dependencies,
                    operation_id=f"socket{number}",
                )
            )
        except Exception as error:
            reason = str(error).strip().partition("\n")[0]
            hints.append(f"the parameters of `WS {socket.path}` cannot be told: {reason}")
    if not routes:
        return {}, _Security({})
    document = openapi.get_openapi(title="", version="", routes=routes)
    components = document.get("components", {})
    schemas = components.get("schemas", {})
    found = {path: _inlined(item["get"], schemas) for path, item in document["paths"].items()}
    return found, _Security(components.get("securitySchemes", {}))


def _inlined(value: Any, schemas: Mapping[str, Any], depth: int = 20) -> Any:
    """Return a value with its references to schemas replaced by what they refer to: few, and small in a request."""
    if isinstance(value, list):
        return [_inlined(one, schemas, depth) for one in value]
    if not isinstance(value, dict):
        return value
    name = _referred(value)
    if name in schemas and depth:
        rest = {key: one for key, one in value.items() if key != "$ref"}
        return {**_inlined(schemas[name], schemas, depth - 1), **_inlined(rest, schemas, depth)}
    return {key: _inlined(one, schemas, depth) for key, one in value.items()}


def _add(
    document: dict[str, Any], name: str, socket: Socket, handshake: Mapping[str, Any], security: _Security
) -> None:
    """Put a channel and its operations into the document."""
    channel: dict[str, Any] = {"address": socket.path}
    if description := handshake.get("description") or _first_words(socket.endpoint):
        channel["description"] = description
    rows: dict[str, list[dict[str, Any]]] = {where: [] for where in ("path", *_WHERE)}
    for row in handshake.get("parameters", ()):
        rows[row["in"]].append(row)
    in_path = {row["name"]: row for row in rows["path"]}
    parameters = {key: _path_parameter(in_path.get(key, {})) for key in _PARAMETER.findall(socket.path)}
    if parameters:
        channel["parameters"] = parameters
    keys = _add_messages(channel, socket)
    binding = {field: _table(rows[where]) for where, field in _WHERE.items() if rows[where]}
    channel["bindings"] = {"ws": {"method": "GET", **binding, "bindingVersion": "0.1.0"}}
    if socket.described is not None and socket.described["close"]:
        channel["x-close-codes"] = {str(code): why for code, why in sorted(socket.described["close"].items())}
    document["channels"][name] = channel
    asked = security.asked(handshake.get("security", []))
    for action in _MODES if socket.described is None else keys:
        operation: dict[str, Any] = {"action": action, "channel": _ref("channels", name)}
        if socket.described is not None:
            operation["messages"] = [_ref("channels", name, "messages", key) for key in keys[action]]
        if asked:
            operation["security"] = asked
        document["operations"][f"{name}.{action}"] = operation


def _first_words(endpoint: Any) -> str:
    with contextlib.suppress(Exception):
        return str(endpoint.__doc__ or "").strip().partition("\n\n")[0]
    return ""


def _path_parameter(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a Parameter Object; its own fields hold texts alone (AsyncAPI 3.0.0), so the schema stands beside them."""
    schema = _plain(row.get("schema", {"type": "string"}))
    told = {"description": row["description"]} if "description" in row else {}
    made: dict[str, Any] = {**told, "x-schema": {key: schema[key] for key in schema if key != "description"}}
    values = schema.get("enum")
    if values and all(isinstance(value, str) for value in values):
        made["enum"] = values
    return made


def _table(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the schema of the query, the headers or the cookies."""
    properties = {}
    for row in rows:
        told = {key: row[key] for key in ("description", "deprecated") if key in row}
        properties[row["name"]] = {**told, **_plain(row.get("schema", {}))}
    required = sorted(row["name"] for row in rows if row.get("required"))
    made: dict[str, Any] = {"type": "object", "properties": properties}
    return {**made, "required": required} if required else made


def _add_messages(channel: dict[str, Any], socket: Socket) -> dict[str, list[str]]:
    """Put the messages into the channel; return the keys that each action has there."""
    if socket.described is None:
        return {}
    table: dict[str, Any] = {}
    keys: dict[str, list[str]] = {}
    for action, rows in socket.messages.items():
        for row in rows:
            key = next((key for key, known in table.items() if known == row), None) or _free(row["name"], table)
            table[key] = row
            if key not in keys.setdefault(action, []):
                keys[action].append(key)
    channel["messages"] = table
    return keys


def _ref(*way: str) -> dict[str, str]:
    return {"$ref": "#/" + "/".join(token.replace("~", "~0").replace("/", "~1") for token in way)}
