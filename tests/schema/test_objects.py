"""Properties, what is required, other names, counts; and the names that only the receiver declares."""

import pytest

from tests.schema.points import (
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
    narrowing,
    obj,
    request,
    response,
)

MAP = {**OBJECT, "additionalProperties": INTEGER}


@pytest.mark.parametrize(
    ("loose", "tight", "tightened", "loosened", "witness"),
    [
        (obj(a=INTEGER), obj("a", a=INTEGER), "body.a required added", "body.a required removed", "{}"),
        (OBJECT, obj("a", a=INTEGER), "body.a property added", "body.a property removed", "{}"),
        (obj("b", b=STRING), obj("a", "b", a=INTEGER, b=STRING), "body.a property added", "body.a property removed",
         '{"b":""}'),
        (obj(a=NUMBER), obj(a=INTEGER), "body.a type changed", "body.a type changed", '{"a":0.5}'),
        (obj("o", o=obj("q", q=INTEGER)), obj("o", o=obj("q", q={**INTEGER, "minimum": 1})), "body.o.q minimum added",
         "body.o.q minimum removed", '{"o":{"q":0}}'),
        (closed(a=INTEGER, b=INTEGER), closed(a=INTEGER), "body.b property removed", "body.b property added",
         '{"b":0}'),
        ({**OBJECT, "additionalProperties": NUMBER}, MAP, "body.* type changed", "body.* type changed", '{"x":0.5}'),
        (OBJECT, {**OBJECT, "minProperties": 1}, "body minProperties added", "body minProperties removed", "{}"),
        ({**MAP, "maxProperties": 2}, {**MAP, "maxProperties": 1}, "body maxProperties decreased",
         "body maxProperties increased", '{"x":0,"extra":0}'),
        (obj(a=INTEGER, b=INTEGER), {**obj(a=INTEGER, b=INTEGER), "dependentRequired": {"a": ["b"]}},
         "body dependentRequired added", "body dependentRequired removed", '{"a":0}'),
        (obj(**{"a.b": NUMBER}), obj(**{"a.b": INTEGER}), 'body."a.b" type changed', 'body."a.b" type changed',
         '{"a.b":0.5}'),
    ],
)  # fmt: skip
def test_a_narrower_schema_breaks_who_sends_more(
    loose: Schema, tight: Schema, tightened: str, loosened: str, witness: str
) -> None:
    assert both_ways(loose, tight) == narrowing(tightened, loosened, witness)


