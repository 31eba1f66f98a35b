"""One finding for a changed place of a component, with the operations it reaches; samples; order."""

import json
from random import Random
from typing import Any

import pytest

from contractkit.api.deep import run_deep
from contractkit.model.change import Change, Direction, Proof
from contractkit.schema.accepted import action_of, located
from contractkit.schema.confirm import TOO_DEEP
from contractkit.schema.document import Side
from contractkit.schema.engine import Mode, Point, SchemaEngine
from tests.schema.points import (
    ARRAY,
    BOOLEAN,
    INTEGER,
    NULL,
    NUMBER,
    OBJECT,
    STRING,
    Components,
    Schema,
    closed,
    document,
    line,
    obj,
    point,
    ref,
    request,
)

REQUEST, RESPONSE = Direction.REQUEST, Direction.RESPONSE


def compared(points: list[Point], before: Components, after: Components) -> list[Change]:
    engine = SchemaEngine(document(Side.BASE, before, "3.1.0"), document(Side.REVISION, after, "3.1.0"))
    return engine.changes(points)


def summary(found: list[Change]) -> set[tuple[str | None, str, tuple[str, ...]]]:
    return {(change.component, line(change), change.operations) for change in found}


class TestOneFindingForAComponent:
    def test_it_lists_the_operations_it_reaches(self) -> None:
        points = [
            point(ref("A"), ref("A"), operation="PUT /b"),
            point(ref("A"), ref("A"), operation="POST /a"),
            point(ref("A"), ref("A"), RESPONSE, operation="GET /a", location="200.body"),
        ]
        assert summary(compared(points, {"A": obj(x=INTEGER)}, {"A": obj(x=STRING)})) == {
            ("A", 'body.x type changed: witness {"x":0}', ("POST /a", "PUT /b")),
            ("A", '200.body.x type changed: witness {"x":""}', ("GET /a",)),
        }

    def test_it_is_found_below_other_components(self) -> None:
        shared = {"List": {**ARRAY, "items": ref("A")}, "Page": obj(items=ref("List"))}
        points = [
            point(ref("Page"), ref("Page"), operation="POST /page"),
            point(ref("List"), ref("List"), operation="POST /list"),
            point(obj(a=ref("A")), obj(a=ref("A")), operation="POST /inline"),
        ]
        (change,) = compared(points, {"A": obj(x=INTEGER), **shared}, {"A": obj(x=STRING), **shared})
        assert change.component == "A"
        assert change.operations == ("POST /inline", "POST /list", "POST /page")
        assert change.location == "body.a.x"

    def test_a_schema_that_is_written_once_and_stands_at_two_places_is_found_at_both(self) -> None:
        # As YAML's aliases do it.
        before, after = {"A": obj(x=INTEGER, y=obj(z=INTEGER))}, {"A": obj(x=STRING, y=obj(z=STRING))}
        assert summary(compared([point(ref("A"), ref("A"))], before, after)) == {
            ("A", 'body.x type changed: witness {"x":0}', ("POST /x",)),
            ("A", 'body.y.z type changed: witness {"y":{"z":0}}', ("POST /x",)),
        }

    def test_two_breaks_in_one_component_are_both_found(self) -> None:
        before = {"A": obj(x=INTEGER, y=STRING)}
        after = {"A": obj("y", x=STRING, y={**STRING, "maxLength": 3})}
        assert summary(compared([point(ref("A"), ref("A"))], before, after)) == {
            ("A", 'body.x type changed: witness {"x":0,"y":""}', ("POST /x",)),
            ("A", "body.y required added: witness {}", ("POST /x",)),
            ("A", 'body.y maxLength added: witness {"y":"aaaa"}', ("POST /x",)),
        }

    def test_a_break_behind_another_is_found(self) -> None:
        before = {"A": obj(o=obj(y=INTEGER))}
        after = {"A": obj("z", o=obj("w", y=STRING, w=INTEGER), z=INTEGER)}
        found = compared([point(ref("A"), ref("A"))], before, after)
        assert {(change.location, change.aspect, change.proof) for change in found} == {
            ("body.z", "property", Proof.WITNESS),
            ("body.o.w", "property", Proof.WITNESS),
            ("body.o.y", "type", Proof.WITNESS),
        }

    @pytest.mark.parametrize("after", [ref("Renamed"), obj(x=STRING)])
    def test_the_component_s_name_is_the_base_s_where_it_was_renamed_or_inlined(self, after: Schema) -> None:
        points = [point(ref("A"), after, operation=name) for name in ("POST /a", "PUT /a")]
        assert summary(compared(points, {"A": obj(x=INTEGER)}, {"Renamed": obj(x=STRING)})) >= {
            ("A", 'body.x type changed: witness {"x":0}', ("POST /a", "PUT /a")),
        }

    def test_a_split_into_input_and_output_is_silent_where_the_values_are_the_same(self) -> None:
        points = [
            point(ref("A"), ref("A-Input"), operation="POST /a"),
            point(ref("A"), ref("A-Output"), RESPONSE, operation="GET /a", location="200.body"),
        ]
        after = {"A-Input": obj(x=INTEGER), "A-Output": obj("x", x=INTEGER)}
        assert summary(compared(points, {"A": obj(x=INTEGER)}, after)) == {
            ("A-Output", "200.body.x required added: contained", ("GET /a",))
        }

    def test_another_component_in_its_place_is_told_once(self) -> None:
        points = [point(ref("A"), ref("B")), point(ref("A"), ref("B"), RESPONSE, location="200.body")]
        after = {"B": obj("x", x=INTEGER)}
        assert summary(compared(points, {"A": obj("x", "y", x=INTEGER, y=STRING)}, after)) == {
            ("A", "body.y property removed: contained", ("POST /x",)),
            ("B", '200.body.y property removed: witness {"x":0}', ("POST /x",)),
        }

    def test_a_type_that_came_beside_another_is_told_once(self) -> None:
        listed = {"type": "array", "items": INTEGER}
        points = [point(listed, {"anyOf": [listed, ref("B")]}, RESPONSE, location="200.body")]
        assert summary(compared(points, {}, {"B": obj("x", x=INTEGER)})) == {
            ("B", '200.body type changed: witness {"x":0}', ("POST /x",))
        }

    def test_inline_schemas_of_two_operations_are_two_findings(self) -> None:
        points = [point(INTEGER, STRING, operation=name) for name in ("POST /a", "PUT /a")]
        assert summary(compared(points, {}, {})) == {
            (None, "body type changed: witness 0", ("POST /a",)),
            (None, "body type changed: witness 0", ("PUT /a",)),
        }

    def test_accepted_changes_list_their_operations_too(self) -> None:
        points = [point(ref("A"), ref("A"), operation=name) for name in ("PUT /a", "POST /a")]
        assert summary(compared(points, {"A": obj(x=INTEGER)}, {"A": obj(x=NUMBER)})) == {
            ("A", "body.x type changed: contained", ("POST /a", "PUT /a"))
        }

    def test_the_same_component_may_break_in_one_direction_only(self) -> None:
        points = [point(ref("A"), ref("A")), point(ref("A"), ref("A"), RESPONSE, location="200.body")]
        assert summary(compared(points, {"A": obj(x=INTEGER)}, {"A": obj("x", x=INTEGER)})) == {
            ("A", "body.x required added: witness {}", ("POST /x",)),
            ("A", "200.body.x required added: contained", ("POST /x",)),
        }


