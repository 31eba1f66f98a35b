"""A witness shows the break that it is for, and no other one beside it."""

from typing import Any

from tests.schema.points import ARRAY, INTEGER, NULL, STRING, Components, Schema, changes, closed, obj, ref


def shown(base: Schema, revision: Schema, components: Components | None = None) -> dict[str, tuple[Any, str]]:
    """Each place that breaks a request, with the witness and what the server says to it."""
    found = {}
    for change in changes(base, revision, components=components):
        if change.witness is not None:
            found[f"{change.location} {change.aspect}"] = (change.witness.body, change.witness.refusal)
    return found


def test_what_the_receiver_requires_stands_beside_what_is_to_be_shown() -> None:
    assert shown(obj(a=INTEGER, b=STRING), obj("b", a=STRING, b=STRING)) == {
        "body.a type": ({"a": 0, "b": ""}, 'a: 0 is not of type "string"'),
        "body.b required": ({}, '"b" is a required property'),
    }


def test_it_is_added_in_lists_and_beside_null() -> None:
    before = obj(rows={"anyOf": [{"type": "array", "items": obj(a=INTEGER, b=STRING)}, NULL]})
    after = obj(rows={"anyOf": [{"type": "array", "items": obj("b", a=STRING, b=STRING)}, NULL]})
    assert {place: body for place, (body, _) in shown(before, after).items()} == {
        "body.rows[].a type": {"rows": [{"a": 0, "b": ""}]},
        "body.rows[].b required": {"rows": [{}]},
    }


def test_what_the_sender_does_not_know_is_not_added() -> None:
    before, after = closed(a=INTEGER), obj("b", a=STRING, b=STRING)
    assert shown(before, after)["body.a type"][0] == {"a": 0}


def test_the_refusal_is_that_of_the_place_where_several_things_are_wrong() -> None:
    # No value of the sender lacks `a`, so each witness is refused for two reasons.
    before, after = obj("a", a=INTEGER, b=INTEGER), obj("a", a=STRING, b=STRING)
    assert shown(before, after) == {
        "body.a type": ({"a": 0}, 'a: 0 is not of type "string"'),
        "body.b type": ({"a": 0, "b": 0}, 'b: 0 is not of type "string"'),
    }


def test_a_value_that_contains_itself_is_completed_once() -> None:
    models = {"Node": obj(n=INTEGER, next=ref("Node"), name=STRING)}
    after = obj("name", n=STRING, next=ref("Node"), name=STRING)
    assert shown(ref("Node"), after, models)["body.n type"][0] == {"n": 0, "name": ""}


def test_the_refusal_of_a_name_that_went_is_not_that_of_its_neighbour() -> None:
    before, after = closed("name", name=STRING, tags=ARRAY), closed("name", name={**STRING, "minLength": 1})
    words = "Additional properties are not allowed"
    assert shown(before, after)["body.tags property"][1] == f"{words} ('tags' was unexpected)"
    # No value of the sender suits the receiver there.
    after = closed("name", name=INTEGER)
    assert shown(before, after)["body.tags property"] == (
        {"name": "", "tags": []},
        f"{words} ('tags' was unexpected)",
    )
    assert shown(closed(a=STRING), closed())["body.a property"][1] == words


def test_the_refusal_of_what_stands_beside_null_says_what_is_wrong() -> None:
    few = {"anyOf": [{**INTEGER, "maximum": 5}, NULL]}
    assert shown(obj(a={"anyOf": [INTEGER, NULL]}), obj(a=few))["body.a maximum"][1].endswith(
        "is greater than the maximum of 5"
    )
    nested = {"anyOf": [closed(row={"anyOf": [closed(a=STRING), NULL]}), NULL]}
    wider = {"anyOf": [closed(row={"anyOf": [closed(a=STRING, b=STRING), NULL]}), NULL]}
    assert shown(wider, nested)["body.row.b property"][1] == (
        "row: Additional properties are not allowed ('b' was unexpected)"
    )


def test_the_refusal_of_one_alternative_beside_others_and_null_names_the_limit() -> None:
    """The message of the null beside it quotes the value, and so the name that stands in it."""
    card, bank = obj("number", number={**STRING, "maxLength": 3}), obj("iban", iban=STRING)
    shorter = obj("number", number={**STRING, "maxLength": 2})
    before, after = ({"anyOf": [one, bank, NULL]} for one in (card, shorter))
    assert shown(obj(pay=before), obj(pay=after)) == {
        "body.pay.number maxLength": ({"pay": {"number": "aaa"}}, 'pay.number: "aaa" is longer than 2 characters')
    }


def test_what_stands_beside_the_place_becomes_something_that_the_receiver_accepts() -> None:
    before = closed("kind", "name", kind=STRING, name=STRING, rows={**ARRAY, "items": obj("id", id=STRING, n=INTEGER)})
    after = closed(
        "kind",
        "name",
        kind={"const": "2"},
        name={**STRING, "minLength": 1},
        rows={**ARRAY, "items": obj("id", id={**STRING, "minLength": 1}, n=STRING)},
    )
    assert {place: body for place, (body, _) in shown(before, after).items()} == {
        "body.kind enum": {"kind": "", "name": "0"},
        "body.name minLength": {"kind": "2", "name": ""},
        "body.rows[].id minLength": {"kind": "2", "name": "0", "rows": [{"id": ""}]},
        "body.rows[].n type": {"kind": "2", "name": "0", "rows": [{"id": "0", "n": 0}]},
    }


def test_what_stands_in_the_place_stays_under_any_name() -> None:
    before = obj("id", id=STRING, of={"type": "object", "additionalProperties": obj("a", a=STRING)})
    few = {**STRING, "minLength": 1}
    after = obj("id", id=few, of={"type": "object", "additionalProperties": obj("a", a=few)})
    assert shown(before, after)["body.of.*.a minLength"][0] == {"id": "0", "of": {"x": {"a": ""}}}
