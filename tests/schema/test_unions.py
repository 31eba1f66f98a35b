"""Unions, discriminators, `allOf`, `not` and conditions."""

from typing import Any

import pytest

from contractkit.model.change import Direction, Proof
from contractkit.schema.document import Side
from contractkit.schema.expand import Branches
from contractkit.schema.lift import Lift
from tests.schema.points import (
    ARRAY,
    BOOLEAN,
    INTEGER,
    NULL,
    NUMBER,
    OBJECT,
    SILENCE,
    STRING,
    Schema,
    both_ways,
    breaks,
    changes,
    closed,
    document,
    obj,
    ref,
    request,
    response,
)

A = obj("k", k={"const": "a"}, n=INTEGER)
B = obj("k", k={"const": "b"}, s=STRING)
EITHER = obj("k", k={"enum": ["a", "b"]})
ZERO_TO_NINE = {**INTEGER, "minimum": 0, "maximum": 9}
SHORT_OR_INTEGER = {"if": STRING, "then": {"maxLength": 3}, "else": INTEGER}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"anyOf": [INTEGER, STRING]}, {"type": ["integer", "string"]}),
        ({"oneOf": [INTEGER, STRING]}, {"anyOf": [STRING, INTEGER]}),
        ({"anyOf": [{"anyOf": [INTEGER, STRING]}, NULL]}, {"type": ["integer", "string", "null"]}),
        ({"anyOf": [STRING]}, STRING),
        ({"oneOf": [STRING]}, STRING),
        ({"allOf": [STRING]}, STRING),
        ({"allOf": [{**INTEGER, "minimum": 1}, {"maximum": 5}]}, {**INTEGER, "minimum": 1, "maximum": 5}),
        ({"allOf": [{"allOf": [{"allOf": [STRING]}]}]}, STRING),
        ({"not": {"not": STRING}}, STRING),
        ({"not": False}, True),
        ({"if": True, "then": STRING}, STRING),
        ({"type": "string", "then": {"maxLength": 1}}, STRING),
    ],
)
def test_two_spellings_of_the_same_values_break_nobody(one: Schema, other: Schema) -> None:
    assert [breaks(found) for found in both_ways(one, other)] == [[], [], [], []]


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ({"anyOf": [INTEGER, STRING]}, {"anyOf": [NULL, NUMBER, STRING]}),
        (A, {"anyOf": [A, B]}),
        (A, {"oneOf": [A, B]}),
        ({"anyOf": [A, B]}, EITHER),
        (EITHER, {"anyOf": [A, B]}),
        (EITHER, {"oneOf": [obj("k", k={"const": "a"}), obj("k", k={"const": "b"})]}),
        (ZERO_TO_NINE, {"anyOf": [{**INTEGER, "maximum": 4}, {**INTEGER, "minimum": 5}]}),
        (INTEGER, {"anyOf": [{**INTEGER, "maximum": 4}, {**INTEGER, "minimum": 5}]}),
        ({"enum": ["a", 1, None]}, {"anyOf": [STRING, INTEGER, NULL]}),
        (SHORT_OR_INTEGER, {"anyOf": [{**STRING, "maxLength": 3}, INTEGER]}),
        ({"anyOf": [{**STRING, "maxLength": 3}, INTEGER]}, SHORT_OR_INTEGER),
        ({"not": {"type": ["string", "null"]}}, {"not": NULL}),
        (INTEGER, {"not": STRING}),
        (obj("a", a={"const": 1}), {"not": obj("a", a={"const": 2})}),
        ({"allOf": [STRING, INTEGER]}, NULL),
        ({**STRING, "not": STRING}, NULL),
        ({"allOf": [STRING, {"not": STRING}]}, INTEGER),
        ({"oneOf": [True, True]}, STRING),
        ({"oneOf": [STRING, STRING]}, INTEGER),
        ({"anyOf": [closed(a=INTEGER), closed(b=INTEGER)]}, obj(a=INTEGER, b=INTEGER)),
    ],
)
def test_what_the_receiver_takes(sent: Schema, received: Schema) -> None:
    assert breaks(request(sent, received)) == []
    assert breaks(response(received, sent)) == []


