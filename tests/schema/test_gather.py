"""Where a change is told: at the component that has changed, once, and not where another one leads to it."""

from typing import Any

import pytest

from contractkit.model.change import Change, Direction
from tests.schema.points import (
    ARRAY,
    INTEGER,
    NULL,
    STRING,
    Components,
    Schema,
    breaks,
    changes,
    obj,
    ref,
    request,
    response,
)


def told(found: list[Change]) -> list[str]:
    return sorted(f"{one.component}: {one.location} {one.aspect}" for one in found)


USER: Components = {"User": obj(id=INTEGER), "Kind": {"enum": ["a", "b"]}}


class TestHolder:
    @pytest.mark.parametrize("direction", Direction)
    def test_who_no_longer_refers_to_a_component_has_changed_and_not_the_component(self, direction: Direction) -> None:
        before = {**USER, "A": obj(owner=ref("User")), "B": obj(owner=ref("User"))}
        after = {**USER, "A": obj(owner=STRING), "B": obj(owner=STRING)}
        whole = obj(a=ref("A"), b=ref("B"))
        for base, revision in ((before, after), (after, before)):
            found = changes(whole, whole, direction, base_components=base, components=revision)
            assert told(found) == ["A: body.a.owner type", "B: body.b.owner type"]

    def test_a_component_that_is_written_out_everywhere_is_told_once(self) -> None:
        before = {"A": obj(owner=ref("User")), "B": obj(owner=ref("User")), "User": obj(id=INTEGER)}
        inline = obj(id=STRING)
        after = {"A": obj(owner=inline), "B": obj(owner=inline)}
        whole = obj(a=ref("A"), b=ref("B"))
        assert told(changes(whole, whole, base_components=before, components=after)) == ["User: body.a.owner.id type"]

    def test_null_beside_a_component_is_not_a_part_of_it(self) -> None:
        before, after = obj(owner=ref("User")), obj(owner={"anyOf": [ref("User"), NULL]})
        versions: dict[str, Any] = {
            "base_components": {**USER, "A": before},
            "components": {**USER, "A": after},
        }
        assert told(changes(ref("A"), ref("A"), **versions)) == ["A: body.owner nullable"]
        assert told(changes(ref("A"), ref("A"), Direction.RESPONSE, **versions)) == ["A: body.owner nullable"]

    def test_the_values_of_a_component_are_its_own_beside_null_too(self) -> None:
        either = {"anyOf": [ref("Kind"), NULL]}
        whole = obj(a=obj(kind=ref("Kind")), b=obj(kind=either))
        fewer = {"Kind": {"enum": ["a"]}}
        found = changes(whole, whole, base_components=USER, components=fewer)
        assert told(found) == ["Kind: body.a.kind enum"]
        alone = obj(kind=either)
        assert told(changes(alone, alone, base_components=USER, components=fewer)) == ["Kind: body.kind enum"]


LEAF = obj("field", "value", field=STRING, value={"type": ["string", "integer"]})