@pytest.mark.parametrize(
    ("loose", "tight", "place", "witness"),
    [
        (obj(a=INTEGER), closed(a=INTEGER), "body additionalProperties", '{"x":0}'),
        (MAP, {**OBJECT, "additionalProperties": False}, "body additionalProperties", '{"x":0}'),
        (MAP, {**MAP, "propertyNames": {"pattern": "^[a-z]+$"}}, "body propertyNames", '{"":0}'),
        (obj(a=INTEGER), {**obj(a=INTEGER), "unevaluatedProperties": False}, "body unevaluatedProperties", '{"x":0}'),
        (obj(a=INTEGER), obj(a=False), "body.a property", '{"a":0}'),
        ({**OBJECT, "patternProperties": {"^a": NUMBER}}, {**OBJECT, "patternProperties": {"^a": INTEGER}},
         "body.* type", '{"a":0.5}'),
        ({**closed(), "patternProperties": {"^a": INTEGER}}, {**closed(), "patternProperties": {"^ab": INTEGER}},
         "body additionalProperties", '{"a":0}'),
    ],
)  # fmt: skip
def test_names_that_are_not_taken_any_more(loose: Schema, tight: Schema, place: str, witness: str) -> None:
    (sent,) = breaks(request(loose, tight))
    assert sent.startswith(place)
    assert sent.endswith(f": witness {witness}")
    (answered,) = breaks(response(tight, loose))
    assert answered.startswith(place)
    assert answered.endswith(f": witness {witness}")
    assert breaks(request(tight, loose)) == []
    assert breaks(response(loose, tight)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (OBJECT, {**OBJECT, "additionalProperties": True}),
        (OBJECT, {**OBJECT, "additionalProperties": {}}),
        (OBJECT, {**OBJECT, "properties": {}}),
        (obj("a", a=INTEGER), {**obj(a=INTEGER), "allOf": [{"required": ["a"]}]}),
        (obj(a=INTEGER), {"allOf": [obj(a=INTEGER)]}),
        (obj("a", "b", a=INTEGER, b=STRING), {"allOf": [obj("a", a=INTEGER), obj("b", b=STRING)]}),
        ({**OBJECT, "dependencies": {"a": ["b"]}}, {**OBJECT, "dependentRequired": {"a": ["b"]}}),
        ({**OBJECT, "minProperties": 0}, OBJECT),
    ],
)
def test_two_spellings_of_the_same_values_differ_in_nothing(one: Schema, other: Schema) -> None:
    assert both_ways(one, other) == SILENCE


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        (obj("a", a=INTEGER), {**OBJECT, "minProperties": 1}),
        (closed(a=INTEGER, b=INTEGER), {**OBJECT, "maxProperties": 2}),
        (obj("b", a=INTEGER, b=INTEGER), {**obj(a=INTEGER), "dependentRequired": {"a": ["b"]}}),
        ({**closed("a", a=INTEGER), "maxProperties": 1}, obj(a=INTEGER, b=STRING)),
        (closed(a=INTEGER), {**obj(a=INTEGER), "unevaluatedProperties": False}),
        (closed(a=INTEGER, b=INTEGER),
         {"allOf": [obj(a=INTEGER), obj(b=INTEGER)], "unevaluatedProperties": False}),
        ({**obj(a=INTEGER), "unevaluatedProperties": False}, closed(a=INTEGER)),
        ({**obj(a=INTEGER, b=INTEGER), "dependentRequired": {"a": ["b"]}},
         {**obj(a=INTEGER, b=INTEGER), "dependentSchemas": {"a": {"required": ["b"]}}}),
        ({**closed(), "patternProperties": {"^ab": INTEGER}}, {**closed(), "patternProperties": {"^a": INTEGER}}),
        ({**OBJECT, "patternProperties": {"^a": INTEGER}}, {**OBJECT, "patternProperties": {"^ab": INTEGER}}),
        ({**closed(), "patternProperties": {"^[ab]$": INTEGER}}, closed(a=INTEGER, b=INTEGER)),
        ({**MAP, "propertyNames": {"maxLength": 3}}, {**MAP, "propertyNames": {"maxLength": 5}}),
        ({**MAP, "propertyNames": {"enum": ["a", "b"]}}, closed(a=INTEGER, b=INTEGER)),
        (MAP, obj(a=INTEGER)),
        (closed("k"), STRING),
        (obj("k", k=False), STRING),
        ({**OBJECT, "required": ["a", "b"], "maxProperties": 1}, STRING),
    ],
)  # fmt: skip
def test_objects_that_the_receiver_takes(sent: Schema, received: Schema) -> None:
    assert breaks(request(sent, received)) == []
    assert breaks(response(received, sent)) == []


@pytest.mark.parametrize(
    ("sent", "received", "lines"),
    [
        (obj(a=INTEGER, b=STRING), obj(a=STRING, b=INTEGER),
         ['body.a type changed: witness {"a":0}', 'body.b type changed: witness {"b":""}']),
        (obj(a=INTEGER), closed("z", a={**INTEGER, "minimum": 0}, z=INTEGER),
         ['body additionalProperties', 'body.a minimum added: witness {"a":', "body.z property added: witness {}"]),
        (obj("k", k=INTEGER), closed(), ["body additionalProperties", 'body.k property removed: witness {"k":0}']),
        (obj(a=INTEGER, b=INTEGER), {**obj(a=INTEGER, b=INTEGER), "dependentRequired": {"a": ["b"], "b": ["a"]}},
         ['body dependentRequired added: witness {"a":0}', 'body dependentRequired added: witness {"b":0}']),
        (obj(a=INTEGER), {**OBJECT, "additionalProperties": STRING},
         ["body additionalProperties", 'body.a type changed: witness {"a":0}']),
    ],
)  # fmt: skip
def test_every_break_of_an_object_is_told(sent: Schema, received: Schema, lines: list[str]) -> None:
    found = breaks(request(sent, received))
    assert len(found) == len(lines)
    assert all(one.startswith(line) for one, line in zip(found, lines, strict=True))


