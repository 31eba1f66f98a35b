"""Changes of what the receiver accepts, and the words for where and how anything changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contractkit.model.change import Change, Proof
from contractkit.schema.describe import Describer
from contractkit.schema.point import Point
from contractkit.schema.text_facts import PROMISES
from contractkit.schema.way import join


def accepted_changes(describer: Describer, spoken: set[tuple[Any, ...]]) -> list[Change]:
    """Return the facts that no other change speaks of: the receiver accepts them, or they are none of values."""
    whole = {key[:4] for key in spoken if key[4] in _WHOLE}
    told = {key[:4] for key in spoken}
    opened = {key[:4] for key in spoken if key[4] in _REST}
    found: list[Change] = []
    for key, fact in describer.facts.items():
        if any(step == "*" and (*key[:3], key[3][:index]) in opened for index, step in enumerate(key[3])):
            continue  # what stands under names that are not declared was told as a whole
        if key[:5] in spoken or (key[:4] in whole and fact.aspect in _WHOLE):
            continue
        if fact.own.get("unread") and key[:4] in told:
            continue  # nobody can read what differs: there is no more to it than what was told
        location = located(fact.point, fact.path)
        found.append(
            Change(
                area="schema",
                aspect=fact.aspect,
                action=action_of(fact.before, fact.after),
                operation=fact.point.operation,
                location=location,
                direction=fact.point.direction,
                before=fact.before,
                after=fact.after,
                component=fact.component,
                operations=tuple(sorted(fact.operations)),
                proof=Proof.DEFINITION if fact.aspect in PROMISES else Proof.CONTAINED,
                facts={**fact.facts, "place": "property" if fact.path else fact.point.facts.get("place", "body")},
            )
        )
    return found


_REST = frozenset({"additionalProperties", "unevaluatedProperties", "patternProperties"})
"""Aspects that speak of all names that are not declared."""
_WHOLE = frozenset({"type", "enum", "nullable", "anyOf", "oneOf", "schema", "property", "required"})
"""Aspects that say that other values are sent: one of them at a place speaks for the others."""


def located(point: Point, path: Sequence[str]) -> str:
    """Return the location of a path inside a contract point: `body.items[].qty`."""
    text = join(path)
    if not text:
        return point.location
    return point.location + text if text.startswith("[") else f"{point.location}.{text}"


def action_of(before: Any, after: Any) -> str:
    """Return what happened to a value: added, removed, increased, decreased or changed."""
    if before is None or (before is False and after is True):
        return "added"
    if after is None or (after is False and before is True):
        return "removed"
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in (before, after)):
        return "increased" if after > before else "decreased"
    return "changed"