def filters(keyword: str, leaf: Schema, more: Schema | None = None) -> Components:
    """Filters that hold filters, with nothing but their names to tell them apart."""
    parts = [ref("And"), ref("Or"), ref("Not"), ref("Leaf")]
    return {
        "Filter": {keyword: parts if more is None else [*parts, more]},
        "And": obj("and", **{"and": {**ARRAY, "items": ref("Filter")}}),
        "Or": obj("or", **{"or": {**ARRAY, "items": ref("Filter")}}),
        "Not": obj("not", **{"not": ref("Filter")}),
        "Leaf": leaf,
    }


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
class TestUnionsThatLeadBack:
    """What one alternative breaks is not told of the others, which only hold it."""

    def versions(self, before: Components, after: Components) -> dict[str, Any]:
        return {"base_components": before, "components": after}

    def test_one_alternative_that_takes_less(self, keyword: str) -> None:
        found = self.versions(
            filters(keyword, LEAF), filters(keyword, obj("field", "value", field=STRING, value=STRING))
        )
        assert request(ref("Filter"), ref("Filter"), **found) == [
            'body.value type changed: witness {"field":"","value":0}'
        ]
        assert breaks(response(ref("Filter"), ref("Filter"), **found)) == []

    def test_an_alternative_more(self, keyword: str) -> None:
        found = self.versions(filters(keyword, LEAF), filters(keyword, LEAF, STRING))
        assert breaks(request(ref("Filter"), ref("Filter"), **found)) == []
        assert response(ref("Filter"), ref("Filter"), **found) == [f'body {keyword} changed: witness ""']

    def test_what_all_alternatives_have_another_type_than_is_told_once(self, keyword: str) -> None:
        before = filters(keyword, LEAF)
        found = self.versions(before, {**before, "Not": obj("not", **{"not": ARRAY})})
        assert request(ref("Filter"), ref("Filter"), **found) == ['body.not type changed: witness {"not":{"and":[]}}']

    def test_unions_that_are_written_out_in_each_alternative(self, keyword: str) -> None:
        def inline(leaf: Schema) -> Components:
            made = filters(keyword, leaf)
            union = dict(made).pop("Filter")
            return {
                **made,
                "And": obj("and", **{"and": {**ARRAY, "items": union}}),
                "Or": obj("or", **{"or": {**ARRAY, "items": union}}),
                "Not": obj("not", **{"not": union}),
            }

        found = self.versions(inline(LEAF), inline(obj("field", "value", field=STRING, value=STRING)))
        union = filters(keyword, LEAF)["Filter"]
        assert request(union, union, **found) == ['body.value type changed: witness {"field":"","value":0}']

    def test_alternatives_that_break_alike_are_told_one_by_one(self, keyword: str) -> None:
        names = ["A", "B", "C"]
        union = {keyword: [ref(name) for name in names]}
        sides = [{name: obj(name, **{name: {**kind}}) for name in names} for kind in (STRING, INTEGER)]
        found = changes(union, union, **self.versions(*sides))
        assert sorted({one.component or "" for one in found}) == names

    def test_the_answer_is_that_of_the_alternative_which_has_changed(self, keyword: str) -> None:
        after = obj("field", "value", "op", field=STRING, value=LEAF["properties"]["value"], op=STRING)
        for leaf, refusal in (
            (obj("field", "value", field=STRING, value=STRING), 'value: 0 is not of type "string"'),
            (after, '"op" is a required property'),
        ):
            found = self.versions(filters(keyword, LEAF), filters(keyword, leaf))
            (change,) = changes(ref("Filter"), ref("Filter"), **found)
            assert change.witness is not None
            assert change.witness.refusal == refusal


def tree(leaf: Schema) -> Components:
    """Trees whose leaves are in a component of their own, and whose nodes lead back to themselves."""
    either = {"anyOf": [ref("Leaf"), ref("Node")]}
    return {"Leaf": obj("value", value=leaf), "Node": obj("left", "right", left=either, right=dict(either))}


def test_what_has_changed_in_a_leaf_is_told_there_alone_however_the_tree_branches() -> None:
    versions: dict[str, Components] = {"base_components": tree(INTEGER), "components": tree(STRING)}
    assert request(ref("Node"), ref("Node"), **versions) == [
        'body.left.value type changed: witness {"left":{"value":0},"right":{"value":0}}'
    ]
    assert response(ref("Node"), ref("Node"), **versions) == [
        'body.left.value type changed: witness {"left":{"value":""},"right":{"value":""}}'
    ]


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_an_alternative_that_is_gone_is_told_at_each_union_that_had_it(keyword: str) -> None:
    def components(*names: str) -> Components:
        made = {"Field": obj("field", field=STRING), "Not": obj("not", **{"not": {keyword: [*map(ref, names)]}})}
        lists = {name: {**ARRAY, "items": {keyword: [*map(ref, names)]}} for name in ("and", "or")}
        made |= {name.title(): obj(name, **{name: items}) for name, items in lists.items()}
        return {"Search": obj("where", where={keyword: [*map(ref, names)]}), **{name: made[name] for name in names}}

    older, newer = components("Field", "And", "Or", "Not"), components("Field", "And", "Or")
    expected = [
        f"And: body.where.and[] {keyword}",
        f"Or: body.where.or[] {keyword}",
        f"Search: body.where {keyword}",
    ]
    assert told(changes(ref("Search"), ref("Search"), base_components=older, components=newer)) == expected
    found = changes(ref("Search"), ref("Search"), Direction.RESPONSE, base_components=newer, components=older)
    assert told(found) == expected


