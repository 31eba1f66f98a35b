"""Lengths, patterns, formats and the content keywords."""

import itertools

import pytest

from contractkit.model.change import Direction, Proof
from tests.schema.points import (
    INTEGER,
    SILENCE,
    STRING,
    Schema,
    both_ways,
    breaks,
    changes,
    narrowing,
    obj,
    ref,
    request,
    response,
)

LOWER_UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


@pytest.mark.parametrize(
    ("loose", "tight", "tightened", "loosened", "witness"),
    [
        (STRING, {**STRING, "minLength": 1}, "minLength added", "minLength removed", '""'),
        ({**STRING, "minLength": 1}, {**STRING, "minLength": 2}, "minLength increased", "minLength decreased", '"0"'),
        (STRING, {**STRING, "maxLength": 2}, "maxLength added", "maxLength removed", '"aaa"'),
        ({**STRING, "maxLength": 4}, {**STRING, "maxLength": 2}, "maxLength decreased", "maxLength increased", '"aaa"'),
        (STRING, {**STRING, "pattern": "^a"}, "pattern added", "pattern removed", '""'),
        ({**STRING, "pattern": "^a"}, {**STRING, "pattern": "^ab"}, "pattern changed", "pattern changed", '"a"'),
        ({**STRING, "pattern": "^(a|b|c)$"}, {**STRING, "pattern": "^[ab]$"}, "pattern changed", "pattern changed",
         '"c"'),
        ({**STRING, "pattern": "a"}, {**STRING, "pattern": "^a$"}, "pattern changed", "pattern changed", '"aa"'),
        ({**STRING, "pattern": "^a"}, {**STRING, "pattern": "^(?!ab)a"}, "pattern changed", "pattern changed", '"ab"'),
        (STRING, {**STRING, "format": "uuid"}, "format added", "format removed", '""'),
        ({**STRING, "format": "uri-reference"}, {**STRING, "format": "uri"}, "format changed", "format changed",
         '"/"'),
    ],
)  # fmt: skip
def test_a_narrower_schema_breaks_who_sends_more(
    loose: Schema, tight: Schema, tightened: str, loosened: str, witness: str
) -> None:
    assert both_ways(loose, tight) == narrowing(f"body {tightened}", f"body {loosened}", witness)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("^[0-9]+$", r"^\d+$"),
        ("^[a-c]$", "^(a|b|c)$"),
        ("^a{2,3}$", "^aaa?$"),
        ("^(?:ab)*$", "^(ab(ab)*)?$"),
        ("^(?!x)a", "^(?!y)a"),
        ("", ".*"),
    ],
)
def test_patterns_of_the_same_texts_accept_each_other(one: str, other: str) -> None:
    for found in both_ways({**STRING, "pattern": one}, {**STRING, "pattern": other}):
        assert breaks(found) == []


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ({"pattern": "^a{2,3}$"}, {"minLength": 2, "maxLength": 3}),
        ({"pattern": "^[0-9]{4}$"}, {"pattern": "^[0-9]", "minLength": 4}),
        ({"pattern": "^a", "maxLength": 1}, {"pattern": "^a$"}),
        ({"enum": ["a1", "b2"]}, {"pattern": "^[a-z][0-9]$"}),
        ({"format": "uuid"}, {"pattern": "^[0-9A-Fa-f-]+$"}),
        ({"format": "uuid"}, {"minLength": 36, "maxLength": 36}),
        ({"format": "date"}, {"pattern": r"^\d{4}-\d\d-\d\d$"}),
        ({"format": "date"}, {"minLength": 10, "maxLength": 10}),
        ({"format": "ipv4"}, {"maxLength": 15}),
        ({"format": "email"}, {"format": "idn-email"}),
        ({"format": "hostname"}, {"format": "idn-hostname"}),
        ({"format": "uri"}, {"format": "iri"}),
        ({"format": "uri"}, {"format": "uri-reference"}),
        ({"format": "uri-reference"}, {"format": "iri-reference"}),
        ({"pattern": LOWER_UUID}, {"format": "uuid"}),
        ({"const": "2024-01-01"}, {"format": "date"}),
    ],
)
def test_what_holds_one_text_holds_the_other(sent: Schema, received: Schema) -> None:
    assert breaks(request({**STRING, **sent}, {**STRING, **received})) == []
    assert breaks(response({**STRING, **received}, {**STRING, **sent})) == []


