"""Which branch of one side stands for which of the other, by their names, tags, kinds and values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from contractkit.model.jsontext import typed_text
from contractkit.schema.branch import Branch
from contractkit.schema.keywords import Reader
from contractkit.schema.node import BOOLEAN, NUMBER, OBJECT, STRING, Node, in_place

_IN_PLACE = frozenset({"allOf", "anyOf", "oneOf", "$ref"})
Listed = dict[str, Any]
"""The values that are listed, by their texts."""


def _components(branch: Branch) -> set[str]:
    return {node.component for node in branch.sources if node.component is not None}


def same_names(one: Branch, other: Branch) -> bool:
    """Whether two branches come from components of the same names."""
    names = _components(one)
    return bool(names) and names == _components(other)


def same_tag(one: Branch, other: Branch) -> bool:
    """Whether two branches require the same property with the same only value."""
    tag = _tag(one)
    return tag is not None and tag == _tag(other)


def matched_branches(
    same_sources: Callable[[Branch, Branch], bool], base: Sequence[Branch], revision: Sequence[Branch]
) -> list[tuple[Branch | None, Branch | None]]:
    """Pair the branches: the same schemas, then the same names, then what is left of a kind.

    Where one without a name may have become any of several, none is said to be what became of it.
    """
    pairs: list[tuple[Branch | None, Branch | None]] = []
    left, right = list(base), list(revision)
    for match in (same_sources, same_names, same_tag, None):
        unclear = _unclear(left, right) if match is None else ()
        for one in list(left):
            for other in right:
                if one.kind == other.kind and (one.kind not in unclear if match is None else match(one, other)):
                    pairs.append((one, other))
                    left.remove(one)
                    right.remove(other)
                    break
    return [*pairs, *((one, None) for one in left), *((None, other) for other in right)]


def _unclear(left: Sequence[Branch], right: Sequence[Branch]) -> set[int]:
    """Return the kinds of which one side has one branch, without a name, and the other several."""
    found = set()
    for kind in {branch.kind for branch in left}:
        few, many = sorted(([one for one in side if one.kind == kind] for side in (left, right)), key=len)
        is_listed = any(one.values is not None for one in (*few, *many))
        if len(few) == 1 < len(many) and not is_listed and not _components(few[0]):
            found.add(kind)
    return found


def _tag(branch: Branch) -> tuple[str, tuple[str, ...]] | None:
    if branch.kind != OBJECT:
        return None
    for name in sorted(branch.required):
        for node in branch.at(name):
            if node.enum is not None and len(node.enum) == 1:
                return name, tuple(sorted(node.enum_texts))
    return None


def alternative(branch: Branch, matched: Sequence[tuple[Branch | None, Branch | None]]) -> Any:
    """Return what an alternative of one side is called: its component, else its schema.

    None for a part of a component that both sides have in their unions: what that lost or got is told of it.
    """
    chosen = _chosen(branch)
    if chosen is not None:
        pairs = ([_chosen(one) for one in pair if one is not None] for pair in matched)
        names = ([one.component for one in pair if one is not None] for pair in pairs)
        return None if [chosen.component] * 2 in names else chosen.component
    named = next((node.component for node in reversed(branch.sources) if node.component is not None), None)
    if named is not None:
        return named
    return branch.sources[-1].raw if branch.kind != BOOLEAN and branch.sources else {"type": "boolean"}


def alternatives(base: Branch, revision: Branch) -> tuple[Node, Node] | None:
    """Return the components that two branches come down to, of which one at least was chosen from a union."""
    ours, theirs = _chosen(base), _chosen(revision)
    if ours is None and theirs is None:
        return None
    ours, theirs = ours or _whole(base), theirs or _whole(revision)
    return (ours, theirs) if ours is not None and theirs is not None else None


def is_only_named(base: Branch, revision: Branch) -> bool:
    """Whether two branches chose components from a union, and nothing differs in what stands beside those.

    What stands beside a component in a union with a discriminator is its tag, of which the discriminator speaks.
    """
    named = alternatives(base, revision)
    return named is not None and (
        _is_tagged(base) or _is_tagged(revision) or _beside(base, named[0]) == _beside(revision, named[1])
    )


def _is_tagged(branch: Branch) -> bool:
    return any(isinstance(node.raw, Mapping) and "discriminator" in node.raw for node in branch.sources)


def _beside(branch: Branch, component: Node) -> list[str]:
    """Return what limits a branch beside a component, as it is written."""
    own = {id(node) for node in in_place([component])}
    raws = [node.raw for node in branch.sources if id(node) not in own and isinstance(node.raw, Mapping)]
    limits = [{key: raw[key] for key in raw if Reader.is_assertion(key) and key not in _IN_PLACE} for raw in raws]
    return [typed_text(one) for one in limits if one]


def _whole(branch: Branch) -> Node | None:
    """Return the component that a branch is of, with nothing around it."""
    first = branch.sources[0] if branch.sources else None
    return first if first is not None and first.component is not None else None


def _chosen(branch: Branch) -> Node | None:
    held = {id(node) for node in branch.sources}
    for union in branch.sources:
        parts = [part for part in (*(union.any_of or ()), *(union.one_of or ())) if id(part) in held]
        inside = {id(node) for part in parts for node in part.all_of}
        for part in parts:
            # A tagged alternative is the component and its tag; one that is a part of another was not chosen itself.
            found = next((node for node in (part, *part.all_of) if node.component is not None), None)
            if found is not None and id(part) not in inside:
                return found
    return None


def split_lists(base: Sequence[Branch], revision: Sequence[Branch]) -> Iterator[tuple[int, Listed, Listed]]:
    """Yield the kinds whose values both sides list, one at least in several alternatives, with all values listed."""
    for kind in (NUMBER, STRING):
        sides = [[branch for branch in side if branch.kind == kind] for side in (base, revision)]
        values = [branch.values for side in sides for branch in side]
        if all(sides) and len(values) > 2 and None not in values:
            before, after = (
                {typed_text(value): value for branch in side for value in branch.values or ()} for side in sides
            )
            yield kind, before, after
