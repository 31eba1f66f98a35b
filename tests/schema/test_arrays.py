"""Items by their index, counts, uniqueness and `contains`."""

import pytest

from tests.schema.points import (
    ARRAY,
    INTEGER,
    NULL,
    NUMBER,
    SILENCE,
    STRING,
    Schema,
    both_ways,
    breaks,
    changes,
    narrowing,
    request,
    response,
)

INTEGERS = {**ARRAY, "items": INTEGER}
PAIR = {**ARRAY, "prefixItems": [INTEGER, STRING]}


@pytest.mark.parametrize(
    ("loose", "tight", "tightened", "loosened", "witness"),
    [
        (INTEGERS, {**ARRAY, "items": {**INTEGER, "minimum": 0}}, "body[] minimum added", "body[] minimum removed",
         "[-1]"),
        ({**ARRAY, "items": NUMBER}, INTEGERS, "body[] type changed", "body[] type changed", "[0.5]"),
        ({**ARRAY, "items": {"anyOf": [INTEGER, NULL]}}, INTEGERS, "body[] nullable removed", "body[] nullable added",
         "[null]"),
        ({**ARRAY, "items": INTEGERS}, {**ARRAY, "items": {**ARRAY, "items": {**INTEGER, "maximum": 3}}},
         "body[][] maximum added", "body[][] maximum removed", "[[4]]"),
        (INTEGERS, {**INTEGERS, "minItems": 1}, "body minItems added", "body minItems removed", "[]"),
        ({**INTEGERS, "minItems": 1}, {**INTEGERS, "minItems": 3}, "body minItems increased", "body minItems decreased",
         "[0]"),
        (INTEGERS, {**INTEGERS, "maxItems": 1}, "body maxItems added", "body maxItems removed", "[0,0]"),
        ({**INTEGERS, "maxItems": 3}, {**INTEGERS, "maxItems": 2}, "body maxItems decreased", "body maxItems increased",
         "[0,0,0]"),
        (INTEGERS, {**INTEGERS, "uniqueItems": True}, "body uniqueItems added", "body uniqueItems removed", "[0,0]"),
        ({**ARRAY, "prefixItems": [INTEGER, NUMBER]}, {**ARRAY, "prefixItems": [INTEGER, INTEGER]},
         "body[1] type changed", "body[1] type changed", "[0,0.5]"),
    ],
)  # fmt: skip
def test_a_narrower_schema_breaks_who_sends_more(
    loose: Schema, tight: Schema, tightened: str, loosened: str, witness: str
) -> None:
    assert both_ways(loose, tight) == narrowing(tightened, loosened, witness)


@pytest.mark.parametrize(
    ("loose", "tight", "tightened", "loosened", "witness"),
    [
        (PAIR, {**PAIR, "items": False}, "items", "items", '[0,"",0]'),
        (INTEGERS, {**INTEGERS, "contains": {"const": 1}}, "contains added", "contains removed", "[]"),
        ({**INTEGERS, "contains": INTEGER}, {**INTEGERS, "contains": INTEGER, "minContains": 2},
         "minContains increased", "minContains decreased", "[0]"),
        ({**INTEGERS, "contains": {"const": 1}}, {**INTEGERS, "contains": {"const": 1}, "maxContains": 1},
         "maxContains added", "maxContains removed", "[1,1]"),
        (PAIR, {**PAIR, "unevaluatedItems": False}, "unevaluatedItems", "unevaluatedItems", '[0,"",0]'),
        (INTEGERS, {**INTEGERS, "contains": {}}, "contains added", "contains removed", "[]"),
    ],
)  # fmt: skip
def test_the_one_break_of_a_narrower_schema(
    loose: Schema, tight: Schema, tightened: str, loosened: str, witness: str
) -> None:
    (sent,) = breaks(request(loose, tight))
    assert sent.startswith(f"body {tightened}")
    assert sent.endswith(f": witness {witness}")
    (answered,) = breaks(response(tight, loose))
    assert answered.startswith(f"body {loosened}")
    assert answered.endswith(f": witness {witness}")
    assert breaks(response(loose, tight)) == []
    assert breaks(request(tight, loose)) == []


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ({**INTEGERS, "maxItems": 1}, {**INTEGERS, "uniqueItems": True}),
        ({**ARRAY, "prefixItems": [INTEGER, INTEGER], "items": False}, {**INTEGERS, "maxItems": 2}),
        ({**ARRAY, "items": False}, {**INTEGERS, "maxItems": 0}),
        ({**ARRAY, "maxItems": 0}, {**ARRAY, "items": False}),
        ({**ARRAY, "maxItems": 1}, {**ARRAY, "prefixItems": [True], "items": False}),
        ({**ARRAY, "contains": {"const": 1}}, {**ARRAY, "contains": INTEGER}),
        ({**ARRAY, "contains": {"const": 1}, "minContains": 2}, {**ARRAY, "minItems": 2}),
        ({**ARRAY, "items": {"const": 1}, "minItems": 1}, {**ARRAY, "contains": INTEGER}),
        ({**INTEGERS, "maxItems": 2}, {**ARRAY, "contains": INTEGER, "minContains": 0, "maxContains": 2}),
        ({**INTEGERS, "minItems": 1}, {**INTEGERS, "contains": {}}),
        ({**PAIR, "items": False}, {**PAIR, "unevaluatedItems": False}),
        ({**PAIR, "unevaluatedItems": False}, {**PAIR, "maxItems": 2}),
        ({**PAIR, "items": False}, {**PAIR, "allOf": [{"prefixItems": [True]}], "unevaluatedItems": False}),
        ({**PAIR, "items": False}, {"allOf": [PAIR, {"prefixItems": [True]}], "unevaluatedItems": False}),
        (ARRAY, {"allOf": [{**ARRAY, "items": True}], "unevaluatedItems": False}),
        ({**INTEGERS, "minItems": 1}, {**ARRAY, "allOf": [INTEGERS, {"minItems": 1}]}),
        (INTEGERS, {"anyOf": [INTEGERS, {**ARRAY, "items": STRING}]}),
    ],
)
def test_arrays_that_the_receiver_takes(sent: Schema, received: Schema) -> None:
    assert breaks(request(sent, received)) == []
    assert breaks(response(received, sent)) == []


