"""One branch of the sender against the receiver's in-place applicators: allOf, anyOf, oneOf, not, if."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from contractkit.model.jsontext import typed_text
from contractkit.schema.branch import Branch
from contractkit.schema.evaluate import CannotSayError, accepts
from contractkit.schema.node import NUMBER, OBJECT, Node, number
from contractkit.schema.readings import accepts_as
from contractkit.schema.result import Context, Place, Result, candidates_below, local_candidates, same_value, wrong_type
from contractkit.schema.sample import valid
from contractkit.schema.sendable import may_be_sent

if TYPE_CHECKING:
    from contractkit.schema.contain import Containment

MAX_SPLIT = 64
"""Whole numbers, or values of a property, into which a branch is split at the most."""

MAX_SHOWN = 12
"""Values of an alternative that the receiver does not have, of which one is to show that."""
MAX_SPLITS_DEEP = 2
"""Properties by which one branch is split at the most."""


def check(engine: Containment, result: Result, branch: Branch, receiver: Node, context: Context) -> None:
    """Compare with each in-place applicator; each `allOf` part stands for itself."""
    if context.text and not receiver.is_plain_union():
        context = context._replace(part=True)
    for part in receiver.all_of:
        result.attach(engine.compare_branch(branch, part, context), (), same_value)
    if receiver.any_of is not None:
        _union(engine, result, branch, receiver, receiver.any_of, context, "anyOf")
    if receiver.one_of is not None:
        _union(engine, result, branch, receiver, receiver.one_of, context, "oneOf")
    if receiver.not_ is not None:
        _not(engine, result, branch, receiver.not_)
    if receiver.if_ is not None:
        _conditional(engine, result, branch, receiver, context)


def _union(
    engine: Containment,
    result: Result,
    branch: Branch,
    receiver: Node,
    parts: Sequence[Node],
    context: Context,
    keyword: str,
) -> None:
    exclusive = keyword == "oneOf"
    # Which alternatives overlap is known of JSON values: as text, a number may be read as a string by another one.
    inner = context._replace(text=0) if exclusive else context
    viable = [part for part in parts if not _apart(engine, branch, part)]
    tried: list[tuple[Node, Result]] = []
    refuted: list[Any] = []
    for part in _likely_first(branch, viable):
        if len(tried) == 1 and len(viable) > 3:
            # In a long union, a value that the likeliest alternative and all others refuse ends the search.
            refuted = _refuted(engine, branch, receiver, tried, context)
            if refuted:
                break
        child = engine.compare_branch(branch, part, inner)
        if child.ok:
            others = [other for other in viable if other is not part] if exclusive else []
            if exclusive and viable.count(part) > 1:
                others.append(part)
            if all(_never_sent(branch, other, context) or engine.emptiness.disjoint(branch, other) for other in others):
                result.lean(child)
                return
        tried.append((part, child))
    if len(viable) == 1 and tried and not tried[0][1].ok and not _names_one_type(tried[0][1]):
        # Only one branch could take these values: what is wrong there is wrong here.
        result.attach(tried[0][1], (), same_value)
        return
    if not refuted:
        if _split(engine, result, branch, receiver, context):
            return
        refuted = _refuted(engine, branch, receiver, tried, context)
    if not refuted and engine.covers(branch, receiver, keyword):
        return
    said = [part.raw for part in parts]
    for _, child in tried:
        if not child.ok:
            result.lean(child, decides=False)
    # One of the same name may have another tag now, and was passed over for it.
    names = {node.component for node in branch.sources if node.component is not None}
    apart = [part for part in parts if _names(part) & names and all(part is not other for other in viable)]
    held = [*tried, *((part, engine.compare_branch(branch, part, inner)) for part in apart)]
    closest = _closest(branch, held, is_all=len(tried) == len(viable))
    if closest is not None and not _names_one_type(closest):
        result.attach(closest, (), same_value, tentative=True)
    sender = branch.sources[0].raw if branch.sources else True
    facts = {"alternative": branch.sources[0].component if branch.sources else None}

    def candidates() -> Iterator[Any]:
        yield from refuted or engine.once_compared(lambda: _refuted(engine, branch, receiver, tried, context))
        yield from engine.sampler.of_branch(branch)

    place = Place(keyword, sender, said, candidates, facts=facts)
    if not refuted:
        place.reason = keyword
    result.add(place)


def attach_alternatives(result: Result, keyword: str, parts: Sequence[Node], found: Sequence[Result]) -> None:
    """Record what was found of each alternative of the sender.

    Where the receiver is one of them, or takes one of them beside null or texts, the others are not changed: it does
    not have them.
    """
    wrong = [wrong_type(child) for child in found]
    if len(found) > 1 and wrong[0] is not None and all(_is_same(one, wrong[0]) for one in wrong):
        # It is none of the alternatives that has changed.
        for child in found:
            result.lean(child)
        result.add(wrong[0])
        return
    for part, child in zip(parts, found, strict=True):
        names, own = _names(part), set() if child.ok else _names(_opposite(result.receiver, part))
        is_none = bool(own and names) and not names & own
        if not (is_none and any(other.ok and _names(one) & own for one, other in zip(parts, found, strict=True))):
            result.attach(child, (), same_value)
        else:
            result.lean(child)
            facts = {"alternative": min(names), "lone": True}
            candidates = functools.partial(candidates_below, child, MAX_SHOWN)
            result.add(Place(keyword, part.raw, result.receiver.raw, candidates, facts=facts))


def _opposite(receiver: Node, part: Node) -> Node:
    """Return the only alternative of a receiver that may take values of the kind of one; else the receiver itself."""
    if not receiver.is_plain_union():
        return receiver
    likely = [one for one in receiver.any_of or receiver.one_of or () if one.kinds & part.kinds]
    return likely[0] if len(likely) == 1 else receiver


def _is_same(one: Place | None, other: Place) -> bool:
    """Whether the same is wrong at two places."""
    return one is not None and (one.sender, one.receiver) == (other.sender, other.receiver)


def _likely_first(branch: Branch, parts: Sequence[Node]) -> list[Node]:
    names = {node.component for node in branch.sources if node.component is not None}
    if not names:
        return list(parts)
    return sorted(parts, key=lambda part: not (_names(part) & names))


def _names(node: Node) -> set[str]:
    own = {node.component} if node.component is not None else set()
    return own | {part.component for part in node.all_of if part.component is not None}


def _apart(engine: Containment, branch: Branch, part: Node) -> bool:
    """Whether a cheap look shows that the branch and the part share no value: their kinds, or their tags."""
    if not part.kinds & branch.kind or part.never:
        return True
    if branch.kind != OBJECT:
        return False
    for holder in (part, *part.all_of):
        for name in holder.required:
            wanted = _listed(part, name)
            if wanted is None or name not in branch.required:
                continue
            own = _listed_of(branch, name)
            if own is not None and not own & wanted:
                return True
    return False


def _never_sent(branch: Branch, part: Node, context: Context) -> bool:
    """Whether the exemption keeps the branch out of a part: it requires a name that only the receiver declares."""
    if not context.exempt or branch.kind != OBJECT:
        return False
    holders = (part, *part.all_of)
    declared = {name for holder in holders for name in holder.properties}
    return any(name in declared and not branch.declares(name) for holder in holders for name in holder.required)


def _listed(part: Node, name: str) -> frozenset[str] | None:
    for holder in (part, *part.all_of):
        if name in holder.properties and holder.properties[name].enum is not None:
            return holder.properties[name].enum_texts
    return None


def _listed_of(branch: Branch, name: str) -> frozenset[str] | None:
    for node in branch.at(name):
        if node.enum is not None:
            return node.enum_texts
    return None


def _closest(branch: Branch, tried: Sequence[tuple[Node, Result]], *, is_all: bool) -> Result | None:
    """Return the failing alternative that the sender most likely means; None where it may as well be another one.

    That is one of the same name, then one whose properties may have the sender's values (as a tag has), then the one
    with the fewest faults.

    Args:
        branch: the branch of the sender.
        tried: the alternatives that it was held against.
        is_all: whether that is all that could take some of its values.
    """
    names = {node.component for node in branch.sources if node.component is not None}
    failing = [(part, child) for part, child in tried if not child.ok and (not child.running or _names(part) & names)]
    if not failing:
        return None

    def distance(item: tuple[Node, Result]) -> tuple[bool, bool, int]:
        part, child = item
        other_tag = any(_refuses_values(edge.result) for edge in child.edges if edge.step)
        return not (_names(part) & names), other_tag, len(child.places) + len(child.edges)

    nearest = min(failing, key=distance)
    if not _names(nearest[0]) & names:
        rivals = [
            child for part, child in failing if child is not nearest[1] and distance((part, child)) == distance(nearest)
        ]
        if not is_all or any(_differs_in_limits(child, nearest[1]) for child in rivals):
            return None
    return nearest[1]


def _differs_in_limits(one: Result, other: Result) -> bool:
    """Whether two alternatives refuse the same keywords and want other values: what is said of one is not so."""
    faults = [
        {(step, place.aspect): typed_text(place.receiver) for step, place in _faults(found)} for found in (one, other)
    ]
    return faults[0].keys() == faults[1].keys() and faults[0] != faults[1]


def _faults(found: Result) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Yield what is wrong with an alternative in itself and one step below, with that step."""
    yield from ((place.step, place) for place in found.places)
    for edge in found.edges:
        yield from (((*edge.step, *place.step), place) for place in edge.result.places)


