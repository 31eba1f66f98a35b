"""Which names a sender may use, and what a receiver's `propertyNames` and name patterns make of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from contractkit.schema import regex
from contractkit.schema.branch import Branch, found_in
from contractkit.schema.evaluate import CannotSayError, accepts
from contractkit.schema.node import STRING, Node
from contractkit.schema.result import Context, Place, Result, local_candidates

if TYPE_CHECKING:
    from contractkit.schema.contain import Containment


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


def name_classes(branch: Branch) -> Iterator[tuple[str | None, list[Node]]]:
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


def name_in(own: str | None, pattern: str, branch: Branch, receiver: Node) -> str | None:
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
    return next((name for name in found if name), None if found else "")


def names_also_in(branch: Branch, own: str | None, pattern: str) -> list[Node]:
    """Return what the sender's other patterns say of all names that its class and the receiver's pattern share."""
    found: list[Node] = []
    for layer in branch.object_layers:
        for other, node in layer.pattern_properties.items():
            if other == own:
                continue
            if other != pattern:
                try:
                    shared = [regex.pattern(pattern)] + ([regex.pattern(own)] if own is not None else [])
                    if own is None or regex.example(shared, [regex.pattern(other)]) is not None:
                        continue
                except (regex.Unsupported, ValueError):
                    continue
            elif own is None:
                continue
            found.append(node)
    return found


def free_name(
    engine: Containment, branch: Branch, own: str | None, known: frozenset[str], matched: tuple[str, ...]
) -> str | None:
    """Return a name of the sender's class that the receiver leaves to `additionalProperties`; "" none, None unsure."""
    try:
        inside = [] if own is None else [regex.pattern(own)]
        outside = [regex.words([*branch.names, *known]), *(regex.pattern(pattern) for pattern in matched)]
        if own is None:
            outside += [regex.pattern(other) for layer in branch.object_layers for other in layer.pattern_properties]
        rules = [node.property_names for node in branch.sources if node.property_names is not None]
        pool = engine.sampler.values([*rules, _ANY_NAME]) if rules else ["x", "extra"]
        for name in pool:
            taken = name in known or name in branch.names or any(found_in(pattern, name) for pattern in matched)
            # The empty name stands for "none" here.
            if name and not taken and (own is None or found_in(own, name)):
                return name
        for rule in rules:
            inside += [regex.pattern(rule.pattern)] if rule.pattern is not None else []
            inside += [regex.words([one for one in rule.enum if isinstance(one, str)])] if rule.enum is not None else []
            inside.append(regex.length(rule.min_length, rule.max_length))
        found = regex.examples(inside, outside, limit=2)
    except (regex.Unsupported, ValueError):
        return None
    return next((name for name in found if name), None) or ("" if not found else None)


def check_names(engine: Containment, result: Result, branch: Branch, wanted: Node, context: Context) -> None:
    """Compare the names that the sender may use with the receiver's `propertyNames`."""
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
