"""What comes beside something else is told as that, and not as what took its place."""

import pytest

from contractkit.model.change import Direction, Proof
from contractkit.rules.registry import rule_for
from tests.schema.points import ARRAY, NUMBER, STRING, Schema, changes, obj

REQUEST, RESPONSE = Direction.REQUEST, Direction.RESPONSE


def told(base: Schema, revision: Schema, direction: Direction) -> list[str]:
    found = [change for change in changes(base, revision, direction) if change.proof is Proof.WITNESS]
    return sorted(rule_for(change).message(change) for change in found)


TEXT_TAG, OWN_TAG = (obj("type", type={"const": name}) for name in ("text", "custom"))
WITH_A, WITH_B = obj("a", a=STRING), obj("b", b=STRING)


@pytest.mark.parametrize(
    ("one", "several", "answered", "asked"),
    [
        (NUMBER, {"anyOf": [NUMBER, ARRAY]}, 'the response body may now be "array" too', "no longer be"),
        (TEXT_TAG, {"oneOf": [TEXT_TAG, OWN_TAG]}, '`type` may now be "custom" too', "no longer be"),
        (WITH_A, {"anyOf": [WITH_A, WITH_B]}, "property `a`, which was always there, may be missing now", "required"),
    ],
)
def test_what_came_beside_something_did_not_take_its_place(
    one: Schema, several: Schema, answered: str, asked: str
) -> None:
    assert told(one, several, RESPONSE) == [answered]
    (message,) = told(several, one, REQUEST)
    assert asked in message
    assert "changed" not in message


def test_what_took_the_place_of_something_is_told_with_both() -> None:
    assert told(NUMBER, ARRAY, RESPONSE) == ['the type of the response body changed from "number" to "array"']
    assert told(TEXT_TAG, OWN_TAG, RESPONSE) == ['`type` may be "custom" and no longer "text"']
    other = {"anyOf": [{**obj("a", a=NUMBER), "title": "A"}, obj("b", "c", b=STRING, c=STRING)]}
    union = {"anyOf": [{**obj("a", a=STRING), "title": "A"}, obj("b", "c", b=STRING, c=STRING)]}
    assert told(union, other, RESPONSE) == ['the type of `a` changed from "string" to "number"']
