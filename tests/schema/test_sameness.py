"""What is called untouched says the same; what may differ never is."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contractkit.model.contract import Contract
from contractkit.schema.document import Document, Side
from contractkit.schema.sameness import Sameness, same_text, unit_of


def sameness(base: dict[str, Any], revision: dict[str, Any]) -> Sameness:
    return Sameness(Document(Contract("b", base), Side.BASE), Document(Contract("r", revision), Side.REVISION))


def schemas(**parts: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "components": {"schemas": parts}}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, False),
        (1, 1.0),
        ("1", 1),
        (None, False),
        ([1, 2], [2, 1]),
        ({"a": None}, {}),
        ([], {}),
        ("", None),
    ],
)
def test_different_texts(one: Any, other: Any) -> None:
    assert not same_text(one, other)
    assert not same_text({"k": [one]}, {"k": [other]})


def test_key_order_is_no_text() -> None:
    assert same_text({"a": 1, "b": {"c": 2, "d": True}}, {"b": {"d": True, "c": 2}, "a": 1})
    assert not same_text({"a": 1, "b": {"c": 2, "d": True}}, {"b": {"d": 1, "c": 2}, "a": 1})


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.sampled_from([0.0, 1.0, 0.5, "", "a", "$ref", "\ud800", "u####"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(VALUES, VALUES)
def test_same_text_is_the_sorted_text(one: Any, other: Any) -> None:
    assert same_text(one, other) == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))
    assert same_text(one, copy.deepcopy(one))


def test_nesting_beyond_every_limit() -> None:
    def nested(innermost: Any) -> Any:
        for _ in range(100_000):
            innermost = [innermost]
        return innermost

    assert same_text(nested(1), nested(1))
    assert not same_text(nested(1), nested(True))


def test_what_refers_to_a_touched_part_is_touched() -> None:
    base = schemas(
        A={"items": ref("B")}, B={"items": ref("C")}, C={"type": "string"}, D={"items": ref("E")}, E=ref("D")
    )
    revision = copy.deepcopy(base)
    revision["components"]["schemas"]["C"] = {"type": "integer"}
    found = sameness(base, revision)
    names = {name: found.untouched(("components", "schemas", name)) for name in "ABCDE"}
    assert names == {"A": False, "B": False, "C": False, "D": True, "E": True}
    assert not found.same(ref("A"), ref("A"))
    assert found.same(ref("D"), ref("D"))
    assert found.same({"type": "string"}, {"type": "string"})


@pytest.mark.parametrize("spelling", ["#/components/schemas/C/properties/x", "#/components/schemas/%43"])
def test_every_spelling_of_a_reference_counts(spelling: str) -> None:
    found = sameness(schemas(C={"properties": {"x": 1}}), schemas(C={"properties": {"x": True}}))
    assert not found.same({"$ref": spelling}, {"$ref": spelling})
    assert not found.same({"$dynamicRef": spelling}, {"$dynamicRef": spelling})


@pytest.mark.parametrize("spelling", ["#anchor", "#", "#/components/schemas"])
def test_a_reference_to_anywhere_is_touched_by_anything(spelling: str) -> None:
    found = sameness(schemas(C=1, A={"$ref": spelling}), schemas(C=2, A={"$ref": spelling}))
    assert not found.untouched(("components", "schemas", "A"))


def test_references_across_paths() -> None:
    base = {"openapi": "3.1.0", "paths": {"/a": {"get": 1}, "/b": {"$ref": "#/paths/~1a"}, "/c": {}}}
    revision = {"openapi": "3.1.0", "paths": {"/a": {"get": 2}, "/b": {"$ref": "#/paths/~1a"}, "/c": {}}}
    found = sameness(base, revision)
    assert [found.untouched(("paths", path)) for path in ("/a", "/b", "/c")] == [False, False, True]


def test_one_side_only_is_touched() -> None:
    found = sameness(schemas(A={}), schemas(B={}))
    assert not found.untouched(("components", "schemas", "A"))
    assert not found.untouched(("components", "schemas", "B"))
    assert not found.untouched(("components", "schemas", "missing"))


def test_equal_text_in_two_dialects_is_not_the_same() -> None:
    base, revision = schemas(A={"nullable": True}), schemas(A={"nullable": True})
    base["openapi"] = "3.0.3"
    assert not sameness(base, revision).same({}, {})
    assert not sameness(base, revision).untouched(("components", "schemas", "A"))


def test_used_parts_are_reached_from_outside_the_components() -> None:
    base = schemas(A={"items": ref("B")}, B={}, C={"items": ref("D")}, D={"items": ref("C")})
    base["paths"] = {"/a": {"get": {"responses": {"200": {"content": {"x": {"schema": ref("A")}}}}}}}
    revision = copy.deepcopy(base)
    for name in "ABCD":
        revision["components"]["schemas"][name]["title"] = "new"
    found = sameness(base, revision)
    assert [found.is_used(("components", "schemas", name)) for name in "ABCD"] == [True, True, False, False]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("#/components/schemas/A", ("components", "schemas", "A")),
        ("#/components/schemas/A/items/0", ("components", "schemas", "A")),
        ("#/components/schemas/a~1b%20c~0", ("components", "schemas", "a/b c~")),
        ("#/paths/~1a~1{id}/get", ("paths", "/a/{id}")),
        ("#name", ()),
        ("#", ()),
        ("#/components", ()),
        ("other.json#/A", ("", "other.json#/A")),
    ],
)
def test_the_part_a_reference_leads_into(text: str, unit: tuple[str, ...]) -> None:
    assert unit_of(text) == unit


def test_a_word_is_found_in_either_document_and_in_the_names_of_its_parts() -> None:
    found = sameness(
        schemas(A={"readOnly": True}, B={"title": "unevaluated here"}),
        {**schemas(A={"readOnly": True}, B={}), "x-own": {"writeOnly": True}},
    )
    words = (b"readOnly", b"writeOnly", b"unevaluated", b"B", b"deprecated")
    assert [word for word in words if found.mentions(word)] == [b"readOnly", b"writeOnly", b"unevaluated", b"B"]


def test_any_word_may_stand_in_what_is_nested_too_deep_to_be_read() -> None:
    deep: Any = {}
    for _ in range(5_000):
        deep = {"items": deep}
    assert sameness(schemas(A=deep), schemas(A=deep)).mentions(b"readOnly")


def test_the_largest_equal_objects_inside() -> None:
    def wrapped(leaf: Any, common: Any, levels: int = 40) -> dict[str, Any]:
        value: dict[str, Any] = {"type": leaf}
        for _ in range(levels):
            value = {"properties": {"a": value, "same": copy.deepcopy(common)}, "required": ["a"]}
        return value

    found = sameness(schemas(C={"type": "string"}), schemas(C={"type": "integer"}))
    common = {"items": {"type": "string"}}
    pairs = list(found.inside(wrapped("string", common), wrapped("integer", common)))
    assert pairs == [(common, common)] * 40
    both = {"a": {"type": "string"}, "b": [{"x": 1}, {"y": ref("C")}], "c": {"x": 1}}
    other = {"a": {"type": "string"}, "b": [{"x": True}, {"y": ref("C")}], "c": {"x": 1}}
    assert [one for one, _ in found.inside(both, other)] == [{"x": 1}, {"type": "string"}]
    assert [one for one, _ in found.inside({"a": ref("C"), "b": {"x": 1}}, {"a": ref("C"), "b": {"x": 1}})] == [
        {"x": 1}
    ], "what leads to a touched part is not the same"
    assert list(found.inside(both, both["b"])) == []


def test_what_leads_back_into_itself_is_looked_into_once() -> None:
    def round_and_round(leaf: str) -> dict[str, Any]:
        value: dict[str, Any] = {"type": leaf, "not": {"type": "null"}}
        value["properties"] = {"self": value, "more": {"x": 1}}
        return value

    found = sameness(schemas(), schemas(C={}))
    pairs = found.inside(round_and_round("string"), round_and_round("string"))
    assert [one for one, _ in pairs] == [{"x": 1}, {"type": "null"}]
