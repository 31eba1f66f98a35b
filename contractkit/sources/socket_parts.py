"""WebSocket routes, and the small pieces that AsyncAPI documents of them are made of (standard library alone)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ATTRIBUTE = "__contractkit_messages__"
_VALUES = ("default", "examples", "const", "enum")
"""The keywords that hold values and no schemas."""


class Socket:
    """A WebSocket route: where it is, what runs it, and what it depends on."""

    def __init__(self, path: str, route: Any) -> None:
        self.path = path
        self.endpoint = of(route, "endpoint")
        self.dependencies = list(of(route, "dependencies") or ())
        self.is_plain = of(route, "dependant") is None
        """Starlette's own: it takes the socket and nothing else."""
        self.described: Mapping[str, Any] | None = getattr(self.endpoint, _ATTRIBUTE, None)
        self.messages: dict[str, list[dict[str, Any]]] = {}
        self.replies: dict[str, list[str]] = {}
        """The names of the messages that answer one that is received, by its name."""
        self.refusals: list[str] = []
        """Those that answer one that is not allowed."""


def of(route: Any, name: str) -> Any:
    """Return an attribute of a route, or of the one that it stands for."""
    for holder in (route, getattr(route, "original_route", None)):
        value = getattr(holder, name, None)
        if value is not None:
            return value
    return None


def referred(schema: Any) -> str:
    """Return the name of the component that a schema is a reference to, and nothing else."""
    ref = schema.get("$ref") if isinstance(schema, Mapping) else None
    return ref.rpartition("/")[2] if isinstance(ref, str) else ""


def plain(schema: Any) -> Any:
    """Return a schema whose `discriminator` is a name, as AsyncAPI has it (3.0.0, Schema Object); tags stay in it."""
    if isinstance(schema, list):
        return [plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: value if key in _VALUES else plain(value) for key, value in schema.items()}
    discriminator = schema.get("discriminator")
    if isinstance(discriminator, dict) and set(discriminator) <= {"propertyName", "mapping"}:
        made["discriminator"] = discriminator["propertyName"]
    return made


def ref(*way: str) -> dict[str, str]:
    """Return a reference to a part of the document."""
    return {"$ref": "#/" + "/".join(token.replace("~", "~0").replace("/", "~1") for token in way)}