@pytest.mark.parametrize(
    ("sent", "received", "lines"),
    [
        ({"anyOf": [INTEGER, STRING, ARRAY]}, {"anyOf": [INTEGER, STRING]}, ["body anyOf changed: witness []"]),
        ({"anyOf": [INTEGER, STRING, ARRAY, OBJECT]}, {"anyOf": [INTEGER, STRING]},
         ["body anyOf changed: witness []", "body anyOf changed: witness {}"]),
        ({"oneOf": [INTEGER, STRING]}, {"oneOf": [NUMBER, INTEGER, STRING]}, ["body oneOf changed: witness 0"]),
        (STRING, {"oneOf": [STRING, STRING]}, ['body oneOf changed: witness ""']),
        (ZERO_TO_NINE, {"anyOf": [{**INTEGER, "maximum": 4}, {**INTEGER, "minimum": 6}]},
         ["body maximum decreased: witness 5"]),
        (EITHER, A, ['body.k enum changed: witness {"k":"b"}']),
        ({"anyOf": [A, B]}, {"anyOf": [obj("k", k={"const": "a"}, n={**INTEGER, "minimum": 0}), B]},
         ['body.n minimum added: witness {"k":"a","n":-1}']),
        ({"anyOf": [A, B]}, {"anyOf": [A, obj("k", "s", k={"const": "b"}, s=STRING)]},
         ['body.s required added: witness {"k":"b"}']),
        ({"anyOf": [A, B]}, A, ['body.k enum changed: witness {"k":"b"}']),
        ({"anyOf": [obj("a", a=INTEGER), obj("b", b=INTEGER)]},
         {"anyOf": [obj("a", "z", a=INTEGER, z=INTEGER), obj("b", b=STRING)]},
         ['body.b type changed: witness {"b":0}', 'body.z property added: witness {"a":0}']),
        ({"anyOf": [{**INTEGER, "maximum": 5}, {**INTEGER, "maximum": 10}]}, {**INTEGER, "maximum": 7},
         ["body maximum decreased: witness 8"]),
        (INTEGER, {"allOf": [{**INTEGER, "minimum": 1}, {"maximum": 5}]},
         ["body maximum added: witness 6", "body minimum added: witness 0"]),
        (NUMBER, {"oneOf": [NUMBER, INTEGER]}, ["body oneOf changed: witness 0"]),
        (STRING, {**STRING, "not": {"const": "x"}}, ['body not added: witness "x"']),
        (STRING, {"not": {"type": ["string", "null"]}}, ['body not added: witness ""']),
        ({"not": NULL}, {"not": {"type": ["string", "null"]}}, ['body not changed: witness ""']),
        (obj("a", a=INTEGER), {"not": obj("a", a={"const": 2})}, ['body not added: witness {"a":2}']),
        (SHORT_OR_INTEGER, {**SHORT_OR_INTEGER, "then": {"maxLength": 2}}, ['body conditional changed: witness "aaa"']),
        (SHORT_OR_INTEGER, {**SHORT_OR_INTEGER, "else": NULL}, ["body conditional changed: witness 0"]),
        (obj(a=INTEGER, b=INTEGER),
         {**obj(a=INTEGER, b=INTEGER), "if": {"required": ["a"]}, "then": {"required": ["b"]}},
         ['body conditional added: witness {"a":0}']),
        (obj(a=INTEGER, b=INTEGER), {"allOf": [closed(a=INTEGER), obj(b=INTEGER)]},
         ["body additionalProperties", 'body.b property removed: witness {"b":0}']),
    ],
)  # fmt: skip
def test_what_the_receiver_refuses(sent: Schema, received: Schema, lines: list[str]) -> None:
    found = breaks(request(sent, received))
    assert len(found) == len(lines), found
    assert [one for one, line in zip(found, lines, strict=True) if not one.startswith(line)] == []


