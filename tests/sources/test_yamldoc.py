from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from contractkit.model.contract import Notice
from contractkit.model.errors import InputError
from contractkit.sources.yamldoc import parse_yaml
from contractkit.sources.yamldump import dump_yaml

PLAIN = {
    "no": "no", "on": "on", "Yes": "Yes", "y": "y", "2024-01-01": "2024-01-01", "1_000": "1_000", "1:30": "1:30",
    "12:30:45": "12:30:45", "0b1": "0b1", "<<": "<<", "=": "=", "1.2.3": "1.2.3", "0xZ": "0xZ", "-": None,
    "0o17": 15, "0x1F": 31, "017": 17, "+12": 12, "-0": 0, "1e3": 1000.0, "1.": 1.0, ".5": 0.5, "-1.5E-2": -0.015,
    "~": None, "null": None, "NULL": None, "true": True, "False": False, "tRue": "tRue", "nULL": "nULL",
    '"1"': "1", "'true'": "true", "!!str 12": "12", "!!int '3'": 3, "!!float 2": 2.0, "!!bool 'true'": True,
    "!!null ''": None, "! 12": "12",
}  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text: str) -> None:
    value, notices = parse_yaml(f"a: {text}\n" if text != "-" else "a:\n", "x")
    assert (value, notices) == ({"a": PLAIN[text]}, ())
    assert type(value["a"]) is type(PLAIN[text])


def test_keys_become_texts() -> None:
    value, notices = parse_yaml("200: a\n0x1F: b\ntrue: c\n1.5: d\n~: e\nno: f\n2024-01-01: g\n", "x")
    assert value == {"200": "a", "0x1F": "b", "true": "c", "1.5": "d", "~": "e", "no": "f", "2024-01-01": "g"}
    assert notices == tuple(Notice(place, "this key is read as a text") for place in ("/true", "/1.5", "/~0"))


def test_of_equal_keys_the_last_counts() -> None:
    value, notices = parse_yaml("p:\n  a: 1\n  b: 2\n  a: 3\n", "x")
    assert value == {"p": {"a": 3, "b": 2}}
    assert notices == (Notice("/p/a", "this key stands twice (again in line 4); the last one counts"),)


def test_what_json_cannot_hold_is_null_with_its_place() -> None:
    value, notices = parse_yaml(f"- .inf\n- -.INF\n- .nan\n- 1e400\n- {'9' * 5000}\n- !!int x\n", "x")
    assert value == [None] * 6
    assert [(notice.place, notice.text.partition(";")[0]) for notice in notices] == [
        ("/0", ".inf is no number JSON can hold"),
        ("/1", "-.INF is no number JSON can hold"),
        ("/2", ".nan is no number JSON can hold"),
        ("/3", "1e400 is no number JSON can hold"),
        ("/4", "an integer of 5000 digits is too long"),
        ("/5", "'x' is no int"),
    ]


def test_foreign_tags_are_dropped() -> None:
    value, notices = parse_yaml("a: !!timestamp 2001-01-01\nb: !thing {c: 1}\nd: !!python/name:os.system x\n", "x")
    assert value == {"a": "2001-01-01", "b": {"c": 1}, "d": "x"}
    assert notices == (
        Notice("/a", "the tag tag:yaml.org,2002:timestamp is dropped; its text is kept"),
        Notice("/b", "the tag !thing is dropped"),
        Notice("/d", "the tag tag:yaml.org,2002:python/name:os.system is dropped; its text is kept"),
    )


def test_anchors_and_merge_keys() -> None:
    text = """
    base: &base {x: 1, y: 2}
    other: &other {y: 3, z: 4}
    one: {<<: *base, y: 9}
    both:
      <<: [*other, *base]
      w: 0
    quoted: {"<<": 1}
    list: [&v 5, *v]
    &k key: 1
    again: {*k : 2}
    """
    value, notices = parse_yaml(text, "x")
    assert notices == ()
    assert value == {
        "base": {"x": 1, "y": 2},
        "other": {"y": 3, "z": 4},
        "one": {"x": 1, "y": 9},
        "both": {"x": 1, "y": 3, "z": 4, "w": 0},
        "quoted": {"<<": 1},
        "list": [5, 5],
        "key": 1,
        "again": {"key": 2},
    }