def test_a_component_of_names_is_told_where_it_is_with_its_values() -> None:
    def counts(**more: Schema) -> Schema:
        return obj("by", by={"type": "object", "propertyNames": ref("Kind")}, **more)

    parts = {"A": counts(), "B": counts(), "C": counts(kind=ref("Kind"))}
    older = {**parts, "Kind": {"enum": ["a", "b"]}}
    newer = {**parts, "Kind": {"enum": ["a"]}}
    versions: dict[str, Any] = {"base_components": older, "components": newer}
    whole = obj(a=ref("A"), b=ref("B"), c=ref("C"))
    for used, expected in (
        (whole, 'body.c.kind enum changed: witness {"c":{"by":{},"kind":"b"}}'),
        (obj(a=ref("A"), b=ref("B")), 'body.a.by enum changed: witness {"a":{"by":{"b":null}}}'),
        (ref("C"), 'body.kind enum changed: witness {"by":{},"kind":"b"}'),
    ):
        assert request(used, used, **versions) == [expected]
        assert told(changes(used, used, Direction.RESPONSE, **versions)) == [f"Kind: {expected.split()[0]} enum"]


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_an_alternative_of_a_component_is_told_there_where_null_stands_beside_that_too(keyword: str) -> None:
    def components(*names: str) -> Components:
        made = {"Value": obj("value", value=INTEGER), "Not": obj("not", **{"not": ref("Term")})}
        made["All"] = obj("all", all={**ARRAY, "items": ref("Term")})
        return {**{name: made[name] for name in names}, "Term": {keyword: [*map(ref, names)]}}

    older, newer = components("Value", "All", "Not"), components("Value", "All")
    whole = obj(b={"anyOf": [ref("Term"), NULL]})
    assert told(changes(whole, whole, base_components=older, components=newer)) == [f"Term: body.b {keyword}"]
    found = changes(whole, whole, Direction.RESPONSE, base_components=newer, components=older)
    assert told(found) == [f"Term: body.b {keyword}"]
    assert [one.component for one in changes(whole, whole, base_components=newer, components=older)] == ["Term"]
    exclusive = obj(b={"oneOf": [ref("Term"), NULL]})
    found = changes(exclusive, exclusive, base_components=older, components=newer)
    assert [(one.component, one.aspect) for one in found] == [("Term", keyword)]


@pytest.mark.parametrize("direction", Direction)
def test_a_new_component_in_the_place_of_another_is_told_once(direction: Direction) -> None:
    """The other one may still be used elsewhere."""
    user = obj("id", id=INTEGER)
    before = {"User": user, "A": obj(owner=ref("User")), "B": obj(owner=ref("User"))}
    new = {"UserOut": obj("id", id=STRING), "User": user}
    after = {**new, "A": obj(owner=ref("UserOut")), "B": obj(owner=ref("UserOut"))}
    whole = obj(a=ref("A"), b=ref("B"))
    for base, revision in ((before, after), (after, before)):
        found = changes(whole, whole, direction, base_components=base, components=revision)
        assert [(one.location, one.aspect) for one in found] == [("body.a.owner.id", "type")]


@pytest.mark.parametrize("direction", Direction)
def test_a_place_that_has_another_component_now_has_changed_and_no_component(direction: Direction) -> None:
    parts = {"Item": obj("id", id=INTEGER), "Line": obj("id", "rev", id=STRING, rev=INTEGER)}
    before = {**parts, "Order": obj("item", item=ref("Item"))}
    after = {**parts, "Order": obj("item", item=ref("Line"))}
    whole = obj(order=ref("Order"), item=ref("Item"), line=ref("Line"))
    for base, revision in ((before, after), (after, before)):
        found = changes(whole, whole, direction, base_components=base, components=revision)
        assert {one.component for one in found} == {"Order"}
        assert "Order: body.order.item.id type" in told(found)


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
@pytest.mark.parametrize("beside", [NULL, STRING])
def test_an_alternative_more_is_no_change_of_the_one_that_was_there_beside_null_or_texts(
    keyword: str, beside: Schema
) -> None:
    parts = {"Item": obj("id", id=INTEGER), "Note": obj("text", text=STRING)}
    few, many = {keyword: [ref("Item"), beside]}, {keyword: [ref("Item"), ref("Note"), beside]}
    expected = ['body anyOf changed: witness {"text":""}'.replace("anyOf", keyword)]
    assert response(few, many, components=parts) == expected
    assert request(many, few, components=parts) == expected


@pytest.mark.parametrize("direction", Direction)
def test_another_component_under_a_tag_is_told_once(direction: Direction) -> None:
    """By the name of the sender's, as where no tag tells alternatives apart."""

    def tagged(cat: str) -> Schema:
        mapping = {"cat": f"#/components/schemas/{cat}", "dog": "#/components/schemas/Dog"}
        return {"oneOf": [ref(cat), ref("Dog")], "discriminator": {"propertyName": "kind", "mapping": mapping}}

    def model(kind: str, name: str) -> Schema:
        return obj("kind", name, kind={"const": kind}, **{name: INTEGER})

    dog = model("dog", "barks")
    before, after = {"Cat": model("cat", "lives"), "Dog": dog}, {"Kitty": model("cat", "age"), "Dog": dog}
    found = changes(tagged("Cat"), tagged("Kitty"), direction, base_components=before, components=after)
    sender = "Cat" if direction is Direction.REQUEST else "Kitty"
    assert told(found) == [f"{sender}: body.age property", f"{sender}: body.lives property"]
