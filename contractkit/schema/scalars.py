"""Types, enums, numbers and strings: one branch of the sender against the receiver's own keywords."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from contractkit.schema import formats, regex
from contractkit.schema.branch import Branch
from contractkit.schema.evaluate import CannotSayError, accepts
from contractkit.schema.formats import FORMATS
from contractkit.schema.node import BOOLEAN, KIND_NAME, KINDS, NULL, NUMBER, Node, kind_of, number
from contractkit.schema.result import Place, Result
from contractkit.schema.sample import numbers

if TYPE_CHECKING:
    from contractkit.schema.contain import Containment


def type_names(node: Node) -> Any:
    """Return what a report calls the type: a name, or a list of names."""
    names = [_name(kind, integer=node.integer) for kind in KINDS if node.kinds & kind]
    return names[0] if len(names) == 1 else names


def _name(kind: int, *, integer: bool) -> str:
    return "integer" if kind == NUMBER and integer else KIND_NAME[kind]


def summary(branch: Branch) -> Any:
    """Return what a report calls the sender's branch: its type."""
    return _name(branch.kind, integer=branch.integer)


def type_place(engine: Containment, branch: Branch, receiver: Node) -> Place:
    """The receiver does not take this kind of value at all."""
    aspect = "nullable" if branch.kind == NULL else "type"
    sender = _name(branch.kind, integer=branch.integer)
    if branch.kind == NULL:
        return Place(aspect, True, False, lambda: (None,))
    return Place(aspect, sender, type_names(receiver), lambda: engine.sampler.of_branch(branch))


def enum_place(engine: Containment, branch: Branch, receiver: Node) -> Place:
    """The receiver takes a list of values, the sender sends any number of them."""
    return Place("enum", None, list(receiver.enum or ()), lambda: engine.sampler.of_branch(branch))


def values_place(branch: Branch, receiver: Node, refused: Sequence[Any]) -> Place:
    """Some of the sender's listed values are refused."""
    values = list(refused)
    if branch.kind == NULL:
        return Place("nullable", True, False, lambda: values)
    fitting = [value for value in values if receiver.kinds & kind_of(value)]
    if not fitting and branch.kind != BOOLEAN:
        return Place("type", _name(branch.kind, integer=branch.integer), type_names(receiver), lambda: values)
    if branch.kind == BOOLEAN and not receiver.kinds & BOOLEAN:
        return Place("type", "boolean", type_names(receiver), lambda: values)
    for aspect, part in _keywords(receiver):
        if _refuses(part, values[0]):
            if aspect == "enum":
                break
            return Place(aspect, _listed(branch), part.raw, lambda: values)
    return Place(
        "enum",
        _listed(branch),
        list(receiver.enum) if receiver.enum is not None else None,
        lambda: values,
        facts={"values": values},
    )


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
    if receiver.integer and (step is None or step.denominator != 1):
        result.add(Place("type", "number", type_names(receiver), lambda: _fractional(branch)))
    if receiver.multiple_of is not None:
        wanted = receiver.multiple_of
        if step is None or (step / wanted).denominator != 1:
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


def check_string(engine: Containment, result: Result, branch: Branch, receiver: Node) -> None:
    """Compare lengths, patterns, formats and content."""
    languages = Texts(branch)
    if receiver.min_length > branch.min_length:
        _by_language(
            engine,
            result,
            branch,
            languages,
            "minLength",
            branch.min_length or None,
            receiver.min_length,
            regex.length(receiver.min_length, None),
            exact=True,
        )
    longest = receiver.max_length
    if longest is not None and (branch.max_length is None or branch.max_length > longest):
        _by_language(
            engine,
            result,
            branch,
            languages,
            "maxLength",
            branch.max_length,
            longest,
            regex.length(0, longest),
            exact=True,
        )
    if receiver.pattern is not None and receiver.pattern not in branch.patterns:
        sender = branch.patterns[0] if branch.patterns else None
        try:
            wanted = regex.pattern(receiver.pattern)
        except (regex.Unsupported, ValueError) as error:
            result.add(_undecided_text(engine, branch, "pattern", sender, receiver.pattern, f"pattern ({error})"))
        else:
            _by_language(engine, result, branch, languages, "pattern", sender, receiver.pattern, wanted, exact=True)
    if receiver.format is not None and not any(formats.holds(receiver.format, name) for name in branch.formats):
        _check_format(engine, result, branch, languages, receiver.format)
    _check_content(result, branch, receiver)


