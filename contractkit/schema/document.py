"""One side of a comparison: the document and its references."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

from contractkit.model.contract import Contract, Notice
from contractkit.model.jsontext import typed_text


class Side(StrEnum):
    """Which of the two documents."""

    BASE = "base"
    REVISION = "revision"


Seen = tuple[dict[tuple[str, str], Notice], dict[tuple[str, str], str]]
"""The bad parts of a document, and what nobody can read there."""


class Document:
    """A contract's document with `$ref`s resolved inside it (RFC 6901 pointers, RFC 3986 fragments).

    What cannot be resolved is noted once in `notices` and read as an empty object: one bad part never stops the rest.

    Attributes:
        contract: what the document is of.
        side: which of the two it is.
        root: the whole of it.
        is_30: whether it speaks the dialect of OpenAPI 3.0.
        notices: the bad parts.
        noted: how often one was to be noted.
        unknown: what nobody can read, by its name and its text, with the first of its places: what is not what OpenAPI
            has there, and (as `$ref`) the references of parameters, responses and the like that lead nowhere.
    """

    def __init__(self, contract: Contract, side: Side) -> None:
        self.contract = contract
        self.side = side
        self.root: Mapping[str, Any] = contract.document
        self.is_30 = contract.openapi.startswith("3.0")
        self.notices: dict[tuple[str, str], Notice] = {}
        self.unknown: dict[tuple[str, str], str] = {}
        self.noted = 0
        self._anchors: dict[str, Any] | None = None
        self._targets: dict[str, Any] = {}

    @property
    def seen(self) -> Seen:
        """What was seen so far."""
        return self.notices, self.unknown

    def see(self, seen: Seen) -> None:
        """Add what another process saw in this document."""
        notices, unknown = seen
        self.notices.update(notices)
        for what, place in unknown.items():
            self.note_unknown(what, place)

    def note(self, place: str, text: str, value: Any = None) -> None:
        """Remember a bad part, once; `noted` counts how often that was asked for.

        Args:
            place: where it stands.
            text: what is wrong with it.
            value: what is not read there. Nothing, and what is empty, is as good as absent: serialisers write it so.
        """
        self.noted += 1
        self.notices.setdefault((place, text), Notice(place, text))
        if value not in (None, "", [], {}):
            with suppress(RecursionError, TypeError):
                name = next((step for step in reversed(place.split("/")) if not step.isdigit()), "")
                self.note_unknown((name, typed_text(value)), place)

    def note_unknown(self, what: tuple[str, str], place: str) -> None:
        """Remember what nobody can read at a place; see `unknown`."""
        # Not the place that was read first: which one that is says nothing, and another process may read the rest.
        self.unknown[what] = min(place, self.unknown.get(what, place), key=lambda one: (not one, one))

    def has_schema(self, name: str) -> bool:
        """Whether there is a component schema of this name."""
        components = self.root.get("components")
        schemas = components.get("schemas") if isinstance(components, Mapping) else None
        return isinstance(schemas, Mapping) and name in schemas

    def lookup(self, ref: str) -> Any:
        """Return what `ref` (`#/...` or `#anchor`) names, or None when it names nothing (noted)."""
        if ref not in self._targets:
            self._targets[ref] = self._find(ref)
        target = self._targets[ref]
        if target is None:
            self.note(ref, "nothing stands at this $ref; what should stand there is not compared")
        return target

    def resolve(self, node: Any, place: str = "") -> Mapping[str, Any]:
        """Follow `$ref`s from a parameter, header, response, body, link, callback or path item at a place.

        Returns the object itself where there is no `$ref`; an empty mapping for a dangling one, for a circle and for
        what is no object (each noted).
        """
        seen: set[str] = set()
        while isinstance(node, Mapping) and isinstance(ref := node.get("$ref"), str):
            if ref in seen:
                self.note(ref, "this $ref leads back to itself; it is read as if it said nothing")
                return {}
            seen.add(ref)
            target = self.lookup(ref)
            if target is None:
                self.note_unknown(("$ref", typed_text(ref)), place)
            if isinstance(target, Mapping) and len(node) > 1:
                # Path Item Objects may have siblings beside $ref; for the others only texts may (3.1, 4.8.23).
                rest = {key: value for key, value in node.items() if key != "$ref"}
                node = {**target, **rest} if "$ref" not in target else target
            else:
                node = target
        if isinstance(node, Mapping):
            return node
        if node is not None:
            self.note("", f"an object was expected where {str(node)[:60]!r} stands; it is read as if it said nothing")
        return {}

    def _find(self, ref: str) -> Any:
        if not ref.startswith("#"):
            return None
        fragment = unquote(ref[1:])
        if fragment and not fragment.startswith("/"):
            return self._anchor(fragment)
        node: Any = self.root
        for raw in fragment.split("/")[1:]:
            token = raw.replace("~1", "/").replace("~0", "~")
            if isinstance(node, Mapping):
                node = node.get(token)
            elif isinstance(node, list) and token.isascii() and token.isdigit() and int(token) < len(node):
                node = node[int(token)]
            else:
                return None
        return node

    def _anchor(self, name: str) -> Any:
        """Find a schema by `$anchor` (2020-12 core, 8.2.2); the document is walked once."""
        if self._anchors is None:
            self._anchors = {}
            # Anchors of other files are pointers by now; those of bundles that others made may be meant at last.
            stack: list[Any] = [self.root.get("x-contractkit-files"), {**self.root, "x-contractkit-files": None}]
            while stack:
                node = stack.pop()
                if isinstance(node, Mapping):
                    anchor = node.get("$anchor", node.get("$dynamicAnchor"))
                    if isinstance(anchor, str):
                        self._anchors.setdefault(anchor, node)
                    stack.extend(node.values())
                elif isinstance(node, list):
                    stack.extend(node)
        return self._anchors.get(name)