def _names_one_type(found: Result) -> bool:
    """Whether a value of any type is told to have the type of this alternative now, although it may have another's."""
    return any(place.aspect == "type" and place.sender is None for place in found.places)


def _refuses_values(found: Result) -> bool:
    """Whether single values are what is refused right here."""
    in_place = [found, *(edge.result for edge in found.edges if not edge.step)]
    return any(place.aspect == "enum" for one in in_place for place in one.places)


def _split(engine: Containment, result: Result, branch: Branch, receiver: Node, context: Context) -> bool:
    """Split the branch by the values of one property, or into its whole numbers; True where all parts are accepted."""
    if branch.kind == NUMBER:
        low, high, step = branch.lowest()[0], branch.highest()[0], branch.step
        if low is None or high is None or step is None or (high - low) / step > MAX_SPLIT:
            return False
        count = int((high - low) / step) + 1
        try:
            return all(takes(receiver, number(low + index * step), context) for index in range(count))
        except CannotSayError:
            return False
    if branch.kind != OBJECT or engine.pinned.count(branch.sources) >= MAX_SPLITS_DEEP:
        return False
    for name in branch.names[:12]:
        if name not in branch.required:
            continue
        own = branch.at(name)
        values = _finite(engine, own) if own else None
        if values is None or not 1 < len(values) <= MAX_SPLIT:
            continue
        parts = [engine.pinned.to(name, value) for value in values]
        refined = [piece for part in parts for piece in engine.branches.refine(branch, (part,))]
        if len(refined) > MAX_SPLIT:
            continue
        children = [engine.compare_branch(piece, receiver, context) for piece in refined]
        if all(child.ok for child in children):
            for child in children:
                result.lean(child)
            return True
    return False


