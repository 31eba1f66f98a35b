"""Equal by spelling: names, references, key order and texts aside."""

from __future__ import annotations

import pytest

from contractkit.api.deep import run_deep
from contractkit.model.change import Direction
from contractkit.schema.document import Side
from contractkit.schema.identity import Identity
from contractkit.schema.lift import Lift
from tests.schema.points import ARRAY, INTEGER, NUMBER, OBJECT, STRING, Components, Schema, document, obj, ref


def same(one: Schema, other: Schema, first: Components | None = None, second: Components | None = None) -> bool:
    """Whether two schemas of two documents are equal, asked in both orders of one identity."""
    left = Lift(document(Side.BASE, first, "3.1.0"), Direction.REQUEST).node(one)
    others = second if second is not None else first
    right = Lift(document(Side.REVISION, others, "3.1.0"), Direction.REQUEST).node(other)
    identity = Identity()
    found = identity.same(left, right)
    assert identity.same(right, left) is found
    assert identity.same(left, right) is found
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (STRING, {**STRING, "title": "t", "description": "d", "default": "x", "examples": ["y"]}),
        ({"const": "a"}, {"enum": ["a"]}),
        ({"enum": [1, 2]}, {"enum": [2, 1, 1.0]}),
        (obj("a", "b", a=INTEGER, b=STRING), obj("b", "a", b=STRING, a=INTEGER)),
        (ref("A"), obj(n=INTEGER)),
        (ref("A"), ref("Alias")),
        ({**ARRAY, "items": ref("A")}, {**ARRAY, "items": obj(n=INTEGER)}),
        ({**OBJECT, "additionalProperties": True}, OBJECT),
        (
            {"allOf": [{"allOf": [obj(a=STRING), obj(b=STRING)]}, obj(c=STRING)]},
            {"allOf": [obj(c=STRING), obj(a=STRING), obj(b=STRING)]},
        ),
    ],
)
def test_equal(one: Schema, other: Schema) -> None:
    assert same(one, other, {"A": obj(n=INTEGER), "Alias": ref("A")})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (INTEGER, NUMBER),
        ({"enum": [1]}, {"enum": [True]}),
        ({"const": 0}, {"const": False}),
        ({"const": "1"}, {"const": 1}),
        ({**NUMBER, "minimum": 1}, {**NUMBER, "exclusiveMinimum": 1}),
        ({**NUMBER, "minimum": 0.1}, {**NUMBER, "minimum": 0.1000001}),
        (obj(a=INTEGER), obj(b=INTEGER)),
        (obj(a=INTEGER), obj("a", a=INTEGER)),
        ({"anyOf": [INTEGER, STRING]}, {"oneOf": [INTEGER, STRING]}),
        ({**ARRAY, "prefixItems": [INTEGER, STRING]}, {**ARRAY, "prefixItems": [STRING, INTEGER]}),
        ({**OBJECT, "additionalProperties": False}, OBJECT),
        (False, OBJECT),
        (True, False),
        ({"type": "made.up"}, {"type": "made.up.too"}),
    ],
)
def test_different(one: Schema, other: Schema) -> None:
    assert not same(one, other)


def linked(*names: str, leaf: Schema = INTEGER) -> Components:
    """A circle of components of the same shape."""
    return {name: obj(v=leaf, n=ref(names[(i + 1) % len(names)])) for i, name in enumerate(names)}


class TestCircles:
    def test_names_do_not_count(self) -> None:
        assert same(ref("A"), ref("B"), linked("A"), linked("B"))

    def test_the_length_of_the_circle_does_not_count(self) -> None:
        assert same(ref("A"), ref("X"), linked("A"), linked("X", "Y", "Z"))
        assert same(ref("A"), ref("X"), linked("A", "B"), linked("X", "Y", "Z"))

    def test_a_difference_anywhere_on_the_circle_counts(self) -> None:
        other = {**linked("A", "B", "C"), "C": obj(v=STRING, n=ref("A"))}
        for name in "ABC":
            assert not same(ref(name), ref(name), linked("A", "B", "C"), other)

    def test_a_tail_into_a_circle_is_not_acyclic(self) -> None:
        components = linked("A")
        assert same(obj(v=INTEGER, n=ref("A")), ref("A"), components)
        assert not same(obj(v=STRING, n=ref("A")), ref("A"), components)

    def test_the_end_of_a_list_is_no_circle(self) -> None:
        assert not same(ref("A"), obj(v=INTEGER, n=obj(v=INTEGER, n=OBJECT)), linked("A"))

    def test_two_circles_through_one_component(self) -> None:
        before = {"T": obj(left=ref("T"), right=ref("T"))}
        after = {"T": obj(left=ref("U"), right=ref("T")), "U": obj(left=ref("T"), right=ref("U"))}
        assert same(ref("T"), ref("T"), before, after)
        after["U"] = obj(left=ref("T"), right=OBJECT)
        assert not same(ref("T"), ref("T"), before, after)

    @pytest.mark.parametrize("keyword", ["anyOf", "oneOf", "allOf"])
    def test_the_order_of_alternatives_and_parts_does_not_count(self, keyword: str) -> None:
        rows = [obj(a=ref("T")), obj(b=ref("T")), obj(b=obj(c=ref("T"))), obj(b=obj(d=ref("T"))), STRING]
        before, after = {"T": {keyword: rows}}, {"T": {keyword: rows[::-1]}}
        assert same(ref("T"), ref("T"), before, after)
        after["T"] = {keyword: [*rows[:0:-1], obj(e=ref("T"))]}
        assert not same(ref("T"), ref("T"), before, after)
        after["T"] = {keyword: [*rows, rows[0]]}
        assert not same(ref("T"), ref("T"), before, after)

    def test_the_order_of_items_counts(self) -> None:
        before, after = ({"T": {**ARRAY, "prefixItems": rows}} for rows in ([ref("T"), STRING], [STRING, ref("T")]))
        assert not same(ref("T"), ref("T"), before, after)


def test_one_of_many_is_found_as_one_of_few_is() -> None:
    rows = [obj("n", n={"const": number}) for number in range(20)]
    components = {"T": obj(n=ref("T")), "U": obj(n=ref("U"))}
    lift = Lift(document(Side.BASE, components, "3.1.0"), Direction.REQUEST)
    nodes = [lift.node(one) for one in (*rows, ref("T"))]
    asked = [lift.node(one) for one in (obj("n", n={"const": 7}), ref("U"), obj("n", n={"const": 20}), obj(m=ref("T")))]
    for many in (tuple(nodes), (nodes[7], nodes[-1])):
        identity = Identity()
        assert [identity.holds(many, one) for one in asked] == [True, True, False, False]


def test_long_chains() -> None:
    def chain(leaf: Schema) -> Components:
        return {f"C{i}": obj(n=ref(f"C{i + 1}")) for i in range(2000)} | {"C2000": leaf}

    assert run_deep(lambda: same(ref("C0"), ref("C0"), chain(INTEGER), chain(INTEGER)))
    assert not run_deep(lambda: same(ref("C0"), ref("C0"), chain(INTEGER), chain(STRING)))
