"""Reads the keywords of one schema object that hold no sub-schemas; what is malformed is noted and left out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from contractkit.model.jsontext import typed_text
from contractkit.schema.document import Document
from contractkit.schema.node import ANY, KIND_OF_TYPE, NULL, Node, fraction, kind_of
from contractkit.schema.reshape import short_text

KNOWN_FORMATS = frozenset(
    [
        "date-time",
        "date",
        "time",
        "duration",
        "email",
        "idn-email",
        "hostname",
        "idn-hostname",
        "ipv4",
        "ipv6",
        "uri",
        "uri-reference",
        "iri",
        "iri-reference",
        "uuid",
        "uri-template",
        "json-pointer",
        "relative-json-pointer",
        "regex",
        *(f"uuid{version}" for version in range(1, 9)),
    ]
)
"""The formats of JSON Schema 2020-12 validation, 7.3, and the versions of UUIDs, which pydantic writes.

Others (`int32`, `password`, `binary`, ...) are annotations.
"""

NUMBER_KEYWORDS = frozenset(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"))
STRING_KEYWORDS = frozenset(
    ("minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType", "contentSchema")
)
ARRAY_KEYWORDS = frozenset(
    (
        "prefixItems",
        "items",
        "additionalItems",
        "minItems",
        "maxItems",
        "uniqueItems",
        "contains",
        "minContains",
        "maxContains",
        "unevaluatedItems",
    )
)
OBJECT_KEYWORDS = frozenset(
    (
        "properties",
        "patternProperties",
        "additionalProperties",
        "required",
        "minProperties",
        "maxProperties",
        "propertyNames",
        "dependentRequired",
        "dependentSchemas",
        "dependencies",
        "unevaluatedProperties",
    )
)
IN_PLACE_KEYWORDS = frozenset(
    ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "$ref", "$dynamicRef", "discriminator")
)
_ASSERTIONS = frozenset(("type", "enum", "const")).union(
    NUMBER_KEYWORDS, STRING_KEYWORDS, ARRAY_KEYWORDS, OBJECT_KEYWORDS, IN_PLACE_KEYWORDS - {"discriminator"}
)
_BINARY = frozenset({"application/octet-stream", "binary", "image/*", "*/*"})


EMPTY: tuple[object, ...] = ("", [], {})
"""What serialisers write where there is nothing, whatever should stand there."""


class Reader:
    """Fills nodes from the keywords of a schema of this document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.place: list[str] = []
        """The way to the schema that is being read."""
        self.left_out: set[str] = set()
        """Keywords of that schema that were left out, each with what it holds."""

    def note(self, text: str) -> None:
        """Remember a bad part of the schema that is being read."""
        self.document.note("/".join(step for step in self.place if step), text)

    def leave_out(self, keyword: str, value: Any, text: str) -> None:
        """Remember that a keyword, or a part of what it holds, is left out; what is empty is as good as absent."""
        self.note(text)
        if value not in EMPTY:
            self.left_out.add(f"{keyword} {short_text(value)}")

    @staticmethod
    def is_assertion(keyword: str) -> bool:
        """Whether the keyword restricts values (or applies schemas that may)."""
        return keyword in _ASSERTIONS

    def kinds(self, node: Node, schema: Mapping[str, Any]) -> None:
        """Read `type` (a name or a list of names) and 3.0's `nullable`."""
        raw = schema.get("type")
        if raw is None:
            return
        names = raw if isinstance(raw, list) else [raw]
        unknown = [name for name in names if not isinstance(name, str) or name not in KIND_OF_TYPE]
        if unknown == ["file"]:
            # Swagger 2's upload type, still written by hand: bytes, as in `format: binary`.
            names, unknown = ["string"], []
        if unknown or not names:
            self.note(f"`type` cannot be {str(raw)[:60]!r}; this schema is compared by its text")
            node.opaque = (f"type {typed_text(raw)}",)
            return
        node.kinds = 0
        for name in names:
            node.kinds |= KIND_OF_TYPE[name]
        node.integer = "integer" in names and "number" not in names
        if self.document.is_30 and schema.get("nullable") is True:
            node.kinds |= NULL

    def numbers(self, node: Node, schema: Mapping[str, Any]) -> None:
        """Read the bounds; 3.0's boolean exclusive bounds change the bound beside them."""
        for low, keyword, flag in ((True, "minimum", "exclusiveMinimum"), (False, "maximum", "exclusiveMaximum")):
            bound = self._number(schema, keyword)
            exclusive = schema.get(flag)
            is_open = False
            if exclusive is True:
                is_open = bound is not None
            elif exclusive is not None and exclusive is not False:
                limit = self._number(schema, flag)
                if limit is not None and (bound is None or (limit >= bound if low else limit <= bound)):
                    bound, is_open = limit, True
            if low:
                node.minimum, node.minimum_open = bound, is_open
            else:
                node.maximum, node.maximum_open = bound, is_open
        multiple = self._number(schema, "multipleOf")
        if multiple is not None and multiple <= 0:
            text = f"`multipleOf` must be above 0, not {str(schema['multipleOf'])[:40]}; it was left out"
            self.leave_out("multipleOf", schema["multipleOf"], text)
        else:
            node.multiple_of = multiple

    def strings(self, node: Node, schema: Mapping[str, Any]) -> None:
        """Read lengths, pattern, format and the content keywords."""
        node.min_length = self.size(schema, "minLength") or 0
        node.max_length = self.size(schema, "maxLength")
        pattern = schema.get("pattern")
        if isinstance(pattern, str):
            node.pattern = pattern or None
        elif pattern is not None:
            self.leave_out("pattern", pattern, f"`pattern` must be text, not {str(pattern)[:40]!r}; it was left out")
        name = schema.get("format")
        if isinstance(name, str) and name in KNOWN_FORMATS:
            node.format = name
        content: list[str] = []
        encoding = schema.get("contentEncoding")
        if name == "byte" and encoding is None:
            encoding = "base64"
        if isinstance(encoding, str) and encoding.lower() not in ("binary", "identity", "7bit", "8bit"):
            content.append(f"encoding {encoding.lower()}")
        media = schema.get("contentMediaType")
        if isinstance(media, str) and media.lower() not in _BINARY:
            content.append(f"media {media.lower()}")
        node.content = tuple(content)

    def enumeration(self, node: Node, schema: Mapping[str, Any]) -> None:
        """Read `enum` and `const` as one list of values that fit the other type keywords."""
        listed: list[Any] | None = None
        raw = schema.get("enum")
        if isinstance(raw, list):
            listed = raw
        elif raw is not None:
            self.leave_out("enum", raw, f"`enum` must be a list, not {str(raw)[:40]!r}; it was left out")
        if "const" in schema:
            constant = typed_text(schema["const"])
            listed = [
                value
                for value in (listed if listed is not None else [schema["const"]])
                if typed_text(value) == constant
            ]
        if listed is None:
            return
        by_text = {typed_text(value): value for value in listed}
        fitting = {text: value for text, value in by_text.items() if fits_type(node, value)}
        node.enum = tuple(fitting[text] for text in sorted(fitting))
        node.enum_texts = frozenset(fitting)
        # `type` beside an enum says nothing more once the values are filtered.
        node.kinds = 0
        for value in node.enum:
            node.kinds |= kind_of(value)
        if not node.enum:
            node.never = True
        node.integer = False

    def list_of(self, raw: Any, keyword: str) -> list[Any]:
        """Return the list a keyword should hold, an empty one (noted) where it holds something else."""
        if raw is None:
            return []
        if isinstance(raw, list):
            return raw
        self.leave_out(keyword, raw, f"`{keyword}` should be a list, not {str(raw)[:40]!r}; it was left out")
        return []

    def table(self, schema: Mapping[str, Any], keyword: str) -> list[tuple[str, Any]]:
        """Return the items of a keyword that holds an object."""
        raw = schema.get(keyword)
        if isinstance(raw, dict):
            return list(raw.items())
        if raw is not None:
            self.leave_out(keyword, raw, f"`{keyword}` should be an object, not {str(raw)[:40]!r}; it was left out")
        return []

    def flag(self, schema: Mapping[str, Any], keyword: str) -> bool:
        """Return a keyword's boolean, False where it is absent."""
        raw = schema.get(keyword)
        if raw is not None and not isinstance(raw, bool):
            self.leave_out(keyword, raw, f"`{keyword}` must be true or false, not {str(raw)[:40]!r}; it was left out")
        return raw is True

    def size(self, schema: Mapping[str, Any], keyword: str) -> int | None:
        """Return a keyword's count (2020-12 validation: a number without fraction, 0 or more), None where absent."""
        value = self._number(schema, keyword)
        if value is None:
            return None
        if value.denominator != 1 or value < 0:
            text = f"`{keyword}` must be a whole number of 0 or more, not {value}; it was left out"
            self.leave_out(keyword, schema[keyword], text)
            return None
        return int(value)

    def names(self, schema: Mapping[str, Any], keyword: str) -> list[str]:
        """Return a keyword's list of names; what is no text is left out."""
        raw = schema.get(keyword)
        if isinstance(raw, list):
            named = [one for one in raw if isinstance(one, str)]
            if len(named) < len(raw):
                others = [one for one in raw if not isinstance(one, str)]
                self.leave_out(keyword, others, f"`{keyword}` should hold names only; the others were left out")
            return named
        if raw is not None and not isinstance(raw, bool):
            self.leave_out(
                keyword, raw, f"`{keyword}` should be a list of names, not {str(raw)[:40]!r}; it was left out"
            )
        return []

    def _number(self, schema: Mapping[str, Any], keyword: str) -> Fraction | None:
        raw = schema.get(keyword)
        if raw is None or (isinstance(raw, bool) and keyword.startswith("exclusive")):
            return None
        if (
            isinstance(raw, bool)
            or not isinstance(raw, int | float)
            or (isinstance(raw, float) and not math.isfinite(raw))
        ):
            self.leave_out(keyword, raw, f"`{keyword}` must be a number, not {str(raw)[:40]!r}; it was left out")
            return None
        return fraction(raw)


def fits_type(node: Node, value: Any) -> bool:
    """Whether a value has a type that the node's `type` keyword allows."""
    if node.kinds == ANY and not node.integer:
        return True
    if not node.kinds & kind_of(value):
        return False
    return not (node.integer and isinstance(value, float) and not value.is_integer())
