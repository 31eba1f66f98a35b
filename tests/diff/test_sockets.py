"""WebSockets: each change of a channel or message is judged right, in both directions."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from contractkit.api.comparing import compare
from contractkit.model.change import Change, Witness
from contractkit.model.contract import Contract
from contractkit.model.errors import InputError
from contractkit.model.verdict import Outcome

Schema = dict[str, Any]
Document = dict[str, Any]
Row = tuple[str, str, str, str]
"""Severity, rule, location, proof."""

TEXT: Schema = {"type": "string"}


def tagged(tag: str, required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {"type": {"type": "string", "const": tag}, **properties},
        "required": ["type", *required],
    }


SCHEMAS: dict[str, Schema] = {
    "Join": tagged("join"),
    "Say": tagged("say", ("text",), text={"type": "string", "maxLength": 20}, kind={"enum": ["loud", "soft"]}),
    "Joined": tagged("joined", ("at",), at=TEXT),
    "Said": tagged(
        "said", ("at", "text"), at=TEXT, text=TEXT, count={"type": "integer"}, mood={"enum": ["good", "bad"]}
    ),
}


def ref(*way: str) -> Schema:
    return {"$ref": "#/" + "/".join(way)}


def room() -> Document:
    """A document of one room: the client joins and says, the server tells of both."""
    place = ref("channels", "room")

    def operation(action: str, *names: str) -> Document:
        rows = [ref("channels", "room", "messages", name) for name in names]
        return {"action": action, "channel": place, "messages": rows}

    return copy.deepcopy(
        {
            "asyncapi": "3.0.0",
            "info": {"title": "Rooms", "version": "1.0.0"},
            "channels": {
                "room": {
                    "address": "/rooms/{room}",
                    "parameters": {"room": {"x-schema": {"type": "string", "minLength": 1}}},
                    "messages": {name: {"payload": ref("components", "schemas", name)} for name in SCHEMAS},
                    "bindings": {
                        "ws": {
                            "query": {"type": "object", "properties": {"limit": {"type": "integer"}}},
                            "headers": {"type": "object", "properties": {"X-Tenant": TEXT}, "required": ["X-Tenant"]},
                        }
                    },
                    "x-close-codes": {"4401": "the token has expired"},
                }
            },
            "operations": {"in": operation("receive", "Join", "Say"), "out": operation("send", "Joined", "Said")},
            "components": {"schemas": SCHEMAS},
        }
    )


def changed(edit: Callable[[Document], object]) -> Document:
    document = room()
    edit(document)
    return document


def schema(document: Document, name: str) -> Schema:
    found: Schema = document["components"]["schemas"][name]
    return found


def add(document: Document, name: str, field: str, *, required: bool) -> None:
    schema(document, name)["properties"][field] = TEXT
    if required:
        schema(document, name)["required"].append(field)


def drop(document: Document, action: str, name: str) -> None:
    """Take a message out of an operation, and out of the document."""
    document["operations"][action]["messages"].remove(ref("channels", "room", "messages", name))
    del document["channels"]["room"]["messages"][name]
    del document["components"]["schemas"][name]


def reply(document: Document, *names: str) -> None:
    """Let `Say` be answered by some messages: then it stands in an operation of its own."""
    rows = document["operations"]["in"]["messages"]
    say = rows.pop()
    answers = [ref("channels", "room", "messages", name) for name in names]
    document["operations"]["say"] = {**document["operations"]["in"], "messages": [say], "reply": {"messages": answers}}


def binding(document: Document) -> Document:
    found: Document = document["channels"]["room"]["bindings"]["ws"]
    return found


def add_channel(document: Document) -> None:
    document["channels"]["feed"] = {"address": "/feed"}


def found(base: Document, revision: Document) -> list[Row]:
    verdict = compare(Contract("base", base), Contract("revision", revision))
    return [(str(one.severity), one.rule, one.change.location, str(one.change.proof)) for one in verdict.findings]


KINDS: dict[str, tuple[Callable[[Document], object], list[Row], list[Row]]] = {
    "a required field of the client's message": (
        lambda document: add(document, "Say", "to", required=True),
        [("breaking", "request-required-property-added", "receive.Say.to", "witness")],
        [("safe", "request-property-removed", "receive.Say.to", "contained")],
    ),
    "a required field of the server's message": (
        lambda document: add(document, "Said", "by", required=True),
        [("safe", "response-property-added", "send.Said.by", "contained")],
        [("breaking", "response-required-property-removed", "send.Said.by", "witness")],
    ),
    "an optional field of the client's message": (
        lambda document: add(document, "Say", "to", required=False),
        [("safe", "request-property-added", "receive.Say.to", "contained")],
        [("safe", "request-property-removed", "receive.Say.to", "contained")],
    ),
    "an optional field of the server's message": (
        lambda document: add(document, "Said", "by", required=False),
        [("safe", "response-property-added", "send.Said.by", "contained")],
        [("safe", "response-property-removed", "send.Said.by", "contained")],
    ),
    "a narrower type in the client's message": (
        lambda document: schema(document, "Say")["properties"]["text"].update(maxLength=10),
        [("breaking", "request-max-length-decreased", "receive.Say.text", "witness")],
        [("safe", "request-max-length-increased", "receive.Say.text", "contained")],
    ),
    "a wider type in the server's message": (
        lambda document: schema(document, "Said")["properties"]["count"].update(type="number"),
        [("breaking", "response-type-changed", "send.Said.count", "witness")],
        [("safe", "response-type-changed", "send.Said.count", "contained")],
    ),
    "a value of an enumeration of the client": (
        lambda document: schema(document, "Say")["properties"]["kind"]["enum"].append("shy"),
        [("safe", "request-enum-value-added", "receive.Say.kind", "contained")],
        [("breaking", "request-enum-value-removed", "receive.Say.kind", "witness")],
    ),
    "a value of an enumeration of the server": (
        lambda document: schema(document, "Said")["properties"]["mood"]["enum"].append("odd"),
        [("breaking", "response-enum-value-added", "send.Said.mood", "witness")],
        [("safe", "response-enum-value-removed", "send.Said.mood", "contained")],
    ),
    "a kind of message of the client": (
        lambda document: drop(document, "in", "Say"),
        [("breaking", "received-message-removed", "receive.Say", "witness")],
        [("safe", "received-message-added", "receive.Say", "definition")],
    ),
    "a kind of message of the server": (
        lambda document: drop(document, "out", "Said"),
        [("risky", "sent-message-removed", "send.Said", "definition")],
        [("breaking", "sent-message-added", "send.Said", "witness")],
    ),
    "a query parameter that must be given": (
        lambda document: binding(document)["query"].update(required=["limit"]),
        [("breaking", "parameter-became-required", "query.limit", "definition")],
        [("safe", "parameter-became-optional", "query.limit", "definition")],
    ),
    "a header that must be given": (
        lambda document: binding(document)["headers"].update(required=[]),
        [("safe", "parameter-became-optional", "header.X-Tenant", "definition")],
        [("breaking", "parameter-became-required", "header.X-Tenant", "definition")],
    ),
    "a channel": (
        add_channel,
        [("safe", "operation-added", "", "definition")],
        [("breaking", "operation-removed", "", "definition")],
    ),
    "a close code": (
        lambda document: document["channels"]["room"]["x-close-codes"].update({"4408": "too slow"}),
        [("safe", "close-code-added", "closeCodes.4408", "definition")],
        [("safe", "close-code-removed", "closeCodes.4408", "definition")],
    ),
    "what a message is answered with": (
        lambda document: reply(document, "Said", "Joined"),
        [("safe", "reply-added", "receive.Say", "definition")],
        [("risky", "reply-removed", "receive.Say", "definition")],
    ),
    "what a message that is not allowed is answered with": (
        lambda document: document["channels"]["room"].update({"x-refusal": ["Said"]}),
        [("safe", "reply-added", "refusals", "definition")],
        [("risky", "reply-removed", "refusals", "definition")],
    ),
    "why a code comes": (
        lambda document: document["channels"]["room"]["x-close-codes"].update({"4401": "signed out"}),
        [("safe", "text-changed", "closeCodes.4401", "definition")],
        [("safe", "text-changed", "closeCodes.4401", "definition")],
    ),
    "a parameter of the address": (
        lambda document: document["channels"]["room"]["parameters"]["room"]["x-schema"].update(minLength=3),
        [("breaking", "request-min-length-increased", "path.room", "witness")],
        [("safe", "request-min-length-decreased", "path.room", "contained")],
    ),
}


def test_an_answer_of_more_or_fewer_kinds() -> None:
    one = changed(lambda document: reply(document, "Said"))
    two = changed(lambda document: reply(document, "Said", "Joined"))
    assert found(one, two) == [("risky", "reply-widened", "receive.Say", "definition")]
    assert found(two, one) == [("safe", "reply-narrowed", "receive.Say", "definition")]


def test_a_message_that_goes_takes_its_answer_along() -> None:
    answered = changed(lambda document: reply(document, "Said"))
    assert found(answered, changed(lambda document: drop(document, "in", "Say"))) == [
        ("breaking", "received-message-removed", "receive.Say", "witness")
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_judged_both_ways(kind: str) -> None:
    edit, forth, back = KINDS[kind]
    assert found(room(), changed(edit)) == forth
    assert found(changed(edit), room()) == back


def test_a_document_is_identical_with_itself_however_it_is_spelled() -> None:
    def respell(document: Document) -> None:
        channel = document["channels"]["room"]
        document["components"]["messages"] = {"S": {"name": "Say", "payload": document["components"]["schemas"]["Say"]}}
        channel["messages"]["Say"] = ref("components", "messages", "S")
        channel["bindings"] = ref("components", "channelBindings", "b")
        document["components"]["channelBindings"] = {"b": {"ws": binding(room())}}
        document["defaultContentType"] = "application/json"

    verdict = compare(Contract("base", room()), Contract("revision", changed(respell)))
    assert (verdict.outcome, verdict.findings, verdict.revision.warnings) == (Outcome.IDENTICAL, (), ())


def test_a_message_that_only_got_another_name_breaks_nobody() -> None:
    def rename(document: Document) -> None:
        messages = document["channels"]["room"]["messages"]
        messages["Speak"] = messages.pop("Say")
        document["operations"]["in"]["messages"][1] = ref("channels", "room", "messages", "Speak")

    assert found(room(), changed(rename)) == [
        ("safe", "received-message-removed", "receive.Say", "contained"),
        ("safe", "received-message-added", "receive.Speak", "definition"),
    ]


def test_what_one_message_no_longer_takes_and_another_one_does_is_no_break() -> None:
    """Values from 0 to 9 are all taken, by whatever message."""

    def document(*highest: int) -> Document:
        bounds = zip((0, *(one + 1 for one in highest)), highest, strict=False)
        rows = {
            name: {"type": "integer", "minimum": low, "maximum": high}
            for name, (low, high) in zip("AB", bounds, strict=True)
        }
        return changed(lambda one: replace_all(one, rows))

    def replace_all(one: Document, rows: dict[str, Schema]) -> None:
        one["channels"]["room"]["messages"] = {name: {"payload": row} for name, row in rows.items()}
        one["operations"] = {
            "in": {
                "action": "receive",
                "channel": ref("channels", "room"),
                "messages": [ref("channels", "room", "messages", name) for name in rows],
            }
        }
        one["components"] = {}

    assert [row[0] for row in found(document(3, 9), document(6, 9))] == ["safe"] * len(
        found(document(3, 9), document(6, 9))
    )
    assert [row[:3] for row in found(document(3, 9), document(3, 8)) if row[0] != "safe"] == [
        ("breaking", "request-maximum-decreased", "receive.B")
    ]


def test_witnesses_are_messages() -> None:
    base, revision = room(), room()
    schema(revision, "Say")["properties"]["text"]["maxLength"] = 1
    schema(revision, "Said")["required"].remove("text")
    verdict = compare(Contract("base", base), Contract("revision", revision))
    assert {one.change.location: witness(one.change) for one in verdict.findings} == {
        "receive.Say.text": ("WS", "/rooms/0", {"X-Tenant": "a"}, {"type": "say", "text": "aa"}, None),
        "send.Said.text": (None, None, {}, {"type": "said", "at": ""}, "message"),
    }


def witness(change: Change) -> tuple[Any, ...]:
    found = change.witness
    assert isinstance(found, Witness)
    return found.method, found.url, found.headers, found.body, found.status


def test_messages_that_are_not_described_are_not_compared() -> None:
    def silence(document: Document) -> None:
        del document["channels"]["room"]["messages"]
        document["operations"] = {}

    unknown = changed(silence)
    assert found(unknown, unknown) == []
    assert found(room(), unknown) == [("risky", "messages-became-unknown", "", "definition")]
    assert found(unknown, room()) == [("safe", "messages-became-known", "", "definition")]


def test_a_socket_that_takes_nothing_any_more() -> None:
    empty = changed(lambda document: document["operations"]["in"].update(messages=[]))
    assert found(room(), empty) == [
        ("breaking", "received-message-removed", "receive.Join", "witness"),
        ("breaking", "received-message-removed", "receive.Say", "witness"),
    ]


def test_another_content_type_is_another_message() -> None:
    text = changed(lambda document: document["channels"]["room"]["messages"]["Say"].update(contentType="text/plain"))
    assert found(room(), text) == [
        ("safe", "received-message-added", "receive.Say", "definition"),
        ("breaking", "received-message-removed", "receive.Say", "witness"),
    ]


def test_clients_that_pass_over_what_they_do_not_know() -> None:
    from contractkit.model.policy import Clients, Policy

    base = changed(lambda document: drop(document, "out", "Said"))
    verdict = compare(Contract("a", base), Contract("b", room()), policy=Policy(clients=Clients.TOLERANT))
    assert [(str(one.severity), one.rule) for one in verdict.findings] == [("safe", "sent-message-added")]


OPENAPI: Document = {"openapi": "3.1.0", "info": {"title": "Rooms", "version": "1.0.0"}, "paths": {}}


def test_sockets_beside_an_openapi_document_are_compared_with_it() -> None:
    base = Contract("base", OPENAPI | {"paths": {"/a": {"get": {}}}}, sockets=room())
    revision = Contract("revision", OPENAPI, sockets=changed(lambda document: drop(document, "in", "Say")))
    verdict = compare(base, revision)
    assert [(one.rule, one.change.operation) for one in verdict.findings] == [
        ("operation-removed", "GET /a"),
        ("received-message-removed", "WS /rooms/{}"),
    ]
    # What the two documents say about the whole is said once.
    new = room() | {"info": {"title": "Rooms", "version": "2.0.0"}}
    assert compare(Contract("a", OPENAPI, sockets=room()), Contract("b", OPENAPI, sockets=new)).findings == ()
    assert base.digest != Contract("base", base.document).digest
    assert Contract("base", OPENAPI, sockets={}).digest == Contract("base", OPENAPI).digest


def test_an_asyncapi_document_is_compared_with_the_sockets_of_a_contract() -> None:
    beside = Contract("app", OPENAPI, sockets=changed(lambda document: drop(document, "in", "Say")))
    verdict = compare(Contract("file", room()), beside)
    assert [one.rule for one in verdict.findings] == ["received-message-removed"]
    with pytest.raises(InputError) as caught:
        compare(Contract("file", room()), Contract("other", OPENAPI))
    assert str(caught.value) == (
        "other: says nothing of WebSockets, and file of nothing else; "
        "name an app, a baseline of one, or an AsyncAPI 3 document"
    )


def test_sockets_without_anything_to_compare_them_with_are_told() -> None:
    with_sockets, without = Contract("app", OPENAPI, sockets=room()), Contract("file", OPENAPI)
    hint = "the WebSockets of app are not compared: file says nothing of any"
    for base, revision, hints in ((with_sockets, without, ((), (hint,))), (without, with_sockets, ((hint,), ()))):
        verdict = compare(base, revision)
        assert (verdict.findings, (verdict.base.hints, verdict.revision.hints)) == ((), hints)


def test_a_channel_that_moved_with_its_neighbours_is_one_finding() -> None:
    def move(document: Document) -> None:
        add_channel(document)
        for channel in document["channels"].values():
            channel["address"] = f"/api{channel['address']}"

    assert found(changed(add_channel), changed(move)) == [("breaking", "path-prefix-moved", "", "definition")]