def _finite(engine: Containment, conjunction: Sequence[Node]) -> list[Any] | None:
    values: dict[str, Any] = {}
    for branch in engine.branches.of(conjunction):
        if branch.values is None:
            return None
        values |= {typed_text(value): value for value in branch.values}
    return list(values.values())


def takes(receiver: Node, value: Any, context: Context) -> bool:
    """Whether a receiver accepts a value as the context says that it is read. Raises CannotSayError."""
    # A part is read as the whole is, and the whole takes the value as it is.
    return accepts(receiver, value) if context.part else accepts_as(receiver, value, context)


def _refuted(
    engine: Containment, branch: Branch, receiver: Node, tried: Sequence[tuple[Node, Result]], context: Context
) -> list[Any]:
    """Return values of the branch that the whole receiver refuses."""
    found: dict[str, Any] = {}
    pool: list[Any] = []
    for _, child in tried:
        if not child.ok:
            pool += local_candidates(child, 8)
    pool += [value for _, value in zip(range(16), engine.sampler.of_branch(branch), strict=False)]
    # A value that two alternatives of a oneOf accept: one that accepts all of the branch, or any two.
    whole = [part for part, child in tried if child.ok] or [part for part, _ in tried[:4]]
    if receiver.one_of is not None and not engine.emptiness.is_asking:
        for part in whole:
            for other, _ in tried:
                if part is not other:
                    pool += _shared(engine, branch, part, other)
    for value in pool:
        text = typed_text(value)
        if text in found:
            continue
        if engine.effort.is_spent():
            break
        try:
            refused = not takes(receiver, value, context)
        except CannotSayError:
            continue
        if not refused or not valid(branch.sources, value) or any(_accepted(node, value) for node in branch.nots):
            continue
        if not context.exempt or may_be_sent(engine.branches, branch.sources, (receiver,), value):
            found[text] = value
            if len(found) >= 2:
                break
    return [found[text] for text in sorted(found, key=lambda text: (len(text), text))]