def test_one_document_with_its_marks_is_fine() -> None:
    for text in ("---\na: 1\n", "a: 1\n...\n", "a: 1\n---\n", "%YAML 1.2\n---\na: 1\n"):
        assert parse_yaml(text, "x") == ({"a": 1}, ())
    assert parse_yaml("# nothing\n", "x") == (None, ())


ERRORS = {
    "a: 1\n---\nb: 2\n": "x:4:1: not usable YAML: a second document begins before this; keep one document in a file",
    "a: &a [*a]": "x:1:8: not usable YAML: `*a` stands inside what it names; write it out, or use a $ref",
    "a: *b": "x:1:4: not usable YAML: nothing is named `&b` before this; name it first",
    "? [1]\n: 2": "x:1:3: not usable YAML: a mapping or list is used as a key; OpenAPI's keys are texts",
    "- &m {a: 1}\n- {*m : 1}": "x:2:4: not usable YAML: an alias of something else than a text is used as a key; "
    "write it out",
    "<<: 3": "x:1:5: not usable YAML: `<<` merges something that is no mapping; name a mapping or a list of them",
    "a:\n\t- b": "x:2:1: not YAML: a tab is used to indent; indent with spaces",
    "a: 1\n<<<<<<< HEAD\nb: 2\n": "x:3:1: not YAML: a merge conflict is left open here; resolve it",
    "a:\n  - [1,\n": "x:3:1: not YAML: while parsing a flow node did not find expected node content; "
    "mend the file there",
    "a: b\n c: \x01": "x:2: not YAML: the character U+0001 is not allowed; write it as an escape in double quotes",
}


@pytest.mark.parametrize("text", ERRORS)
def test_errors_name_the_place(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "x")
    assert str(caught.value) == ERRORS[text]


def test_alias_bombs_are_refused_without_being_expanded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    with pytest.raises(InputError, match=r"^x:7:\d+: not usable YAML: aliases blow \d+ written values up to \d+; "):
        parse_yaml("\n".join(lines), "x")


def test_merge_bombs_are_refused() -> None:
    keys = ", ".join(f"k{n}: 1" for n in range(1000))
    text = f"m: &m {{{keys}}}\nl:\n" + "- <<: *m\n" * 20_000
    with pytest.raises(InputError, match="not usable YAML: aliases blow"):
        parse_yaml(text, "x")


def test_many_aliases_of_a_small_thing_are_fine() -> None:
    value, _ = parse_yaml("a: &a {type: string}\nl:\n" + "- *a\n" * 5000, "x")
    assert value == {"a": {"type": "string"}, "l": [{"type": "string"}] * 5000}


def test_deep_nesting_is_one_clear_error() -> None:
    with pytest.raises(InputError, match=r"^x:1:1001: not YAML: .* nesting depth"):
        parse_yaml("[" * 100_000, "x")


def test_without_libyaml_the_pure_parser_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "openapi: 3.1.0\n200: {a: no, b: &x [1.5, 'x']}\nc: *x\n"
    fast = parse_yaml(text, "x")
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert parse_yaml(text, "x") == fast
    with pytest.raises(InputError, match="U\\+0001 is not allowed"):
        parse_yaml("a: \x01", "x")


TEXTS = st.text(max_size=12) | st.sampled_from(
    [*PLAIN, "a\nb\n", " x", "x ", "a\n\n b", "#", ": ", "- a", "\u2028", "\x85"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(VALUES)
def test_what_is_written_as_yaml_comes_back_by_1_2_and_1_1(value: Any) -> None:
    try:
        text = dump_yaml(value, "x")
    except InputError:
        return  # half a surrogate pair
    assert parse_yaml(text, "x") == (value, ())
    assert yaml.load(text, Loader=yaml.CSafeLoader) == value


def test_half_a_surrogate_pair_cannot_be_written() -> None:
    with pytest.raises(InputError) as caught:
        dump_yaml({"a": "\ud800"}, "out.yaml")
    assert str(caught.value) == (
        "out.yaml: holds half of a surrogate pair, which YAML cannot write; "
        "write JSON: let the file's name end in .json"
    )
