"""One object branch of the sender against the receiver's own keywords, name by name.

The exemption: the sender does not send a name that the receiver declares and the sender does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from contractkit.schema.branch import Branch, found_in
from contractkit.schema.evaluate import CannotSayError, matches_pattern
from contractkit.schema.names import check_names, name_classes, under
from contractkit.schema.node import UNSENT, Node
from contractkit.schema.result import Context, Place, Result, local_candidates, same_value
from contractkit.schema.static import least_names, static_names

if TYPE_CHECKING:
    from contractkit.schema.contain import Containment


def check(engine: Containment, result: Result, branch: Branch, receiver: Node, context: Context) -> None:
    """Compare names, what stands under them, and how many there are."""
    _required(engine, result, branch, receiver)
    _declared(engine, result, branch, receiver, context)
    if receiver.pattern_properties:
        _patterns(engine, result, branch, receiver, context)
    if receiver.additional is not None and not receiver.additional.is_anything():
        _additional(engine, result, branch, receiver, receiver.additional, context, "additionalProperties")
    if receiver.property_names is not None:
        check_names(engine, result, branch, receiver.property_names, context)
    _counts(engine, result, branch, receiver)
    _dependent(engine, result, branch, receiver, context)
    if receiver.unevaluated_properties is not None:
        _unevaluated(engine, result, branch, receiver, context)


def may_send(branch: Branch, name: str, context: Context) -> bool:
    """Whether the sender may send this name, which the receiver declares."""
    if any(node.never for node in branch.at(name)) or not branch.has_room(name) or branch.refuses_name(name):
        return False
    return not context.exempt or branch.declares(name)


def _required(engine: Containment, result: Result, branch: Branch, receiver: Node) -> None:
    for name in receiver.required:
        if name in branch.required or _always_follows(branch, name):
            continue

        def candidates(name: str = name) -> Iterator[Any]:
            # The smallest first; then larger ones, since an empty object may not be written as text.
            for size in (0, 1):
                made = engine.sampler.object(branch, {}, avoid=(name,), size=size)
                if made is not None:
                    yield made

        declared = name in branch.names
        place = Place("required", False, True, candidates, step=(name,), facts={"declared": declared})
        result.add(place)


def _always_follows(branch: Branch, name: str) -> bool:
    """Whether a required property of the sender brings this one along (`dependentRequired`)."""
    return any(
        name in needed and trigger in branch.required
        for node in branch.sources
        for trigger, needed in node.dependent_required.items()
    )


def _declared(engine: Containment, result: Result, branch: Branch, receiver: Node, context: Context) -> None:
    inside = context.inside()
    # Sorted: in a recursion, which pair is met first must not depend on the order of keys.
    for name, wanted in sorted(receiver.properties.items()):
        sent = branch.at(name)
        if wanted in sent or not may_send(branch, name, context) or wanted.is_anything() or wanted is UNSENT:
            continue
        if wanted.never and engine.emptiness.none(sent):
            continue
        if wanted.never:
            # Only a sender that may really send it breaks.
            result.add(_present(engine, branch, name, "property"))
            continue
        child = engine.compare(sent, wanted, inside, crossed=True)
        result.attach(child, (name,), under(engine, branch, name))


def _present(engine: Containment, branch: Branch, name: str, aspect: str) -> Place:
    def candidates() -> Iterator[Any]:
        for value in engine.sampler.values(branch.at(name)) if branch.at(name) else [None, 0, ""]:
            yield from under(engine, branch, name)(value)

    raw = branch.at(name)[0].raw if branch.at(name) else True
    return Place(aspect, raw, None, candidates, step=(name,), facts={"closed": True})


def _patterns(engine: Containment, result: Result, branch: Branch, receiver: Node, context: Context) -> None:
    inside = context.inside()
    for pattern, wanted in receiver.pattern_properties.items():
        said = [layer.pattern_properties.get(pattern) for layer in branch.object_layers]
        if wanted.is_anything() or any(node is not None and engine.identity.same(node, wanted) for node in said):
            continue
        for name in dict.fromkeys((*branch.names, *receiver.properties)):
            try:
                matched = matches_pattern(pattern, name)
            except CannotSayError as reason:
                result.add(engine.undecided(branch.sources, receiver, "patternProperties", str(reason)))
                break
            if matched and may_send(branch, name, context):
                child = engine.compare(branch.at(name), wanted, inside, crossed=True)
                result.attach(child, (name,), under(engine, branch, name))
        for nodes, found in name_classes(engine, branch, receiver.properties, inside=(pattern,)):
            if any(node.never for node in nodes) or not branch.has_room(found or "x"):
                continue
            child = engine.compare(nodes, wanted, inside, crossed=True)
            if child.is_certain or (not child.ok and nodes and engine.emptiness.none(nodes)):
                continue
            if found is None:
                result.add(engine.undecided(branch.sources, receiver, "patternProperties", f"pattern {pattern!r}"))
            else:
                result.attach(child, ("*",), under(engine, branch, found))


def _additional(
    engine: Containment,
    result: Result,
    branch: Branch,
    receiver: Node,
    wanted: Node,
    context: Context,
    aspect: str,
    declared: frozenset[str] | None = None,
    patterns: tuple[str, ...] | None = None,
) -> None:
    """Check the names that the receiver does not declare against what it wants of all others."""
    known = frozenset(receiver.properties) if declared is None else declared
    matched = tuple(receiver.pattern_properties) if patterns is None else patterns
    inside = context.inside()
    for name in branch.names:
        if name in known or any(found_in(pattern, name) for pattern in matched):
            continue
        if any(node.never for node in branch.at(name)) or not branch.has_room(name):
            continue
        if wanted.never:
            result.add(_present(engine, branch, name, "property"))
        else:
            child = engine.compare(branch.at(name), wanted, inside, crossed=True)
            result.attach(child, (name,), under(engine, branch, name))
    for nodes, found in name_classes(engine, branch, known, outside=matched):
        if not any(node.never for node in nodes) and branch.has_room(found or "x"):
            _class_of_names(engine, result, branch, nodes, found, wanted, inside, aspect)


def _class_of_names(
    engine: Containment,
    result: Result,
    branch: Branch,
    nodes: tuple[Node, ...],
    name: str | None,
    wanted: Node,
    inside: Context,
    aspect: str,
) -> None:
    """Compare what stands under the undeclared names of one class of the sender with what the receiver wants."""
    if wanted.never:
        if nodes and engine.emptiness.none(nodes):
            return
        place = Place(aspect, _openness(branch), False, tuple)
    else:
        child = engine.compare(nodes, wanted, inside, crossed=True)
        if child.is_certain or (not child.ok and nodes and engine.emptiness.none(nodes)):
            return
        if name is not None and (nodes or child.ok):
            result.attach(child, ("*",), under(engine, branch, name))
            return
        place = Place(aspect, _openness(branch), wanted.raw, tuple)
    if name is None:
        place.reason = "a pattern of property names"
    place.candidates = lambda: _extra(engine, branch, name or "x", nodes)
    result.add(place)


def _extra(engine: Containment, branch: Branch, name: str, nodes: tuple[Node, ...]) -> Iterator[Any]:
    lift = under(engine, branch, name)
    for value in engine.sampler.values(nodes) if nodes else [None, 0, "", "a", False, [], {}, 1.5]:
        yield from lift(value)


def _openness(branch: Branch) -> Any:
    rest = branch.elsewhere()
    return rest[0].raw if rest else None


def _counts(engine: Containment, result: Result, branch: Branch, receiver: Node) -> None:
    least = max(branch.min_properties, len(branch.required))
    if receiver.min_properties > least:
        wanted = receiver.min_properties

        def fewer() -> Iterator[Any]:
            # An empty object cannot be written in most texts: then one with a property may show the break.
            for size in range(min(wanted, 2)):
                made = engine.sampler.object(branch, {}, size=size)
                if made is not None:
                    yield made

        result.add(Place("minProperties", branch.min_properties or None, wanted, fewer))
    if receiver.max_properties is None:
        return
    limit = receiver.max_properties
    most = branch.max_properties
    if branch.is_closed() and not any(layer.pattern_properties for layer in branch.object_layers):
        possible = sum(not any(node.never for node in branch.at(name)) for name in branch.names)
        most = possible if most is None else min(most, possible)
    if most is None or most > limit:

        def more() -> Iterator[Any]:
            made = engine.sampler.object(branch, {}, size=limit + 1) if engine.may_fill(limit + 1) else None
            if made is not None:
                yield made

        result.add(Place("maxProperties", branch.max_properties, limit, more))


def _dependent(engine: Containment, result: Result, branch: Branch, receiver: Node, context: Context) -> None:
    for name, needed in receiver.dependent_required.items():
        if not may_send(branch, name, context):
            continue
        follows = {
            other
            for node in branch.sources
            for trigger, names in node.dependent_required.items()
            if trigger == name or trigger in branch.required
            for other in names
        }
        for other in needed:
            if other in branch.required or other in follows or other == name:
                continue

            def candidates(name: str = name, other: str = other) -> Iterator[Any]:
                for value in engine.sampler.values(branch.at(name)) if branch.at(name) else [None, 0]:
                    made = engine.sampler.object(branch, {name: value}, avoid=(other,))
                    if made is not None:
                        yield made

            own = [list(node.dependent_required[name]) for node in branch.sources if name in node.dependent_required]
            said = {name: own[0]} if own else None
            result.add(Place("dependentRequired", said, {name: list(needed)}, candidates))
    for name, schema in receiver.dependent_schemas.items():
        if not may_send(branch, name, context):
            continue
        has = engine.branches.requiring(name)
        child = Result((), branch.sources, receiver, context)
        # Many entries have not split the branch: what the name brings along in the sender is said here.
        brought = [node.dependent_schemas[name] for node in branch.sources if name in node.dependent_schemas]
        known = {id(node) for node in branch.sources}
        is_there = name in branch.required and all(id(node) in known for node in brought)
        for refined in [branch] if is_there else engine.branches.refine(branch, (has, *brought)):
            child.attach(engine.compare_branch(refined, schema, context), (), same_value)
        result.lean(child)
        if child.ok:
            result.edges += child.edges
            continue
        before = next((node.dependent_schemas for node in branch.sources if name in node.dependent_schemas), None)
        held = {name: before[name].raw} if before is not None else None
        pool = local_candidates(child, 24)
        result.add(Place("dependentSchemas", held, {name: schema.raw}, pool.copy))


def _unevaluated(engine: Containment, result: Result, branch: Branch, receiver: Node, context: Context) -> None:
    """Check `unevaluatedProperties`, where it depends on the value by the least that is evaluated."""
    wanted = receiver.unevaluated_properties
    assert wanted is not None
    if wanted.is_anything():
        return
    certain = static_names(receiver)
    names, patterns, everything = certain if certain is not None else least_names(receiver)
    if everything:
        return
    found = result if certain is not None else Result((), branch.sources, receiver, context)
    _additional(
        engine,
        found,
        branch,
        receiver,
        wanted,
        context,
        "unevaluatedProperties",
        frozenset(names),
        tuple(patterns),
    )
    if certain is not None:
        return
    result.lean(found)
    if found.ok:
        result.edges += found.edges
        return
    # What fails now may still be evaluated by an alternative: a value that the whole receiver refuses shows the break.
    reason = "unevaluatedProperties beside a union or a condition"
    values = local_candidates(found, 24)
    result.add(engine.undecided(branch.sources, receiver, "unevaluatedProperties", reason, values=values))