def test_an_alternative_is_added() -> None:
    before, after = {"anyOf": [INTEGER, STRING]}, {"anyOf": [INTEGER, STRING, ARRAY]}
    assert request(before, after) == ["body type changed: contained"]
    assert response(before, after) == ["body anyOf changed: witness []"]


PETS = {
    "Cat": obj("kind", kind=STRING, lives=INTEGER),
    "Dog": obj("kind", kind=STRING, bark=STRING),
}
TAGS = {"cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog"}


def pet(mapping: dict[str, str] | None, *names: str) -> Schema:
    """A union of pets by their kind; without a mapping the names are the values of the tag."""
    discriminator = {"propertyName": "kind"} | ({"mapping": mapping} if mapping is not None else {})
    return {"oneOf": [ref(name) for name in names], "discriminator": discriminator}


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_an_alternative_that_is_gone_may_lead_back_to_itself(keyword: str) -> None:
    """The values that show that one is gone are those of what it holds, where it is gone, too."""
    either = {keyword: [ref("T"), ref("S")]}
    models = {"T": obj("t", c=either, t=STRING), "S": obj("s", c=either, s=STRING)}
    alone = {**models, "T": obj("t", c=ref("T"), t=STRING)}
    found = request(ref("T"), ref("T"), base_components=models, components=alone)
    assert found == [f'body.c {keyword} changed: witness {{"t":"","c":{{"s":""}}}}']


