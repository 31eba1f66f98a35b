"""What becomes of a comparison where a side says something that nobody can read: it is undecided, and shows nothing."""

from __future__ import annotations

from collections.abc import Sequence

from contractkit.model.records import replace
from contractkit.schema.branch import Branch
from contractkit.schema.keywords import ARRAY_KEYWORDS, NUMBER_KEYWORDS, OBJECT_KEYWORDS, STRING_KEYWORDS
from contractkit.schema.node import ARRAY, NUMBER, OBJECT, STRING, Node, unknown_of
from contractkit.schema.result import Place, Result

_ASPECTS = {
    "exclusiveMinimum": ("minimum",),
    "exclusiveMaximum": ("maximum",),
    "minContains": ("contains",),
    "maxContains": ("contains", "maxContains"),
    "properties": ("property", "required"),
    "required": ("required", "property", "minProperties"),
    "multipleOf": ("multipleOf", "type"),
    "pattern": ("pattern", "format", "minLength", "maxLength"),
}
"""The aspects that a keyword is told as, where it is not its own name."""
_KINDS = {
    **dict.fromkeys(NUMBER_KEYWORDS, NUMBER),
    **dict.fromkeys(STRING_KEYWORDS, STRING),
    **dict.fromkeys(ARRAY_KEYWORDS, ARRAY),
    **dict.fromkeys(OBJECT_KEYWORDS, OBJECT),
}
"""The one kind of value that a keyword restricts."""
_SPEAKS_OF_ALL = frozenset({"enum", "allOf", "anyOf", "oneOf", "not", "if", "a"})
"""Keywords that could say anything of a value; `a schema that is 3`, too."""


def unknown_place(ref: str, sender: Sequence[Node], receiver: Node) -> Place:
    """Return the place of a `$ref` that leads nowhere, on either side."""
    return _place(sender, receiver, f"what stands at `$ref: {ref}` is not known")


def settle_unknown(result: Result, sender: Sequence[Node], receiver: Node) -> None:
    """Say one thing alone where a `$ref` that leads nowhere is all that a side says of its values."""
    ref = receiver.reference or unknown_of(sender)
    if ref is not None and not result.ok:
        _say_alone(result, unknown_place(ref, sender, receiver))


def left_out(nodes: Sequence[Node], kind: int) -> set[str]:
    """Return the keywords of schemas, with their values, that are left out and would say something of this kind."""
    found = {text for node in nodes for text in node.left_out}
    return {text for text in found if _KINDS.get(text.partition(" ")[0], kind) == kind} if found else found


def check_left_out(result: Result, branch: Branch, receiver: Node) -> None:
    """Record what the receiver says with a value that its keyword cannot have, and the sender does not say as well."""
    unknown = left_out((receiver,), branch.kind)
    unknown = unknown - left_out(branch.sources, branch.kind) if unknown else unknown
    if unknown:
        result.add(_place(branch.sources, receiver, min(unknown)))


def doubt_left_out(result: Result, branch: Branch, receiver: Node) -> None:
    """Take for undecided what breaks only as far as nobody knows what the sender says there."""
    said = set() if result.ok else left_out(branch.sources, branch.kind)
    for text in sorted(said - {*receiver.left_out}):
        keyword = text.partition(" ")[0]
        if keyword in _SPEAKS_OF_ALL and (result.edges or any(place.reason is None for place in result.places)):
            _say_alone(result, _place(branch.sources, receiver, text))
            return
        aspects = _ASPECTS.get(keyword, (keyword,))
        result.places = [
            replace(place, candidates=tuple, reason=text) if place.aspect in aspects else place
            for place in result.places
        ]


def _say_alone(result: Result, place: Place) -> None:
    result.ok = True
    result.places.clear()
    result.edges.clear()
    result.add(place)


def _place(sender: Sequence[Node], receiver: Node, reason: str) -> Place:
    """Return a place that nobody can decide: no value shows anything."""
    raw = sender[0].raw if sender else True
    return Place("schema", raw, receiver.raw, tuple, reason=reason)
