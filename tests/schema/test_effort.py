"""Searches are bounded by counted steps, over one contract point and over all of them."""

import itertools

import pytest

from contractkit.model.change import Direction, Proof
from contractkit.schema import contain
from contractkit.schema.contain import Containment
from contractkit.schema.document import Side
from contractkit.schema.effort import Effort
from contractkit.schema.expand import Branches
from contractkit.schema.lift import Lift
from contractkit.schema.node import STRING as STRING_KIND
from contractkit.schema.node import Node
from contractkit.schema.sample import Sampler
from tests.schema.points import ARRAY, INTEGER, NUMBER, OBJECT, STRING, Schema, changes, document, obj, ref


def test_a_point_may_take_a_number_of_steps_and_the_next_as_many_again() -> None:
    effort = Effort(10, [(5, 100)])
    spent = []
    for _ in range(2):
        effort.start()
        for _ in range(2):
            effort.spend(6)
            spent.append(effort.is_spent())
    assert spent == [False, True, False, True]


def test_after_many_heavy_points_each_further_one_may_take_little() -> None:
    effort = Effort(10, [(5, 15)])
    limits = []
    for taken in (5, 9, 9, 5, 9):
        effort.start()
        effort.spend(6)
        limits.append(5 if effort.is_spent() else 10)
        effort.spend(taken - 6)
    assert limits == [10, 10, 10, 5, 5]


def test_after_many_of_those_still_less() -> None:
    effort = Effort(100, [(10, 150), (2, 25)])
    limits = []
    for taken in (100, 60, 9, 1, 3, 2, 2):
        effort.start()
        effort.spend(5)
        more_than_five = not effort.is_spent()
        effort.spend(15)
        limits.append("most" if not effort.is_spent() else "some" if more_than_five else "few")
        effort.spend(taken - 20)
    # The first two count as ten each for the last tier, the third as nine.
    assert limits == ["most", "most", "some", "few", "few", "few", "few"]


def test_steps_that_others_take_count_from_the_start_of_a_point() -> None:
    counter = itertools.count(100, 4)
    effort = Effort(10, [(5, 100)], elsewhere=lambda: next(counter))
    effort.start()
    assert [effort.is_spent() for _ in range(4)] == [False, False, True, True]


def test_what_is_left_when_the_steps_are_spent_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contain, "STEP_BUDGET", 30)
    names = "abcdefgh"
    base, revision = (obj(**{name: obj(x=kind) for name in names}) for kind in (INTEGER, STRING))
    found = changes(base, revision)
    assert {change.reason for change in found if change.proof is Proof.UNDECIDED} == {
        "more steps than one contract point may take"
    }


def test_what_others_take_between_two_points_is_not_counted() -> None:
    others = [0]
    effort = Effort(10, [(5, 1)], elsewhere=lambda: others[0])
    effort.start()
    effort.rest()
    others[0] = 100
    assert not effort.is_spent()
    effort.start()
    effort.spend(6)
    assert not effort.is_spent()


def test_what_a_point_has_taken_counts_when_it_rests() -> None:
    effort = Effort(10, [(5, 12)])
    for _ in range(2):
        effort.start()
        effort.spend(6)
        assert not effort.is_spent()
        effort.rest()
        effort.rest()


def endless() -> Node:
    """One of six schemas without values, each of which leads to all others."""
    names = [f"C{number}" for number in range(6)]
    components = {one: {"anyOf": [obj("x", x=ref(other)) for other in names if other != one]} for one in names}
    return Lift(document(Side.BASE, components, "3.1.0", STRING), Direction.REQUEST).node(ref("C0"))


def test_searches_for_values_in_alternatives_that_lead_back_to_each_other_are_counted() -> None:
    effort = Effort(1000, [(500, 5000)])
    sampler = Sampler(Branches(), effort)
    circle, text = (endless(),), (Node(kinds=STRING_KIND),)
    effort.start()
    assert sampler.values(circle) == []
    assert effort.is_spent()
    assert sampler.values(text) == []
    # What was not looked for is not remembered.
    effort.start()
    assert sampler.values(text) != []


