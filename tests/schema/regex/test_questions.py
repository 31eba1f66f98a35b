"""Questions about languages: containment, the shortest counter-example, several examples, and their limits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata

import pytest

from contractkit.schema.regex import Meter, Unsupported, example, examples, fullmatch, length, pattern, search, words

NAMES = [f"{colour}-{thing}{number}" for colour in ("red", "blue", "green") for thing in "wxyz" for number in range(50)]
NAMED = f"^({'|'.join(NAMES)})$"
UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
DECIMAL = r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"
IDENTIFIER = "[a-zA-Z-][0-9a-zA-Z-]*"
VERSION = rf"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-{IDENTIFIER}(?:\.{IDENTIFIER})*)?$"
MAIL = r"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$"
SLUG = "^[a-z0-9]+(?:-[a-z0-9]+)*$"
BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
DATE = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
PHONE = r"^\+[1-9]\d{1,14}$"
PASSWORD = r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d).{8,72}$"


@pytest.mark.parametrize(
    ("sender", "receiver", "witness"),
    [
        (UUID, "^[0-9a-f-]+$", None),
        (UUID, "^[0-9a-f-]{36}$", None),
        (UUID, "^[0-9A-F-]+$", "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"),
        ("^[0-9a-f-]{36}$", UUID, "a" * 36),
        (DECIMAL, r"^[-+]?\d*\.?\d*$", None),
        (r"^[-+]?\d*\.?\d*$", DECIMAL, ""),
        (r"^[-+]?\d+(\.\d*)?$", DECIMAL, None),
        (VERSION, r"^\d+\.\d+\.\d+", None),
        (VERSION, r"^\d+\.\d+\.\d+$", "0.0.0-a"),
        (MAIL, r"^[^@\s]+@[^@\s]+\.[^@\s]+$", None),
        (r"^[^@\s]+@[^@\s]+\.[^@\s]+$", MAIL, "a@a.a"),
        (SLUG, "^[a-z0-9-]+$", None),
        ("^[a-z0-9-]+$", SLUG, "-"),
        (SLUG, "^[a-z0-9-]{1,64}$", "a" * 65),
        (BASE64, "^[A-Za-z0-9+/]*={0,2}$", None),
        ("^[A-Za-z0-9+/]*={0,2}$", BASE64, "a"),
        (DATE, r"^\d{4}-\d{2}-\d{2}$", None),
        (r"^\d{4}-\d{2}-\d{2}$", DATE, "0000-00-00"),
        (PHONE, r"^\+?[0-9]{2,15}$", None),
        (PHONE, r"^\+?[0-9]{3,15}$", "+10"),
        (PASSWORD, "[A-Z]", None),
        (PASSWORD, r"^(?=.*[!?]).*$", "aaaaaa0A"),
        ("^a", "^ab", "a"),
        ("^ab", "^a", None),
        ("a|^b", "^b|^[^]*a", None),
        ("x$|y", "y|x", None),
        ("y|x", "x$|y", "xa"),
        ("^a$", "^[^\\n]*$", None),
        ("^[^a-z]$", "^[0-9]$", "A"),
        ("^[^a-zA-Z0-9]$", "^[!-~]$", " "),
        ("^[\\r\\u2028\\u{1F600}]$", "^.$", "\r"),
        (NAMED, "^(red|green|blue)-[w-z][1-4]?[0-9]$", None),
        ("^(red|green|blue)-[w-z][1-4]?[0-9]$", NAMED, None),
        (NAMED, NAMED.replace("|green-z49", ""), "green-z49"),
        (NAMED.replace("^", "").replace("$", ""), NAMED, "ared-w0"),
        ("(a|b)*a(a|b){12}", "(a|b)*a(b|a){12}", None),
        ("^.{1,65535}$", "^.{1,255}$", "a" * 256),
        ("^.{1,255}$", "^.{1,65535}$", None),
        ("^x.{1,2000}$", "^.{1,2000}$", "x" + "a" * 2000),
        ("^.{70}(,.{80,90})?$", "^.{70}$|^.{70},.{80,}$", None),
    ],
)
def test_containment(sender: str, receiver: str, witness: str | None) -> None:
    assert example([pattern(sender)], [pattern(receiver)]) == witness


def test_a_language_lies_within_itself_however_large() -> None:
    large = pattern("^(a|b)*a(a|b){1000}$")
    assert example([large], [large]) is None
    assert examples([large], [large], limit=3) == []


def test_several_languages_on_both_sides() -> None:
    start, end = pattern("^a"), pattern("b$")
    assert example([start, end]) == "ab"
    assert example([start, end], [length(0, 3)]) == "aaab"
    assert example([start, end], [pattern("^ab"), pattern("aa|ab$")]) == "acb"
    assert example([start], [pattern("^a$"), pattern("^a.")]) == "a\n"
    assert example([start, fullmatch("[ab]*")], [pattern("^a$"), pattern("^a[ab]")]) is None
    assert example([pattern("^a"), pattern("^b")]) is None
    assert example([]) == ""
    assert example([], [pattern("^$"), pattern("^[a-z]"), pattern("^[0-9A-Z]")]) == "!"
    assert example([], [fullmatch(".*")]) == "\n"


def test_lengths_count_code_points() -> None:
    assert example([pattern("^\\u{1F600}*$"), length(2, 2)]) == "\U0001f600\U0001f600"
    assert example([length(0, 3)], [length(0, 5)]) is None
    assert example([length(0, 5)], [length(0, 3)]) == "aaaa"
    assert example([length(4, None)], [length(5, None)]) == "aaaa"
    assert example([length(3, 2)]) is None
    assert example([length(-2, 0)]) == ""


@pytest.mark.parametrize(
    ("sender", "lengths", "receiver", "witness"),
    [
        ("^[a-z]+$", (0, 5000), "^[a-z]{0,5000}$", None),
        ("^[a-z]+$", (0, 5001), "^[a-z]{0,5000}$", "a" * 5001),
        ("^x[a-z]+$", (0, 2000), "^x[a-z]{0,1999}$", None),
        ("^x[a-z]+$", (0, 2001), "^x[a-z]{0,1999}$", "x" + "a" * 2000),
        ("^(aa)*$", (7, 7), "b", None),
        ("^(aa)*$", (7, 8), "b", "a" * 8),
        ("^(aa)*$", (2**40 + 1, 2**40 + 1), "b", None),
        ("^(aaa|bbbbb)*$", (7, 7), "c", None),
        ("^(aaa|bbbbb)*$", (4, 1000), "aa", "bbbbb"),
        ("^[a-z]{1,300}$", (0, 2**40), "^[a-z]{0,299}$", "a" * 300),
    ],
)
def test_patterns_with_lengths(sender: str, lengths: tuple[int, int], receiver: str, witness: str | None) -> None:
    assert example([pattern(sender), length(*lengths)], [pattern(receiver)]) == witness


def test_large_word_lists() -> None:
    numbers = [str(number) for number in range(5000)]
    assert example([words(numbers)], [words(numbers[:-1])]) == "4999"
    assert example([words(numbers)], [pattern("^(0|[1-9][0-9]{0,3})$")]) is None
    assert example([pattern("^(0|[1-9][0-9]{0,3})$")], [words(numbers)]) == "5000"
    assert example([pattern("^[0-4]?[0-9]{1,2}$")], [words(numbers)]) == "00"
    assert example([words(NAMES)], [pattern(NAMED)]) is None
    assert example([pattern(NAMED)], [words(NAMES)]) is None
    assert example([words([])]) is None
    assert example([words(["b", "a", ""]), length(1, None)]) == "a"
    assert example([words(["ab", "b", "c"]), words(["c", "ab"])], [length(1, 1)]) == "ab"


def test_examples_are_different_short_and_in_order() -> None:
    assert examples([pattern("^[a-z]+$")], limit=4) == ["a", "aa", "aaa", "aaaa"]
    assert examples([pattern("^[a-e]$")], limit=9) == ["a", "b", "c", "d", "e"]
    assert examples([pattern("^[a-e]$")], limit=2) == ["a", "b"]
    assert examples([pattern("^(x|yy|zz)$")], [words(["yy"])], limit=5) == ["x", "zz"]
    assert examples([pattern("^a+$")], [pattern("a")], limit=5) == []
    assert examples([words(["cc", "b", "a"])], [words(["a"])], limit=5) == ["b", "cc"]
    assert examples([pattern(UUID)], limit=2) == [
        "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
        "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaab",
    ]
    assert examples([pattern("^a*$")], limit=0) == []


def test_examples_keep_what_the_budget_allowed_to_find() -> None:
    lang = pattern("^(c|(a|b)*a(a|b){40})$")
    assert examples([lang], limit=2, meter=Meter(100)) == ["c"]


@pytest.mark.parametrize(
    ("sender", "receiver"),
    [
        ("^(a|b)*a(a|b){300}$", "^(a|b)*a(b|a){300}$"),
        ("^" + "a?" * 1000 + "a" * 1000 + "$", "^a*b$"),
        ("[a-z]{2000}", "[a-z]{1999}a"),
        ("".join(f"(?=.*{char})" for char in "abcdefghijklmnopqrst").join(("^", ".*$")), "^a{30}$"),
    ],
)
def test_questions_larger_than_the_budget_are_given_up(sender: str, receiver: str) -> None:
    with pytest.raises(Unsupported) as caught:
        example([pattern(sender)], [pattern(receiver)], budget=5000)
    assert str(caught.value) == "state budget of 5000"


def test_the_budget_is_the_callers() -> None:
    sender, receiver = pattern("^[ab]{20}$"), pattern("^[a-z]{20}$")
    assert example([sender], [receiver], budget=30) is None
    with pytest.raises(Unsupported) as caught:
        example([sender], [receiver], budget=10)
    assert str(caught.value) == "state budget of 10"


def test_witnesses_too_long_to_write_are_refused() -> None:
    with pytest.raises(Unsupported) as caught:
        example([pattern("^a*$"), length(2**31, None)])
    assert str(caught.value) == "a string of 2147483648 characters"


def test_too_many_cases_of_length_are_refused() -> None:
    receivers = [pattern(f"^[{chr(97 + index)}-z]{{{index + 2},{100 + index}}}$") for index in range(20)]
    with pytest.raises(Unsupported) as caught:
        example([length(1, None)], receivers)
    assert str(caught.value) == "more than 64 cases of length"


def test_evaluation_does_not_backtrack() -> None:
    assert not search("^(a+)+$", "a" * 20_000 + "b")
    assert not search("^(?=(a+)+b)(a|aa)+$", "a" * 2000)
    assert search("(?<=x(a+)+)b", "x" + "a" * 2000 + "b")


def test_evaluation_is_bounded() -> None:
    with pytest.raises(Unsupported) as caught:
        search("a(?=[^]*c)", "a" * 20_000)
    assert str(caught.value) == "state budget of 30000"


def test_handles_are_equal_by_what_they_were_made_of() -> None:
    assert pattern("a") == pattern("a")
    assert pattern("a") != fullmatch("a")
    assert words(["a", "b"]) == words(("b", "a", "b"))
    assert {length(0, 3): "kept"}[length(0, 3)] == "kept"


def test_categories_follow_the_running_python() -> None:
    outside = example([fullmatch(r"\p{L}")], [fullmatch(r"[\p{Lu}\p{Ll}\p{Lt}\p{Lm}]")])
    assert outside is not None
    assert unicodedata.category(outside) == "Lo"
    assert example([fullmatch(r"\p{L}")], [fullmatch(r"[\p{Lu}\p{Ll}\p{Lt}\p{Lm}\p{Lo}]")]) is None


def test_answers_do_not_depend_on_the_hash_seed() -> None:
    program = """
import json
from contractkit.schema.regex import example, examples, pattern, words
left, right = pattern("(x|[^a-f]y|^q+$){2,3}|a.*b.*c"), pattern("^[a-z]{0,3}$|q{4}|[^]{9}")
print(json.dumps([example([left], [right]), examples([left], [right], limit=20), examples([words("zyxwv")], limit=3)]))
"""
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert [json.loads(text)[2] for text in printed] == [["v", "w", "x"]]
