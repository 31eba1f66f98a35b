"""A discriminator that only one side has: what breaks by it alone is a risk, what breaks without it too is a break."""

from __future__ import annotations

from typing import Any

import pytest

from contractkit.model.jsontext import typed_text
from tests.schema.points import INTEGER, STRING, Schema, breaks, obj, ref, request, response

OPEN = {"Cat": obj("kind", kind=STRING, name=STRING), "Dog": obj("kind", kind=STRING, bark=STRING)}
TAGGED = {"Cat": obj("kind", kind={"const": "cat"}), "Dog": obj("kind", kind={"const": "dog"})}
DEFAULTED = {"Cat": obj(kind={"const": "cat"}), "Dog": obj(kind={"const": "dog"})}
TAGS = {
    "discriminator": {
        "propertyName": "kind",
        "mapping": {"cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog"},
    }
}
BOTH = [ref("Cat"), ref("Dog")]
ALONE = "a discriminator that only one side has"


def union(keyword: str) -> tuple[Schema, Schema]:
    """The union without and with its discriminator."""
    return {keyword: BOTH}, {keyword: BOTH, **TAGS}


def without_places(lines: list[str]) -> set[str]:
    return {line.partition(": ")[2] for line in lines}


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_alone_between_open_objects_it_is_a_risk_at_most(keyword: str) -> None:
    bare, tagged = union(keyword)
    undecided = {f"undecided ({reason})" for reason in (ALONE, keyword)}
    for found in (
        request(bare, tagged, components=OPEN),
        request(tagged, bare, components=OPEN),
        response(bare, tagged, components=OPEN),
        response(tagged, bare, components=OPEN),
    ):
        assert without_places(found) <= undecided | {"contained"}
    assert f"undecided ({ALONE})" in without_places(response(tagged, bare, components=OPEN)) or keyword == "oneOf"
    assert f"undecided ({ALONE})" in without_places(request(tagged, bare, components=OPEN)) or keyword == "anyOf"


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_between_objects_that_their_tags_tell_apart_it_says_nothing_new(keyword: str) -> None:
    bare, tagged = union(keyword)
    for found in (request(bare, tagged, components=TAGGED), response(bare, tagged, components=TAGGED)):
        assert breaks(found) == []


def test_a_message_without_a_tag_breaks_where_no_schema_takes_it() -> None:
    found = request({"anyOf": BOTH}, {"oneOf": BOTH, **TAGS}, components=DEFAULTED)
    assert "witness {}" in without_places(found)


def test_other_breaks_of_the_union_stay_breaks() -> None:
    bare, tagged = union("anyOf")
    older = {**OPEN, "Cat": obj("kind", kind=STRING, name=STRING)}
    newer = {**OPEN, "Cat": obj("kind", "name", kind=STRING, name={**STRING, "maxLength": 3}), "Dog": TAGGED["Dog"]}
    found = request(bare, tagged, components=newer, base_components=older)
    assert any(line.startswith("witness") for line in without_places(found))


def test_on_both_sides_a_tag_selects() -> None:
    older = {**OPEN, "Cat": obj("kind", kind=STRING)}
    newer = {**OPEN, "Cat": obj("kind", "age", kind=STRING)}
    _, tagged = union("oneOf")
    found = breaks(request(tagged, tagged, components=newer, base_components=older))
    assert found == ['body.age property added: witness {"kind":"cat"}']


@pytest.mark.parametrize(("one", "two"), [(1, 2), (True, False), (None, 0), ("a", 7)])
def test_a_tag_is_the_value_that_the_model_lists_though_the_mapping_writes_a_text(one: object, two: object) -> None:
    keys = [value if isinstance(value, str) else typed_text(value) for value in (one, two)]
    mapping = dict(zip(keys, ("#/components/schemas/One", "#/components/schemas/Two"), strict=True))
    schema = {"oneOf": [ref("One"), ref("Two")], "discriminator": {"propertyName": "v", "mapping": mapping}}
    older = {"One": obj("v", v={"const": one}), "Two": obj("v", v={"const": two})}
    newer = {**older, "Two": obj("v", "last", v={"const": two}, last=STRING)}
    found = breaks(request(schema, schema, components=newer, base_components=older))
    assert found == [f'body.last property added: witness {{"v":{typed_text(two)}}}']


def test_a_tag_that_is_no_text_is_read_by_its_type_where_the_models_do_not_list_it() -> None:
    mapping = {"1": "#/components/schemas/One", "2": "#/components/schemas/Two"}
    schema = {"oneOf": [ref("One"), ref("Two")], "discriminator": {"propertyName": "v", "mapping": mapping}}
    older = {"One": obj("v", v=INTEGER), "Two": obj("v", v=INTEGER)}
    newer = {**older, "Two": obj("v", "last", v=INTEGER, last=STRING)}
    found = breaks(request(schema, schema, components=newer, base_components=older))
    assert found == ['body.last property added: witness {"v":2}']


def test_an_alternative_that_leads_back_to_its_union_has_the_tag_that_it_lists() -> None:
    def components(*names: str) -> dict[str, Schema]:
        mapping = {tag: ref(name)["$ref"] for tag, name in (("1", "Field"), ("2", "All")) if name in names}
        expression = {
            "oneOf": [ref(name) for name in names],
            "discriminator": {"propertyName": "op", "mapping": mapping},
        }
        args = {"type": "array", "items": expression}
        return {"Field": obj("op", op={"const": 1}), "All": obj("op", args=args, op={"const": 2})}

    older, newer = components("Field", "All"), components("Field")
    found = breaks(request(ref("All"), ref("All"), components=newer, base_components=older))
    assert found == ['body.args[] oneOf changed: witness {"op":2,"args":[{"op":2}]}']


def test_the_alternative_that_is_meant_by_default_needs_no_tag() -> None:
    def union(*required: str) -> dict[str, Any]:
        return {"A": obj("t", "x", t={"const": "a"}, x=INTEGER), "B": obj("y", *required, t=STRING, y=INTEGER)}

    chosen: Schema = {
        "oneOf": [ref("A"), ref("B")],
        "discriminator": {"propertyName": "t", "mapping": {"a": ref("A")["$ref"]}, "defaultMapping": ref("B")["$ref"]},
    }
    more: dict[str, Any] = {"base_components": union(), "components": union("t"), "openapi": "3.2.0"}
    assert request(chosen, chosen, **more) == ['body.t required added: witness {"y":0}']
    named = {**chosen, "discriminator": {**chosen["discriminator"], "defaultMapping": "B"}}
    assert request(named, named, **more) == ['body.t required added: witness {"y":0}']