@pytest.mark.parametrize(
    ("sent", "received", "found"),
    [
        ({"format": "uuid"}, {"pattern": "^[0-9a-f-]+$"},
         'pattern added: witness "a0000000-0000-4000-8000-00000000000A"'),
        ({"pattern": "^[0-9a-f-]+$"}, {"format": "uuid"}, 'format added: witness "-"'),
        ({"pattern": "^a+$"}, {"maxLength": 3}, 'maxLength added: witness "aaaa"'),
        ({"pattern": "^a*$"}, {"minLength": 2}, 'minLength added: witness ""'),
        ({"pattern": "^a+$", "maxLength": 3}, {"pattern": "^a{1,2}$"}, 'pattern changed: witness "aaa"'),
        ({"format": "date-time"}, {"format": "date"}, 'format changed: witness "1000-01-01T00:00:00Z"'),
        ({"enum": ["2024-01-01", "today"]}, {"format": "date"}, 'format changed: witness "today"'),
    ],
)  # fmt: skip
def test_keywords_of_other_kinds_are_held_against_each_other(sent: Schema, received: Schema, found: str) -> None:
    assert breaks(request({**STRING, **sent}, {**STRING, **received})) == [f"body {found}"]
    assert breaks(response({**STRING, **received}, {**STRING, **sent})) != []


@pytest.mark.parametrize("name", ["int32", "password", "uuid9", "binary", "path", "time-delta", "made up"])
def test_formats_that_json_schema_does_not_know_say_nothing(name: str) -> None:
    assert both_ways(STRING, {**STRING, "format": name}) == SILENCE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"format": "byte"}, {"contentEncoding": "base64"}),
        ({"format": "binary"}, {"contentMediaType": "application/octet-stream"}),
        ({"contentEncoding": "BASE64"}, {"contentEncoding": "base64"}),
        ({"contentMediaType": "Image/PNG"}, {"contentMediaType": "image/png"}),
        ({"contentEncoding": "binary"}, {}),
    ],
)
def test_content_keywords_that_mean_the_same_are_silent(one: Schema, other: Schema) -> None:
    assert both_ways({**STRING, **one}, {**STRING, **other}) == SILENCE


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ({}, {"format": "byte"}, "contentEncoding added"),
        ({"contentEncoding": "base64"}, {"contentEncoding": "base32"}, "contentEncoding changed"),
        ({"contentMediaType": "image/png"}, {"contentMediaType": "image/gif"}, "contentMediaType changed"),
        ({"contentMediaType": "image/png"}, {}, "contentMediaType removed"),
    ],
)  # fmt: skip
def test_another_content_breaks_both_sides_by_definition(before: Schema, after: Schema, line: str) -> None:
    assert request({**STRING, **before}, {**STRING, **after}) == [f"body {line}: definition"]
    assert response({**STRING, **before}, {**STRING, **after}) == [f"body {line}: definition"]


def test_a_content_schema_without_a_media_type_says_nothing() -> None:
    assert both_ways(STRING, {**STRING, "contentSchema": {"type": "object"}}) == SILENCE


def test_what_cannot_be_decided_names_the_construct() -> None:
    (change,) = changes({**STRING, "pattern": r"^(a|b)\1$"}, {**STRING, "pattern": r"^(a|b|c)\1$"})
    assert change.proof is Proof.UNDECIDED
    assert change.reason is not None
    assert change.reason.startswith("pattern (")
    assert request({**STRING, "format": "idn-email"}, {**STRING, "format": "email"}) == [
        "body format changed: undecided (format email)"
    ]


def test_unreadable_patterns_that_are_equal_are_equal() -> None:
    assert both_ways({**STRING, "pattern": r"^(a|b)\1$"}, {"allOf": [{**STRING, "pattern": r"^(a|b)\1$"}]}) == SILENCE


def test_an_unreadable_pattern_beside_a_change_is_no_doubt() -> None:
    back = {**STRING, "pattern": r"^(a|b)\1$"}
    assert [line for line in request(back, {**back, "format": "date"}) if "pattern" in line.split(":")[0]] == []
    assert breaks(request(back, {"anyOf": [back, {"type": "integer"}]})) == []


