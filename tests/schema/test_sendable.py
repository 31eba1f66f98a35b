"""The exemption at work on values: names that only the receiver declares are not sent."""

from typing import Any

import pytest

from contractkit.model.change import Direction
from contractkit.schema.contain import Containment
from contractkit.schema.document import Side
from contractkit.schema.lift import Lift
from contractkit.schema.sendable import Exemptions, may_be_sent
from tests.schema.points import ARRAY, INTEGER, OBJECT, STRING, Schema, document, obj

ONE_OR_OTHER = {"anyOf": [obj("a", a=INTEGER), obj("b", b=INTEGER)]}


@pytest.mark.parametrize(
    ("sender", "receiver", "value", "sent"),
    [
        (OBJECT, obj(a=INTEGER), {}, True),
        (OBJECT, obj(a=INTEGER), {"b": 1}, True),
        (OBJECT, obj(a=INTEGER), {"a": 1}, False),
        (OBJECT, obj(a=INTEGER), {"b": 1, "a": 1}, False),
        (True, obj(a=INTEGER), {"a": 1}, False),
        (obj(a=STRING), obj(a=INTEGER), {"a": ""}, True),
        ({**OBJECT, "required": ["a"]}, obj(a=INTEGER), {"a": ""}, True),
        ({**OBJECT, "additionalProperties": STRING}, obj(a=INTEGER), {"a": ""}, True),
        ({**OBJECT, "additionalProperties": True}, obj(a=INTEGER), {"a": ""}, False),
        ({**OBJECT, "patternProperties": {"^a": STRING}}, obj(a=INTEGER, b=INTEGER), {"a": ""}, True),
        ({**OBJECT, "patternProperties": {"^a": STRING}}, obj(a=INTEGER, b=INTEGER), {"b": ""}, False),
        (OBJECT, {"allOf": [obj(a=INTEGER), obj(b=INTEGER)]}, {"b": 1}, False),
        (OBJECT, {"anyOf": [obj(a=INTEGER), STRING]}, {"a": 1}, False),
        (OBJECT, {"if": STRING, "else": obj(a=INTEGER)}, {"a": 1}, False),
        (OBJECT, {"not": obj(a=INTEGER)}, {"a": 1}, True),
        (obj(o=OBJECT), obj(o=obj(a=INTEGER)), {"o": {"a": 1}}, False),
        (obj(o=OBJECT), obj(o=obj(a=INTEGER)), {"o": {"b": 1}}, True),
        (obj(o=obj(a=STRING)), obj(o=obj(a=INTEGER)), {"o": {"a": ""}}, True),
        ({**ARRAY, "items": OBJECT}, {**ARRAY, "items": obj(a=INTEGER)}, [{}, {"a": 1}], False),
        ({**ARRAY, "items": OBJECT}, {**ARRAY, "items": obj(a=INTEGER)}, [{}, {"b": 1}], True),
        (ARRAY, {**ARRAY, "prefixItems": [True, obj(a=INTEGER)]}, [{"a": 1}, {}], True),
        (ARRAY, {**ARRAY, "prefixItems": [True, obj(a=INTEGER)]}, [{}, {"a": 1}], False),
        (ONE_OR_OTHER, obj(a=INTEGER, b=STRING), {"a": 1}, True),
        (ONE_OR_OTHER, obj(a=INTEGER, b=STRING), {"b": 1}, True),
        (ONE_OR_OTHER, obj(a=INTEGER, b=STRING), {"a": 1, "b": ""}, False),
        (ONE_OR_OTHER, obj(a=INTEGER, c=STRING), {"a": 1, "c": ""}, False),
        (INTEGER, STRING, 1, True),
    ],
)
def test_what_may_be_sent(sender: Schema, receiver: Schema, value: Any, sent: bool) -> None:
    sends, receives = (
        Lift(document(side, None, "3.1.0", schema), Direction.REQUEST).node(schema)
        for side, schema in ((Side.BASE, sender), (Side.REVISION, receiver))
    )
    assert may_be_sent(Containment().branches, (sends,), (receives,), value) is sent
    assert sent or not Exemptions().none(sends, receives)