def _shared(engine: Containment, branch: Branch, part: Node, other: Node) -> list[Any]:
    values: list[Any] = []
    for piece in engine.branches.refine(branch, (part, other))[:4]:
        values += [value for _, value in zip(range(3), engine.sampler.of_branch(piece), strict=False)]
    return values


def _accepted(node: Node, value: Any) -> bool:
    try:
        return accepts(node, value)
    except CannotSayError:
        return True


def _not(engine: Containment, result: Result, branch: Branch, refused: Node) -> None:
    if engine.emptiness.disjoint(branch, refused):
        return
    # Whatever is refused now was refused before?
    if any(engine.proven((refused,), other) for other in branch.nots):
        return
    own = branch.nots[0].raw if branch.nots else None

    def candidates() -> Iterator[Any]:
        for piece in engine.branches.refine(branch, (refused,)):
            yield from engine.sampler.of_branch(piece)

    place = Place("not", own, refused.raw, candidates)
    if not any(True for _, _ in zip(range(1), candidates(), strict=False)):
        place.reason = "not"
    result.add(place)


def _conditional(engine: Containment, result: Result, branch: Branch, receiver: Node, context: Context) -> None:
    condition = receiver.if_
    assert condition is not None
    child = Result((), branch.sources, receiver, context)
    if receiver.then is not None:
        for piece in engine.branches.refine(branch, (condition,)):
            child.attach(engine.compare_branch(piece, receiver.then, context), (), same_value)
    if receiver.else_ is not None:
        for piece in engine.branches.refine(branch, (), (condition,)):
            child.attach(engine.compare_branch(piece, receiver.else_, context), (), same_value)
    result.lean(child)
    if child.ok:
        result.edges += child.edges
        return
    if engine.covers(branch, receiver, "if"):
        return
    own = next((_condition(node) for node in branch.sources if node.if_ is not None), None)
    pool = local_candidates(child, 24)
    result.add(Place("conditional", own, _condition(receiver), lambda: [*pool, *engine.sampler.of_branch(branch)]))


def _condition(node: Node) -> dict[str, Any]:
    parts = (("if", node.if_), ("then", node.then), ("else", node.else_))
    return {keyword: part.raw for keyword, part in parts if part is not None}
