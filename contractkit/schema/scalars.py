"""Types, enums, numbers and strings: one branch of the sender against the receiver's own keywords."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from contractkit.model.jsontext import typed_text
from contractkit.schema import regex
from contractkit.schema.branch import Branch
from contractkit.schema.evaluate import CannotSayError, accepts
from contractkit.schema.node import ANY, BOOLEAN, KIND_NAME, KINDS, NULL, NUMBER, STRING, Node, kind_of, number
from contractkit.schema.result import Place, Result
from contractkit.schema.several import numbers
from contractkit.schema.texts import Texts

if TYPE_CHECKING:
    from contractkit.schema.contain import Containment

MAX_FEW = 64
"""Numbers of a branch that are held against a list one by one."""


def type_names(node: Node) -> Any:
    """Return what a report calls the type, or those of the alternatives of a union: a name, or a list of names."""
    names = list(dict.fromkeys(_type_names(node)))
    if "number" in names and "integer" in names:
        names.remove("integer")
    return names[0] if len(names) == 1 else names


def written_types(node: Node) -> Any:
    """Return the same of a value that is written as text, where there is no null."""
    names = type_names(node)
    if isinstance(names, list) and "null" in names:
        names = [name for name in names if name != "null"]
        return names[0] if len(names) == 1 else names
    return names


def _type_names(node: Node) -> Iterator[str]:
    if node.is_plain_union():
        for part in node.any_of or node.one_of or ():
            yield from _type_names(part)
    else:
        yield from (_name(kind, integer=node.integer) for kind in KINDS if node.kinds & kind)


def _name(kind: int, *, integer: bool) -> str:
    return "integer" if kind == NUMBER and integer else KIND_NAME[kind]


def summary(branch: Branch) -> Any:
    """Return what a report calls the sender's branch: its type."""
    whole = branch.values is not None and all(isinstance(value, int) for value in branch.values)
    return _name(branch.kind, integer=branch.integer or whole)


def type_place(engine: Containment, branch: Branch, receiver: Node) -> Place:
    """The receiver does not take this kind of value at all."""
    if branch.kind == NULL and any(node.kinds != ANY for node in branch.sources):
        return Place("nullable", True, False, lambda: (None,))
    return Place("type", sent_types(branch), type_names(receiver), lambda: engine.sampler.of_branch(branch))


def sent_types(branch: Branch) -> Any:
    """Return what a report calls the types of the schemas that a branch was made from: a name, a list, or None."""
    kinds = ANY
    for node in branch.sources:
        kinds &= node.kinds
    if kinds == ANY:
        return None
    names = [_name(kind, integer=branch.integer) for kind in KINDS if kinds & kind]
    return names[0] if len(names) == 1 else names


def enum_place(engine: Containment, branch: Branch, receiver: Node) -> Place | None:
    """The receiver takes a list of values, the sender any of its kind; None where it holds the few that there are."""
    listed = list(receiver.enum or ())
    few = _few(branch)
    missing: list[Any] = [value for value in few or () if typed_text(value) not in receiver.enum_texts]
    if few is not None and not missing:
        return None
    if branch.kind == STRING and (branch.patterns or branch.max_length == 0):
        with contextlib.suppress(regex.Unsupported):
            found = regex.example(Texts(branch).inside, [regex.words(one for one in listed if isinstance(one, str))])
            if found is None:
                return None
            missing = [found]
    return Place("enum", None, listed, lambda: [*missing, *engine.sampler.of_branch(branch)])


def _few(branch: Branch) -> list[int | float] | None:
    """Return the whole numbers (or multiples) of a branch where they are few."""
    (low, low_open), (high, high_open), step = branch.lowest(), branch.highest(), branch.step
    if branch.kind != NUMBER or low is None or high is None or step is None or (high - low) / step > MAX_FEW:
        return None
    count = int((high - low) / step) + 1
    exact = [low + index * step for index in range(count)]
    return [number(one) for one in exact if not (low_open and one == low) and not (high_open and one == high)]


def values_place(branch: Branch, receiver: Node, refused: Sequence[Any]) -> Place:
    """Some of the sender's listed values are refused."""
    values = list(refused)
    if branch.kind == NULL and any(node.kinds != ANY for node in branch.sources):
        return Place("nullable", True, False, lambda: values)
    if branch.kind in (NULL, BOOLEAN) and not receiver.kinds & branch.kind:
        return Place("type", sent_types(branch), type_names(receiver), lambda: values)
    fitting = [value for value in values if receiver.kinds & kind_of(value)]
    if not fitting and branch.kind != BOOLEAN:
        return Place("type", summary(branch), type_names(receiver), lambda: values)
    for aspect, part in _keywords(receiver):
        if _refuses(part, values[0]):
            if aspect == "enum":
                break
            return Place(aspect, _listed(branch), part.raw, lambda: values)
    facts = {"values": values} | ({"is_one_of_several": True} if receiver.enum is None else {})
    return Place("enum", _listed(branch), _taken(branch.kind, receiver), lambda: values, facts=facts)


def _taken(kind: int, receiver: Node) -> list[Any] | None:
    """Return the values of a kind that a receiver lists, in itself or over all alternatives; None where it does not."""
    if receiver.enum is not None:
        return list(receiver.enum)
    if not receiver.is_plain_union():
        return None
    parts = [part for part in receiver.any_of or receiver.one_of or () if part.kinds & kind]
    if not parts or any(part.enum is None for part in parts):
        return None
    return [value for part in parts for value in part.enum or () if kind_of(value) == kind]


