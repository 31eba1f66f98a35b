"""What FastAPI says of the requests that open WebSockets: their parameters and credentials (standard library alone)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from contractkit.sources.socket_parts import Socket, plain, ref, referred

WHERE = {"query": "query", "header": "headers", "cookie": "x-cookies"}
"""Which field of the binding holds the parameters of a place."""


class Security:
    """The security schemes of the handshakes (AsyncAPI 3.0.0, Security Scheme Object)."""

    def __init__(self, schemes: Mapping[str, Any]) -> None:
        self._schemes = {name: self._scheme(scheme) for name, scheme in sorted(schemes.items())}

    def components(self) -> dict[str, Any]:
        """Return them as components."""
        return self._schemes

    def asked(self, requirements: list[dict[str, list[str]]]) -> list[dict[str, Any]]:
        """Return the `security` of an operation; scopes stand in the scheme itself there."""
        rows: list[dict[str, Any]] = []
        for requirement in requirements:
            for name, scopes in requirement.items():
                scheme = self._schemes[name]
                has_scopes = scheme["type"] in ("oauth2", "openIdConnect") and scopes
                rows.append({**scheme, "scopes": scopes} if has_scopes else ref("components", "securitySchemes", name))
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


def handshakes_of(
    app: Any, sockets: list[Socket], framework: Callable[[Any, str], Any], hints: list[str]
) -> tuple[dict[str, Any], Security]:
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
        return {}, Security({})
    document = openapi.get_openapi(title="", version="", routes=routes)
    components = document.get("components", {})
    schemas = components.get("schemas", {})
    found = {path: _inlined(item["get"], schemas) for path, item in document["paths"].items()}
    return found, Security(components.get("securitySchemes", {}))


def _inlined(value: Any, schemas: Mapping[str, Any], depth: int = 20) -> Any:
    """Return a value with its references to schemas replaced by what they refer to: few, and small in a request."""
    if isinstance(value, list):
        return [_inlined(one, schemas, depth) for one in value]
    if not isinstance(value, dict):
        return value
    name = referred(value)
    if name in schemas and depth:
        rest = {key: one for key, one in value.items() if key != "$ref"}
        return {**_inlined(schemas[name], schemas, depth - 1), **_inlined(rest, schemas, depth)}
    return {key: _inlined(one, schemas, depth) for key, one in value.items()}


def path_parameter(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a Parameter Object; its own fields hold texts alone (AsyncAPI 3.0.0), so the schema stands beside them."""
    schema = plain(row.get("schema", {"type": "string"}))
    told = {"description": row["description"]} if "description" in row else {}
    made: dict[str, Any] = {**told, "x-schema": {key: schema[key] for key in schema if key != "description"}}
    values = schema.get("enum")
    if values and all(isinstance(value, str) for value in values):
        made["enum"] = values
    return made


def table_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the schema of the query, the headers or the cookies."""
    properties = {}
    for row in rows:
        told = {key: row[key] for key in ("description", "deprecated") if key in row}
        properties[row["name"]] = {**told, **plain(row.get("schema", {}))}
    required = sorted(row["name"] for row in rows if row.get("required"))
    made: dict[str, Any] = {"type": "object", "properties": properties}
    return {**made, "required": required} if required else made
