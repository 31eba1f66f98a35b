"""Languages as formulas over automata, lengths and word lists, and the splitting of a question by length."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from contractkit.model.records import record
from contractkit.schema.regex.errors import Unsupported
from contractkit.schema.regex.nfa import Nfa, search_automaton
from contractkit.schema.regex.syntax import Assertion, Chars, Choice, Look, Node, Repeat, Sequence, items, options
from contractkit.schema.regex.syntax import sequence as spliced

# From this count on, "so many characters of one set" becomes a condition on the length instead of so many states.
COUNTED_FROM = 64
MAX_CASES = 64


@record(frozen=True, slots=True)
class Lengths:
    """The strings whose length in code points lies in one of the intervals.

    Attributes:
        intervals: sorted, disjoint, both ends included; only the last may be without an upper end.
    """

    intervals: tuple[tuple[int, int | None], ...]

    def intersection(self, other: Lengths) -> Lengths:
        """The lengths that are in both."""
        common: list[tuple[int, int | None]] = []
        for low, high in self.intervals:
            for other_low, other_high in other.intervals:
                start = max(low, other_low)
                ends = [end for end in (high, other_high) if end is not None]
                if not ends or start <= min(ends):
                    common.append((start, min(ends) if ends else None))
        return Lengths(tuple(sorted(common, key=lambda interval: interval[0])))

    def complement(self) -> Lengths:
        """The lengths that are not in this set."""
        gaps: list[tuple[int, int | None]] = []
        start: int | None = 0
        for low, high in self.intervals:
            if start is not None and start < low:
                gaps.append((start, low - 1))
            start = None if high is None else high + 1
        if start is not None:
            gaps.append((start, None))
        return Lengths(tuple(gaps))

    def __contains__(self, length: int) -> bool:
        return any(low <= length and (high is None or length <= high) for low, high in self.intervals)


ALL_LENGTHS = Lengths(((0, None),))


@record(frozen=True, slots=True)
class Words:
    """A finite language."""

    values: frozenset[str]


Atom = Nfa | Lengths | Words


@record(frozen=True, slots=True)
class Literal:
    """An atom or, where it is not `positive`, its complement."""

    atom: Atom
    positive: bool = True


@record(frozen=True, slots=True)
class All:
    """The intersection of its parts; without parts every string."""

    parts: tuple[Formula, ...]


@record(frozen=True, slots=True)
class Any:
    """The union of its parts; without parts no string."""

    parts: tuple[Formula, ...]


Formula = Literal | All | Any
EVERYTHING = All(())


def negation(formula: Formula) -> Formula:
    """The complement, by De Morgan's laws."""
    if isinstance(formula, Literal):
        return Literal(formula.atom, not formula.positive)
    parts = tuple(negation(part) for part in formula.parts)
    return Any(parts) if isinstance(formula, All) else All(parts)


def evaluate(formula: Formula, value: Callable[[Atom], bool | None]) -> bool | None:
    """The truth of a formula, given that of its atoms; `None` where the known ones do not settle it."""
    if isinstance(formula, Literal):
        known = value(formula.atom)
        return known if known is None else known is formula.positive
    deciding = isinstance(formula, Any)
    result: bool | None = not deciding
    for part in formula.parts:
        known = evaluate(part, value)
        if known is deciding:
            return deciding
        if known is None:
            result = None
    return result


def split_by_length(formula: Formula) -> list[tuple[Lengths, Formula]]:
    """The formula as a union of cases, each an intersection of a set of lengths and a formula that names none.

    Raises:
        Unsupported: there are more than `MAX_CASES` of them.
    """
    if isinstance(formula, Literal):
        if isinstance(formula.atom, Lengths):
            return [(formula.atom if formula.positive else formula.atom.complement(), EVERYTHING)]
        return [(ALL_LENGTHS, formula)]
    if isinstance(formula, Any):
        return _merged(case for part in formula.parts for case in split_by_length(part))
    cases: list[tuple[Lengths, Formula]] = [(ALL_LENGTHS, EVERYTHING)]
    for part in formula.parts:
        cases = _merged(
            (lengths.intersection(more), _conjunction(rest, other))
            for lengths, rest in cases
            for more, other in split_by_length(part)
        )
    return cases


