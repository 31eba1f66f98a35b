"""Small steps on the way from a schema as written to a node: what occurs at all, and what nodes are rewritten to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from contractkit.model.jsontext import typed_text
from contractkit.model.records import replace
from contractkit.schema.node import TRUE, UNSENT, Node

COMPONENTS = "#/components/schemas/"
_MAX_SHORT = 60


class Marks:
    """What occurs anywhere in two documents: rare keywords that cost work.

    Attributes:
        unsent: whether `readOnly` or `writeOnly` occurs: if not, requests and responses are lifted alike.
        unevaluated: whether an `unevaluated...` keyword occurs: if not, what it would see need not be kept.
    """

    def __init__(self, mentions: Callable[[bytes], bool]) -> None:
        self.unsent = mentions(b"readOnly") or mentions(b"writeOnly")
        self.unevaluated = mentions(b"unevaluated")


def deep_text(schema: Any) -> str:
    """Return a text of a deep schema, the same for the same schema."""
    import hashlib

    try:
        return hashlib.sha256(typed_text(schema).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    except RecursionError:
        return f"unreadable {id(schema)}"


def short_text(value: Any) -> str:
    """Return a text of a value, the same for the same value alone, with the digest of the whole where it is long."""
    try:
        text = typed_text(value)
    except RecursionError:
        return deep_text(value)
    return text if len(text) <= _MAX_SHORT else f"{text[:_MAX_SHORT]}... ({deep_text(value)})"


def flat(branches: tuple[Node, ...]) -> tuple[Node, ...]:
    """Take the alternatives of nested inline `anyOf`s into the outer one, and each plain type once."""
    found: list[Node] = []
    types: set[tuple[int, bool]] = set()
    for branch in branches:
        inner = branch.any_of if branch.any_of is not None and branch.component is None else None
        for part in inner if inner is not None and branch.is_plain_union() else (branch,):
            kind = (part.kinds, part.integer)
            if part.component is None and part.is_plain_type():
                if kind in types:
                    continue
                types.add(kind)
            found.append(part)
    return tuple(found)


def joined(parts: Sequence[Node]) -> tuple[Node, ...]:
    """Take the parts of nested inline `allOf`s into the outer one."""
    found: list[Node] = []
    for part in parts:
        # One that leads back here is not read to its end yet, and seems to have no parts.
        is_wrapper = part.component is None and bool(part.all_of) and not part.has_assertions()
        if is_wrapper and part.any_of is None and part.one_of is None and part.not_ is None and part.if_ is None:
            found += part.all_of
        elif part is not TRUE:
            found.append(part)
    return tuple(found)


def combines(node: Node) -> bool:
    """Whether a schema applies others in place, `not` aside."""
    return bool(node.all_of or node.any_of is not None or node.one_of is not None or node.if_ is not None)


def unsent_names(node: Node, seen: set[int]) -> set[str]:
    """Return the names that a schema and its `allOf` parts mark as not sent."""
    if id(node) in seen:
        return set()
    seen.add(id(node))
    names = {name for name, below in node.properties.items() if below is UNSENT}
    return names.union(*(unsent_names(part, seen) for part in node.all_of))


def without_required(part: Node, names: set[str], depth: int = 0) -> Node:
    """Return a part that does not require these names: a copy where it did, itself else."""
    if depth > 50:
        return part
    inner = tuple(without_required(below, names, depth + 1) for below in part.all_of)
    if names.isdisjoint(part.required) and all(one is other for one, other in zip(inner, part.all_of, strict=True)):
        return part
    required = tuple(name for name in part.required if name not in names)
    return replace(part, required=required, all_of=inner, local_key=None, below=None)


def component_name(ref: str) -> str | None:
    """Return the component's name of a `$ref`, None where it points elsewhere than into `components/schemas`."""
    if not ref.startswith(COMPONENTS) or "/" in ref[len(COMPONENTS) :]:
        return None
    return ref[len(COMPONENTS) :].replace("~1", "/").replace("~0", "~")
