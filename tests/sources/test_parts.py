"""What two texts have in common is read once, and read as the whole text would be."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contractkit.sources.load import LoadOptions, load
from contractkit.sources.parts import Parts
from contractkit.sources.text import may_lead_out, parse_text

HEAD = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
DOCUMENT: dict[str, Any] = HEAD | {
    "paths": {"/a": {"get": {"summary": "A"}}, "/b": {"get": {"summary": "B"}}},
    "components": {"schemas": {"A": {"type": "string"}, "B": {"items": {"$ref": "#/components/schemas/A"}}}},
}

NAMES = st.sampled_from(["paths", "components", "schemas", "a", 'é"\\', ""])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=14,
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=4)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    st.dictionaries(NAMES, VALUES, max_size=4), st.dictionaries(NAMES, VALUES, max_size=4), st.sampled_from([None, 1])
)
def test_what_json_writes_comes_back(one: dict[str, Any], other: dict[str, Any], indent: int | None) -> None:
    parts = Parts()
    for value in (one, other, one):
        read = parts.read(json.dumps(value, indent=indent))
        assert read is not None
        assert json.dumps(read[0]) == json.dumps(value)


def test_equal_parts_are_one_object_and_the_others_are_fresh() -> None:
    revision = copy.deepcopy(DOCUMENT)
    revision["paths"]["/b"]["get"]["summary"] = "new"
    revision["components"]["schemas"]["B"]["items"]["type"] = "string"
    parts = Parts()
    first, second = parts.read(json.dumps(DOCUMENT)), parts.read(json.dumps(revision))
    assert first is not None
    assert second is not None
    assert second[0] == revision
    one, other = first[0], second[0]
    assert {path: one["paths"][path] is other["paths"][path] for path in ["/a", "/b"]} == {"/a": True, "/b": False}
    schemas = one["components"]["schemas"], other["components"]["schemas"]
    assert {name: schemas[0][name] is schemas[1][name] for name in "AB"} == {"A": True, "B": False}
    assert first[1] == json.dumps(DOCUMENT)
    assert second[1] == json.dumps(revision).replace('{"title": "T", "version": "1"}', "").replace(
        '{"get": {"summary": "A"}}', ""
    ).replace('"A": {"type": "string"}', '"A": ')


def test_a_part_that_only_begins_alike_is_another() -> None:
    parts = Parts()
    parts.read('{"paths": {"/a": 1, "/b": [1], "/c": "x", "/d": {"a": 1}}}')
    read = parts.read('{"paths": {"/a": 12, "/b": [1, 2], "/c": "xy", "/d": {"a": 12}}}')
    assert read is not None
    assert read[0] == {"paths": {"/a": 12, "/b": [1, 2], "/c": "xy", "/d": {"a": 12}}}


def test_the_last_of_two_parts_of_one_name_counts() -> None:
    for text in (
        '{"paths": {"/a": {"x": 1}, "/a": {"x": 2}}, "paths": {"/a": {"x": 3}}}',
        '{"paths": {"/a": {"x": 1}, "/a": {"x": 3}}}',
    ):
        parts = Parts()
        assert parts.read(text) is None
        assert parse_text(text, "x", "x.json", parts).value == {"paths": {"/a": {"x": 3}}}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "[1]",
        "1",
        '{"a"',
        '{"a" 1}',
        '{"a": }',
        '{"a": 1,}',
        '{"a": 1 "b": 2}',
        "{a: 1}",
        "{1: 1}",
        '{"a": 1} 2',
        '{"paths": {"/a": {}',
        '{"a": NaN}',
        '{"a": {"b": 1e400}}',
        '{"a": -Infinity}',
        '{"a": ' + "9" * 5000 + "}",
        '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_plain_object_is_left_to_others(text: str) -> None:
    parts = Parts()
    assert parts.read(text) is None
    assert parts.read('{"a": 1}') == ({"a": 1}, '{"a": 1}')


def test_nothing_is_taken_from_what_was_forgotten() -> None:
    parts = Parts()
    text = json.dumps(DOCUMENT)
    first = parts.read(text)
    parts.forget()
    second = parts.read(text)
    assert first is not None
    assert second is not None
    assert first[0]["paths"]["/a"] is not second[0]["paths"]["/a"]
    assert second[1] == text


def test_a_bundled_document_shares_nothing(tmp_path: Path) -> None:
    outward = copy.deepcopy(DOCUMENT)
    outward["components"]["schemas"]["C"] = {"$ref": "c.json"}
    (tmp_path / "inward.json").write_text(json.dumps(DOCUMENT))
    (tmp_path / "outward.json").write_text(json.dumps(outward))
    (tmp_path / "c.json").write_text('{"type": "integer"}')
    for names in (("inward", "outward"), ("outward", "inward"), ("outward", "outward")):
        parts = Parts()
        both = [load(f"{name}.json", options=LoadOptions(root=tmp_path), parts=parts).document for name in names]
        for name, document in zip(names, both, strict=True):
            assert document == load(f"{name}.json", options=LoadOptions(root=tmp_path)).document
            assert ("x-contractkit-files" in document) == (name == "outward")
        assert both[0]["paths"]["/a"] is not both[1]["paths"]["/a"]


def test_yaml_is_not_shared() -> None:
    parts = Parts()
    assert parts.read(json.dumps(DOCUMENT)) is not None
    parsed = parse_text("openapi: 3.1.0\npaths: {}\n", "x", "a.yaml", parts)
    assert (parsed.value, parsed.text) == ({"openapi": "3.1.0", "paths": {}}, "openapi: 3.1.0\npaths: {}\n")


@pytest.mark.parametrize(
    ("text", "leads_out"),
    [
        ('{"$ref": "#/a", "b": {"$ref":"#/b"}}', False),
        ('{$ref: \'#/a\', b: {"$ref": "#/b"}, c: {$ref: "#/c"}}', False),
        ('{"$ref" : "#/a"}', False),
        ('{"$ref": "a.json"}', True),
        ('{"$ref": "#/a", "b": {"$ref":"b.json#/b"}}', True),
        ("{$ref: a.json}", True),
        ('{"operationRef": "#/a"}', False),
        ('{"operationRef": "a.json"}', True),
        ('{"description": "see http://a/b.json"}', False),
        ('{"discriminator": {"mapping": {"a": "#/a"}}, "description": "a mapping, see http://a/b.json"}', False),
        ('{"discriminator": {"mapping": {"a": "#/a", "b": "b.json"}}}', True),
        ('{"discriminator": {"mapping" :\n{"a": "https://a/b"}}}', True),
        ('{"discriminator": {"mapping": {"{a}": "a.json"}}}', True),
        ('{"discriminator": {"mapping": {"{a}": "#/a"}}}', False),
        ("discriminator:\n  mapping:\n    a: a.yaml\n", True),
        ("discriminator:\n  mapping:\n    a: A\n", False),
    ],
)
def test_a_text_that_may_lead_out_is_told_by_its_references(text: str, leads_out: bool) -> None:
    assert may_lead_out(text) == leads_out
    references = [match[1] for match in re.finditer(r"""\$ref['"]?\s*:\s*['"]?([^'"}]*)""", text)]
    assert may_lead_out(text, references) == leads_out
