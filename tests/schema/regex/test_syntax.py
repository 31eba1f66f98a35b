"""Each construct of the dialect: what it matches, and what is refused."""

from __future__ import annotations

import pytest

from contractkit.schema.regex import InvalidPattern, Unsupported, example, examples, fullmatch, pattern, search, words

# Every character that any construct below could treat in a way of its own.
CHARS = [
    *map(chr, range(0x80)),
    *"\x85\xa0\xaa\xb2\xe9\u0130\u0660\u1680\u180e\u2000\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff\uffff",
    *"\U0001d7d8\U0001f600\U0010ffff",
]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def one_char(text: str) -> str:
    """The characters that the pattern matches as a whole, by evaluation; the compared language must hold the same."""
    matched = "".join(char for char in CHARS if search(f"^(?:{text})$", char))
    lang = fullmatch(text)
    assert set(examples([words(CHARS), lang], limit=len(CHARS))) == set(matched)
    return matched


def all_but(excluded: str) -> str:
    return "".join(char for char in CHARS if char not in excluded)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "a"),
        (r"\d", "0123456789"),
        (r"\D", all_but("0123456789")),
        (r"\w", "0123456789" + LETTERS.upper() + "_" + LETTERS),
        (r"\W", all_but("0123456789" + LETTERS.upper() + "_" + LETTERS)),
        (r"\s", "\t\n\v\f\r \xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"),
        (r"\S", all_but("\t\n\v\f\r \xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000\ufeff")),
        (".", all_but("\n\r\u2028\u2029")),
        ("[^]", "".join(CHARS)),
        ("[]", ""),
        (r"[\s\S]", "".join(CHARS)),
        ("[a-c]", "abc"),
        ("[^a-c]", all_but("abc")),
        ("[a-]", "-a"),
        ("[-a]", "-a"),
        ("[]-]", ""),
        (r"[\]-]", "-]"),
        (r"[\w-.]", "-.0123456789" + LETTERS.upper() + "_" + LETTERS),
        (r"[a-\d]", "-0123456789a"),
        (r"[+--]", "+,-"),
        ("[a^]", "^a"),
        ("[[]", "["),
        ("[.$|()*]", "$()*.|"),
        (r"[\b]", "\b"),
        (r"[\x41-C\u0044]", "ABCD"),
        (r"\t|\n|\v|\f|\r", "\t\n\v\f\r"),
        (r"\0", "\0"),
        (r"\cJ|\cj", "\n"),
        (r"\x41", "A"),
        (r"\u00e9", "\xe9"),
        (r"\u{1F600}", "\U0001f600"),
        (r"\u{0000000041}", "A"),
        (r"\uD83D\uDE00", "\U0001f600"),
        ("\\\xe9", "\xe9"),
        (r"\/|\-|\_|\@|\ |\"|\#", ' "#-/@_'),
        (r"\^|\$|\\|\.|\*|\+|\?|\(|\)|\[|\]|\{|\}|\|", "$()*+.?[\\]^{|}"),
        ("]|}|{", "]{}"),
        (r"\p{Lu}", LETTERS.upper() + "\u0130"),
        (r"\p{Uppercase_Letter}", LETTERS.upper() + "\u0130"),
        (r"\p{gc=Nd}", "0123456789\u0660\U0001d7d8"),
        (r"\p{General_Category=Number}", "0123456789\xb2\u0660\U0001d7d8"),
        (r"\pN", "0123456789\xb2\u0660\U0001d7d8"),
        (r"\P{L}", all_but(LETTERS + LETTERS.upper() + "\xaa\xe9\u0130")),
        (r"\p{LC}", LETTERS.upper() + LETTERS + "\xe9\u0130"),
        (r"[\p{Nd}x]", "0123456789x\u0660\U0001d7d8"),
        (r"\p{ASCII}", "".join(CHARS[:0x80])),
        (r"\p{Any}", "".join(CHARS)),
    ],
)
def test_characters(text: str, expected: str) -> None:
    assert one_char(text) == expected


