"""Reads the objects of an AsyncAPI document with care: references and traits followed, bad parts noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contractkit.model.contract import Notice

_MOST_REFS = 30


class Reader:
    """One document.

    Attributes:
        document: the parsed document; it stays as it is.
        notices: what was bad and is read as if it were not there.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.notices: list[Notice] = []

    def note(self, place: str, text: str) -> None:
        """Remember a bad part, once."""
        notice = Notice(place, text)
        if notice not in self.notices:
            self.notices.append(notice)

    def target(self, value: Any, place: str) -> tuple[str, Any]:
        """Return where an object stands that may be a reference, and the object; None where there is none.

        Args:
            value: the object or a Reference Object.
            place: its JSON pointer (RFC 6901).
        """
        for _ in range(_MOST_REFS):
            ref = value.get("$ref") if isinstance(value, Mapping) else None
            if not isinstance(ref, str):
                return place, value
            place, value = ref.removeprefix("#"), self._at(ref)
            if value is None:
                self.note(ref, "nothing stands at this $ref; it is read as if it said nothing")
        return place, value

    def fields(self, value: Any, place: str) -> Mapping[str, Any]:
        """Return the fields of an object, references followed and its `traits` put in (AsyncAPI 3.0.0, traits)."""
        _, found = self.target(value, place)
        if not isinstance(found, Mapping):
            if found is not None:
                self.note(place, "an object was expected; it is read as if nothing stood there")
            return {}
        merged: dict[str, Any] = {}
        traits = found.get("traits")
        for number, trait in enumerate(traits if isinstance(traits, list) else ()):
            merged = _patched(merged, self.fields(trait, f"{place}/traits/{number}"))
        own = {key: one for key, one in found.items() if key != "traits"}
        return _patched(merged, own) if merged else own

    def table(self, value: Any, place: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Give the entries of a map: name, place and fields."""
        for name, one in self.fields(value, place).items():
            there = f"{place}/{escape(str(name))}"
            yield str(name), there, self.fields(one, there)

    def rows(self, value: Any, place: str) -> list[Any]:
        """Return the rows of a list; none where nothing stands there."""
        if isinstance(value, list):
            return value
        if value is not None:
            self.note(place, "a list was expected; it is read as if nothing stood there")
        return []

    def _at(self, ref: str) -> Any:
        if not ref.startswith("#/"):
            return None
        value: Any = self.document
        for token in ref[2:].split("/"):
            name = token.replace("~1", "/").replace("~0", "~")
            if isinstance(value, list) and name.isdecimal() and len(name) < 10 and int(name) < len(value):
                value = value[int(name)]
            else:
                value = value.get(name) if isinstance(value, Mapping) else None
        return value


def _patched(target: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object merged with another, whose values win (JSON Merge Patch, RFC 7396)."""
    made = dict(target)
    for key, value in patch.items():
        known = made.get(key)
        made[key] = _patched(known, value) if isinstance(known, Mapping) and isinstance(value, Mapping) else value
    return made


def escape(token: str) -> str:
    """Return one token of a JSON pointer (RFC 6901, section 3)."""
    return token.replace("~", "~0").replace("/", "~1")