class TestDiscriminator:
    def test_it_selects_the_alternative_to_compare_with(self) -> None:
        changed = {**PETS, "Cat": obj("kind", kind=STRING, lives=STRING)}
        both = {"base_components": PETS, "components": changed}
        union = pet(TAGS, "Cat", "Dog")
        assert request(union, union, **both) == ['body.lives type changed: witness {"kind":"cat","lives":0}']
        assert response(union, union, **both) == ['body.lives type changed: witness {"kind":"cat","lives":""}']

    def test_a_value_of_the_tag_is_renamed(self) -> None:
        renamed = pet({"kitty": TAGS["cat"], "dog": TAGS["dog"]}, "Cat", "Dog")
        union = pet(TAGS, "Cat", "Dog")
        assert request(union, renamed, components=PETS) == [
            "body discriminator changed: contained",
            'body.kind enum changed: witness {"kind":"cat"}',
        ]
        assert response(union, renamed, components=PETS) == [
            "body discriminator changed: contained",
            'body.kind enum changed: witness {"kind":"kitty"}',
        ]

    def test_an_alternative_is_removed(self) -> None:
        cats = pet({"cat": TAGS["cat"]}, "Cat")
        union = pet(TAGS, "Cat", "Dog")
        assert breaks(request(union, cats, components=PETS)) == ['body oneOf changed: witness {"kind":"dog"}']
        assert breaks(response(union, cats, components=PETS)) == []
        assert breaks(request(cats, union, components=PETS)) == []
        assert breaks(response(cats, union, components=PETS)) == ['body oneOf changed: witness {"kind":"dog"}']

    def test_a_mapping_that_says_what_the_names_say_is_a_text(self) -> None:
        said = pet({"Cat": TAGS["cat"], "Dog": TAGS["dog"]}, "Cat", "Dog")
        unsaid = pet(None, "Cat", "Dog")
        assert request(unsaid, said, components=PETS) == ["body discriminator changed: contained"]
        assert response(unsaid, said, components=PETS) == ["body discriminator changed: contained"]

    def test_a_component_that_a_tag_leads_to_has_another_name(self) -> None:
        renamed = {"Cat-Output": PETS["Cat"], "Dog": PETS["Dog"]}
        both = {"base_components": PETS, "components": renamed}
        union = pet(TAGS, "Cat", "Dog")
        after = pet({"cat": "#/components/schemas/Cat-Output", "dog": "Dog"}, "Cat-Output", "Dog")
        assert request(union, after, **both) == response(union, after, **both) == []
        longer = pet({**TAGS, "cat": "Cat-Output"}, "Cat-Output", "Dog")
        longer["discriminator"]["mapping"]["tom"] = "Cat-Output"
        assert request(union, longer, **both) == ["body discriminator changed: contained"]
        crossed = pet({"cat": TAGS["dog"], "dog": TAGS["cat"]}, "Cat", "Dog")
        assert "body discriminator changed: contained" in request(union, crossed, components=PETS)

    @pytest.mark.parametrize("other", ["Gone", ["Cat"], None, 1])
    def test_a_tag_that_leads_to_no_alternative_is_compared_as_text(self, other: Any) -> None:
        one, two = ({"discriminator": {"propertyName": "kind", "mapping": {"a": name}}} for name in ("Lost", other))
        assert request(one, two) == ["body discriminator changed: contained"]
        assert request(two, two) == []

    def test_without_a_mapping_the_name_of_a_component_is_the_tag(self) -> None:
        renamed = {"Tom": PETS["Cat"], "Dog": PETS["Dog"]}
        both = {"base_components": PETS, "components": renamed}
        found = response(pet(None, "Cat", "Dog"), pet(None, "Tom", "Dog"), **both)
        assert found == ['body oneOf changed: witness {"kind":"Tom"}']

    def test_a_mapping_may_name_a_component_by_its_name_alone(self) -> None:
        short = pet({"cat": "Cat", "dog": "Dog"}, "Cat", "Dog")
        assert breaks(request(pet(TAGS, "Cat", "Dog"), short, components=PETS)) == []
        assert breaks(request(short, pet(TAGS, "Cat", "Dog"), components=PETS)) == []

    def test_the_tag_of_the_models_is_enough(self) -> None:
        models = {"A": A, "B": B}
        plain = {"oneOf": [ref("A"), ref("B")]}
        tagged = {**plain, "discriminator": {"propertyName": "k"}}
        assert breaks(request(plain, tagged, components=models)) == []
        assert breaks(request(tagged, plain, components=models)) == []

    def test_models_whose_tags_have_defaults_need_the_tag_once_it_is_a_discriminator(self) -> None:
        models = {"A": obj(k={"const": "a", "default": "a"}), "B": obj(k={"const": "b", "default": "b"})}
        mapping = {"a": "#/components/schemas/A", "b": "#/components/schemas/B"}
        loose = {"anyOf": [ref("A"), ref("B")]}
        tagged = {**loose, "discriminator": {"propertyName": "k", "mapping": mapping}}
        assert breaks(request(loose, tagged, components=models)) == ["body.k required added: witness {}"]
        assert breaks(request(tagged, loose, components=models)) == []


def test_the_alternative_of_the_same_name_is_the_closest() -> None:
    before = {"Card": obj("number", number=STRING), "Bank": obj("iban", iban=STRING)}
    after = {
        "Card": obj("number", "cvc", number=STRING, cvc=STRING),
        "Bank": obj("iban", "bic", iban=STRING, bic=STRING),
    }
    union = {"anyOf": [ref("Bank"), ref("Card")]}
    assert request(union, union, base_components=before, components=after) == [
        'body.bic property added: witness {"iban":""}',
        'body.cvc property added: witness {"number":""}',
    ]


def test_an_alternative_that_stands_for_another_one_is_not_the_closest() -> None:
    models = {"Stop": obj(kind={"const": "stop"}), "Go": obj(kind={"const": "go"}), "Wait": obj(kind={"const": "wait"})}
    for key, of in (("named", ref), ("inline", models.get)):
        two, three = {"anyOf": [of("Stop"), of("Go")]}, {"anyOf": [of("Stop"), of("Go"), of("Wait")]}
        found = [breaks(response(two, three, components=models)), breaks(request(three, two, components=models))]
        assert found == [['body anyOf changed: witness {"kind":"wait"}']] * 2, key
    renamed = {**models, "Halt": obj(kind={"const": "halt"})}
    stopping, halting = {"anyOf": [ref("Stop"), ref("Go")]}, {"anyOf": [ref("Halt"), ref("Go")]}
    assert breaks(request(stopping, halting, components=renamed)) == ['body.kind enum changed: witness {"kind":"stop"}']


