"""JSON of any depth and size, written and cut."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contractkit.report.jsontext import line_of, pretty_json, sane

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def nested(levels: int, leaf: Any = 1) -> Any:
    for _ in range(levels):
        leaf = [leaf]
    return leaf


@given(VALUES)
@settings(derandomize=True, deadline=None)
def test_it_is_written_as_the_standard_library_does(value: Any) -> None:
    assert pretty_json(value) == json.dumps(value, indent=2)
    assert line_of(value) == json.dumps(value, ensure_ascii=False)
    assert line_of(value, ascii_only=True) == json.dumps(value)


@given(VALUES, st.integers(2, 40))
@settings(derandomize=True, deadline=None)
def test_a_line_is_cut_where_it_is_full(value: Any, longest: int) -> None:
    whole = json.dumps(value, ensure_ascii=False)
    assert line_of(value, longest) == (whole if len(whole) <= longest else whole[: longest - 1] + "…")


def test_deep_levels_are_not_indented() -> None:
    text = pretty_json(nested(66, [1, 2]))
    assert text.count("\n") == 2 * 64
    assert "[[[1, 2]]]" in text
    assert json.loads(text) == nested(66, [1, 2])


def test_depth_costs_no_recursion() -> None:
    deep = nested(100_000)
    assert pretty_json(deep).count("[") == 100_000
    assert line_of(deep, 5) == "[[[[…"


@pytest.mark.parametrize(
    ("value", "name"), [(float("nan"), "nan"), (float("inf"), "inf"), (float("-inf"), "-inf")], ids=str
)
def test_numbers_that_json_cannot_write_become_names(value: float, name: str) -> None:
    assert pretty_json([value]) == f'[\n  "{name}"\n]'


def test_what_can_be_read_is_kept() -> None:
    for value in (None, {"a": [1]}, nested(200), ["x" * 90_000]):
        assert sane(value) is value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (nested(201), "cut, nested too deep to be shown: " + "[" * 199 + "…"),
        ("x" * 100_000, 'cut, too large to be shown: "' + "x" * 198 + "…"),
        ([*range(100_000)], "cut, too large to be shown: " + json.dumps([*range(100)])[:199] + "…"),
    ],
    ids=["deep", "long", "many"],
)
def test_what_cannot_be_read_is_cut_and_says_so(value: Any, text: str) -> None:
    assert sane(value) == text


def test_no_command_to_a_ci_service_stands_in_a_report() -> None:
    value = ["## Title ##[error]no", "##vso[task.complete]"]
    text = pretty_json(value)
    assert (text, json.loads(text)) == ('[\n  "## Title #\\u0023[error]no",\n  "#\\u0023vso[task.complete]"\n]', value)
