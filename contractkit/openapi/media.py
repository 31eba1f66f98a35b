"""Media types and media ranges: what is one and the same on the wire, and what covers what.

Sources: RFC 9110, 8.3.1 (media types; case) and 12.5.1 (ranges), RFC 6839 (`+json`), RFC 8259 section 11 (JSON has no
`charset`).
"""

from __future__ import annotations

from contractkit.model.records import field, record
from contractkit.schema.point import Mode

_UNICODE = frozenset({"utf-8", "utf8", "us-ascii"})
_TEXT = frozenset({"text/plain", "text/html", "text/csv"})
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


@record(frozen=True, slots=True)
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