def test_the_refusal_says_what_the_receiver_says() -> None:
    (change,) = compared([point(obj(a=INTEGER), obj(a={**INTEGER, "minimum": 5}))], {}, {})
    assert change.witness is not None
    assert change.witness.refusal.startswith("a: ")
    assert "5" in change.witness.refusal


def test_facts_of_the_point_are_handed_on() -> None:
    one = Point("GET /a", "200.header.ETag", RESPONSE, STRING, INTEGER, point(True, True).witness, Mode.TEXT,
                {"status": "200", "place": "header"})  # fmt: skip
    (change,) = compared([one], {}, {})
    assert (change.location, change.facts["status"], change.facts["place"]) == ("200.header.ETag", "200", "header")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), "body"),
        (("a",), "body.a"),
        (("items", "[]", "qty"), "body.items[].qty"),
        (("[]",), "body[]"),
        (("[0]", "[]"), "body[0][]"),
        (("*",), "body.*"),
        (("a.b", "c[d]"), 'body."a.b"."c[d]"'),
        (("[]", "a"), "body[].a"),
    ],
)
def test_locations(path: tuple[str, ...], text: str) -> None:
    assert located(point(True, True), path) == text


@pytest.mark.parametrize(
    ("before", "after", "action"),
    [
        (None, 1, "added"),
        (1, None, "removed"),
        (False, True, "added"),
        (True, False, "removed"),
        (1, 2, "increased"),
        (2, 1.5, "decreased"),
        ("a", "b", "changed"),
        ("> 1", 1, "changed"),
        ([], [1], "changed"),
        (True, 2, "changed"),
    ],
)
def test_actions(before: Any, after: Any, action: str) -> None:
    assert action_of(before, after) == action


