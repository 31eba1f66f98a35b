"""What the schemas of a branch say of its parts, as it is written: the texts for readers stand there."""

from __future__ import annotations

from typing import Any

from contractkit.schema.branch import Branch
from contractkit.schema.node import Node


def patterns(branch: Branch) -> dict[str, Node]:
    """Return the schemas of all patterns of names."""
    return {pattern: node for layer in branch.object_layers for pattern, node in layer.pattern_properties.items()}


def item_raw(branch: Branch, index: int) -> Any:
    """Return the schema of the item at an index, behind the first few, as it is written."""
    for layer in branch.array_layers:
        if isinstance(layer.raw, dict) and index >= len(layer.prefix_items):
            return layer.raw.get("items")
    return None


def rest_raw(branch: Branch) -> Any:
    """Return the schema of undeclared names as it is written."""
    for layer in branch.object_layers:
        if isinstance(layer.raw, dict) and isinstance(layer.raw.get("additionalProperties"), dict):
            return layer.raw["additionalProperties"]
    return None


def property_raw(branch: Branch, name: str) -> Any:
    """Return the schema of a property as it is written."""
    for layer in branch.object_layers:
        table = layer.raw.get("properties") if isinstance(layer.raw, dict) else None
        if isinstance(table, dict) and name in table:
            return table[name]
    return None
