"""Two dialects made one: 3.0 and 3.1, and who sends `readOnly` and `writeOnly` properties."""

import pytest

from tests.schema.points import (
    INTEGER,
    NULL,
    NUMBER,
    SILENCE,
    STRING,
    Schema,
    both_ways,
    breaks,
    closed,
    narrowing,
    obj,
    ref,
    request,
    response,
)

UPGRADE = ("3.0.3", "3.1.0")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({**STRING, "nullable": True}, {"anyOf": [STRING, NULL]}),
        ({**STRING, "nullable": True}, {"type": ["string", "null"]}),
        ({**STRING, "nullable": False}, STRING),
        ({**STRING, "nullable": True, "enum": ["a", None]}, {"enum": ["a", None]}),
        ({**STRING, "nullable": True, "enum": ["a"]}, {"enum": ["a"]}),
        ({**NUMBER, "minimum": 0, "exclusiveMinimum": True}, {**NUMBER, "exclusiveMinimum": 0}),
        ({**INTEGER, "maximum": 9, "exclusiveMaximum": True}, {**INTEGER, "maximum": 8}),
        ({**NUMBER, "minimum": 0, "exclusiveMinimum": False}, {**NUMBER, "minimum": 0}),
        ({**NUMBER, "exclusiveMinimum": 0}, {**NUMBER, "exclusiveMinimum": 0}),
        ({**STRING, "format": "binary"}, {**STRING, "contentMediaType": "application/octet-stream"}),
        ({**STRING, "format": "byte"}, {**STRING, "contentEncoding": "base64"}),
        ({"allOf": [ref("A")], "default": None}, ref("A")),
        ({"allOf": [ref("A")], "title": "A"}, {**ref("A"), "title": "B"}),
        ({"type": "file"}, {**STRING, "contentMediaType": "application/octet-stream"}),
    ],
)
def test_an_upgrade_from_3_0_to_3_1_is_silent(old: Schema, new: Schema) -> None:
    assert both_ways(old, new, openapi=UPGRADE, components={"A": STRING})[:2] == SILENCE[:2]


class TestNullable:
    def test_in_3_0_it_adds_null_to_a_type(self) -> None:
        assert both_ways({**STRING, "nullable": True}, STRING, openapi="3.0.3") == narrowing(
            "body nullable removed", "body nullable added", "null"
        )

    def test_in_3_0_it_says_nothing_without_a_type(self) -> None:
        assert both_ways({"allOf": [STRING], "nullable": True}, STRING, openapi="3.0.3") == SILENCE

    def test_in_3_1_it_says_nothing(self) -> None:
        assert both_ways({**STRING, "nullable": True}, STRING) == SILENCE

    def test_an_upgrade_that_keeps_it_forbids_null(self) -> None:
        assert request({**STRING, "nullable": True}, {**STRING, "nullable": True}, openapi=UPGRADE) == [
            "body nullable removed: witness null"
        ]


class TestBesideRef:
    def test_ignored_in_3_0(self) -> None:
        short = {**ref("A"), "maxLength": 3}
        assert both_ways(ref("A"), short, components={"A": STRING}, openapi="3.0.3") == SILENCE

    def test_applied_in_3_1(self) -> None:
        short = {**ref("A"), "maxLength": 3}
        assert both_ways(ref("A"), short, components={"A": STRING}) == narrowing(
            "body maxLength added", "body maxLength removed", '"aaaa"'
        )

    def test_both_say_something(self) -> None:
        components = {"A": {**STRING, "minLength": 1}}
        both = {**STRING, "minLength": 1, "maxLength": 3}
        assert breaks(request({**ref("A"), "maxLength": 3}, both, components=components)) == []


@pytest.mark.parametrize("openapi", ["3.0.3", "3.1.0"])
class TestWhoSends:
    """`readOnly` properties are sent by the server only, `writeOnly` ones by the client only, required or not."""

    def test_a_read_only_property_is_required_in_responses_only(self, openapi: str) -> None:
        after = obj("id", id={**INTEGER, "readOnly": True})
        assert request(obj(id=INTEGER), after, openapi=openapi) == ["body.id readOnly added: contained"]
        assert breaks(response(after, obj(id={**INTEGER, "readOnly": True}), openapi=openapi)) == [
            "body.id required removed: witness {}"
        ]

    def test_a_write_only_property_is_required_in_requests_only(self, openapi: str) -> None:
        before, after = obj(pin={**INTEGER, "writeOnly": True}), obj("pin", pin={**INTEGER, "writeOnly": True})
        assert request(before, after, openapi=openapi) == ["body.pin required added: witness {}"]
        assert response(after, before, openapi=openapi) == []

    def test_what_is_not_sent_may_change(self, openapi: str) -> None:
        for flag, silent, loud in (("readOnly", request, response), ("writeOnly", response, request)):
            before, after = obj("x", x={**INTEGER, flag: True}), obj("x", x={**NUMBER, flag: True})
            assert silent(before, after, openapi=openapi) == []
            assert silent(after, before, openapi=openapi) == []
            assert breaks(loud(before, after, openapi=openapi) + loud(after, before, openapi=openapi)) == [
                'body.x type changed: witness {"x":0.5}'
            ]

    def test_a_mark_in_a_component_counts(self, openapi: str) -> None:
        components = {"Id": {**INTEGER, "readOnly": True}}
        assert request(obj(), obj("id", id=ref("Id")), components=components, openapi=openapi) == []

    def test_required_may_stand_in_another_part(self, openapi: str) -> None:
        marked = obj(id={**INTEGER, "readOnly": True})
        assert request(marked, {**marked, "allOf": [{"required": ["id"]}]}, openapi=openapi) == []
        assert request(marked, {"allOf": [marked, {"required": ["id"]}]}, openapi=openapi) == []

    def test_a_listed_object_with_an_unsent_name_is_never_sent(self, openapi: str) -> None:
        for flag, ask in (("readOnly", request), ("writeOnly", response)):
            listed = {"enum": [{"pin": 1}, {}]}
            sender = {"allOf": [obj(pin={flag: True}), listed]}
            pair = (sender, NUMBER) if flag == "readOnly" else (NUMBER, sender)
            assert [one.rpartition(" ")[2] for one in breaks(ask(*pair, openapi=openapi))] == ["{}"]
            whole = {"allOf": [obj(pin={flag: True}), {"enum": [{"pin": 1}]}]}
            pair = (whole, NUMBER) if flag == "readOnly" else (NUMBER, whole)
            assert breaks(ask(*pair, openapi=openapi)) == []

    def test_a_closed_object_takes_a_property_that_became_read_only(self, openapi: str) -> None:
        assert breaks(request(closed(id=INTEGER), closed(id={**INTEGER, "readOnly": True}), openapi=openapi)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({**STRING, "title": "a"}, {**STRING, "title": "b"}),
        ({**STRING, "default": None}, STRING),
        ({**STRING, "deprecated": False}, STRING),
        ({**STRING, "$schema": "https://spec.openapis.org/oas/3.1/dialect/base"}, STRING),
        ({"$ref": "#named"}, STRING),
        ({"$ref": "#/components/schemas/A%20b"}, STRING),
        ({"$ref": "#/components/schemas/a~1b"}, STRING),
        (ref("Alias"), STRING),
    ],
)
def test_what_says_nothing_about_values(one: Schema, other: Schema) -> None:
    components = {
        "A": {"$anchor": "named", **STRING},
        "A b": STRING,
        "a/b": STRING,
        "Alias": ref("A"),
    }
    assert both_ways(one, other, components=components) == SILENCE