def test_a_closed_object_is_one_fact() -> None:
    assert both_ways(obj(a=INTEGER), closed(a=INTEGER)) == narrowing(
        "body additionalProperties added", "body additionalProperties removed", '{"x":0}'
    )


def test_longer_names_than_the_receiver_takes() -> None:
    names = {**OBJECT, "propertyNames": {"maxLength": 5}}
    assert breaks(request(names, {**OBJECT, "propertyNames": {"maxLength": 3}})) == [
        'body propertyNames changed: witness {"aaaa":null}'
    ]


def test_a_witness_shows_its_own_place() -> None:
    """Where another fault of the same object refuses every value, that is no proof."""
    before = obj(a={**STRING, "format": "idn-email"}, b=INTEGER)
    after = obj("z", a={**STRING, "format": "email"}, b={**INTEGER, "minimum": 0}, z=INTEGER)
    assert breaks(request(before, after)) == [
        "body.a format changed: undecided (format email)",
        'body.b minimum added: witness {"b":-1}',
        "body.z property added: witness {}",
    ]


def test_what_holds_where_a_name_is_there_is_told_as_a_condition() -> None:
    both = obj(a=INTEGER, b=INTEGER)
    assert request(both, {**both, "dependentSchemas": {"a": {"required": ["b"]}}}) == [
        'body dependentSchemas added: witness {"a":0}'
    ]


class TestNamesThatOnlyTheReceiverDeclares:
    """The sender does not send them: otherwise every new optional property would break."""

    @pytest.mark.parametrize(
        ("before", "after", "line"),
        [
            (OBJECT, obj(a=INTEGER), "body.a property added"),
            (obj(b=STRING), obj(a=INTEGER, b=STRING), "body.a property added"),
            (obj(o=OBJECT), obj(o=obj(a=INTEGER)), "body.o.a property added"),
            ({"allOf": [obj(b=STRING)]}, {"allOf": [obj(b=STRING), obj(a=INTEGER)]}, "body.a property added"),
        ],
    )
    def test_an_optional_property_is_added_and_dropped_in_silence(
        self, before: Schema, after: Schema, line: str
    ) -> None:
        dropped = line.replace("added", "removed")
        assert both_ways(before, after) == (
            [f"{line}: contained"],
            [f"{line}: contained"],
            [f"{dropped}: contained"],
            [f"{dropped}: contained"],
        )

    def test_a_map_declares_every_name(self) -> None:
        assert breaks(request(MAP, obj(a=STRING))) == ['body.a type changed: witness {"a":0}']
        assert breaks(request({**OBJECT, "additionalProperties": True}, obj(a=STRING))) == []
        assert breaks(request({**OBJECT, "additionalProperties": {}}, obj(a=STRING))) == []

    def test_a_required_name_is_declared(self) -> None:
        assert breaks(request({**OBJECT, "required": ["k"]}, obj(k=NULL))) != []
        assert breaks(request({**OBJECT, "required": ["k"]}, obj(k=True))) == []

    def test_a_name_that_another_keyword_writes_down_is_declared(self) -> None:
        needing = {**OBJECT, "dependentRequired": {"card": ["street"]}}
        assert breaks(request(needing, {**OBJECT, "dependentRequired": {"card": ["street", "zip"]}})) == [
            'body dependentRequired changed: witness {"card":0,"street":null}'
        ]
        assert breaks(request(needing, {**needing, "properties": {"street": STRING}})) == [
            'body.street type added: witness {"street":null}'
        ]
        named = {**OBJECT, "propertyNames": {"enum": ["a", "b"]}}
        assert breaks(request(named, {**named, "properties": {"a": INTEGER}})) == [
            'body.a type added: witness {"a":null}'
        ]
        assert breaks(request(named, {**named, "properties": {"c": INTEGER}})) == []

    @pytest.mark.parametrize("count", [1, 3, 4, 9])
    def test_many_dependent_schemas_declare_as_few_do(self, count: int) -> None:
        def with_limit(limit: int) -> Schema:
            below = {**INTEGER, "minimum": 0, "maximum": limit}
            return {
                **obj(**{f"a{at}": NULL for at in range(count)}),
                "dependentSchemas": {f"a{at}": obj(**{f"b{at}": below}) for at in range(count)},
            }

        found = breaks(request(with_limit(9), with_limit(8)))
        assert len(found) == count
        assert all(one.startswith("body dependentSchemas changed: witness ") and ":9" in one for one in found)
        assert breaks(response(with_limit(9), with_limit(8))) == []
        assert breaks(request(with_limit(9), {**with_limit(9), "properties": {"b0": STRING}})) != []

    def test_each_alternative_of_the_sender_speaks_for_itself(self) -> None:
        union = {"anyOf": [obj("a", a=INTEGER), obj("b", b=INTEGER)]}
        assert breaks(request(union, obj(a=INTEGER, b=STRING))) == ['body.b type changed: witness {"b":0}']
        assert breaks(request({"anyOf": [obj("a", a=INTEGER), obj("c", c=INTEGER)]}, obj(a=INTEGER, b=STRING))) == []

    def test_every_part_of_an_all_of_declares(self) -> None:
        parts = {"allOf": [obj(a=INTEGER), obj(b=INTEGER)]}
        assert breaks(request(parts, obj(b=STRING))) == ['body.b type changed: witness {"b":0}']

    def test_an_undeclared_name_may_be_sent_to_a_closed_object(self) -> None:
        (line,) = breaks(request(obj(a=INTEGER), closed(a=INTEGER, b=STRING)))
        assert line.startswith("body additionalProperties ")
        assert line.endswith('witness {"x":0}')

    def test_it_does_not_hold_under_not(self) -> None:
        without = {"not": obj("f", f={"enum": [2]})}
        assert breaks(request(without, {"not": obj("f", f=True)})) == ['body not changed: witness {"f":0}']
        assert breaks(response(without, {"not": obj("f", f=True)})) == []

    def test_names_under_a_pattern_are_not_exempt(self) -> None:
        assert breaks(request(OBJECT, {**OBJECT, "patternProperties": {"^x": INTEGER}})) != []

    def test_no_witness_sends_them(self) -> None:
        named = {"x": INTEGER, "extra": INTEGER}
        for line in breaks(request({**OBJECT, "minProperties": 1}, {**obj(**named), "minProperties": 2})):
            assert '"x"' not in line
            assert '"extra"' not in line

    def test_a_declared_property_without_a_type_may_hold_anything(self) -> None:
        assert breaks(request(obj(a=True), obj(a=INTEGER))) != []


