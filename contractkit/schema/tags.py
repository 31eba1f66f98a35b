"""Discriminators: the tag that tells the alternatives of a union apart (OpenAPI 3.1.1, 4.8.25)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from contractkit.model.jsontext import typed_text
from contractkit.schema.node import Node, kind_of


class Tags:
    """The discriminators of one document, as far as its unions have been read.

    Args:
        untagged: names of alternatives; a union that has one of them is read as if it had no discriminator.

    Attributes:
        alone: the alternatives, by name, that only the discriminator of a union tells apart: they list no tags.
        plain: the alternatives of all unions without a discriminator.
    """

    def __init__(self, untagged: frozenset[str] = frozenset()) -> None:
        self._untagged = untagged
        self.alone: set[str] = set()
        self.plain: set[str] = set()

    def property_of(self, union: Mapping[str, Any], alternatives: Sequence[Any]) -> str | None:
        """Return the property by which a union's alternatives are told apart, None for a union without one."""
        refs = (one.get("$ref") for one in alternatives if isinstance(one, dict))
        names = {_short(ref) for ref in refs if isinstance(ref, str)}
        discriminator = union.get("discriminator")
        name = discriminator.get("propertyName") if isinstance(discriminator, Mapping) else None
        if not isinstance(name, str):
            self.plain |= names
            return None
        return name if names.isdisjoint(self._untagged) else None

    def narrowed(self, branch: Node, union: Mapping[str, Any], raw: Any, name: str | None, holder: Node | None) -> Node:
        """Return an alternative that requires its tag.

        Args:
            branch: the alternative's schema.
            union: the schema around it, which has the discriminator.
            raw: the alternative as it stands in the union; one that is no `$ref` has no tag.
            name: what `property_of` says.
            holder: what the alternative says of that property, None where it says nothing.
        """
        ref = raw.get("$ref") if isinstance(raw, dict) else None
        if name is None or not isinstance(ref, str):
            return branch
        if union["discriminator"].get("defaultMapping") in (ref, _short(ref)):
            return branch  # it is also meant where the tag is absent, or is no one's (OpenAPI 3.2, 4.25)
        own = _listed(holder)
        if own is None:
            self.alone.add(_short(ref))
        mapping = union["discriminator"].get("mapping")
        mapped = mapping if isinstance(mapping, Mapping) else {}
        values = [
            value
            for key in sorted(key for key, target in mapped.items() if target in (ref, _short(ref)))
            for value in _meant(key, holder)
        ]
        if not values:
            if own is not None and _short(ref) not in own:
                # The implied name contradicts the model's own tag: the author did not mean it.
                return branch
            values = [_short(ref)]
        kinds = 0
        for value in values:
            kinds |= kind_of(value)
        tag = Node(kinds=kinds, raw={"enum": values})
        tag.enum = tuple(values)
        tag.enum_texts = frozenset(typed_text(value) for value in values)
        holder = Node(raw={"required": [name]}, required=(name,), properties={name: tag})
        return Node(raw=raw, all_of=(branch, holder))


def lone(base: Tags, revision: Tags) -> frozenset[str]:
    """Return the alternatives that only one side tells apart by a discriminator, in a union that both sides have."""
    added = (revision.alone - base.alone) & (base.plain - revision.plain)
    removed = (base.alone - revision.alone) & (revision.plain - base.plain)
    return frozenset(added | removed)


def leads_alike(base: Mapping[str, Any], revision: Mapping[str, Any]) -> bool:
    """Whether the discriminators of two unions differ in nothing but the names of the components that tags lead to.

    Tags lead alike where they lead to the alternative at the same place; what that says is compared by itself.
    """
    old, new = base.get("discriminator"), revision.get("discriminator")
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return False
    before, after = old.get("mapping"), new.get("mapping")
    if not isinstance(before, Mapping) or not isinstance(after, Mapping) or before.keys() != after.keys():
        return False
    if typed_text({**old, "mapping": None}) != typed_text({**new, "mapping": None}):
        return False
    first, second = _places(base), _places(revision)
    for tag, target in before.items():
        place = first.get(str(target))
        if target != after[tag] and (place is None or place != second.get(str(after[tag]))):
            return False
    return True


def _places(union: Mapping[str, Any]) -> dict[str, int]:
    """Return the places of the alternatives of a union by their references and names: a mapping may use either."""
    lists = [rows for keyword in ("oneOf", "anyOf") if isinstance(rows := union.get(keyword), list)]
    found: dict[str, int] = {}
    for place, one in enumerate(one for rows in lists for one in rows):
        ref = one.get("$ref") if isinstance(one, Mapping) else None
        if isinstance(ref, str):
            found[ref] = found[_short(ref)] = place
    return found


def _short(ref: str) -> str:
    return ref.rsplit("/", 1)[-1]


def _listed(holder: Node | None) -> set[str] | None:
    if holder is None or holder.enum is None:
        return None
    return {value for value in holder.enum if isinstance(value, str)}


def _meant(key: str, holder: Node | None) -> list[Any]:
    """Return the values that a key of a mapping stands for: a number, a boolean and null are written as texts there.

    Which of them it is, the text or what is written in it, is told by what the alternative says of the property.
    """
    if holder is None:
        return [key]
    readings = [key, *_written(key)]
    if holder.enum is not None:
        return [value for value in readings if typed_text(value) in holder.enum_texts] or [key]
    return [value for value in readings if kind_of(value) & holder.kinds] or [key]


def _written(key: str) -> list[Any]:
    """Return the whole number, the boolean or null that a text is of; none for any other text."""
    try:
        value = json.loads(key)
    except ValueError:
        return []
    return [value] if (value is None or isinstance(value, int)) and typed_text(value) == key else []
