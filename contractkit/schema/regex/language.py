"""Languages of strings, and the questions about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import islice

from contractkit.model.records import field, record
from contractkit.schema.regex.charset import rank
from contractkit.schema.regex.determinise import Dfa
from contractkit.schema.regex.errors import Meter, Unsupported
from contractkit.schema.regex.formula import (
    All,
    Atom,
    Formula,
    Lengths,
    Literal,
    Words,
    anchored,
    evaluate,
    negation,
    searched,
    split_by_length,
)
from contractkit.schema.regex.matcher import matches
from contractkit.schema.regex.nfa import Nfa, search_automaton
from contractkit.schema.regex.parser import parse
from contractkit.schema.regex.product import Product
from contractkit.schema.regex.walk import Levels, shortest

DEFAULT_BUDGET = 30_000


@record(frozen=True, slots=True)
class Lang:
    """A set of strings over Unicode characters (surrogates are none), made by one of the functions of this module.

    Attributes:
        kind: the function that made it.
        source: what that function was given; two handles of the same kind and source are equal.
    """

    kind: str
    source: object
    _formula: Formula = field(compare=False)


@lru_cache(maxsize=1024)
def pattern(text: str) -> Lang:
    """The strings that a JSON Schema `pattern` matches: a match anywhere suffices.

    Raises:
        InvalidPattern: the text is no regular expression.
        Unsupported: it uses a construct that cannot be compared; the message names it.
    """
    return Lang("pattern", text, searched(parse(text)))


@lru_cache(maxsize=1024)
def fullmatch(text: str) -> Lang:
    """The strings that a regular expression matches from their first to their last character.

    Raises:
        InvalidPattern: the text is no regular expression.
        Unsupported: it uses a construct that cannot be compared; the message names it.
    """
    return Lang("fullmatch", text, searched(anchored(parse(text), end=True)))


def length(minimum: int, maximum: int | None) -> Lang:
    """The strings of at least `minimum` and, unless it is `None`, at most `maximum` characters (code points)."""
    empty = maximum is not None and maximum < max(minimum, 0)
    lengths = Lengths(() if empty else ((max(minimum, 0), maximum),))
    return Lang("length", (minimum, maximum), Literal(lengths))


def words(values: Iterable[str]) -> Lang:
    """The given strings and no others."""
    distinct = frozenset(values)
    return Lang("words", distinct, Literal(Words(distinct)))


def search(text: str, value: str) -> bool:
    r"""Whether a JSON Schema `pattern` matches a value.

    The dialect is that of `pattern`, with lookarounds, `\b` and `\B` besides; there is no backtracking, and the work
    is bounded.

    Raises:
        InvalidPattern: the text is no regular expression.
        Unsupported: it uses a construct that cannot be evaluated, or pattern and value are too large.
    """
    return matches(_searcher(text), value, Meter(DEFAULT_BUDGET))


@lru_cache(maxsize=1024)
def _searcher(text: str) -> Nfa:
    return search_automaton(parse(text))


def example(inside: Sequence[Lang], outside: Sequence[Lang] = (), *, budget: int = DEFAULT_BUDGET) -> str | None:
    """The shortest string that is in all of `inside` and in none of `outside`.

    `A` lies within `B` exactly when `example([A], [B])` is `None`.

    Args:
        inside: the languages that hold the string; none of them means all strings.
        outside: the languages that do not.
        budget: how many states may be made before the question is given up.

    Returns:
        Of the shortest such strings the first, letters before digits before other characters; `None` proves that
        there is none.

    Raises:
        Unsupported: the budget is used up.
    """
    if not set(inside).isdisjoint(outside):
        return None
    meter = Meter(budget)
    finite = _candidates(inside, outside, meter)
    if finite is not None:
        return next(finite, None)
    found = [_least(lengths, rest, meter) for lengths, rest in _cases(inside, outside)]
    return min((word for word in found if word is not None), key=rank, default=None)


def examples(
    inside: Sequence[Lang], outside: Sequence[Lang] = (), *, limit: int, meter: Meter | None = None
) -> list[str]:
    """Several different short strings that are in all of `inside` and in none of `outside`.

    Characters that all of the languages treat alike take turns only where there are not enough strings otherwise.

    Args:
        inside: the languages that hold the strings; none of them means all strings.
        outside: the languages that do not.
        limit: how many strings are wanted at most.
        meter: counts the work; one of the default budget where it is left out.

    Returns:
        The strings in the order of `example`; fewer than `limit` where there are no more, or where the budget is used
        up after some were found. An empty list proves that there are none.

    Raises:
        Unsupported: the budget is used up and no string was found.
    """
    if limit <= 0 or not set(inside).isdisjoint(outside):
        return []
    meter = meter or Meter(DEFAULT_BUDGET)
    finite = _candidates(inside, outside, meter)
    if finite is not None:
        return list(islice(finite, limit))
    found: set[str] = set()
    try:
        cases = _cases(inside, outside)
        for breadth in (1, limit):
            for lengths, rest in cases:
                found.update(islice(_ascending(lengths, rest, breadth, meter), limit))
            if len(found) >= limit:
                break
    except Unsupported:
        if not found:
            raise
    return sorted(found, key=rank)[:limit]


def _candidates(inside: Sequence[Lang], outside: Sequence[Lang], meter: Meter) -> Iterator[str] | None:
    """The answers in order where a language of `inside` is a word list, else `None`."""
    lists: list[frozenset[str]] = [lang.source for lang in inside if isinstance(lang.source, frozenset)]
    if not lists:
        return None
    formula = _question(inside, outside)
    automata: dict[Nfa, Dfa] = {}

    def holds(atom: Atom, word: str) -> bool:
        if isinstance(atom, Words):
            return word in atom.values
        if isinstance(atom, Lengths):
            return len(word) in atom
        if atom not in automata:
            automata[atom] = Dfa(atom, meter)
        return automata[atom].accepts(word)

    candidates = sorted(sorted(lists, key=len)[0], key=rank)
    return (word for word in candidates if evaluate(formula, partial(holds, word=word)))


def _question(inside: Sequence[Lang], outside: Sequence[Lang]) -> Formula:
    return All((*(lang._formula for lang in inside), *(negation(lang._formula) for lang in outside)))


def _cases(inside: Sequence[Lang], outside: Sequence[Lang]) -> list[tuple[Lengths, Formula]]:
    return split_by_length(_question(inside, outside))


def _least(lengths: Lengths, rest: Formula, meter: Meter) -> str | None:
    product = Product(rest, meter)
    if product.start is None:
        return None
    # Without its condition on the length the question is smaller, and often its answer settles both.
    word = shortest(product, product.start, lengths.intervals[-1][1])
    if word is None or len(word) in lengths:
        return word
    levels = Levels(product, product.start, lengths, meter)
    size = levels.next_length(-1)
    return None if size is None else next(levels.strings(size, 1))


def _ascending(lengths: Lengths, rest: Formula, breadth: int, meter: Meter) -> Iterator[str]:
    product = Product(rest, meter)
    if product.start is None:
        return
    levels = Levels(product, product.start, lengths, meter)
    size = levels.next_length(-1)
    while size is not None:
        yield from levels.strings(size, breadth)
        size = levels.next_length(size)