def test_looks_for_what_has_no_value_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contain, "STEP_BUDGET", 100)
    engine = Containment()
    engine.start(text=False)
    assert not engine.emptiness.none((endless(),))
    assert engine.effort.is_spent()
    # What was not looked at to its end is not remembered.
    (nothing,) = engine.branches.of((Node(kinds=STRING_KIND, min_length=1, pattern="^$"),))
    assert not engine.emptiness.empty(nothing)
    engine.start(text=False)
    assert engine.emptiness.empty(nothing)


@pytest.mark.parametrize(
    ("base", "revision", "reasons"),
    [
        (INTEGER, NUMBER, set()),
        (STRING, INTEGER, {None}),
    ],
)
def test_values_inside_each_other_may_lie_deeper_than_comparisons_of_one(
    monkeypatch: pytest.MonkeyPatch, base: Schema, revision: Schema, reasons: set[str | None]
) -> None:
    monkeypatch.setattr(contain, "MAX_IN_PLACE", 3)
    for _ in range(20):
        base, revision = obj(x=base, y=obj()), obj(x=revision, y=OBJECT)
    found = [change for change in changes(base, revision) if change.proof is not Proof.CONTAINED]
    assert {change.reason for change in found} == reasons


def test_comparisons_of_one_value_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    base, revision = (conditions(20, kind) for kind in (INTEGER, STRING))
    assert {change.proof for change in changes(base, revision)} == {Proof.WITNESS}
    monkeypatch.setattr(contain, "MAX_IN_PLACE", 10)
    assert {change.proof for change in changes(base, revision)} == {Proof.UNDECIDED}


def test_comparisons_beside_each_other_do_not_lie_inside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contain, "MAX_IN_PLACE", 10)
    kinds = [{"type": "array", "minItems": number, "maxItems": number} for number in range(30)]
    wider = [{"type": "array", "minItems": number, "maxItems": number + 1} for number in range(30)]
    assert {change.proof for change in changes({"anyOf": kinds}, {"anyOf": wider})} == {Proof.CONTAINED}
    deep = [conditions(20, {"type": "boolean"}) for _ in range(12)]
    base, revision = (obj(deep={"anyOf": deep}, flat=one) for one in (INTEGER, STRING))
    assert Proof.WITNESS in {change.proof for change in changes(base, revision)}


def conditions(depth: int, inside: Schema) -> Schema:
    """Conditions inside each other."""
    for number in range(depth):
        inside = {"anyOf": [{"type": "array", "maxItems": number}, {"allOf": [inside, {"not": {"const": number}}]}]}
    return inside


@pytest.mark.parametrize("tags", [True, False])
def test_many_kinds_of_nodes_that_lead_to_one_another_are_compared_once_each(tags: bool) -> None:
    names = [f"N{index}" for index in range(9)]

    def either() -> Schema:
        if not tags:
            return {"anyOf": [ref("Leaf"), *map(ref, names)]}
        mapping = {name: ref(name)["$ref"] for name in ("Leaf", *names)}
        return {"oneOf": [*map(ref, mapping)], "discriminator": {"propertyName": "kind", "mapping": mapping}}

    def components(longest: int) -> dict[str, Schema]:
        made: dict[str, Schema] = {"Leaf": obj("leaf", leaf={**STRING, "maxLength": longest})}
        made |= {name: obj(name, **{name: INTEGER, "kids": {**ARRAY, "items": either()}}) for name in names}
        for name in made if tags else ():
            made[name]["properties"]["kind"] = {"const": name}
        return made

    found = changes(either(), either(), base_components=components(9), components=components(5))
    assert [(one.component, one.aspect, one.proof.value) for one in found] == [("Leaf", "maxLength", "witness")]
