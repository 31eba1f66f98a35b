"""Which names a sender may use, and what a receiver's `propertyNames` and name patterns make of them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from contractkit.schema import regex
from contractkit.schema.branch import Branch
from contractkit.schema.evaluate import CannotSayError, accepts, matches_pattern
from contractkit.schema.expand import TooManyError
from contractkit.schema.node import STRING, Node
from contractkit.schema.result import Context, Place, Result, local_candidates

if TYPE_CHECKING:
    from contractkit.schema.contain import Containment

MAX_CLASSES = 64
"""Classes of undeclared names that are looked at one by one."""
QUESTION_BUDGET, STEPS_PER_STATE = 30_000, 4
"""States of automata that may be made to find one name, and the steps of the contract point that each counts as."""
FEW_PATTERNS = 32
"""Patterns up to which a question takes as long as its states; it takes longer with each that is asked beside them."""


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


def name_classes(
    engine: Containment, branch: Branch, known: Iterable[str], inside: Sequence[str] = (), outside: Sequence[str] = ()
) -> Iterator[tuple[tuple[Node, ...], str | None]]:
    """Yield the classes of names that neither side declares by name, each told apart by which patterns match.

    Args:
        engine: the search.
        branch: the sender's branch; its patterns split the names into classes.
        known: the names that the receiver declares.
        inside: patterns that all names of the classes match.
        outside: patterns that none of them matches.

    Yields:
        What the sender says of the values under the names of one class, and one of the names; None where it is not
        sure that there is one.

    Raises:
        TooManyError: there are too many classes.
    """
    taken = frozenset((*branch.names, *known))
    own = dict.fromkeys(pattern for layer in branch.object_layers for pattern in layer.pattern_properties)
    matched = tuple(pattern for pattern in own if pattern in inside)
    classes: list[tuple[tuple[str, ...], tuple[str, ...], str | None]] = [((), (), None)]
    undecided = [pattern for pattern in own if pattern not in inside and pattern not in outside]
    for pattern in undecided:
        classes = [
            (*split, name)
            for yes, no, _ in classes
            for split in (((*yes, pattern), no), (yes, (*no, pattern)))
            if (name := _name(engine, branch, taken, (*inside, *split[0]), (*outside, *split[1]))) != ""
        ]
        if len(classes) > MAX_CLASSES:
            raise TooManyError("too many patterns of property names")
    for yes, _, name in classes:
        found = name if undecided else _name(engine, branch, taken, inside, outside)
        if found != "":
            yield branch.under_names_like((*matched, *yes)), found


def _name(
    engine: Containment, branch: Branch, taken: frozenset[str], inside: Sequence[str], outside: Sequence[str]
) -> str | None:
    """Return a name that all of `inside` match and none of `outside`; "" where there is none, None where unsure."""
    rules = branch.name_rules
    meter = regex.Meter(0 if engine.effort.is_spent() else QUESTION_BUDGET)
    try:
        pool = engine.sampler.values([*rules, _ANY_NAME]) if rules else ["x", "extra"]
        for name in pool:
            # The empty name stands for "none" here.
            if (
                name
                and name not in taken
                and all(matches_pattern(pattern, name) for pattern in inside)
                and not any(matches_pattern(pattern, name) for pattern in outside)
            ):
                return str(name)
        within = [regex.pattern(pattern) for pattern in inside]
        for rule in rules:
            within += [regex.pattern(rule.pattern)] if rule.pattern is not None else []
            within += [regex.words([one for one in rule.enum if isinstance(one, str)])] if rule.enum is not None else []
            within.append(regex.length(rule.min_length, rule.max_length))
        without = [regex.words(sorted(taken)), *(regex.pattern(pattern) for pattern in outside)]
        found = regex.examples(within, without, limit=2, meter=meter)
    except (regex.Unsupported, CannotSayError, ValueError):
        return None
    finally:
        steps = STEPS_PER_STATE * (meter.budget - meter.left)
        engine.effort.spend(steps * max(1, (len(inside) + len(outside)) // FEW_PATTERNS))
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
    open_names = [_ANY_NAME]
    if branch.is_closed():
        # A closed object still takes the names that its patterns match.
        own = dict.fromkeys(pattern for layer in branch.object_layers for pattern in layer.pattern_properties)
        open_names = [
            Node(kinds=STRING, pattern=pattern, raw={"pattern": pattern})
            for pattern in own
            if any(
                not any(node.never for node in nodes)
                for nodes, _ in name_classes(engine, branch, (), inside=(pattern,))
            )
        ]
    for name_node in open_names:
        rules = (*branch.name_rules, name_node)
        child = engine.compare(rules, wanted, context.pure()._replace(text=0), crossed=True)
        said = [rule.component for rule in branch.name_rules]
        if not child.ok and wanted.component is not None and said == [wanted.component]:
            # It is the component that has changed, which may be used for values, too: told there, and once.
            result.attach(child, (), functools.partial(_holding, engine, branch), of_names=True)
            return
        if not child.ok:
            names = [name for name in local_candidates(child, 8) if isinstance(name, str)]
            result.add(_named(engine, branch, wanted, names or None))
            return


def _named(engine: Containment, branch: Branch, wanted: Node, names: list[str] | None) -> Place:
    def candidates() -> Iterator[Any]:
        rules = branch.name_rules
        pool = names or [name for name in engine.sampler.values([*rules, _ANY_NAME]) if isinstance(name, str)]
        for name in (*pool, "x", "X", "", "a b", "0"):
            yield from _holding(engine, branch, name)

    own = next((node.property_names.raw for node in branch.sources if node.property_names is not None), None)
    return Place("propertyNames", own, wanted.raw, candidates)


def _holding(engine: Containment, branch: Branch, name: Any) -> Iterator[Any]:
    """Lift for a name: yield the smallest objects of the branch that have it."""
    if isinstance(name, str):
        for value in engine.sampler.values(branch.at(name)) if branch.at(name) else [None]:
            yield from under(engine, branch, name)(value)


_ANY_NAME = Node(kinds=STRING, raw={"type": "string"})
