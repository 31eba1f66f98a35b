"""Compares how the fields of a form and the parts of a multipart body are written (OpenAPI 3.1.1, 4.8.15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contractkit.diff.record import Place, action_of, differ
from contractkit.diff.shapes import properties_of, shapes_of, written
from contractkit.model.change import Direction
from contractkit.model.records import NamedTuple
from contractkit.openapi.media import MediaType, parse_media_type
from contractkit.openapi.part import Part
from contractkit.openapi.wire import default_explode

_KNOWN = frozenset({"contentType", "headers", "style", "explode", "allowReserved"})
_STYLED = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
"""The media types whose fields have a style."""


class _Writing(NamedTuple):
    """How one field is written: the text of each shape of value, the media types of its part, the part's headers."""

    texts: Mapping[str, str]
    types: tuple[MediaType, ...]
    headers: Any
    allow_reserved: bool

    def accepts(self, sent: _Writing) -> bool:
        """Return whether a receiver that expects this understands all that is sent."""
        shared = self.texts.keys() & sent.texts.keys()
        return (
            all(self.texts[shape] == sent.texts[shape] for shape in shared)
            and all(any(own.covers(other) for own in self.types) for other in sent.types)
            and not differ(self.headers, sent.headers)
            and self.allow_reserved == sent.allow_reserved
        )


def compare_encodings(here: Place, old: Part, new: Part, essence: str) -> None:
    """Compare the `encoding` of two media types, field by field.

    Args:
        here: the place of the media type; its direction says who sends.
        old: the base's media type object.
        new: the revision's.
        essence: type and subtype of the body.
    """
    before, after = old.table("encoding"), new.table("encoding")
    for name in sorted({*before, *after}):
        first = before.get(name, Part(old.document, {}, old.place))
        second = after.get(name, Part(new.document, {}, new.place))
        if not differ(dict(first.fields), dict(second.fields)):
            continue
        there = here.at(here.area, here.location, field=name)
        sides = (_writing(first, name, old, essence), _writing(second, name, new, essence))
        sender, receiver = sides if here.direction is Direction.REQUEST else sides[::-1]
        accepted = receiver.accepts(sender)
        if not accepted or not sender.accepts(receiver):
            values = [dict(side[name].fields) if name in side else None for side in (before, after)]
            there.add("encoding", action_of(*values), *values, accepted=accepted)
        there.compare_rest(first, second, _KNOWN)


def _writing(part: Part, name: str, holder: Part, essence: str) -> _Writing:
    form = properties_of(holder.document, holder.get("schema"))
    schema = True if form is None else form["properties"].get(name, True)
    style = part.text("style") or "form"
    explode = part.flag("explode", default_explode(style))
    shapes = shapes_of(holder.document, schema) if essence in _STYLED else frozenset()
    given = part.text("contentType") or _default_type(holder, schema)
    types = tuple(parse_media_type(text.strip()) for text in given.split(","))
    texts = written("query", name, style, explode, shapes)
    return _Writing(texts, types, part.get("headers"), part.flag("allowReserved"))


def _default_type(holder: Part, schema: Any) -> str:
    """Return the media type of a part that names none, by its schema (OpenAPI 3.1.1, 4.8.15.1)."""
    for _ in range(20):
        if not isinstance(schema, Mapping):
            break
        if isinstance(ref := schema.get("$ref"), str):
            schema = holder.document.lookup(ref)
        elif schema.get("type") == "array":
            schema = schema.get("items")
        elif schema.get("format") == "binary" or schema.get("contentEncoding") or schema.get("contentMediaType"):
            return "application/octet-stream"
        else:
            break
    return "application/json" if shapes_of(holder.document, schema) == {"object"} else "text/plain"
