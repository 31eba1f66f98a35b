"""The WebSockets of a FastAPI app as an AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference/specification).

Standard library and the app's own FastAPI and pydantic: this runs in the child process, where nothing of contractkit
meets the app. An endpoint says by `contractkit.websocket.messages` what it takes and sends; of one that does not, only
its address is told, and a channel without `messages` means that they are not known.

What AsyncAPI has no field for stands in extensions (Specification Extensions, `x-`):

- `x-schema` of a channel's parameter: its JSON Schema;
- `x-cookies` of the WebSocket binding: a schema like those of `query` and `headers` (bindings/websockets, 0.1.0);
- `x-once` of a message: the property that tells it from others, each of which a socket gets once;
- `x-refusal` of a channel: the keys of the messages that answer one that it does not allow;
- `x-close-codes` of a channel: the codes that the app closes the socket with (RFC 6455, section 7.4), and why.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from contractkit.sources.socket_handshakes import WHERE, Security, handshakes_of, path_parameter, table_of
from contractkit.sources.socket_parts import Socket, of, plain, ref, referred

_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9]+")
_PARAMETER = re.compile(r"\{([^{}]*)\}")
_Mode = Literal["validation", "serialization"]
_MODES: dict[str, _Mode] = {"receive": "validation", "send": "serialization"}
_PLAIN: dict[Any, tuple[str, str]] = {str: ("Text", "text/plain"), bytes: ("Bytes", "application/octet-stream")}
"""The types that are no JSON: the name of the message, and its content type."""


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
    handshakes, security = handshakes_of(app, sockets, framework, hints)
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


def _sockets(app: Any, routes: Callable[[Any], Iterator[Any]], prefix: str = "", depth: int = 10) -> Iterator[Socket]:
    """Give the WebSocket routes of an app and of what is mounted below it."""
    for route in routes(app):
        path = of(route, "path_format") or of(route, "path")
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
            yield from _sockets(inner, routes, prefix + of(route, "path"), depth - 1)


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
    for socket, use, kind in _kinds(sockets):
        mode = _MODES["receive" if use == "receive" else "send"]
        try:
            adapter = kind if isinstance(kind, TypeAdapter) else TypeAdapter(kind)
            adapter.json_schema(mode=mode)
        except Exception as error:
            reason = str(error).strip().partition("\n")[0]
            hints.append(f"the messages of `WS {socket.path}` ({use}) have no JSON Schema: {reason}")
            socket.described = None
        else:
            inputs.append(((socket.path, use), mode, adapter))
    known = {socket.path for socket in sockets if socket.described is not None}
    inputs = [one for one in inputs if one[0][0] in known]
    template = "#/components/schemas/{model}"
    made, definitions = TypeAdapter.json_schemas(inputs, ref_template=template) if inputs else ({}, {})
    schemas: dict[str, Any] = definitions.get("$defs", {})
    for socket, use, kind in _kinds(sockets):
        if kind is str or kind is bytes:
            name, media_type = _PLAIN[kind]
            found: list[dict[str, Any]] = [{"name": name, "contentType": media_type, "payload": {"type": "string"}}]
        else:
            members = _members(made[(socket.path, use), _MODES["receive" if use == "receive" else "send"]], schemas)
            once = socket.described.get("once", {}) if socket.described and use == "send" else {}
            found = [
                {"name": name, "payload": plain(one), **({"x-once": once[name]} if name in once else {})}
                for name, one in ((_name(one), one) for one in members)
            ]
        if use in _MODES:
            socket.messages[use] = found
        else:
            _answer(socket, use, [row["name"] for row in found], hints)
    for name in _unions(schemas, made.values(), sockets):
        del schemas[name]
    return {name: plain(schema) for name, schema in schemas.items()}


def _kinds(sockets: list[Socket]) -> Iterator[tuple[Socket, str, Any]]:
    """Give what each described socket receives and sends, as the app names it, and then what its answers are."""
    for socket in sockets:
        described = socket.described
        if described is None:
            continue
        uses = {use: described.get(use) for use in (*_MODES, "refusal")}
        uses |= {f"reply to {name}": kind for name, kind in described.get("reply", {}).items()}
        for use, kind in uses.items():
            if kind is not None and socket.described is not None:
                yield socket, use, kind


def _answer(socket: Socket, use: str, names: list[str], hints: list[str]) -> None:
    """Put into a socket what answers a message, as far as it is known on both sides."""
    sent = {row["name"] for row in socket.messages.get("send", ())}
    for name in names:
        if name not in sent:
            hints.append(f"`WS {socket.path}` does not `send` {name}, its {use}; that is left out")
    known = [name for name in names if name in sent]
    message = use.removeprefix("reply to ")
    if use == "refusal":
        socket.refusals = known
    elif message not in {row["name"] for row in socket.messages.get("receive", ())}:
        hints.append(f"`WS {socket.path}` does not `receive` {message}; what replies to it is left out")
    elif known:
        socket.replies[message] = known


def _members(schema: Any, schemas: Mapping[str, Any]) -> list[Any]:
    """Return the alternatives of a schema that is nothing but a union, however nested; else the schema itself."""
    inner = schemas.get(referred(schema), schema)
    for key in ("anyOf", "oneOf"):
        if key in inner and not set(inner) - {key, "title", "description", "discriminator"}:
            return [member for one in inner[key] for member in _members(one, schemas)]
    return [schema]


def _unions(schemas: Mapping[str, Any], tops: Any, sockets: list[Socket]) -> list[str]:
    """Return the named unions that were taken apart and that nothing refers to any more."""
    payloads = [one["payload"] for socket in sockets for rows in socket.messages.values() for one in rows]
    apart = {referred(top) for top in tops} & set(schemas)
    used = set(_references([payloads, [schema for name, schema in schemas.items() if name not in apart]]))
    return sorted(apart - used)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if name := referred(value):
            yield name
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _references(item)


def _name(schema: Mapping[str, Any]) -> str:
    """Return the name of a message: that of its model, else its title or its type."""
    named = re.sub(r"-(Input|Output)$", "", referred(schema))
    text = named or str(schema.get("title") or schema.get("type") or "message")
    return named or _NOT_IN_AN_ID.sub("", text.title()) or "Message"


def _add(document: dict[str, Any], name: str, socket: Socket, handshake: Mapping[str, Any], security: Security) -> None:
    """Put a channel and its operations into the document."""
    channel: dict[str, Any] = {"address": socket.path}
    if description := handshake.get("description") or _first_words(socket.endpoint):
        channel["description"] = description
    rows: dict[str, list[dict[str, Any]]] = {where: [] for where in ("path", *WHERE)}
    for row in handshake.get("parameters", ()):
        rows[row["in"]].append(row)
    in_path = {row["name"]: row for row in rows["path"]}
    parameters = {key: path_parameter(in_path.get(key, {})) for key in _PARAMETER.findall(socket.path)}
    if parameters:
        channel["parameters"] = parameters
    keys = _add_messages(channel, socket)
    binding = {field: table_of(rows[where]) for where, field in WHERE.items() if rows[where]}
    channel["bindings"] = {"ws": {"method": "GET", **binding, "bindingVersion": "0.1.0"}}
    if socket.described is not None and socket.described["close"]:
        channel["x-close-codes"] = {str(code): why for code, why in sorted(socket.described["close"].items())}
    if socket.refusals:
        channel["x-refusal"] = [key for key in keys["send"] if channel["messages"][key]["name"] in socket.refusals]
    document["channels"][name] = channel
    asked = security.asked(handshake.get("security", []))
    for key, operation in _operations(name, socket, channel, keys).items():
        document["operations"][key] = {**operation, "security": asked} if asked else operation


def _operations(
    name: str, socket: Socket, channel: Mapping[str, Any], keys: Mapping[str, list[str]]
) -> dict[str, dict[str, Any]]:
    """Return the operations of a channel: one of each action, and one of each message that is replied to."""
    here = {"channel": ref("channels", name)}
    if socket.described is None:
        return {f"{name}.{action}": {"action": action, **here} for action in _MODES}
    found: dict[str, dict[str, Any]] = {}
    for action, used in keys.items():
        names = {key: channel["messages"][key]["name"] for key in used}
        replied = [key for key in used if action == "receive" and names[key] in socket.replies]
        rest = [key for key in used if key not in replied]
        if rest:
            found[f"{name}.{action}"] = {"action": action, **here, "messages": _messages(name, rest)}
        for key in replied:
            answers = [one for one in keys["send"] if channel["messages"][one]["name"] in socket.replies[names[key]]]
            reply = {**here, "messages": _messages(name, answers)}
            found[f"{name}.{action}.{key}"] = {
                "action": action,
                **here,
                "messages": _messages(name, [key]),
                "reply": reply,
            }
    return found


def _messages(name: str, keys: list[str]) -> list[dict[str, str]]:
    return [ref("channels", name, "messages", key) for key in keys]


def _first_words(endpoint: Any) -> str:
    with contextlib.suppress(Exception):
        return str(endpoint.__doc__ or "").strip().partition("\n\n")[0]
    return ""


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