@pytest.mark.parametrize(
    ("sent", "received", "line"),
    [
        (INTEGERS, {**ARRAY, "items": STRING}, "body[] type changed: witness [0]"),
        (PAIR, {**ARRAY, "prefixItems": [STRING, STRING]}, "body[0] type changed: witness [0]"),
        ({**ARRAY, "prefixItems": [INTEGER], "items": NULL}, INTEGERS, "body[] nullable removed: witness [0,null]"),
        ({**PAIR, "items": False, "minItems": 2}, INTEGERS, 'body[1] type changed: witness [0,""]'),
        ({**ARRAY, "contains": INTEGER}, {**ARRAY, "contains": {"const": 1}}, "body contains changed: witness [0]"),
    ],
)  # fmt: skip
def test_the_first_item_that_is_refused(sent: Schema, received: Schema, line: str) -> None:
    assert line in breaks(request(sent, received))


def test_a_tuple_written_as_3_0_writes_it() -> None:
    listed = {**ARRAY, "items": [INTEGER, STRING]}
    assert both_ways(listed, PAIR, openapi=("3.0.3", "3.1.0")) == SILENCE
    assert both_ways({**listed, "additionalItems": False}, {**PAIR, "items": False}) == SILENCE


def test_items_that_accept_nothing_are_never_sent() -> None:
    impossible = {"allOf": [STRING, INTEGER]}
    assert breaks(request({**ARRAY, "items": impossible}, {**ARRAY, "items": False})) == []
    assert breaks(request({**ARRAY, "items": impossible, "minItems": 1}, STRING)) == []


@pytest.mark.parametrize(
    ("sent", "received", "witness"),
    [
        ({"contains": NULL}, {"prefixItems": [{"maximum": 0.5}]}, "[1,null]"),
        ({"type": "array", "contains": NUMBER}, {"items": NUMBER}, "[null,0]"),
        ({"type": "array", "items": NUMBER, "contains": NUMBER, "minContains": 2}, {"maxItems": 2}, "[0,0,0]"),
        ({"type": "array", "contains": {"const": 1}, "maxContains": 1}, {"items": {"type": "string"}}, "[null,1]"),
    ],
)
def test_a_witness_holds_what_the_sender_must_hold(sent: Schema, received: Schema, witness: str) -> None:
    assert [one.rpartition("witness ")[2] for one in breaks(request(sent, received))] == [witness]


def test_items_that_a_tuple_does_not_have_did_not_change() -> None:
    exact, listed = {**PAIR, "minItems": 2, "maxItems": 2}, {**ARRAY, "minItems": 2, "maxItems": 2}
    assert request(exact, {**listed, "items": {"anyOf": [INTEGER, STRING]}}) == [
        "body prefixItems removed: contained",
        "body[0] type changed: contained",
        "body[1] type changed: contained",
    ]


def test_what_had_to_be_there_before_is_told() -> None:
    (change,) = changes({**ARRAY, "contains": STRING}, {**ARRAY, "contains": INTEGER})
    assert (change.aspect, change.before, change.after) == ("contains", STRING, INTEGER)
