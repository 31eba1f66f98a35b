"""What is written to a terminal."""

import pytest

from contractkit.report.terminal import Terminal, visible


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain ä 中 …", "plain ä 中 …"),
        ("a\tb\nc\rd", "a\\tb\\nc\\rd"),
        ("\x00\x1b\x7f\x9b", "\\x00\\x1b\\x7f\\x9b"),
        ("\u200f\u2028\u2066", "\\u200f\\u2028\\u2066"),
        ("\ud83d", "\\ud83d"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_visible(text: str, expected: str) -> None:
    assert visible(text) == expected


def test_folding_keeps_long_words_whole() -> None:
    terminal = Terminal(width=30)
    assert terminal.folded("one two " + "x" * 40 + " three", "- ", "  ") == ["- one two", "  " + "x" * 40, "  three"]
    assert Terminal().folded("one two " * 40, "- ", "  ") == ["- " + "one two " * 40]
    assert terminal.folded("", "- ", "  ") == ["- "]


def test_values_are_cut_to_the_width() -> None:
    assert Terminal(width=40).value("ä" * 50, 10) == '"' + "ä" * 28 + "…"
    assert Terminal().value({"a": [1, True, None]}, 10) == '{"a": [1, true, null]}'


def test_styles_need_colour_and_text() -> None:
    assert Terminal(colour=True).style("a", "bold") == "\x1b[1ma\x1b[0m"
    assert Terminal(colour=True).style("", "bold") == ""
    assert Terminal().style("a", "bold") == "a"


def test_no_command_to_a_ci_service_stands_in_a_text() -> None:
    assert (
        visible("## Title ##[error]no, ##vso[task.complete] ##")
        == "## Title #\\x23[error]no, #\\x23vso[task.complete] ##"
    )