def test_facts_tell_whether_a_property_was_required() -> None:
    (added,) = changes(OBJECT, obj("a", a=INTEGER))
    assert (added.aspect, added.before, added.after, added.facts["required"]) == ("property", None, True, True)
    (optional,) = changes(OBJECT, obj(a=INTEGER))
    assert (optional.aspect, optional.before, optional.after, optional.facts["required"]) == (
        "property",
        None,
        INTEGER,
        False,
    )
    (required,) = changes(obj(a=INTEGER), obj("a", a=INTEGER))
    assert (required.before, required.after, required.facts["place"]) == (False, True, "property")


class TestUnevaluatedBesideUnions:
    def test_a_schema_that_takes_all_that_is_left_says_nothing(self) -> None:
        received = {"anyOf": [obj(a=INTEGER), obj(b=INTEGER)], "unevaluatedProperties": True}
        assert breaks(request({"anyOf": [obj(a=INTEGER), obj(b=INTEGER)]}, received)) == []

    def test_the_only_alternative_for_objects_is_as_good_as_all_of(self) -> None:
        sent = {"anyOf": [STRING, obj(a=INTEGER)], "unevaluatedProperties": False}
        assert breaks(request(sent, {"oneOf": [obj(a=INTEGER), STRING], "unevaluatedProperties": False})) == []
        assert breaks(request(sent, {"allOf": [{"anyOf": [closed(a=INTEGER), STRING]}]})) == []

    def test_a_name_that_no_alternative_knows_is_refused(self) -> None:
        received = {"anyOf": [obj(a=INTEGER), obj(b=INTEGER)], "unevaluatedProperties": False}
        assert breaks(request({"type": "object", "additionalProperties": STRING}, received)) == [
            'body unevaluatedProperties changed: witness {"x":""}',
            'body.a type changed: witness {"a":""}',
        ]

    def test_what_needs_no_alternative_is_accepted(self) -> None:
        received = {**obj(a=INTEGER), "anyOf": [obj(b=INTEGER), obj(c=INTEGER)], "unevaluatedProperties": False}
        assert breaks(request(closed(a=INTEGER), received)) == []
