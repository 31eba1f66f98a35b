"""Reads OpenAPI objects with care: what is malformed is noted with its place and read as if it were not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contractkit.model.records import record
from contractkit.schema.document import Document

_COMPONENTS = "#/components/"


@record(frozen=True, slots=True)
class Part:
    """One object of a document, its `$ref` followed.

    Attributes:
        document: the side it stands in.
        fields: its fields as they stand.
        place: a JSON pointer to it (RFC 6901, as a URI fragment), for notices.
        component: the name of the component that it is, where a `$ref` led to it.
    """

    document: Document
    fields: Mapping[str, Any]
    place: str
    component: str | None = None

    def __contains__(self, key: str) -> bool:
        return self.fields.get(key) is not None

    def get(self, key: str) -> Any:
        """Return a field as it stands, None where it is absent."""
        return self.fields.get(key)

    def part(self, key: str) -> Part | None:
        """Return the object in a field; None where there is none."""
        if key not in self.fields:
            return None
        return part_of(self.document, self.fields[key], f"{self.place}/{escape(key)}")

    def table(self, key: str, *, patterned: bool = False) -> dict[str, Part]:
        """Return the objects of a map by their names.

        Args:
            key: the field.
            patterned: whether the map is an OpenAPI object of its own, whose `x-` fields are extensions.
        """
        holder = self.part(key)
        return {} if holder is None else holder.entries(patterned=patterned)

    def entries(self, *, patterned: bool = False) -> dict[str, Part]:
        """Return the objects of this map by their names; see `table`."""
        found: dict[str, Part] = {}
        for name, value in self.fields.items():
            if patterned and is_extension(name):
                continue
            one = part_of(self.document, value, f"{self.place}/{escape(str(name))}")
            if one is not None:
                found[str(name)] = one
        return found

    def parts(self, key: str) -> list[Part]:
        """Return the objects of a list."""
        value = self.fields.get(key)
        if value is None:
            return []
        place = f"{self.place}/{escape(key)}"
        if not isinstance(value, list):
            _wrong(self.document, place, "a list", value)
            return []
        rows = [part_of(self.document, item, f"{place}/{index}") for index, item in enumerate(value)]
        return [row for row in rows if row is not None]

    def text(self, key: str) -> str | None:
        """Return a field that holds text, None where it does not."""
        value = self.fields.get(key)
        if value is None or isinstance(value, str):
            return value
        _wrong(self.document, f"{self.place}/{escape(key)}", "text", value)
        return None

    def flag(self, key: str, default: bool = False) -> bool:
        """Return a field that holds true or false, the default where it does not."""
        value = self.fields.get(key)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        _wrong(self.document, f"{self.place}/{escape(key)}", "true or false", value)
        return default

    def examples(self) -> tuple[Any, ...]:
        """Return the values that `example` and `examples` give (a parameter's, header's or media type's).

        They only make messages easier to read: what is malformed is passed over without a note.
        """
        found = [self.fields["example"]] if "example" in self else []
        listed = self.fields.get("examples")
        for one in listed.values() if isinstance(listed, Mapping) else ():
            if isinstance(one, Mapping) and isinstance(ref := one.get("$ref"), str):
                one = self.document.lookup(ref)
            if isinstance(one, Mapping) and "value" in one:
                found.append(one["value"])
        return tuple(found)


def part_of(document: Document, value: Any, place: str) -> Part | None:
    """Return the object that stands at a place, its `$ref` followed; None (noted) where no object stands."""
    if not isinstance(value, Mapping):
        _wrong(document, place, "an object", value)
        return None
    ref = value.get("$ref")
    if not isinstance(ref, str):
        if ref is not None:
            _wrong(document, f"{place}/$ref", "text", ref)
        return Part(document, value, place)
    name = ref[len(_COMPONENTS) :].partition("/")[2] if ref.startswith(_COMPONENTS) else ""
    component = None if not name or "/" in name else unescape(name)
    return Part(document, document.resolve(value, place), ref, component)


def root_of(document: Document) -> Part:
    """Return the whole document as a part."""
    return Part(document, document.root, "#")


def is_extension(name: object) -> bool:
    """Return whether a field's name is a specification extension's (OpenAPI 3.1.1, 4.9)."""
    return isinstance(name, str) and name.startswith("x-")


def escape(token: str) -> str:
    """Return one token of a JSON pointer (RFC 6901, section 3)."""
    return token.replace("~", "~0").replace("/", "~1")


def unescape(token: str) -> str:
    """Return what one token of a JSON pointer stands for."""
    return token.replace("~1", "/").replace("~0", "~")


def _wrong(document: Document, place: str, wanted: str, value: Any) -> None:
    if isinstance(value, list | Mapping):
        shown = "a list" if isinstance(value, list) else "an object"
    else:
        shown = "null" if value is None else repr(value)[:60]
    document.note(place, f"{wanted} was expected, not {shown}; it is read as if nothing stood there", value)
