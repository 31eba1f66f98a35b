"""The engine against Python's `re` on every short string over a small alphabet."""

from __future__ import annotations

import re
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contractkit.schema.regex import Lang, example, examples, fullmatch, length, pattern, search, words

ALPHABET = "ab\n"
LONGEST = 4
# Letters come before control characters in the order of witnesses.
STRINGS = ["".join(chars) for size in range(LONGEST + 1) for chars in product(ALPHABET, repeat=size)]

SETTINGS = settings(
    derandomize=True, deadline=None, database=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)

# A spelling here and the spelling that means the same to Python's re.
Spelled = tuple[str, str]

DOT = (".", r"[^\n\r\u2028\u2029]")
ATOMS: list[Spelled] = [("a", "a"), ("b", "b"), DOT, ("[^a]", "[^a]"), ("[ab]", "[ab]"), (r"\s", r"\s"), ("[]", "(?!)")]
ANCHORS: list[Spelled] = [("^", r"\A"), ("$", r"\Z"), (r"\A", r"\A"), (r"\z", r"\Z")]
CONDITIONS: list[Spelled] = [
    (r"\b", r"\b"),
    (r"\B", r"(?!\b)"),
    ("(?<=a)", "(?<=a)"),
    ("(?<!b)", "(?<!b)"),
    ("(?<=^)", r"(?<=\A)"),
]
QUANTIFIERS = ["*", "+", "?", "{2}", "{0,2}", "{1,3}", "{2,}", "*?", "{1}", "{0}"]


def joined(parts: list[Spelled], glue: str = "", frame: str = "{}") -> Spelled:
    return (
        frame.format(glue.join(ours for ours, _ in parts)),
        frame.format(glue.join(theirs for _, theirs in parts)),
    )


def compound(inner: st.SearchStrategy[Spelled], groups: list[str]) -> st.SearchStrategy[Spelled]:
    return st.one_of(
        st.lists(inner, min_size=0, max_size=3).map(joined),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: joined(parts, "|", "(?:{})")),
        st.tuples(inner, st.sampled_from(QUANTIFIERS)).map(
            lambda pair: (f"({pair[0][0]}){pair[1]}", f"(?:{pair[0][1]}){pair[1]}")
        ),
        st.tuples(inner, st.sampled_from(groups)).map(lambda pair: joined([pair[0]], frame=pair[1])),
    )


plain = st.recursive(st.sampled_from(ATOMS + ANCHORS), lambda inner: compound(inner, ["({})"]), max_leaves=7)
with_conditions = st.recursive(
    st.sampled_from(ATOMS + ANCHORS + CONDITIONS),
    lambda inner: compound(inner, ["({})", "(?={})", "(?!{})"]),
    max_leaves=7,
)
with_leading_looks = st.tuples(st.sampled_from(["(?={})", "(?!{})"]), plain, plain).map(
    lambda parts: joined([("^", r"\A"), joined([parts[1]], frame=parts[0]), ("(", "(?:"), parts[2], (")", ")")])
)
alternatives = st.lists(st.one_of(plain, with_leading_looks), min_size=2, max_size=3).map(
    lambda parts: joined(parts, "|")
)
comparable = st.one_of(plain, plain, with_leading_looks, alternatives)
over_alphabet = fullmatch(f"[{ALPHABET}]*")


def found(spelled: Spelled) -> set[str]:
    return {text for text in STRINGS if re.search(spelled[1], text, re.ASCII)}


def order(text: str) -> tuple[int, list[int]]:
    return len(text), [ALPHABET.index(char) for char in text]


@SETTINGS
@given(with_conditions)
def test_search_agrees_with_re(spelled: Spelled) -> None:
    assert {text for text in STRINGS if search(spelled[0], text)} == found(spelled)


@SETTINGS
@given(comparable)
def test_languages_hold_what_search_finds(spelled: Spelled) -> None:
    lang = pattern(spelled[0])
    assert set(examples([words(STRINGS), lang], limit=len(STRINGS))) == found(spelled)


@SETTINGS
@given(plain)
def test_whole_matches_agree_with_re(spelled: Spelled) -> None:
    lang = fullmatch(spelled[0])
    expected = {text for text in STRINGS if re.search(rf"\A(?:{spelled[1]})\Z", text, re.ASCII)}
    assert set(examples([words(STRINGS), lang], limit=len(STRINGS))) == expected


@SETTINGS
@given(st.lists(comparable, min_size=1, max_size=2), st.lists(comparable, max_size=2))
def test_the_example_is_the_least_of_all(inside: list[Spelled], outside: list[Spelled]) -> None:
    expected = set(STRINGS).intersection(*map(found, inside)).difference(*map(found, outside))
    answer = example([over_alphabet, *languages(inside)], languages(outside))
    if expected:
        assert answer == min(expected, key=order)
    elif answer is not None:
        assert len(answer) > LONGEST
        assert all(re.search(theirs, answer, re.ASCII) for _, theirs in inside)
        assert not any(re.search(theirs, answer, re.ASCII) for _, theirs in outside)


@SETTINGS
@given(comparable, comparable, st.integers(0, 3), st.integers(0, 3))
def test_examples_are_as_many_as_there_are(inside: Spelled, outside: Spelled, low: int, high: int) -> None:
    expected = {text for text in found(inside) - found(outside) if low <= len(text) <= high}
    answers = examples([over_alphabet, length(low, high), pattern(inside[0])], [pattern(outside[0])], limit=6)
    assert answers == sorted(set(answers), key=order)
    assert len(answers) == min(6, len(expected))
    assert expected.issuperset(answers)
    assert answers[:1] == sorted(expected, key=order)[:1]


@SETTINGS
@given(st.sets(st.sampled_from(STRINGS)), comparable)
def test_word_lists_are_languages(listed: set[str], spelled: Spelled) -> None:
    within, lang = words(listed), pattern(spelled[0])
    assert example([within], [lang]) == min(listed - found(spelled), key=order, default=None)
    expected = found(spelled) - listed
    answer = example([lang, over_alphabet, length(0, LONGEST)], [within])
    assert answer == min(expected, key=order, default=None)


@SETTINGS
@given(st.lists(st.integers(60, 70), min_size=4, max_size=4))
def test_large_counts_are_lengths(bounds: list[int]) -> None:
    low, high = sorted(bounds[:2])
    other_low, other_high = sorted(bounds[2:])
    outside = [size for size in range(low, high + 1) if not other_low <= size <= other_high]
    expected = "a" * min(outside) if outside else None
    counted, other = pattern(f"^[a-z]{{{low},{high}}}$"), pattern(f"^[a-z]{{{other_low},{other_high}}}$")
    assert example([counted], [other]) == expected
    assert example([counted], [length(other_low, other_high)]) == expected
    assert example([pattern("^[a-z]+$"), length(low, high)], [other]) == expected
    copies = pattern(f"^[a-z](?:[a-z]){{{other_low - 1},{other_high - 1}}}$")
    assert example([counted], [copies]) == expected


def languages(spelled: list[Spelled]) -> list[Lang]:
    return [pattern(ours) for ours, _ in spelled]