WORDS = [
    "",
    "a",
    "b",
    "c",
    "aa",
    "ab",
    "ba",
    "aaa",
    "aba",
    "abc",
    "aaaa",
    "a\n",
    "\na",
    "a{,3}",
    "a{",
    "{1",
    "{}",
    "a]",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", WORDS),
        ("b", ["b", "ab", "ba", "aba", "abc"]),
        ("^a", ["a", "aa", "ab", "aaa", "aba", "abc", "aaaa", "a\n", "a{,3}", "a{", "a]"]),
        ("a$", ["a", "aa", "ba", "aaa", "aba", "aaaa", "\na"]),
        ("^a$", ["a"]),
        (r"\Aa\Z", ["a"]),
        (r"\Aa\z", ["a"]),
        ("^$", [""]),
        ("$^", [""]),
        ("a^", []),
        ("$a", []),
        ("c|^b", ["b", "c", "ba", "abc"]),
        ("(^|a)b", ["b", "ab", "ba", "aba", "abc"]),
        ("c$|ba", ["c", "ba", "aba", "abc"]),
        ("^(a$|b)", ["a", "b", "ba"]),
        ("^(^a$)*$", ["", "a"]),
        ("^a?$", ["", "a"]),
        ("^a*$", ["", "a", "aa", "aaa", "aaaa"]),
        ("^a+$", ["a", "aa", "aaa", "aaaa"]),
        ("^a+?$", ["a", "aa", "aaa", "aaaa"]),
        ("^a{2}$", ["aa"]),
        ("^a{2,}$", ["aa", "aaa", "aaaa"]),
        ("^a{2,3}?$", ["aa", "aaa"]),
        ("^a{0}$", [""]),
        ("^(?:ab?){2}$", ["aa", "aba"]),
        ("^(?:a|)(?:|b)$", ["", "a", "b", "ab"]),
        ("^(?:a*)*$", ["", "a", "aa", "aaa", "aaaa"]),
        ("^(?<first>a)(?P<second_2>b)$", ["ab"]),
        ("^a{,3}$", ["a{,3}"]),
        ("^a{$", ["a{"]),
        ("^{1$", ["{1"]),
        ("^{}$", ["{}"]),
        ("^a]$", ["a]"]),
        ("^(?!a)", ["", "b", "c", "ba", "\na", "{1", "{}"]),
        ("^(?=ab)", ["ab", "aba", "abc"]),
        ("(?!a$)^a", ["aa", "ab", "aaa", "aba", "abc", "aaaa", "a\n", "a{,3}", "a{", "a]"]),
        ("^(?:(?!aa)a*)$", ["", "a"]),
        ("^(?=.*c)(?!b)(?=a).*$", ["abc"]),
        ("^(?!(?!a))(?!aa)", ["a", "ab", "aba", "abc", "a\n", "a{,3}", "a{", "a]"]),
        ("^(?!a|b)[^]+$|^ba", ["c", "ba", "\na", "{1", "{}"]),
        ("^(?=a{0,80}$)a*", ["", "a", "aa", "aaa", "aaaa"]),
    ],
)
def test_matches(text: str, expected: list[str]) -> None:
    assert [word for word in WORDS if search(text, word)] == expected
    lang = pattern(text)
    assert set(examples([words(WORDS), lang], limit=len(WORDS))) == set(expected)


def test_only_lookaheads_at_the_very_beginning_are_compared() -> None:
    for text in ("(?=b)a*", "c|(?=b)a*", "^a|(?=b)a*", "(?:^|c)(?=b)a*"):
        with pytest.raises(Unsupported) as caught:
            pattern(text)
        assert str(caught.value) == "lookahead (?="