def _conjunction(left: Formula, right: Formula) -> Formula:
    parts = [part for formula in (left, right) for part in (formula.parts if isinstance(formula, All) else (formula,))]
    return parts[0] if len(parts) == 1 else All(tuple(dict.fromkeys(parts)))


def _merged(cases: Iterable[tuple[Lengths, Formula]]) -> list[tuple[Lengths, Formula]]:
    by_lengths: dict[Lengths, list[Formula]] = {}
    for lengths, rest in cases:
        if lengths.intervals:
            by_lengths.setdefault(lengths, []).append(rest)
    if len(by_lengths) > MAX_CASES:
        raise Unsupported(f"more than {MAX_CASES} cases of length")
    return [(lengths, rests[0] if len(rests) == 1 else Any(tuple(rests))) for lengths, rests in by_lengths.items()]


def searched(node: Node) -> Formula:
    """The strings in which a match of the node occurs.

    Lookaheads at the very beginning (`^(?!x)y`) become intersections with languages or their complements, and
    `^x{0,5000}$` with one character set `x` becomes `^x*$` and a condition on the length.

    Raises:
        Unsupported: the node has a lookaround elsewhere, a word boundary, or repetitions that make too many states.
    """
    formulas: list[Formula] = []
    plain: list[Node] = []
    for option in options(node):
        looks, rest = _leading_looks(option)
        if looks:
            conditions = [searched(anchored(look.body)) for look in looks]
            signed = [
                negation(condition) if look.negative else condition
                for look, condition in zip(looks, conditions, strict=True)
            ]
            formulas.append(All((*signed, searched(rest))))
        elif (counted := _counted(option)) is not None:
            formulas.append(counted)
        else:
            plain.append(option)
    if plain:
        remaining = plain[0] if len(plain) == 1 else Choice(tuple(plain))
        _refuse_conditions(remaining)
        formulas.insert(0, Literal(search_automaton(remaining)))
    return formulas[0] if len(formulas) == 1 else Any(tuple(formulas))


def anchored(node: Node, *, end: bool = False) -> Node:
    """The node at the beginning of the string only and, with `end`, up to its end only."""
    tail = (Assertion.END,) if end else ()
    bound = tuple(spliced((Assertion.START, option, *tail)) for option in options(node))
    return bound[0] if len(bound) == 1 else Choice(bound)


def _leading_looks(option: Node) -> tuple[list[Look], Node]:
    """The lookaheads that are known to stand at the beginning of the string, and what remains without them."""
    looks: list[Look] = []
    bound = False
    taken = 0
    for item in items(option):
        if isinstance(item, Look) and item.ahead:
            looks.append(item)
        elif item is Assertion.START:
            bound = True
        else:
            break
        taken += 1
    if not (looks and bound):
        return [], option
    return looks, spliced((Assertion.START, *items(option)[taken:]))


def _counted(option: Node) -> Formula | None:
    match items(option):
        case (Assertion.START, Repeat(Chars() as chars, minimum, maximum), Assertion.END) if (
            max(minimum, maximum or 0) >= COUNTED_FROM
        ):
            text = spliced((Assertion.START, Repeat(chars, 0, None), Assertion.END))
            return All((searched(text), Literal(Lengths(((minimum, maximum),)))))
    return None


def _refuse_conditions(node: Node) -> None:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Look):
            raise Unsupported(current.construct)
        if current in (Assertion.WORD_BOUNDARY, Assertion.NO_WORD_BOUNDARY):
            assert isinstance(current, Assertion)
            raise Unsupported(current.value)
        if isinstance(current, Sequence):
            waiting.extend(reversed(current.items))
        elif isinstance(current, Choice):
            waiting.extend(reversed(current.options))
        elif isinstance(current, Repeat):
            waiting.append(current.item)
