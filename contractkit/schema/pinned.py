"""Schemas that hold one value of one property, by which a sender is split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contractkit.model.jsontext import typed_text
from contractkit.schema.node import OBJECT, Node, kind_of


class Pinned:
    """Makes the schema of each name and value once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Node] = {}
        self._ids: set[int] = set()

    def to(self, name: str, value: Any) -> Node:
        """Return the one schema of objects that hold this value under this name."""
        key = (name, typed_text(value))
        if key not in self._known:
            only = Node(enum=(value,), enum_texts=frozenset({key[1]}), kinds=kind_of(value), raw={"const": value})
            raw = {"required": [name], "properties": {name: {"const": value}}}
            self._known[key] = Node(kinds=OBJECT, required=(name,), properties={name: only}, raw=raw)
            self._ids.add(id(self._known[key]))
        return self._known[key]

    def count(self, nodes: Sequence[Node]) -> int:
        """Return how many of the schemas were made here."""
        return sum(id(node) in self._ids for node in nodes)