@pytest.mark.parametrize(
    ("text", "construct", "expected"),
    [
        ("a(?=b)", "lookahead (?=", ["ab", "aba", "abc"]),
        ("a*(?=b)", "lookahead (?=", ["b", "ab", "ba", "aba", "abc"]),
        ("^(?:(?!b).)*$", "lookahead (?!", ["", "a", "c", "aa", "aaa", "aaaa", "a{,3}", "a{", "{1", "{}", "a]"]),
        ("(?<=a)b", "lookbehind (?<=", ["ab", "aba", "abc"]),
        ("^(?<=^)b", "lookbehind (?<=", ["b", "ba"]),
        ("(?<!a)b", "lookbehind (?<!", ["b", "ba"]),
        (r"\bb", "\\b", ["b", "ba"]),
        (r"a\b", "\\b", ["a", "aa", "ba", "aaa", "aba", "aaaa", "a\n", "\na", "a{,3}", "a{", "a]"]),
        (r"a\Bb", "\\B", ["ab", "aba", "abc"]),
    ],
)
def test_conditions_are_evaluated_but_not_compared(text: str, construct: str, expected: list[str]) -> None:
    assert [word for word in WORDS if search(text, word)] == expected
    for compared in (pattern, fullmatch):
        with pytest.raises(Unsupported) as caught:
            compared(text)
        assert str(caught.value) == construct


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        (r"(a)\1", "backreference"),
        (r"(?<n>a)\k<n>", "backreference"),
        ("(?P<n>a)(?P=n)", "backreference"),
        ("(?i)a", "inline flag (?i"),
        ("(?-i:a)", "inline flag (?-"),
        ("(?>a)", "atomic group (?>"),
        ("a++", "possessive quantifier"),
        ("a{2}+", "possessive quantifier"),
        ("(?#note)a", "comment (?#"),
        ("(a)?(?(1)b|c)", "conditional (?("),
        ("(?|a|b)", "branch reset (?|"),
        ("(?P>n)", "recursion (?P>"),
        (r"\p{Script=Greek}", r"\p{Script=Greek}"),
        (r"\P{^Lu}", r"\P{^Lu}"),
        (r"\p{}", r"\p{}"),
        (r"\07", "octal escape"),
        (r"\uD83D", "lone surrogate escape"),
        (r"[\uD800-\uDBFF][\uDC00-\uDFFF]", "lone surrogate escape"),
        (r"\x{41}", r"escape \x{"),
        (r"\Qa\E", r"escape \Q"),
        (r"\a", r"escape \a"),
        ("[[:alpha:]]", "POSIX class [:"),
        ("a{9999999999}", "repetition count of more than 9 digits"),
        ("(" * 5000 + "a" + ")" * 5000, "nesting deeper than 50 groups"),
        ("a" * 100_001, "a text of more than 100000 characters"),
        ("(?:" * 51 + "a" + ")*" * 51, "nesting deeper than 50 groups"),
        ("x(ab){1000000}", "state budget of 30000"),
        ("(((a{50}){50}){50}){50}", "state budget of 30000"),
    ],
)
def test_unsupported_constructs_are_named(text: str, construct: str) -> None:
    for asked in (pattern, fullmatch, lambda text: search(text, "a")):
        with pytest.raises(Unsupported) as caught:
            asked(text)
        assert str(caught.value) == construct


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a(b", "the group opened at character 2 is never closed"),
        ("ab)", "unbalanced ) at character 3"),
        ("[ab", "the class opened at character 1 is never closed"),
        (r"[\]", "the class opened at character 1 is never closed"),
        ("*a", "nothing to repeat at character 1"),
        ("a|+", "nothing to repeat at character 3"),
        ("(?:?)", "nothing to repeat at character 4"),
        ("{2}", "nothing to repeat at character 1"),
        ("a**", "nothing to repeat at character 3"),
        ("a{1}{2}", "nothing to repeat at character 5"),
        ("a???", "nothing to repeat at character 4"),
        ("a{3,2}", "the repetition {3,2} at character 2 ends before it begins"),
        ("[z-a]", "the range at character 2 ends before it begins"),
        ("a\\", "nothing after the backslash at character 2"),
        ("[a\\", "nothing after the backslash at character 3"),
        (r"\x4", r"incomplete escape \x at character 1"),
        (r"a\u12", r"incomplete escape \u at character 2"),
        (r"\u{110000}", r"no code point is meant by \u at character 1"),
        (r"\c1", r"incomplete escape \c at character 1"),
        (r"\p", r"incomplete escape \p at character 1"),
        ("(?<1a>b)", "unknown group (? at character 1"),
        ("a(?", "unknown group (? at character 2"),
    ],
)
def test_texts_that_are_no_pattern(text: str, problem: str) -> None:
    for asked in (pattern, fullmatch, lambda text: search(text, "a")):
        with pytest.raises(InvalidPattern) as caught:
            asked(text)
        assert str(caught.value) == problem


def test_groups_may_nest_fifty_deep() -> None:
    assert example([pattern("^" + "(?:" * 50 + "ab" + ")?" * 50 + "$"), pattern("a")]) == "ab"


def test_an_invalid_pattern_is_a_value_error() -> None:
    assert issubclass(InvalidPattern, ValueError)
    assert not issubclass(Unsupported, ValueError)


def test_a_pattern_of_megabytes_is_not_read() -> None:
    with pytest.raises(Unsupported, match="more than 100000 characters"):
        pattern("x" * 100_001)