@pytest.mark.parametrize(
    ("sender", "receiver", "none"),
    [
        (obj(a=STRING, b=STRING), obj(a=INTEGER), True),
        (obj(a=STRING), obj(a=INTEGER, b=STRING), False),
        (obj(o=obj(a=STRING)), obj(o=obj(a=INTEGER)), True),
        (obj(o=obj(a=STRING)), obj(o=obj(b=INTEGER)), False),
        ({"anyOf": [obj(a=STRING), {"type": "null"}]}, obj(a=INTEGER), True),
        (ONE_OR_OTHER, obj(a=INTEGER, b=STRING), False),
        ({"allOf": [obj(a=STRING)], **OBJECT}, obj(a=INTEGER), True),
        ({"allOf": [obj(a=STRING), obj(b=obj(c=STRING))]}, obj(a=INTEGER, b=obj(c=INTEGER)), True),
        ({"allOf": [obj(a=STRING), obj(b=obj(c=STRING))]}, obj(a=INTEGER, b=obj(d=INTEGER)), False),
        ({"allOf": [obj(a=STRING), obj(b=STRING)]}, obj(a=INTEGER, c=INTEGER), False),
        ({"allOf": [obj(a=STRING), {"anyOf": [obj(b=STRING), obj(c=STRING)]}]}, obj(a=INTEGER), False),
        ({"allOf": [obj(a=STRING), {"additionalProperties": STRING}]}, obj(b=INTEGER), True),
        ({**obj(a=STRING), "dependentSchemas": {"a": obj(b=STRING)}}, obj(a=INTEGER), False),
        (obj(a=STRING), {"allOf": [obj(a=INTEGER), obj(b=INTEGER)]}, False),
        ({**ARRAY, "items": obj(a=STRING)}, {**ARRAY, "items": obj(a=INTEGER)}, True),
        ({**ARRAY, "items": obj(a=STRING)}, {**ARRAY, "prefixItems": [obj(b=INTEGER)]}, False),
        ({**ARRAY, "prefixItems": [obj(a=STRING)]}, {**ARRAY, "prefixItems": [obj(a=INTEGER)]}, True),
        ({**ARRAY, "prefixItems": [obj(a=STRING)]}, {**ARRAY, "prefixItems": [obj(b=INTEGER)]}, False),
        ({**ARRAY, "prefixItems": [obj(a=STRING)]}, {**ARRAY, "prefixItems": [True, obj(b=INTEGER)]}, False),
        ({**ARRAY, "prefixItems": [obj(a=STRING)]}, {**ARRAY, "prefixItems": [True], "items": INTEGER}, True),
        ({**ARRAY, "prefixItems": [obj(a=STRING)]}, {**ARRAY, "prefixItems": [True], "items": OBJECT}, False),
        ({**ARRAY, "unevaluatedItems": obj(a=STRING)}, {**ARRAY, "items": obj(a=INTEGER)}, True),
        ({**ARRAY, "unevaluatedItems": obj(a=STRING)}, {**ARRAY, "items": obj(b=INTEGER)}, False),
        ({**ARRAY, "contains": OBJECT, "unevaluatedItems": obj(a=STRING)}, {**ARRAY, "items": obj(a=INTEGER)}, False),
        ({**obj(a=STRING), "unevaluatedProperties": obj(b=STRING)}, obj(a=INTEGER, c=obj(b=INTEGER)), True),
        ({**obj(a=STRING), "unevaluatedProperties": obj(b=STRING)}, obj(a=INTEGER, c=obj(d=INTEGER)), False),
        ({**obj(a=STRING), "unevaluatedProperties": False}, obj(a=INTEGER), True),
        ({**obj(a=STRING), "additionalProperties": False}, obj(a=INTEGER), True),
        (obj(a=STRING), {**obj(a=INTEGER), "additionalProperties": False}, True),
        (obj(a=STRING), {**obj(a=INTEGER), "additionalProperties": obj(b=INTEGER)}, False),
        ({**obj(a=STRING), "patternProperties": {"^x": STRING}}, obj(a=INTEGER), True),
        ({**OBJECT, "patternProperties": {"^x": obj(a=STRING)}}, obj(x=obj(a=STRING)), True),
        ({**OBJECT, "patternProperties": {"^x": obj(a=STRING)}}, obj(x=obj(b=STRING)), False),
        ({**OBJECT, "patternProperties": {"^x": obj(a=STRING)}}, obj(y=STRING), False),
        (
            {**OBJECT, "patternProperties": {"^x": obj(a=STRING)}},
            {**OBJECT, "patternProperties": {"^x": obj(a=INTEGER)}},
            True,
        ),
        (
            {**OBJECT, "patternProperties": {"^x": obj(a=STRING)}},
            {**OBJECT, "patternProperties": {"x": obj(a=INTEGER)}},
            False,
        ),
        ({**OBJECT, "additionalProperties": obj(a=STRING)}, obj(x=obj(a=INTEGER)), True),
        ({**OBJECT, "additionalProperties": obj(a=STRING)}, obj(x=obj(b=INTEGER)), False),
        (
            {**obj(x=obj(a=STRING)), "additionalProperties": STRING},
            {**OBJECT, "additionalProperties": obj(b=STRING)},
            False,
        ),
        (obj(x=obj(a=STRING)), {**obj(x=obj(a=STRING)), "patternProperties": {"^x": obj(b=STRING)}}, False),
        (INTEGER, obj(a=INTEGER), True),
        (True, obj(a=INTEGER), False),
    ],
)
def test_pairs_between_which_nothing_is_exempt(sender: Schema, receiver: Schema, none: bool) -> None:
    sends, receives = (
        Lift(document(side, None, "3.1.0", schema), Direction.REQUEST).node(schema)
        for side, schema in ((Side.BASE, sender), (Side.REVISION, receiver))
    )
    exemptions = Exemptions()
    assert [exemptions.none(sends, receives), exemptions.none(sends, receives)] == [none, none]
