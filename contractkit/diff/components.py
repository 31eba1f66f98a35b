"""Compares the components that no operation uses; the used ones are compared where they are used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contractkit.diff.record import Place, differ
from contractkit.openapi.part import is_extension
from contractkit.schema.document import Document
from contractkit.schema.sameness import Unit

_ELSEWHERE = frozenset({"securitySchemes"})
"""Sections that are used by name, not by reference, and compared by their own walker."""


def compare_components(place: Place) -> None:
    """Record the unused components that were added, removed or changed."""
    record = place.record
    before, after = dict(_components(record.base)), dict(_components(record.revision))
    units = [unit for unit in {**before, **after} if not record.sameness.untouched(unit)]
    for unit in sorted(units):
        if record.sameness.is_used(unit) or not differ(before.get(unit), after.get(unit)):
            continue
        _, section, name = unit
        here = place.at("document", f"components.{section}.{name}", section=section, name=name)
        old, new = before.get(unit), after.get(unit)
        if unit not in before:
            here.add("component", "added", None, name)
        elif unit not in after:
            here.add("component", "removed", name, None)
        elif _has_heirs(record.base, old) or _has_heirs(record.revision, new):
            # A model found through another one's discriminator by its name alone is used, and no reference says so.
            here.add("unclassified", "changed", old, new)
        else:
            here.add("component", "changed", old, new)


def _components(document: Document) -> Iterator[tuple[Unit, Any]]:
    components = document.root.get("components")
    for section, parts in components.items() if isinstance(components, Mapping) else ():
        if section in _ELSEWHERE or is_extension(section) or not isinstance(parts, Mapping):
            continue
        for name, part in parts.items():
            yield ("components", section, str(name)), part


def _has_heirs(document: Document, schema: Any) -> bool:
    """Return whether a schema extends one that has a discriminator (OpenAPI 3.1.1, 4.8.25)."""
    parts = schema.get("allOf") if isinstance(schema, Mapping) else None
    for part in parts if isinstance(parts, list) else ():
        ref = part.get("$ref") if isinstance(part, Mapping) else None
        target = document.lookup(ref) if isinstance(ref, str) else None
        if isinstance(target, Mapping) and "discriminator" in target:
            return True
    return False
