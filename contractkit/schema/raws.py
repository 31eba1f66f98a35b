"""What stands in the document for the parts of a branch, annotations included; None where nothing does."""

from __future__ import annotations

from typing import Any

from contractkit.schema.branch import Branch


def item_raw(branch: Branch, index: int) -> Any:
    """Return what stands for the item at an index, in a list whose items are alike."""
    for layer in branch.array_layers:
        if isinstance(layer.raw, dict) and index >= len(layer.prefix_items):
            return layer.raw.get("items")
    return None


def rest_raw(branch: Branch) -> Any:
    """Return what stands for the properties that are not named."""
    for layer in branch.object_layers:
        if isinstance(layer.raw, dict) and isinstance(layer.raw.get("additionalProperties"), dict):
            return layer.raw["additionalProperties"]
    return None


def property_raw(branch: Branch, name: str) -> Any:
    """Return what stands for a property."""
    for layer in branch.object_layers:
        table = layer.raw.get("properties") if isinstance(layer.raw, dict) else None
        if isinstance(table, dict) and name in table:
            return table[name]
    return None
