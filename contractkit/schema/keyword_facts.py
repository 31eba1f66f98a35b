"""Differences of two branches of one kind, keyword by keyword, in numbers that do not depend on the spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from contractkit.model.jsontext import typed_text
from contractkit.schema import regex
from contractkit.schema.branch import Branch
from contractkit.schema.node import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, UNSENT, Node, number

Difference = tuple[str, tuple[str, ...], Any, Any, dict[str, Any]]
"""Aspect, steps below the schema, base's value, revision's value, more facts."""
Same = Callable[[Node, Node], bool]
"""Whether two schemas accept the same values because they are spelled alike, references followed."""


def keyword_facts(base: Branch, revision: Branch, same: Same) -> Iterator[Difference]:
    """Yield what differs between two branches of the same kind; the schemas of properties and items aside."""
    if base.kind in (NULL, BOOLEAN) and base.values == revision.values:
        return
    if base.values is not None or revision.values is not None:
        before = None if base.values is None else list(base.values)
        after = None if revision.values is None else list(revision.values)
        if _texts(before) != _texts(after):
            yield "enum", (), before, after, {}
        return
    if base.kind == NUMBER:
        yield from _numbers(base, revision)
    elif base.kind == STRING:
        yield from _strings(base, revision)
    elif base.kind == ARRAY:
        yield from _arrays(base, revision, same)
    elif base.kind == OBJECT:
        yield from _objects(base, revision, same)
    yield from _applicators(base, revision, same)


def _texts(values: list[Any] | None) -> list[str] | None:
    return None if values is None else sorted(typed_text(value) for value in values)


def _plain(pairs: tuple[tuple[str, Any, Any], ...]) -> Iterator[Difference]:
    for aspect, before, after in pairs:
        if typed_text(before) != typed_text(after):
            yield aspect, (), before, after, {}


def _bound(bound: tuple[Fraction | None, bool], sign: str) -> Any:
    value, is_open = bound
    if value is None:
        return None
    return f"{sign} {number(value)}" if is_open else number(value)


def _numbers(base: Branch, revision: Branch) -> Iterator[Difference]:
    yield from _plain(
        (
            ("minimum", _bound(base.lowest(), ">"), _bound(revision.lowest(), ">")),
            ("maximum", _bound(base.highest(), "<"), _bound(revision.highest(), "<")),
        )
    )
    if base.step != revision.step:
        before, after = (None if one.multiple_of is None else number(one.multiple_of) for one in (base, revision))
        if before != after:
            yield "multipleOf", (), before, after, {}


def _strings(base: Branch, revision: Branch) -> Iterator[Difference]:
    yield from _plain(
        (
            ("minLength", base.min_length or None, revision.min_length or None),
            ("maxLength", base.max_length, revision.max_length),
            *(() if _same_texts(base, revision) else (("pattern", *map(_patterns, (base, revision))),)),
            ("format", _one(sorted(base.formats)), _one(sorted(revision.formats))),
        )
    )
    before, after = (sorted({text for node in one.sources for text in node.content}) for one in (base, revision))
    if before != after:
        for name, aspect in (
            ("encoding", "contentEncoding"),
            ("media", "contentMediaType"),
        ):
            was, now = (_content(texts, name) for texts in (before, after))
            if was != now:
                yield aspect, (), was, now, {}
    packed = [
        next((node.content_schema for node in one.sources if node.content_schema), None) for one in (base, revision)
    ]
    if (packed[0] is None) != (packed[1] is None):
        yield "contentSchema", (), packed[0] and packed[0].raw, packed[1] and packed[1].raw, {}


def _patterns(branch: Branch) -> Any:
    return _one(sorted(branch.patterns))


def _same_texts(base: Branch, revision: Branch) -> bool:
    """Whether two patterns are two spellings of one."""
    if len(base.patterns) != 1 or len(revision.patterns) != 1 or base.patterns == revision.patterns:
        return base.patterns == revision.patterns
    try:
        one, other = (regex.pattern(side.patterns[0]) for side in (base, revision))
        return regex.example([one], [other]) is None and regex.example([other], [one]) is None
    except (regex.Unsupported, ValueError):
        return False


def _content(texts: list[str], name: str) -> str | None:
    return next((text.partition(" ")[2] for text in texts if text.startswith(name)), None)


def _one(values: Sequence[Any]) -> Any:
    return None if not values else values[0] if len(values) == 1 else values


def _arrays(base: Branch, revision: Branch, same: Same) -> Iterator[Difference]:
    yield from _plain(
        (
            ("minItems", _fewest(base), _fewest(revision)),
            ("maxItems", base.max_items, revision.max_items),
            ("uniqueItems", base.unique_items, revision.unique_items),
            ("prefixItems", base.prefix_length() or None, revision.prefix_length() or None),
        )
    )
    ends = _ends(base), _ends(revision)
    # `unevaluatedItems: false` ends a list, too, and is told by its own name.
    if ends[0] != ends[1] and _alike(_below(base, "unevaluated_items"), _below(revision, "unevaluated_items"), same):
        yield "items", (), *ends, {}
    before, after = ([node for node in one.sources if node.contains is not None] for one in (base, revision))
    if not _alike(_below(base, "contains"), _below(revision, "contains"), same):
        yield "contains", (), _raws(_below(base, "contains")), _raws(_below(revision, "contains")), {}
    else:
        fewest, most = (
            [_one([getattr(node, name) for node in side]) for side in (before, after)]
            for name in ("min_contains", "max_contains")
        )
        yield from _plain((("minContains", *fewest), ("maxContains", *most)))


def _fewest(branch: Branch) -> int | None:
    """Return what `minItems` says; `contains` asks for items, too, and is told by its own name."""
    return max((node.min_items for node in branch.sources), default=0) or None


def _ends(branch: Branch) -> bool | None:
    """Return False where no item may follow the first few, None else; `maxItems` has its own word."""
    return False if branch.longest is not None and branch.longest != branch.max_items else None


def _objects(base: Branch, revision: Branch, same: Same) -> Iterator[Difference]:
    names = _declared(base), _declared(revision)
    old, new = set(names[0]), set(names[1])
    for name in names[0]:
        required = name in base.required, name in revision.required
        if (name in new and required[0] == required[1]) or UNSENT in base.at(name) or UNSENT in revision.at(name):
            continue
        if name not in new:
            yield "property", (name,), _said(base, name), None, {"required": required[0]}
        else:
            yield "required", (name,), *required, {"declared": True}
    for name in names[1]:
        if name not in old and UNSENT not in base.at(name) and UNSENT not in revision.at(name):
            yield "property", (name,), None, _said(revision, name), {"required": name in revision.required}
    for name in sorted({*base.names, *revision.names} - old - new):
        # It was not allowed to be there, or is not any more; where all other names are not, that says nothing.
        refused = [name in branch.names or branch.is_closed() for branch in (base, revision)]
        if refused[0] != refused[1] and UNSENT not in base.at(name) and UNSENT not in revision.at(name):
            yield "schema", (name,), False if refused[0] else None, False if refused[1] else None, {}
    yield from _plain(
        (
            ("minProperties", base.min_properties or None, revision.min_properties or None),
            ("maxProperties", base.max_properties, revision.max_properties),
        )
    )
    rests = _rest(base), _rest(revision)
    # First what is cheap: the text of a rest is as long as all that is nested in it. `unevaluatedProperties` is a rest,
    # too, and told by its own name.
    if (
        rests[0] is not rests[1]
        and any(rest is False or rest is None for rest in rests)
        and _alike(_below(base, "unevaluated_properties"), _below(revision, "unevaluated_properties"), same)
    ):
        yield from _plain((("additionalProperties", *rests),))
    for aspect, field in (
        ("patternProperties", "pattern_properties"),
        ("dependentSchemas", "dependent_schemas"),
    ):
        was, now = (
            {name: below for node in one.sources for name, below in getattr(node, field).items()}
            for one in (base, revision)
        )
        if was.keys() != now.keys() or (
            # What stands under a pattern is described where it stands.
            field == "dependent_schemas" and not all(same(below, now[name]) for name, below in was.items())
        ):
            before, after = ({name: below.raw for name, below in side.items()} or None for side in (was, now))
            yield aspect, (), before, after, {}
    was_needed, now_needed = (
        {name: sorted(needed) for node in one.sources for name, needed in node.dependent_required.items()}
        for one in (base, revision)
    )
    if was_needed != now_needed:
        yield "dependentRequired", (), was_needed or None, now_needed or None, {}


def _declared(branch: Branch) -> list[str]:
    """Return the names that may be there: a property with the schema `false` is as good as none."""
    if not branch.refusing_layers:
        return branch.names
    return [name for name in branch.names if not any(node.never for node in branch.at(name))]


def _said(branch: Branch, name: str) -> Any:
    nodes = branch.at(name)
    return nodes[0].raw if nodes else True


def _rest(branch: Branch) -> Any:
    rest = branch.elsewhere()
    if not rest:
        return None
    return False if any(node.never for node in rest) else rest[0].raw


def _applicators(base: Branch, revision: Branch, same: Same) -> Iterator[Difference]:
    conditions = _conditions(base), _conditions(revision)
    if len(conditions[0]) != len(conditions[1]) or not all(
        one.keys() == other.keys() and _alike(list(one.values()), list(other.values()), same)
        for one, other in zip(*conditions, strict=True)
    ):
        was, now = (_one([{word: part.raw for word, part in one.items()} for one in side]) for side in conditions)
        yield "conditional", (), was, now, {}
    for aspect, field in (
        ("unevaluatedProperties", "unevaluated_properties"),
        ("unevaluatedItems", "unevaluated_items"),
        ("propertyNames", "property_names"),
        ("not", "not_"),
    ):
        before, after = _below(base, field), _below(revision, field)
        if aspect == "propertyNames" and component_of_names(base, revision):
            continue
        if not _alike(before, after, same):
            yield aspect, (), _raws(before), _raws(after), {}


def component_of_names(base: Branch, revision: Branch) -> list[tuple[Node, Node, dict[str, Any]]]:
    """Return what both sides say of all names, if that is one component, of which what changes is told, with facts."""
    before, after = _below(base, "property_names"), _below(revision, "property_names")
    if len(before) != 1 or len(after) != 1 or before[0].component is None:
        return []
    return [(before[0], after[0], {"of_names": True})] if before[0].component == after[0].component else []


def _conditions(branch: Branch) -> list[dict[str, Node]]:
    """Return what `if`, `then` and `else` say, for each schema that has an `if`."""
    parts = ([("if", node.if_), ("then", node.then), ("else", node.else_)] for node in branch.sources if node.if_)
    return [{word: part for word, part in one if part is not None} for one in parts]


def _below(branch: Branch, field: str) -> list[Node]:
    """Return the schemas that stand under one keyword."""
    return [below for node in branch.sources if (below := getattr(node, field)) is not None]


def _alike(before: Sequence[Node], after: Sequence[Node], same: Same) -> bool:
    return len(before) == len(after) and all(map(same, before, after))


def _raws(nodes: Sequence[Node]) -> Any:
    return _one([node.raw for node in nodes])
