"""Media types and media ranges: what is one and the same on the wire, and what covers what.

Sources: RFC 9110, 8.3.1 (media types; case) and 12.5.1 (ranges), RFC 6839 (`+json`), RFC 8259 section 11 (JSON has no
`charset`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from contractkit.schema.point import Mode

_UNICODE = frozenset({"utf-8", "utf8", "us-ascii"})
_TEXT = frozenset({"text/plain", "text/html", "text/csv"})
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type or range.

    Attributes:
        text: as written in the document.
        type: the part before the slash, in lower case.
        subtype: the part after it, in lower case.
        parameters: those that tell one representation from another; no `charset` of UTF-8 or of JSON, no `boundary`.
    """

    text: str = field(compare=False)
    type: str
    subtype: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def essence(self) -> str:
        """Type and subtype."""
        return f"{self.type}/{self.subtype}"

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON text."""
        return self.subtype == "json" or self.subtype.endswith("+json")

    @property
    def is_range(self) -> bool:
        """Whether it stands for several media types."""
        return "*" in self.subtype

    @property
    def mode(self) -> Mode:
        """How a value is written in a body of this type."""
        if self.essence in _FORMS or self.essence == "multipart/mixed":
            return Mode.FORM
        return Mode.TEXT if self.essence in _TEXT else Mode.JSON

    @property
    def concrete(self) -> str:
        """A media type to send: the one written, or JSON where a range allows it."""
        if not self.is_range:
            return self.text
        return {"*": "application/json", "application": "application/json", "text": "text/plain"}.get(
            self.type, f"{self.type}/x-any"
        )

    def covers(self, other: MediaType) -> bool:
        """Return whether everything that `other` stands for is of this type."""
        if self.type != "*" and self.type != other.type:
            return False
        if self.subtype.startswith("*+"):
            if not other.subtype.endswith(self.subtype[1:]):
                return False
        elif self.subtype != "*" and self.subtype != other.subtype:
            return False
        return set(self.parameters) <= set(other.parameters)


def parse_media_type(text: str) -> MediaType:
    """Return the media type that a text names; what is no media type is one of its own."""
    head, *rest = text.split(";")
    main, _, subtype = head.strip().lower().partition("/")
    plain = MediaType(text, main, subtype)
    kept = []
    for row in rest:
        name, _, value = row.strip().partition("=")
        name, value = name.strip().lower(), value.strip().strip('"')
        if name == "charset" and (plain.is_json or value.lower() in _UNICODE):
            continue
        if name and name not in ("boundary", "q"):
            kept.append((name, value))
    return MediaType(text, main, subtype, tuple(sorted(kept)))


@dataclass(frozen=True, slots=True)
class Matching:
    """How the media types of two sides belong together.

    Attributes:
        pairs: base and revision types whose schemas are compared.
        removed: base types that the revision does not cover.
        added: revision types that no base type covers or is covered by.
        respelled: pairs of JSON types of different names, each alone on its side.
    """

    pairs: list[tuple[MediaType, MediaType]]
    removed: list[MediaType]
    added: list[MediaType]
    respelled: list[tuple[MediaType, MediaType]]


def match_media_types(base: Iterable[str], revision: Iterable[str], *, client_sends: bool) -> Matching:
    """Match the media types of a body.

    A range on the other side that covers a type takes it in, whoever sends. A range of the sender's that shrank is a
    removal where a client sends (it could send the others before), and none where it receives.
    """
    before = [parse_media_type(text) for text in sorted(base)]
    after = [parse_media_type(text) for text in sorted(revision)]
    pairs: list[tuple[MediaType, MediaType]] = []
    for one in before:
        exact = [other for other in after if other == one]
        pairs += [(one, other) for other in exact if other.text == one.text] or [(one, other) for other in exact[:1]]
    kept = {one.text for one, _ in pairs}
    known = {other.text for _, other in pairs}
    for one in before:
        if one.text not in kept and (wide := next((other for other in after if other.covers(one)), None)):
            pairs.append((one, wide))
    for other in after:
        if other.text not in known and (wide := next((one for one in before if one.covers(other)), None)):
            pairs.append((wide, other))
    kept = {one.text for one, other in pairs if other.covers(one) or not client_sends}
    known = {other.text for _, other in pairs}
    removed = [one for one in before if one.text not in kept]
    added = [other for other in after if other.text not in known and other not in before]
    json_before, json_after = [one for one in removed if one.is_json], [one for one in added if one.is_json]
    respelled = []
    if len(json_before) == len(json_after) == 1:
        respelled = [(json_before[0], json_after[0])]
        removed.remove(json_before[0])
        added.remove(json_after[0])
    return Matching(pairs, removed, added, respelled)