class TestSample:
    @staticmethod
    def sample(schema: Schema, mode: Mode = Mode.JSON, direction: Direction = REQUEST) -> tuple[bool, Any]:
        components = {"Item": obj("sku", "qty", sku=STRING, qty={**INTEGER, "minimum": 1}, note=STRING),
                      "Endless": obj("next", next=ref("Endless"))}  # fmt: skip
        base, revision = (document(side, components, "3.1.0", schema) for side in Side)
        return SchemaEngine(base, revision).sample(Side.BASE, schema, direction, mode)

    @pytest.mark.parametrize(
        ("schema", "value"),
        [
            (STRING, ""),
            ({**STRING, "minLength": 3}, "000"),
            (INTEGER, 0),
            ({**INTEGER, "minimum": 7, "maximum": 8}, 7),
            ({**INTEGER, "multipleOf": 7, "minimum": 1}, 7),
            ({"type": "boolean"}, True),
            (NULL, None),
            ({"enum": ["bb", "a"]}, "a"),
            ({**STRING, "pattern": "^a{2}$"}, "aa"),
            (ARRAY, []),
            ({**ARRAY, "items": INTEGER, "minItems": 2}, [0, 0]),
            (OBJECT, {}),
            (ref("Item"), {"qty": 1, "sku": ""}),
            ({"anyOf": [ref("Item"), NULL]}, None),
            ({"allOf": [{**INTEGER, "minimum": 5}, {"maximum": 5}]}, 5),
        ],
    )
    def test_the_smallest_value(self, schema: Schema, value: Any) -> None:
        found, made = self.sample(schema)
        assert (found, json.dumps(made)) == (True, json.dumps(value))

    @pytest.mark.parametrize("schema", [False, {"allOf": [STRING, INTEGER]}, ref("Endless"), {**STRING, "not": STRING}])
    def test_none_where_there_is_none(self, schema: Schema) -> None:
        assert self.sample(schema) == (False, None)

    def test_text_is_never_null_and_never_an_empty_list(self) -> None:
        assert self.sample({"type": ["null", "integer"]}, Mode.TEXT) == (True, 0)
        assert self.sample({**ARRAY, "items": INTEGER}, Mode.TEXT) == (True, [0])
        assert self.sample(NULL, Mode.TEXT) == (False, None)

    def test_read_only_properties_are_sent_by_the_server_only(self) -> None:
        schema = obj("id", id={**INTEGER, "readOnly": True})
        assert self.sample(schema) == (True, {})
        assert self.sample(schema, direction=RESPONSE) == (True, {"id": 0})


def shuffled(value: Any, random: Random) -> Any:
    """The same schema with its keys in another order."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(one, random) for one in value] if isinstance(value, list) else value


def test_the_order_of_keys_changes_nothing() -> None:
    before = {
        "Order": obj("id", "lines", id=STRING, lines={**ARRAY, "items": ref("Line")}, buyer=ref("User"), note=STRING),
        "Line": obj("sku", sku=STRING, qty={**INTEGER, "minimum": 0}, parent={"anyOf": [ref("Order"), NULL]}),
        "User": {"anyOf": [obj("name", name=STRING), obj("org", org=STRING, vat=STRING)]},
    }
    after = {
        "Order": closed("id", "lines", "total", id=INTEGER, lines={**ARRAY, "items": ref("Line"), "minItems": 1},
                        buyer=ref("User"), total=NUMBER),
        "Line": obj("sku", "qty", sku={**STRING, "maxLength": 8}, qty={**INTEGER, "minimum": 1}, parent=ref("Order")),
        "User": {"anyOf": [obj("name", name={**STRING, "minLength": 1}), obj("org", "vat", org=STRING, vat=STRING)]},
    }  # fmt: skip
    points = [point(ref("Order"), ref("Order")), point(ref("Order"), ref("Order"), RESPONSE, location="200.body")]
    expected = summary(compared(points, before, after))
    assert len(expected) > 10
    for seed in range(8):
        random = Random(seed)
        random.shuffle(points)
        assert summary(compared(points, shuffled(before, random), shuffled(after, random))) == expected


def test_the_list_itself_is_the_same_every_time() -> None:
    pair = obj(a=INTEGER, b=STRING, c=NUMBER), obj("d", a=STRING, b=INTEGER, c=NULL, d=STRING)
    assert len({json.dumps([line(one) for one in compared([point(*pair)], {}, {})]) for _ in range(5)}) == 1
    assert request(*pair) == request(*pair)


def test_a_witness_may_be_nested_deeper_than_the_validator_tells_errors() -> None:
    """It refuses the value, and cannot hand over the object that it refuses."""
    inside: Any = {"type": "integer"}
    for _ in range(300):
        inside = {"type": "object", "properties": {"n": inside}, "required": ["n"]}
    base = {"type": "object", "properties": {"deep": inside, "x": {"type": "integer"}}, "required": ["deep"]}
    (change,) = run_deep(lambda: compared([point(base, {**base, "required": ["deep", "x"]})], {}, {}))
    assert (change.proof, change.aspect) == (Proof.WITNESS, "required")
    assert change.witness is not None
    assert change.witness.refusal == TOO_DEEP


def test_a_break_is_shown_by_what_is_refused_there_and_not_elsewhere() -> None:
    """The value must be `null` under `b`, which is refused: that shows nothing of what nobody can read under `a`."""
    base = obj("a", "b", a={"anyOf": [{"type": "odd"}, INTEGER]}, b=obj(c=STRING))
    revision = obj("a", "b", a={"anyOf": [BOOLEAN, INTEGER]}, b=obj("c", c={"type": "null"}))
    found = compared([point(base, revision, RESPONSE, location="200.body")], {}, {})
    assert sorted(line(change) for change in found) == [
        '200.body.a schema changed: undecided (type "odd")',
        '200.body.b.c nullable added: witness {"a":0,"b":{"c":null}}',
    ]
