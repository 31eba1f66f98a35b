"""One object branch of the sender against the receiver's own keywords, name by name.

The exemption: the sender does not send a name that the receiver declares and the sender does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from contractkit.schema import regex
from contractkit.schema.branch import Branch, found_in
from contractkit.schema.evaluate import CannotSayError, accepts
from contractkit.schema.node import STRING, UNSENT, Node
from contractkit.schema.result import Context, Place, Result, local_candidates, same_value
from contractkit.schema.static import static_names

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
        _names(engine, result, branch, receiver.property_names, context)
    _counts(engine, result, branch, receiver)
    _dependent(engine, result, branch, receiver, context)
    if receiver.unevaluated_properties is not None:
        _unevaluated(engine, result, branch, receiver, context)


def under(engine: Containment, branch: Branch, name: str) -> Callable[[Any], Iterator[Any]]:
    """Return the lift that puts a value under a name of the smallest object of the branch.

    A second object holds the tags too, by which a union tells its alternatives apart.
    """

    def lift(value: Any) -> Iterator[Any]:
        made = engine.sampler.object(branch, {name: value})
        if made is not None:
            yield made
            if any(tag not in made for tag in branch.tags):
                yield {**branch.tags, **made}

    return lift


def may_send(branch: Branch, name: str, context: Context) -> bool:
    """Whether the sender may send this name, which the receiver declares."""
    if any(node.never for node in branch.at(name)) or not branch.has_room(name):
        return False
    return not context.exempt or branch.declares(name)


def _required(engine: Containment, result: Result, branch: Branch, receiver: Node) -> None:
    for name in receiver.required:
        if name in branch.required or _always_follows(branch, name):
            continue

        def candidates(name: str = name) -> Iterator[Any]:
            made = engine.sampler.object(branch, {}, avoid=(name,))
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
    for name, wanted in receiver.properties.items():
        if not may_send(branch, name, context) or wanted.is_anything() or wanted is UNSENT:
            continue
        if wanted.never and engine.emptiness.none(branch.at(name)):
            continue
        if wanted.never:
            # Only a sender that may really send it breaks.
            result.add(_present(engine, branch, name, "property"))
            continue
        child = engine.compare(branch.at(name), wanted, inside, crossed=True)
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
        if wanted.is_anything():
            continue
        for name in branch.names:
            if name not in receiver.properties and found_in(pattern, name) and may_send(branch, name, context):
                child = engine.compare(branch.at(name), wanted, inside, crossed=True)
                result.attach(child, (name,), under(engine, branch, name))
        for own, nodes in _name_classes(branch):
            found = _name_in(own, pattern, branch, receiver)
            if found == "":
                continue
            child = engine.compare(tuple(nodes), wanted, inside, crossed=True)
            if child.is_certain:
                continue
            if found is None:
                result.add(engine.undecided(branch.sources, receiver, "patternProperties", f"pattern {pattern!r}"))
            else:
                result.attach(child, ("*",), under(engine, branch, found))


def _name_classes(branch: Branch) -> Iterator[tuple[str | None, list[Node]]]:
    """Yield the sender's classes of undeclared names: a pattern each, then (None) all others."""
    patterns = dict.fromkeys(pattern for layer in branch.object_layers for pattern in layer.pattern_properties)
    for own in patterns:
        nodes: list[Node] = []
        for layer in branch.object_layers:
            if own in layer.pattern_properties:
                nodes.append(layer.pattern_properties[own])
            elif layer.additional is not None and not layer.pattern_properties:
                nodes.append(layer.additional)
        if not any(node.never for node in nodes):
            yield own, nodes
    rest = branch.elsewhere()
    # A pattern declares no single name: what an open sender may send under such names is not exempt.
    if not any(node.never for node in rest):
        yield None, list(rest)


def _name_in(own: str | None, pattern: str, branch: Branch, receiver: Node) -> str | None:
    """Return a name of the class that the receiver's pattern matches, "" when there is none, None when unsure."""
    try:
        inside = [regex.pattern(pattern)]
        if own is not None:
            inside.append(regex.pattern(own))
        taken = regex.words([*branch.names, *receiver.properties])
        outside = [taken]
        if own is None:
            outside += [regex.pattern(other) for layer in branch.object_layers for other in layer.pattern_properties]
        found = regex.examples(inside, outside, limit=2)
    except (regex.Unsupported, ValueError):
        return None
    return next((name for name in found if name), found[0] if found else "")


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
    for own in dict.fromkeys(pattern for layer in branch.object_layers for pattern in layer.pattern_properties):
        if own in matched:
            continue
        _class_of_names(engine, result, branch, receiver, wanted, inside, aspect, own, known, matched)
    rest = branch.elsewhere()
    if any(node.never for node in rest):
        return
    _class_of_names(engine, result, branch, receiver, wanted, inside, aspect, None, known, matched)


def _class_of_names(
    engine: Containment,
    result: Result,
    branch: Branch,
    receiver: Node,
    wanted: Node,
    inside: Context,
    aspect: str,
    own: str | None,
    known: frozenset[str],
    matched: tuple[str, ...],
) -> None:
    """Compare what stands under the undeclared names of one class of the sender with what the receiver wants."""
    nodes = [node for layer in branch.object_layers for node in [layer.pattern_properties.get(own or "\0")] if node]
    if own is None:
        nodes = list(branch.elsewhere())
    name = _free_name(engine, branch, own, known, matched)
    if name == "" or not branch.has_room(name or "x") or (nodes and engine.emptiness.none(nodes)):
        return
    if wanted.never:
        place = Place(aspect, _openness(branch), False, tuple)
    else:
        child = engine.compare(tuple(nodes), wanted, inside, crossed=True)
        if child.is_certain:
            return
        if name is not None and nodes:
            result.attach(child, ("*",), under(engine, branch, name))
            return
        if name is not None and child.ok:
            result.attach(child, ("*",), under(engine, branch, name))
            return
        place = Place(aspect, _openness(branch), wanted.raw, tuple)
    if name is None:
        place.reason = "a pattern of property names"
    place.candidates = lambda: _extra(engine, branch, name or "x", nodes, wanted)
    result.add(place)


