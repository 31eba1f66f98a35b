"""One operation of one side, and its parameters: those of the path inherited, those of the operation overriding."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from contractkit.model.records import NamedTuple, record
from contractkit.openapi.media import MediaType, parse_media_type
from contractkit.openapi.part import Part
from contractkit.openapi.wire import DEFAULT_STYLE, STYLES, default_explode
from contractkit.schema.document import Document

_TEMPLATE = re.compile(r"\{([^{}]*)\}")
_TEMPLATE_OF_A_CALLBACK = re.compile(r"\{(?!\$)([^{}]*)\}")
"""Braces with a runtime expression are filled with what was sent and answered before, not with a parameter."""
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""The operations that a path item has fields for (OpenAPI 3.1.1, 4.8.9; `query` since 3.2)."""

_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
"""Header parameters of these names shall be ignored (OpenAPI 3.1.1, 4.8.12.1)."""
_ANY_TEXT = {"schema": {"type": "string"}}
"""What a place in the path takes that no parameter describes."""


class Parameter(NamedTuple):
    """One parameter or response header, read into what counts on the wire.

    Attributes:
        part: the object as it stands.
        where: `path`, `query`, `header`, `cookie` or `querystring`.
        name: its name as written.
        identity: what it is matched by: the place and the name, for a path the position in the template.
        required: whether it must be sent.
        style: its style, the place's default where none is named.
        explode: whether parts are written one by one.
        schema: the schema of its value as it stands, `True` where there is none.
        media_type: the media type of its value where it is described by `content`.
    """

    part: Part
    where: str
    name: str
    identity: tuple[str, str]
    required: bool
    style: str
    explode: bool
    schema: Any
    media_type: MediaType | None = None

    @property
    def holder(self) -> Part:
        """The object that holds the schema: the parameter, or its media type."""
        return next(iter(self.part.table("content").values()), self.part) if self.media_type is not None else self.part

    @property
    def allow_reserved(self) -> bool:
        """Whether reserved characters are sent as they are."""
        return self.part.flag("allowReserved")


def read_parameter(part: Part, where: str, name: str, identity: tuple[str, str]) -> Parameter:
    """Return a parameter or header, with the defaults of its place."""
    place = "query" if where == "querystring" else where
    style = part.text("style") or DEFAULT_STYLE[place]
    if style not in STYLES[place]:
        part.document.note(part.place, f"the style `{style[:40]}` is not for the {place}; its default is used", style)
        style = DEFAULT_STYLE[place]
    schema, media_type = part.get("schema"), None
    content = part.table("content")
    if content and schema is None:
        text, holder = next(iter(content.items()))
        schema, media_type = holder.get("schema"), parse_media_type(text)
    return Parameter(
        part,
        where,
        name,
        identity,
        where == "path" or part.flag("required"),
        style,
        part.flag("explode", default_explode(style)),
        True if schema is None else schema,
        media_type,
    )


@record(frozen=True)
class Endpoint:
    """One operation of one side.

    Attributes:
        document: the side.
        method: the HTTP method in upper case.
        path: the path template as written; for a webhook its name, for a callback its expression.
        item: the path item.
        operation: the operation.
        is_callback: whether the path is the address of a callback.
    """

    document: Document
    method: str
    path: str
    item: Part
    operation: Part
    is_callback: bool = False

    @property
    def places(self) -> re.Pattern[str]:
        """What finds the places of the path that parameters fill, each with its name as the group."""
        return _TEMPLATE_OF_A_CALLBACK if self.is_callback else _TEMPLATE

    @cached_property
    def template_names(self) -> list[str]:
        """The names in the path template, in order."""
        return self.places.findall(self.path)

    @cached_property
    def parameters(self) -> dict[tuple[str, str], Parameter]:
        """All parameters by identity."""
        parts: dict[tuple[str, str], Part] = {}
        for holder in (self.item, self.operation):
            for part in holder.parts("parameters"):
                where, name = part.get("in"), part.get("name")
                if not isinstance(name, str) or where not in (*STYLES, "querystring"):
                    self.document.note(
                        part.place, "a parameter needs `name` and a known `in`; it is left out", part.fields
                    )
                    continue
                folded = name.lower() if where == "header" else name
                if where != "header" or folded not in _IGNORED_HEADERS:
                    parts[where, folded] = part
        found: dict[tuple[str, str], Parameter] = {}
        for (where, _), part in parts.items():
            identity = self._identity(part, where)
            found[identity] = read_parameter(part, where, part.fields["name"], identity)
        # The address of a callback is told as a whole, so that only what is described there is a parameter.
        for index, name in enumerate(() if self.is_callback else self.template_names):
            identity = ("path", str(len(self.template_names) - index))
            if identity not in found:
                undeclared = Part(self.document, _ANY_TEXT, self.operation.place)
                found[identity] = read_parameter(undeclared, "path", name, identity)
        return found

    def _identity(self, part: Part, where: str) -> tuple[str, str]:
        name: str = part.fields["name"]
        if where == "header":
            return where, name.lower()
        if where == "querystring":
            return where, ""
        if where != "path":
            return where, name
        if name not in self.template_names:
            self.document.note(part.place, f"the path has no place for the parameter `{name[:60]}`; it cannot be sent")
            return where, name
        # Counted from the end, where paths that moved as a whole still agree.
        return where, str(len(self.template_names) - self.template_names.index(name))

    @cached_property
    def content(self) -> dict[str, Part]:
        """The media types of the request body, as written."""
        body = self.operation.part("requestBody")
        return {} if body is None else body.table("content")

    @property
    def body_required(self) -> bool:
        """Whether a request without a body is refused."""
        body = self.operation.part("requestBody")
        return body is not None and body.flag("required")


def endpoints_of(item: Part, path: str, *, is_callback: bool = False) -> dict[str, Endpoint]:
    """Return the operations of a path item by method.

    Args:
        item: the path item.
        path: its path, its name for a webhook, its address for a callback.
        is_callback: whether it is one of a callback.
    """
    found: dict[str, Endpoint] = {}
    for method in METHODS:
        if method in item.fields and (operation := item.part(method)) is not None:
            found[method.upper()] = Endpoint(item.document, method.upper(), path, item, operation, is_callback)
    for method, operation in item.table("additionalOperations").items():
        found.setdefault(method, Endpoint(item.document, method, path, item, operation, is_callback))
    return found


def erased(path: str) -> str:
    """Return a path template with the names of its parameters erased: `/orders/{}`."""
    return _TEMPLATE.sub("{}", path)