def test_equal_unions_in_another_order_are_silent() -> None:
    union = [A, B, STRING, NULL]
    for keyword in ("anyOf", "oneOf"):
        assert both_ways({keyword: union}, {keyword: union[::-1]}) == SILENCE


@pytest.mark.parametrize(
    ("sender", "receiver", "witness"),
    [
        # The sender sends what one of its alternatives, or its condition, refuses.
        ({"oneOf": [{"type": "string", "maxLength": 3}, STRING]}, BOOLEAN, '"aaaa"'),
        ({"oneOf": [{"properties": {"c": {"minimum": 0.5}}}, True]}, {"oneOf": [True, True]}, '{"c":0}'),
        ({"not": {"maxLength": 2}}, OBJECT, '"aaa"'),
        (True, {"if": {"if": {"const": [1]}, "then": STRING}, "else": NUMBER}, "[1]"),
        (obj(a={}), {"if": {"properties": {"a": NULL}}, "else": NULL}, '{"a":0}'),
        ({"if": {"unevaluatedProperties": False}, "then": ARRAY}, {"if": True, "then": ARRAY}, '{"x":0}'),
    ],
)
def test_a_value_that_a_schema_refuses_is_found(sender: Any, receiver: Any, witness: str) -> None:
    assert [one.rpartition("witness ")[2] for one in breaks(request(sender, receiver))] == [witness]


def test_oneofs_inside_each_other_are_decided_in_few_steps() -> None:
    def nested(last: Any) -> Any:
        inner = {"oneOf": [{"allOf": [{"type": "string", "maxLength": 3}, {}], **obj("a", a={})}, {"type": "object"}]}
        return {"oneOf": [inner, {"allOf": [{}, {}, last]}, {}]}

    two = {"oneOf": [{**STRING, "pattern": "^(a|b)$"}, STRING]}
    assert breaks(response(nested(STRING), nested(two))) == ['body oneOf changed: witness "a"']


def test_the_alternative_with_the_senders_value_is_the_one_that_is_meant() -> None:
    """A tag need not be required to tell which alternative became another."""

    def tagged(kind: str, *required: str, **properties: Schema) -> Schema:
        return obj(*required, type={"const": kind}, **properties)

    base = {"anyOf": [tagged("local"), tagged("cluster", config=STRING)]}
    revision = {"anyOf": [tagged("rented"), tagged("local"), tagged("cluster", "config", config=STRING)]}
    assert breaks(request(base, revision)) == ['body.config required added: witness {"type":"cluster"}']


@pytest.mark.parametrize(
    ("union", "before"),
    [
        ({"anyOf": [{"enum": ["a", "b"]}, NULL]}, ["a", "b"]),
        ({"oneOf": [{"enum": ["a"]}, {"enum": ["b", 1]}]}, ["a", "b"]),
        ({"anyOf": [{"enum": ["a", "b"]}, {**STRING, "maxLength": 0}]}, None),
        ({"anyOf": [INTEGER, NULL]}, None),
    ],
)
def test_a_list_that_grew_is_told_with_the_one_it_was(union: Schema, before: Any) -> None:
    found = changes(union, {"enum": ["a", "b", "c"]}, Direction.RESPONSE)
    assert [change.before for change in found if change.aspect == "enum"] == [before]


def test_a_union_that_becomes_one_of_its_models_loses_the_others() -> None:
    models = {"A": obj("a", a=INTEGER), "B": obj("b", b=INTEGER)}
    union = {"anyOf": [ref("A"), ref("B")]}
    assert both_ways(union, ref("A"), components=models) == (
        ['body anyOf changed: witness {"b":0}'],
        ["body anyOf removed: contained"],
        ["body anyOf added: contained"],
        ['body anyOf changed: witness {"b":0}'],
    )