def _extra(engine: Containment, branch: Branch, name: str, nodes: list[Node], wanted: Node) -> Iterator[Any]:
    lift = under(engine, branch, name)
    for value in engine.sampler.values(nodes) if nodes else [None, 0, "", "a", False, [], {}, 1.5]:
        yield from lift(value)


def _openness(branch: Branch) -> Any:
    rest = branch.elsewhere()
    return rest[0].raw if rest else None


def _free_name(
    engine: Containment, branch: Branch, own: str | None, known: frozenset[str], matched: tuple[str, ...]
) -> str | None:
    """Return a name of the sender's class that the receiver leaves to `additionalProperties`; "" none, None unsure."""
    try:
        inside = [] if own is None else [regex.pattern(own)]
        outside = [regex.words([*branch.names, *known]), *(regex.pattern(pattern) for pattern in matched)]
        if own is None:
            outside += [regex.pattern(other) for layer in branch.object_layers for other in layer.pattern_properties]
        rules = [node.property_names for node in branch.sources if node.property_names is not None]
        pool = [name for name in engine.sampler.values(rules) if isinstance(name, str)] if rules else ["x", "extra"]
        for name in pool:
            taken = name in known or name in branch.names or any(found_in(pattern, name) for pattern in matched)
            if not taken and (own is None or found_in(own, name)):
                return name
        for rule in rules:
            inside += [regex.pattern(rule.pattern)] if rule.pattern is not None else []
            inside += [regex.words([one for one in rule.enum if isinstance(one, str)])] if rule.enum is not None else []
            inside.append(regex.length(rule.min_length, rule.max_length))
        found = regex.examples(inside, outside, limit=2)
    except (regex.Unsupported, ValueError):
        return None
    return next((name for name in found if name), None) or ("" if not found else None)


def _names(engine: Containment, result: Result, branch: Branch, wanted: Node, context: Context) -> None:
    if any(
        node.property_names is not None and engine.identity.same(node.property_names, wanted) for node in branch.sources
    ):
        return
    for name in branch.names:
        if any(node.never for node in branch.at(name)):
            continue
        try:
            refused = not accepts(wanted, name)
        except CannotSayError as reason:
            result.add(engine.undecided(branch.sources, wanted, "propertyNames", str(reason)))
            return
        if refused:
            result.add(_named(engine, branch, wanted, [name]))
    if branch.is_closed():
        return
    rules = tuple(node.property_names for node in branch.sources if node.property_names is not None)
    child = engine.compare((*rules, _ANY_NAME), wanted, context.pure()._replace(text=0), crossed=True)
    if not child.ok:
        names = [name for name in local_candidates(child, 8) if isinstance(name, str)]
        result.add(_named(engine, branch, wanted, names or None))


def _named(engine: Containment, branch: Branch, wanted: Node, names: list[str] | None) -> Place:
    def candidates() -> Iterator[Any]:
        rules = [node.property_names for node in branch.sources if node.property_names is not None]
        pool = names or [name for name in engine.sampler.values([*rules, _ANY_NAME]) if isinstance(name, str)]
        for name in (*pool, "x", "X", "", "a b", "0"):
            for value in engine.sampler.values(branch.at(name)) if branch.at(name) else [None]:
                yield from under(engine, branch, name)(value)

    own = next((node.property_names.raw for node in branch.sources if node.property_names is not None), None)
    return Place("propertyNames", own, wanted.raw, candidates)


_ANY_NAME = Node(kinds=STRING, raw={"type": "string"})


def _counts(engine: Containment, result: Result, branch: Branch, receiver: Node) -> None:
    least = max(branch.min_properties, len(branch.required))
    if receiver.min_properties > least:
        wanted = receiver.min_properties

        def fewer() -> Iterator[Any]:
            made = engine.sampler.object(branch, {})
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
            made = engine.sampler.object(branch, {}, size=limit + 1)
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
        for refined in engine.branches.refine(branch, (has,)):
            child.attach(engine.compare_branch(refined, schema, context), (), same_value)
        result.lean(child)
        if child.ok:
            result.edges += child.edges
            continue
        before = next((node.dependent_schemas for node in branch.sources if name in node.dependent_schemas), None)
        held = {name: before[name].raw} if before is not None else None
        pool = local_candidates(child, 24)
        result.add(Place("dependentSchemas", held, {name: schema.raw}, lambda pool=pool: pool))  # type: ignore[misc]


def _unevaluated(engine: Containment, result: Result, branch: Branch, receiver: Node, context: Context) -> None:
    """Check `unevaluatedProperties` where what is evaluated does not depend on the value."""
    wanted = receiver.unevaluated_properties
    assert wanted is not None
    seen = static_names(receiver)
    if seen is None:
        reason = "unevaluatedProperties beside a union or a condition"
        result.add(engine.undecided(branch.sources, receiver, "unevaluatedProperties", reason))
        return
    names, patterns, everything = seen
    if not everything:
        _additional(
            engine,
            result,
            branch,
            receiver,
            wanted,
            context,
            "unevaluatedProperties",
            frozenset(names),
            tuple(patterns),
        )
