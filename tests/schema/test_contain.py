"""Schemas that refer to themselves, what is taken for granted and withdrawn, and the ways of being wrong."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from contractkit.api.deep import run_deep
from contractkit.model.change import Direction, Proof
from contractkit.schema.contain import Containment
from contractkit.schema.document import Side
from contractkit.schema.evaluate import asked
from contractkit.schema.lift import Lift
from contractkit.schema.node import Node
from tests.schema.points import (
    ARRAY,
    INTEGER,
    NULL,
    OBJECT,
    STRING,
    Components,
    Schema,
    breaks,
    changes,
    document,
    obj,
    ref,
    request,
    response,
)


def versions(before: Components, after: Components) -> dict[str, Any]:
    return {"base_components": before, "components": after}


class TestRecursion:
    def test_a_schema_that_contains_itself_is_compared_once(self) -> None:
        before = {"Node": obj(value=INTEGER, next=ref("Node"))}
        after = {"Node": obj(value=STRING, next=ref("Node"))}
        found = versions(before, after)
        assert request(ref("Node"), ref("Node"), **found) == ['body.value type changed: witness {"value":0}']
        assert response(ref("Node"), ref("Node"), **found) == ['body.value type changed: witness {"value":""}']

    @pytest.mark.parametrize(
        "after",
        [
            {"Node": obj(value=INTEGER, next=ref("Node"))},
            {"Node": obj(value=INTEGER, next=ref("Next")), "Next": obj(value=INTEGER, next=ref("Node"))},
            {"Node": obj(value=INTEGER, next=obj(value=INTEGER, next=ref("Node")))},
            {"Node": {"allOf": [ref("List")]}, "List": obj(value=INTEGER, next=ref("List"))},
        ],
    )
    def test_other_spellings_of_one_recursion_break_nobody(self, after: Components) -> None:
        found = versions({"Node": obj(value=INTEGER, next=ref("Node"))}, after)
        assert breaks(request(ref("Node"), ref("Node"), **found)) == []
        assert breaks(response(ref("Node"), ref("Node"), **found)) == []

    def test_a_break_at_the_far_end_of_a_circle(self) -> None:
        before = {"A": obj(b=ref("B")), "B": obj(c=ref("C")), "C": obj(a=ref("A"), n=INTEGER)}
        after = {**before, "C": obj(a=ref("A"), n={**INTEGER, "minimum": 0})}
        assert request(ref("A"), ref("A"), **versions(before, after)) == [
            'body.b.c.n minimum added: witness {"b":{"c":{"n":-1}}}'
        ]

    def test_recursion_through_items_maps_and_unions(self) -> None:
        for inner in (
            {**ARRAY, "items": ref("T")},
            {**OBJECT, "additionalProperties": ref("T")},
            obj(left=ref("T"), right=ref("T")),
        ):
            wider = versions(
                {"T": {"anyOf": [INTEGER, inner]}}, {"T": {"anyOf": [{"type": ["integer", "string"]}, inner]}}
            )
            assert breaks(request(ref("T"), ref("T"), **wider)) == []
            found = changes(ref("T"), ref("T"), Direction.RESPONSE, **wider)
            assert {change.proof for change in found if change.proof is not Proof.CONTAINED} == {Proof.WITNESS}

    def test_an_optional_recursion_ended_by_null(self) -> None:
        def node(value: Schema) -> Components:
            return {"N": obj("v", v=value, n={"anyOf": [ref("N"), NULL]})}

        found = versions(node(INTEGER), node({**INTEGER, "minimum": 0}))
        assert request(ref("N"), ref("N"), **found) == ['body.v minimum added: witness {"v":-1}']
        assert response(ref("N"), ref("N"), **found) == ["body.v minimum added: contained"]


class TestRecursionWithoutAnEnd:
    """A schema that applies itself to the same value again says nothing that could be decided."""

    @pytest.mark.parametrize(
        "schema",
        [
            {"allOf": [ref("A")]},
            {"anyOf": [ref("A"), STRING]},
            {"oneOf": [ref("A"), STRING]},
            {"not": ref("A")},
        ],
    )
    def test_it_is_undecided_on_either_side(self, schema: Schema) -> None:
        components = {"A": schema}
        for sent, received in ((ref("A"), STRING), (INTEGER, ref("A")), (ref("A"), {"allOf": [ref("A"), STRING]})):
            found = changes(sent, received, components=components)
            proofs = {change.proof for change in found if change.proof is not Proof.CONTAINED}
            assert proofs == {Proof.UNDECIDED}

    def test_what_holds_in_any_reading_is_decided(self) -> None:
        components = {"A": {"allOf": [ref("B")]}, "B": {"anyOf": [ref("A"), INTEGER]}}
        found = breaks(request(ref("A"), STRING, components=components))
        assert {line.partition(": ")[2] for line in found} == {"witness 0"}

    def test_it_is_equal_to_itself(self) -> None:
        assert request(ref("A"), ref("A"), components={"A": {"allOf": [ref("A")]}}) == []
        assert request(ref("A"), ref("A"), components={"A": {"not": ref("A")}}) == []


class TestWithdrawal:
    """What leaned on a pair that was taken for granted falls with it."""

    BOTH = versions(
        {"T": obj(next=ref("U"), bad=STRING), "U": obj(t=ref("T"))},
        {"T": obj(next=ref("U"), bad=INTEGER), "U": obj(t=ref("T"))},
    )

    def test_a_union_that_another_alternative_saves_does_not_save_the_rest(self) -> None:
        for other in (True, OBJECT, obj(bad=True)):
            found = request(
                obj(x=ref("T"), y=ref("U")),
                obj(x={"anyOf": [ref("T"), other]}, y=ref("U")),
                **self.BOTH,
            )
            assert not any("bad type changed: contained" in line for line in found)
            assert breaks(found) == ['body.y.t.bad type changed: witness {"y":{"t":{"bad":""}}}']

    def test_the_order_of_properties_does_not_matter(self) -> None:
        union = {"anyOf": [ref("T"), OBJECT]}
        one = request(obj(x=ref("T"), y=ref("U")), obj(x=union, y=ref("U")), **self.BOTH)
        other = request(obj(y=ref("U"), x=ref("T")), obj(y=ref("U"), x=union), **self.BOTH)
        assert breaks(one) == breaks(other) != []

    def test_a_union_inside_the_recursion(self) -> None:
        before = {"A": obj(n={"anyOf": [ref("A"), NULL]}, v=STRING)}
        after = {"A": obj(n={"anyOf": [ref("A"), NULL]}, v=INTEGER)}
        assert breaks(request(ref("A"), ref("A"), **versions(before, after))) == [
            'body.v type changed: witness {"v":""}'
        ]

    @pytest.mark.parametrize("sent_inline", [False, True])
    @pytest.mark.parametrize("received_inline", [False, True])
    def test_what_is_taken_for_granted_for_a_time_still_leans_on_the_rest(
        self, *, sent_inline: bool, received_inline: bool
    ) -> None:
        """A pair that holds inside another one, which leans on a third, falls with the third: however it is spelled."""

        def tree(c: Schema) -> Schema:
            return {"oneOf": [obj(c=c, a=ref("T")), {"required": ["b"], "maxProperties": 1}]}

        before, after = tree(ref("T")), tree({"oneOf": [ARRAY, ref("T")]})
        found = versions({"T": before}, {"T": after})
        sent, received = (before if sent_inline else ref("T")), (after if received_inline else ref("T"))
        lines = breaks(request(obj(b=sent), obj(b=received), **found))
        assert 'body.b.c oneOf changed: witness {"b":{"c":[]}}' in lines or (
            'body.b.a oneOf changed: witness {"b":{"a":{"c":[]}}}' in lines
        )
        assert breaks(response(obj(b=sent), obj(b=received), **found)) == []

    def test_the_order_of_properties_says_nothing(self) -> None:
        either = {"anyOf": [ref("T"), ref("S")]}

        def found(order: str) -> list[str]:
            def model(**properties: Schema) -> Schema:
                return obj(**{name: properties[name] for name in order})

            def models(changed: Schema) -> Components:
                # Two documents share no objects.
                return deepcopy({"T": model(a=ref("T"), c=ref("S")), "S": model(a=changed, c=either)})

            return request(either, either, **versions(models(ref("S")), models(STRING)))

        assert found("ac") == found("ca")
        assert 'body.a type changed: witness {"a":{"c":{"a":{}}}}' in found("ac")

    def test_what_is_known_to_be_refused_is_tried_before_what_may_be(self) -> None:
        def tree(c: Schema) -> Schema:
            return {"oneOf": [obj(c=c, a=ref("T")), {"required": ["b"]}]}

        found = versions({"T": tree(ref("T"))}, {"T": tree({"oneOf": [ARRAY, ref("T")]})})
        assert 'body.b oneOf changed: witness {"b":{"c":[]}}' in request(obj(b=ref("T")), obj(b=ref("T")), **found)


class TestWaysOfBeingWrong:
    def test_a_result_is_remembered_for_its_own_branch_only(self) -> None:
        union = {"anyOf": [{**INTEGER, "maximum": 5}, {**INTEGER, "maximum": 10}]}
        assert breaks(request(union, ref("Seven"), components={"Seven": {**INTEGER, "maximum": 7}})) == [
            "body maximum decreased: witness 8"
        ]

    def test_the_receiver_s_all_of_is_never_merged(self) -> None:
        parts = {"allOf": [{**obj(a=INTEGER), "additionalProperties": False}, obj(b=INTEGER)]}
        assert 'body.b property removed: witness {"b":0}' in breaks(request(obj(a=INTEGER, b=INTEGER), parts))
        assert breaks(request(parts, obj(a=INTEGER, b=STRING))) == []

    def test_a_required_name_that_is_not_declared_falls_under_additional_properties(self) -> None:
        wanted = {**OBJECT, "required": ["k"]}
        lines = breaks(request({**wanted, "additionalProperties": INTEGER}, {**OBJECT, "additionalProperties": STRING}))
        assert 'body.k type changed: witness {"k":0}' in lines
        assert breaks(request({**wanted, "additionalProperties": False}, STRING)) == []
        assert breaks(request({**wanted, "maxProperties": 1}, {**OBJECT, "additionalProperties": True})) == []

    def test_one_engine_after_another_gives_the_same(self) -> None:
        pairs: list[tuple[Any, Any]] = [(STRING, False), (False, STRING), (True, {"not": {}}), (obj(a=False), OBJECT)]
        alone = [request(*pair) for pair in pairs]
        assert [request(*pair) for pair in reversed(pairs)] == alone[::-1]

    def test_nothing_to_subtract_is_not_empty(self) -> None:
        (change,) = changes(STRING, {**STRING, "pattern": "^a*$"})
        assert change.proof is Proof.WITNESS

    def test_the_exemption_is_part_of_what_is_remembered(self) -> None:
        inner = obj("f", f=ref("Two"))
        components = {"Two": {"enum": [2]}, "Any": obj(g=INTEGER)}
        found = request(
            obj(a=ref("Any"), b={"not": inner}),
            obj(a=obj(g=INTEGER, h=STRING), b={"not": obj("f", f=True)}),
            components=components,
        )
        assert breaks(found) == ['body.b not changed: witness {"b":{"f":0}}']


class TestContainment:
    """The deciding object itself."""

    @staticmethod
    def nodes(*schemas: Schema, components: Components | None = None) -> list[Node]:
        lift = Lift(document(Side.BASE, components, "3.1.0"), Direction.REQUEST)
        return [lift.node(schema) for schema in schemas]

    def test_the_exemption_is_off_where_every_value_counts(self) -> None:
        sender, receiver = self.nodes(OBJECT, obj(a=INTEGER))
        contain = Containment()
        assert contain.compare((sender,), receiver).ok
        assert not contain.proven((sender,), receiver)
        assert contain.compare((sender,), receiver).ok

    def test_a_conjunction_holds_what_its_parts_hold_together(self) -> None:
        low, high = self.nodes({**INTEGER, "minimum": 3}, {"maximum": 5})
        (receiver,) = self.nodes({**INTEGER, "minimum": 2, "maximum": 6})
        contain = Containment()
        assert not contain.compare((low,), receiver).ok
        assert not contain.compare((high,), receiver).ok
        assert contain.compare((low, high), receiver).ok
        assert contain.compare((high, low), receiver).ok

    def test_no_conjunct_is_anything(self) -> None:
        (receiver,) = self.nodes(STRING)
        assert not Containment().compare((), receiver).ok

    def test_emptiness(self) -> None:
        impossible: list[Schema] = [
            {**INTEGER, "minimum": 3, "maximum": 2},
            {"type": "number", "exclusiveMinimum": 1, "maximum": 1},
            {**INTEGER, "minimum": 0.2, "maximum": 0.8},
            {**STRING, "minLength": 2, "maxLength": 1},
            {**STRING, "pattern": "^a+$", "maxLength": 0},
            {**STRING, "not": STRING},
            {"allOf": [STRING, INTEGER]},
            {"allOf": [{"const": 1}, {"const": True}]},
            {**ARRAY, "minItems": 2, "maxItems": 1},
            {**ARRAY, "items": False, "minItems": 1},
            {**ARRAY, "items": INTEGER, "contains": STRING},
            {**OBJECT, "required": ["a"], "additionalProperties": False},
            obj("a", a={"allOf": [STRING, INTEGER]}),
            {**OBJECT, "required": ["B"], "propertyNames": {"pattern": "^[a-z]$"}},
            {"oneOf": [STRING, STRING]},
        ]
        possible: list[Schema] = [
            {**INTEGER, "minimum": 3, "maximum": 3},
            {**INTEGER, "minimum": 0.2, "maximum": 1.8},
            {**STRING, "pattern": "^a+$", "maxLength": 1},
            {**ARRAY, "items": False},
            {**ARRAY, "items": {"allOf": [STRING, INTEGER]}},
            {**OBJECT, "additionalProperties": False},
            obj(a={"allOf": [STRING, INTEGER]}),
            {"oneOf": [STRING, INTEGER]},
        ]
        contain = Containment()
        nodes = self.nodes(*impossible, *possible)
        empty = [contain.emptiness.none((node,)) for node in nodes]
        assert empty == [True] * len(impossible) + [False] * len(possible)


def test_a_break_beside_a_schema_that_cannot_be_read_is_proved() -> None:
    before, after = (obj(a={"type": "made.up"}, b=one) for one in (INTEGER, STRING))
    assert request(before, after) == ['body.b type changed: witness {"b":0}']
    assert response(before, after) == ['body.b type changed: witness {"b":""}']


def test_schemas_that_cannot_be_read_are_equal_by_their_text() -> None:
    assert request({"type": "made.up"}, {"type": "made.up", "title": "x"}) == []
    assert request({"type": "made.up"}, {"type": "made.up.too"}) == [
        'body schema changed: undecided (type "made.up.too")'
    ]
    assert request(STRING, {"type": "made.up"}) == ['body schema changed: undecided (type "made.up")']
    assert request(obj(a={"type": "made.up"}), obj(a={"type": "made.up"}, b=INTEGER)) == [
        "body.b property added: contained"
    ]


class TestDepth:
    """Documents are nested by the thousand: no exception, whatever is found."""

    @staticmethod
    def nested(count: int, leaf: Schema, keyword: str) -> Schema:
        for _ in range(count):
            leaf = {
                "properties": obj(n=leaf),
                "items": {**ARRAY, "items": leaf},
                "allOf": {"allOf": [leaf]},
                "anyOf": {"anyOf": [leaf]},
                "not": {"not": leaf},
            }[keyword]
        return leaf

    @pytest.mark.parametrize("keyword", ["properties", "items", "allOf", "anyOf", "not"])
    def test_a_thousand_levels(self, keyword: str) -> None:
        before, after = (self.nested(1000, leaf, keyword) for leaf in (INTEGER, {**INTEGER, "minimum": 0}))
        (sent,) = run_deep(lambda: changes(before, after))
        assert sent.proof in (Proof.WITNESS, Proof.UNDECIDED)
        assert sent.aspect == "minimum"
        (answered,) = run_deep(lambda: changes(before, after, Direction.RESPONSE))
        assert answered.proof is Proof.CONTAINED
        assert run_deep(lambda: changes(before, self.nested(1000, INTEGER, keyword))) == []

    def test_a_union_of_a_union_of_a_union(self) -> None:
        def options(leaf: Schema) -> Schema:
            for _ in range(150):
                leaf = {"anyOf": [leaf, NULL]}
            return leaf

        assert run_deep(lambda: breaks(request(options(INTEGER), options(STRING)))) == ["body anyOf changed: witness 0"]
        assert run_deep(lambda: breaks(request(options(INTEGER), options({"type": "number"})))) == []

    def test_what_lies_below_the_limit_is_never_green(self) -> None:
        before, after = (self.nested(2000, leaf, "properties") for leaf in (INTEGER, STRING))
        found = run_deep(lambda: changes(before, after))
        assert [change.proof for change in found] == [Proof.UNDECIDED]
        assert run_deep(lambda: changes(before, self.nested(2000, INTEGER, "properties"))) == []

    def test_a_chain_of_five_hundred_components(self) -> None:
        def chain(value: Schema) -> Components:
            return {f"C{i}": obj(v=value, n=ref(f"C{(i + 1) % 500}")) for i in range(500)}

        found = versions(chain(INTEGER), chain({**INTEGER, "minimum": 0}))
        sent = run_deep(lambda: changes(ref("C0"), ref("C0"), **found))
        told = {change.component: change.location for change in sent}
        assert told == {f"C{i}": f"body{'.n' * i}.v" for i in range(500)}
        answered = run_deep(lambda: request(ref("C0"), ref("C0"), **versions(chain(INTEGER), chain(INTEGER))))
        assert answered == []


@pytest.mark.parametrize(
    "place", [lambda schema: schema, lambda schema: obj(x=schema), lambda schema: {**ARRAY, "items": schema}]
)
def test_anything_breaks_an_object_once(place: Callable[[Schema], Schema]) -> None:
    model = obj("a", "b", a=STRING, b={**OBJECT, "additionalProperties": False})
    assert [found.split()[1] for found in breaks(response(place(model), place({})))] == ["type"]
    assert [found.split()[1] for found in breaks(request(place({}), place({"anyOf": [model, NULL]})))] == ["anyOf"]


def test_witnesses_of_many_alternatives_take_the_square_of_their_number_and_not_its_cube() -> None:
    def steps(count: int) -> int:
        names = [f"C{number}" for number in range(count)]
        union = {"anyOf": [ref(name) for name in names]}
        schemas = [{name: obj(name, **{name: kind}) for name in names} for kind in (STRING, INTEGER)]
        before = asked()
        assert len(request(union, union, **versions(*schemas))) == count
        return asked() - before

    assert steps(40) < 6 * steps(20)