def test_lengths_count_characters_not_bytes() -> None:
    listed = {"enum": ["é", "😀"]}
    assert breaks(request(listed, {**STRING, "maxLength": 1})) == []
    assert breaks(request(listed, {**STRING, "minLength": 2})) == ['body minLength changed: witness "é"']


def packed(schema: Schema, **more: object) -> Schema:
    return {**STRING, "contentMediaType": "application/json", "contentSchema": schema, **more}


def test_what_is_packed_into_a_text_is_compared_as_any_value() -> None:
    base, revision = obj("a", a=INTEGER), obj("a", "b", a=STRING, b=INTEGER)
    assert both_ways(obj(data=packed(base)), obj(data=packed(revision))) == (
        ["body.data.a type changed: definition", "body.data.b property added: definition"],
        ["body.data.a type changed: definition", "body.data.b property added: contained"],
        ["body.data.a type changed: definition", "body.data.b property removed: contained"],
        ["body.data.a type changed: definition", "body.data.b property removed: definition"],
    )


@pytest.mark.parametrize(
    ("more", "text"),
    [({}, '{"a":0}'), ({"contentEncoding": "base64"}, "eyJhIjowfQ=="), ({"contentEncoding": "base32"}, None)],
)
def test_what_breaks_in_a_packed_text_is_shown_as_it_is_packed(more: Schema, text: str | None) -> None:
    base, revision = obj("a", a=INTEGER), obj("a", a=STRING)
    (change,) = changes(obj(data=packed(base, **more)), obj(data=packed(revision, **more)), Direction.REQUEST)
    shown = None if change.witness is None else (change.witness.body, change.witness.refusal)
    assert shown == (None if text is None else ({"data": text}, 'a: 0 is not of type "string"'))
    assert change.proof is (Proof.UNDECIDED if text is None else Proof.DEFINITION)


def test_spellings_of_what_is_packed_are_silent() -> None:
    components = {"Old": obj("a", a=INTEGER)}
    written = (ref("Old"), {**obj("a", a=INTEGER), "title": "New"}, {"allOf": [ref("Old")]})
    for one, other in itertools.permutations(written, 2):
        assert both_ways(packed(one), packed(other), components=components) == SILENCE


def test_a_schema_for_what_is_packed_asks_for_more() -> None:
    free = {**STRING, "contentMediaType": "application/json"}
    assert both_ways(free, packed(obj())) == (
        ["body contentSchema added: definition"],
        ["body contentSchema added: contained"],
        ["body contentSchema removed: contained"],
        ["body contentSchema removed: definition"],
    )


def test_a_text_that_packs_itself_ends() -> None:
    def components(value: Schema) -> Schema:
        return {"Doll": obj("a", inner=packed(ref("Doll")), a=value)}

    assert request(ref("Doll"), ref("Doll"), base_components=components(INTEGER), components=components(STRING)) == [
        'body.a type changed: witness {"a":0}'
    ]


@pytest.mark.parametrize("version", range(1, 9))
def test_a_version_of_uuids_is_one_of_them(version: int) -> None:
    whole, one = {**STRING, "format": "uuid"}, {**STRING, "format": f"uuid{version}"}
    found = changes(whole, one, Direction.REQUEST)
    shown = [change.witness.body for change in found if change.witness is not None]
    assert [(change.aspect, change.before, change.after) for change in found] == [("format", "uuid", f"uuid{version}")]
    assert [text[14] != str(version) and len(text) for text in shown] == [36]
    assert response(whole, one) == ["body format changed: contained"]
    assert request(one, whole) == ["body format changed: contained"]
    assert response(one, whole) == [f'body format changed: witness "{shown[0]}"']
    other = {**STRING, "format": f"uuid{version % 8 + 1}", "pattern": "^0"}
    assert [line.rpartition(" ")[0] for line in request({**one, "pattern": "^0"}, other)] == [
        "body format changed: witness"
    ]


def test_a_version_of_uuids_beside_an_all_of_is_asked_for() -> None:
    versioned = {**STRING, "format": "uuid4", "allOf": [{"maxLength": 36}], "pattern": "^[0-9a-f-]*$"}
    assert request({**versioned, "format": "uuid"}, versioned) == [
        'body format changed: witness "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaa44"'
    ]