def _listed(branch: Branch) -> Any:
    return list(branch.values or ()) if branch.kind != BOOLEAN else "boolean"


def _refuses(part: Node, value: Any) -> bool:
    try:
        return not accepts(part, value)
    except CannotSayError:
        return False


def _keywords(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the node's scalar keywords one by one, each as a schema of its own."""
    if node.enum is not None:
        yield "enum", Node(enum=node.enum, enum_texts=node.enum_texts, raw=list(node.enum))
    if node.minimum is not None:
        yield "minimum", Node(minimum=node.minimum, minimum_open=node.minimum_open, raw=number(node.minimum))
    if node.maximum is not None:
        yield "maximum", Node(maximum=node.maximum, maximum_open=node.maximum_open, raw=number(node.maximum))
    if node.multiple_of is not None:
        yield "multipleOf", Node(multiple_of=node.multiple_of, raw=number(node.multiple_of))
    if node.min_length:
        yield "minLength", Node(min_length=node.min_length, raw=node.min_length)
    if node.max_length is not None:
        yield "maxLength", Node(max_length=node.max_length, raw=node.max_length)
    if node.pattern is not None:
        yield "pattern", Node(pattern=node.pattern, raw=node.pattern)
    if node.format is not None:
        yield "format", Node(format=node.format, raw=node.format)


def _bound(value: Fraction | None, is_open: bool, sign: str) -> Any:
    if value is None:
        return None
    return f"{sign} {number(value)}" if is_open else number(value)


def check_number(engine: Containment, result: Result, branch: Branch, receiver: Node) -> None:
    """Compare bounds on the grid of whole numbers and multiples, with exact fractions."""
    step = branch.step
    if receiver.integer and (step is None or step.denominator != 1) and not _all_multiples(branch, Fraction(1)):
        result.add(Place("type", sent_types(branch), type_names(receiver), lambda: _fractional(branch)))
    if receiver.multiple_of is not None:
        wanted = receiver.multiple_of
        if (step is None or (step / wanted).denominator != 1) and not _all_multiples(branch, wanted):
            sender = number(branch.multiple_of) if branch.multiple_of is not None else None
            result.add(Place("multipleOf", sender, number(wanted), lambda: _off_grid(branch, wanted)))
    if receiver.minimum is not None:
        limit = receiver.minimum
        low, is_open = branch.lowest()
        if low is None or low < limit or (low == limit and receiver.minimum_open and not is_open):
            sender = _bound(branch.minimum, branch.minimum_open, ">")
            receives = _bound(limit, receiver.minimum_open, ">")
            result.add(Place("minimum", sender, receives, lambda: _around(branch, limit, -1)))
    if receiver.maximum is not None:
        limit_high = receiver.maximum
        high, is_open = branch.highest()
        if high is None or high > limit_high or (high == limit_high and receiver.maximum_open and not is_open):
            sender = _bound(branch.maximum, branch.maximum_open, "<")
            receives = _bound(limit_high, receiver.maximum_open, "<")
            result.add(Place("maximum", sender, receives, lambda: _around(branch, limit_high, 1)))


def _all_multiples(branch: Branch, wanted: Fraction) -> bool:
    """Whether the few numbers that bounds and grid leave are all multiples."""
    low, high, step = branch.lowest()[0], branch.highest()[0], branch.step
    if low is None or high is None:
        return False
    if step is None or (high - low) / step > 64:
        return low == high and (low / wanted).denominator == 1
    count = int((high - low) / step) + 1
    return all(((low + index * step) / wanted).denominator == 1 for index in range(count))


def _around(branch: Branch, limit: Fraction, sign: int) -> Iterator[int | float]:
    """Yield numbers of the branch at and beyond a limit."""
    step = branch.step or Fraction(1)
    start = limit // step * step
    for offset in (0, 1, 2):
        yield number(start + sign * offset * step)
    if sign < 0:
        yield number(start + step)
    if branch.step is None:
        bound = branch.lowest()[0] if sign < 0 else branch.highest()[0]
        if bound is not None:
            yield number((bound + limit) / 2)
            yield number(bound)
    yield from numbers(branch)


def _fractional(branch: Branch) -> Iterator[int | float]:
    low, high = branch.lowest()[0], branch.highest()[0]
    base = low if low is not None else high if high is not None else Fraction(0)
    sign = -1 if low is None and high is not None else 1
    step = branch.step
    if step is not None:
        count = base // step
        for offset in range(12):
            yield number((count + sign * offset) * step)
    for part in (Fraction(1, 2), Fraction(1, 4), Fraction(3, 2), Fraction(1, 8)):
        yield number(base // 1 + sign * part)
    yield from numbers(branch)


def _off_grid(branch: Branch, wanted: Fraction) -> Iterator[int | float]:
    step = branch.step or wanted / 2
    low = branch.lowest()[0]
    start = (low // step) * step if low is not None else Fraction(0)
    for offset in range(8):
        yield number(start + offset * step)
    if branch.step is None:
        yield number(start + wanted / 4)
    yield from numbers(branch)