def test_any_value_that_becomes_a_union_is_one_break() -> None:
    union = {"anyOf": [obj(), NULL]}
    assert breaks(request(obj(p=True), obj(p=union))) == ['body.p anyOf changed: witness {"p":true}']
    assert breaks(request(obj(p=BOOLEAN), obj(p=union))) == ['body.p anyOf changed: witness {"p":true}']
    listed = {"enum": [True, False]}
    assert breaks(request(obj(p=listed), obj(p=union))) == ['body.p anyOf changed: witness {"p":true}']


@pytest.mark.parametrize("direction", list(Direction))
def test_a_list_of_one_alternative_that_grows_loses_nothing(direction: Direction) -> None:
    small = {"oneOf": [{"enum": ["a"]}, {"enum": ["b"]}]}
    large = {"oneOf": [{"enum": ["a", "c"]}, {"enum": ["b"]}]}
    pair = (large, small) if direction is Direction.REQUEST else (small, large)
    (change,) = [one for one in changes(*pair, direction) if one.aspect == "enum"]
    assert (change.facts["values"], change.facts.get("is_one_of_several")) == (["c"], True)


def test_the_alternative_that_went_is_named_and_not_what_it_is_made_of() -> None:
    models = {"Cat": obj("a", a=INTEGER), "Big": {"allOf": [ref("Cat"), obj("b", b=INTEGER)]}}
    (change,) = changes({"anyOf": [ref("Cat"), ref("Big")]}, ref("Cat"), components=models)
    assert (change.aspect, change.before, change.proof) == ("anyOf", "Big", Proof.CONTAINED)


def test_the_names_of_a_branch_depend_on_no_order_of_keys() -> None:
    """Some searches look at the first few of them."""
    for order in (("a", "b", "c"), ("c", "b", "a")):
        schema = {**obj("d", "a", **dict.fromkeys(order, STRING)), "allOf": [obj(z=INTEGER, e=INTEGER)]}
        node = Lift(document(Side.BASE, None, "3.1.0"), Direction.REQUEST).node(schema)
        (branch,) = Branches().of((node,))
        assert branch.names == ["a", "b", "c", "d", "e", "z"]


def test_a_value_of_any_type_that_becomes_a_union_is_one_break_whatever_the_alternatives_are() -> None:
    for union in ([INTEGER, STRING], [INTEGER, NULL], [INTEGER, NUMBER, STRING, BOOLEAN]):
        for found in (request({}, {"anyOf": union}), response({"anyOf": union}, {})):
            assert [line.partition(":")[0] for line in found] == ["body anyOf changed"], union


def test_what_only_one_of_several_alternatives_asks_for_is_not_asked_for() -> None:
    pairs = {**ARRAY, "minItems": 2, "maxItems": 2}, {**ARRAY, "minItems": 3, "maxItems": 3}
    assert breaks(request(ARRAY, {"anyOf": [*pairs]})) == ["body anyOf changed: witness []"]
    # The first of many is not the one that is meant.
    roles = [closed("role", "text", role={"const": role}, text=STRING) for role in "abc"]
    union = {"anyOf": [*roles, closed("role", role={"const": "d"})]}
    assert breaks(request(OBJECT, union)) == ["body anyOf changed: witness {}"]
    # What all ask for is.
    named = [obj("id", *more, id=STRING, n=INTEGER) for more in ((), ("n",))]
    assert breaks(request(obj(id=STRING), {"anyOf": named})) == ["body.id required added: witness {}"]


def test_a_schema_without_a_name_has_become_none_of_several() -> None:
    pairs = {**ARRAY, "minItems": 2, "maxItems": 2}, {**ARRAY, "minItems": 3, "maxItems": 3}
    assert response(ARRAY, {"anyOf": [*pairs]}) == [
        "body anyOf added: contained",
        "body anyOf added: contained",
        "body anyOf removed: contained",
    ]