class Texts:
    """The languages of a branch's strings: a superset, and whether it is exact."""

    def __init__(self, branch: Branch) -> None:
        self.reason: str | None = None
        self.inside: list[regex.Lang] = []
        if branch.min_length or branch.max_length is not None:
            self.inside.append(regex.length(branch.min_length, branch.max_length))
        self.exact = True
        for pattern in branch.patterns:
            try:
                self.inside.append(regex.pattern(pattern))
            except (regex.Unsupported, ValueError) as error:
                self.reason = f"pattern ({error})"
                self.exact = False
        for name in branch.formats:
            self.inside.append(regex.fullmatch(FORMATS[name].over))
            self.exact = False
        self.likely = [
            *self.inside,
            *(regex.fullmatch(under) for name in branch.formats if (under := FORMATS[name].under) is not None),
        ]


def _by_language(
    engine: Containment,
    result: Result,
    branch: Branch,
    texts: Texts,
    aspect: str,
    sender: Any,
    receiver: Any,
    wanted: regex.Lang,
    *,
    exact: bool,
) -> None:
    """Decide by languages: is there a text of the branch outside `wanted`?"""
    try:
        found = regex.example(texts.inside, [wanted])
    except regex.Unsupported as error:
        result.add(_undecided_text(engine, branch, aspect, sender, receiver, f"pattern ({error})"))
        return
    if found is None:
        return

    def candidates() -> Iterator[str]:
        with contextlib.suppress(regex.Unsupported):
            yield from regex.examples(texts.likely, [wanted], limit=4)
        yield found
        yield from engine.sampler.texts(branch)

    reason = None if exact and texts.exact else texts.reason or f"format {', '.join(branch.formats)}"
    result.add(Place(aspect, sender, receiver, candidates, reason=reason))


def _undecided_text(engine: Containment, branch: Branch, aspect: str, sender: Any, receiver: Any, reason: str) -> Place:
    return Place(aspect, sender, receiver, lambda: engine.sampler.texts(branch), reason=reason)


def _check_format(engine: Containment, result: Result, branch: Branch, texts: Texts, name: str) -> None:
    known = FORMATS[name]
    sender = branch.formats[0] if branch.formats else None
    if known.under is not None:
        try:
            if regex.example(texts.inside, [regex.fullmatch(known.under)]) is None:
                return
        except regex.Unsupported:
            pass

    def candidates() -> Iterator[str]:
        with contextlib.suppress(regex.Unsupported):
            yield from regex.examples(texts.likely, [regex.fullmatch(known.over)], limit=4)
        yield from engine.sampler.texts(branch)

    result.add(Place("format", sender, name, candidates, reason=f"format {name}"))


def _check_content(result: Result, branch: Branch, receiver: Node) -> None:
    """The content keywords are annotations to a validator, but who writes base64 and reads base32 reads nonsense."""
    wanted = _content(receiver)
    said: dict[str, str] = {}
    for node in branch.sources:
        said |= _content(node)
    for name, aspect in (("encoding", "contentEncoding"), ("media", "contentMediaType"), ("schema", "contentSchema")):
        if name in wanted and wanted[name] != said.get(name) and not (name == "schema" and "media" not in wanted):
            place = Place(aspect, said.get(name), wanted[name], tuple, facts={"definition": True})
            result.add(place)
        elif name in said and name not in wanted and name != "schema":
            result.add(Place(aspect, said[name], None, tuple, facts={"definition": True}))


def _content(node: Node) -> dict[str, str]:
    """Return the content keywords of a schema: `encoding`, `media`, `schema`."""
    return {name: value for name, _, value in (text.partition(" ") for text in node.content)}
