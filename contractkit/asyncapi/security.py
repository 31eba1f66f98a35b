"""The security schemes of AsyncAPI in the words of OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contractkit.asyncapi.reader import Reader


def schemes_of(schemes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the Security Scheme Objects by name (AsyncAPI 3.0.0 and OpenAPI 3.1.1, Security Scheme Object)."""
    return {str(name): _scheme(scheme) for name, scheme in schemes.items()}


def _scheme(scheme: Any) -> Any:
    if not isinstance(scheme, Mapping):
        return scheme
    made = {key: value for key, value in scheme.items() if key != "scopes"}
    if made.get("type") == "httpApiKey":
        made["type"] = "apiKey"
    flows = made.get("flows")
    if isinstance(flows, Mapping):
        made["flows"] = {
            name: {("scopes" if key == "availableScopes" else key): value for key, value in flow.items()}
            if isinstance(flow, Mapping)
            else flow
            for name, flow in flows.items()
        }
    return made


def requirement_of(reader: Reader, row: Any, known: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the requirement that an entry of `security` makes: the name of its scheme, and the scopes.

    Args:
        reader: reads the document.
        row: a scheme, or a reference to one.
        known: the schemes that have names; one without gets the name of its type.
    """
    place, scheme = reader.target(row, "")
    if not isinstance(scheme, Mapping):
        return {}
    plain = {key: value for key, value in scheme.items() if key != "scopes"}
    alike = [str(name) for name, one in known.items() if one == plain]
    name = place.rpartition("/")[2] or next(iter(alike), str(plain.get("type", "unnamed")))
    scopes = scheme.get("scopes")
    return {name: [str(scope) for scope in scopes] if isinstance(scopes, list) else []}
