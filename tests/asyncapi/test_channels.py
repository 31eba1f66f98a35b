"""AsyncAPI documents as other programs write them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from contractkit.asyncapi.channels import operations_of, place_in_asyncapi
from contractkit.asyncapi.schemas import modern
from contractkit.model.contract import Contract, Notice

Document = dict[str, Any]


def ref(*way: str) -> dict[str, str]:
    return {"$ref": "#/" + "/".join(way)}


def read(document: Document, *, alone: bool = False) -> tuple[Document, tuple[Notice, ...]]:
    before = copy.deepcopy(document)
    contract = operations_of(Contract("a", {"asyncapi": "3.0.0", **document}), alone=alone)
    assert document == before
    return dict(contract.document), contract.warnings


def operation(document: Document, path: str = "/chat") -> tuple[Document, tuple[Notice, ...]]:
    found, warnings = read(document)
    return found["paths"][path]["additionalOperations"]["WS"], warnings


def chat(**more: Any) -> Document:
    return {"channels": {"chat": {"address": "/chat", **more}}}


def test_an_empty_document() -> None:
    assert read({}) == ({"openapi": "3.2.0", "paths": {}, "components": {"schemas": {}}}, ())


def test_the_whole_document_alone_keeps_what_it_says_about_itself() -> None:
    document = {
        "info": {"title": "Chat", "version": "1"},
        "x-team": "chat",
        "servers": {
            "b": {"host": "b.example", "protocol": "wss", "pathname": "/v1"},
            "a": {"host": "a.example:1", "protocol": "ws"},
        },
    }
    kept = {"info": {"title": "Chat", "version": "1"}, "x-team": "chat"}
    servers = [{"url": "ws://a.example:1"}, {"url": "wss://b.example/v1"}]
    assert read(document, alone=True)[0] == {**read({})[0], **kept, "servers": servers}
    assert read(document) == read({})


def test_references_traits_and_replies_are_followed() -> None:
    document: Document = {
        **chat(
            title="Chat",
            messages={"say": ref("components", "messages", "say"), "ok": {"payload": {"type": "boolean"}}},
        ),
        "operations": {
            "talk": {
                "action": "receive",
                "channel": ref("channels", "chat"),
                "messages": [ref("channels", "chat", "messages", "say")],
                "reply": {"messages": [ref("channels", "chat", "messages", "ok")]},
                "traits": [{"security": [ref("components", "securitySchemes", "key")]}],
            }
        },
        "components": {
            "messages": {
                "say": {"traits": [ref("components", "messageTraits", "plain")], "payload": {"type": "string"}}
            },
            "messageTraits": {"plain": {"contentType": "text/plain", "summary": "Said."}},
            "securitySchemes": {"key": {"type": "httpApiKey", "in": "query", "name": "k"}},
        },
    }
    whole, warnings = read(document)
    assert warnings == ()
    assert whole == {
        "openapi": "3.2.0",
        "paths": {
            "/chat": {
                "additionalOperations": {
                    "WS": {
                        "summary": "Chat",
                        "parameters": [],
                        "security": [{"key": []}],
                        "receive": {
                            "messages": {
                                "say": {
                                    "summary": "Said.",
                                    "contentType": "text/plain",
                                    "payload": ref("components", "schemas", "say"),
                                    "replies": ["ok"],
                                }
                            }
                        },
                        "send": {
                            "messages": {
                                "ok": {"contentType": "application/json", "payload": ref("components", "schemas", "ok")}
                            }
                        },
                        "closeCodes": {},
                    }
                }
            }
        },
        "components": {
            "schemas": {"say": {"type": "string"}, "ok": {"type": "boolean"}},
            "securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "k"}},
        },
    }


def test_messages_without_an_operation_go_both_ways_and_that_is_told() -> None:
    found, warnings = operation(chat(messages={"say": {"payload": ref("components", "schemas", "Say")}}))
    table = {"messages": {"say": {"contentType": "application/json", "payload": ref("components", "schemas", "Say")}}}
    assert (found["receive"], found["send"]) == (table, table)
    assert warnings == (
        Notice("/channels/chat", "no operation says who sends its messages; they are compared both ways"),
    )


def test_a_channel_that_says_nothing_of_messages_is_not_known() -> None:
    operations = {"in": {"action": "receive", "channel": ref("channels", "chat")}}
    assert operation({**chat(), "operations": operations}) == ({"parameters": [], "closeCodes": {}}, ())


def test_an_operation_without_a_list_has_all_messages() -> None:
    document = chat(messages={"say": {}})
    document["operations"] = {"in": {"action": "receive", "channel": ref("channels", "chat")}}
    found, _ = operation(document)
    message = {"contentType": "application/json", "payload": True}
    assert (found["receive"], found["send"]) == ({"messages": {"say": message}}, {"messages": {}})


def test_parameters_come_from_the_address_and_the_binding() -> None:
    found, _ = operation(
        chat(
            parameters={"size": {"enum": ["s", "m"], "description": "How large."}},
            bindings={
                "ws": {
                    "query": ref("components", "schemas", "Query"),
                    "x-cookies": {"type": "object", "properties": {"visit": {"type": "integer", "deprecated": True}}},
                }
            },
        )
        | {
            "components": {
                "schemas": {"Query": {"properties": {"q": {"minLength": 1, "description": "What."}}, "required": ["q"]}}
            }
        }
    )
    assert found["parameters"] == [
        {
            "name": "size",
            "in": "path",
            "required": True,
            "schema": {"type": "string", "enum": ["s", "m"]},
            "description": "How large.",
        },
        {"name": "q", "in": "query", "required": True, "description": "What.", "schema": {"minLength": 1}},
        {"name": "visit", "in": "cookie", "required": False, "deprecated": True, "schema": {"type": "integer"}},
    ]


@pytest.mark.parametrize(
    "kind", ["application/vnd.aai.asyncapi;version=3.0.0", "application/schema+json;version=draft-07"]
)
def test_a_schema_may_name_its_format(kind: str) -> None:
    payload = {"schemaFormat": kind, "schema": {"type": "string"}}
    found, warnings = operation(chat(messages={"say": {"payload": payload}}))
    assert found["receive"]["messages"]["say"]["payload"] == ref("components", "schemas", "say")
    assert len(warnings) == 1


def test_a_schema_of_another_kind_is_kept_as_it_is() -> None:
    payload = {"schemaFormat": "application/vnd.apache.avro;version=1.9.0", "schema": {"type": "record"}}
    document = chat(messages={"say": {"payload": payload}})
    document["operations"] = {"in": {"action": "receive", "channel": ref("channels", "chat")}}
    found, warnings = operation(document)
    assert found["receive"]["messages"]["say"] == {
        "contentType": "application/json",
        "payload": True,
        "x-payload": payload,
    }
    text = "`application/vnd.apache.avro;version=1.9.0` is no JSON Schema; only its text is compared"
    assert warnings == (Notice("/channels/chat/messages/say/payload", text),)


def test_bad_parts_are_told_and_left_out() -> None:
    document: Document = {
        "channels": {
            "a": {"address": "/chat", "messages": {"x": ref("components", "messages", "none")}},
            "b": {"address": "/chat"},
            "c": 5,
        },
        "operations": {
            "in": {"action": "receive", "channel": ref("channels", "a")},
            "odd": {"action": "publish", "channel": ref("channels", "a")},
        },
    }
    found, warnings = read(document)
    assert list(found["paths"]) == ["/chat", "/c"]
    assert [(notice.place, notice.text) for notice in warnings] == [
        ("/operations/odd", "`action` is neither receive nor send; the operation is left out"),
        ("#/components/messages/none", "nothing stands at this $ref; it is read as if it said nothing"),
        ("/channels/b", "another channel has the address /chat; this one is left out"),
        ("/channels/c", "an object was expected; it is read as if nothing stood there"),
    ]


def test_places_are_those_of_the_asyncapi_document() -> None:
    contract = Contract("a", {"asyncapi": "3.0.0", "channels": {"chat/1": {"address": "rooms/{room}"}}})
    assert list(operations_of(contract, alone=True).document["paths"]) == ["/rooms/{room}"]
    for pointer in ("/paths/~1rooms~1{room}", "/paths/~1rooms~1{room}/additionalOperations/WS/send"):
        assert place_in_asyncapi(pointer, contract) == "/channels/chat~11"
    assert place_in_asyncapi("/paths", contract) == "/channels"
    assert place_in_asyncapi("/components/schemas/A", contract) == "/components/schemas/A"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            {"items": [{"type": "string"}], "additionalItems": False},
            {"prefixItems": [{"type": "string"}], "items": False},
        ),
        ({"items": [True]}, {"prefixItems": [True]}),
        (
            {"dependencies": {"a": ["b"], "c": {"required": ["d"]}}},
            {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"required": ["d"]}}},
        ),
        ({"discriminator": "type", "oneOf": []}, {"oneOf": []}),
        ({"properties": {"items": {"items": [True]}}}, {"properties": {"items": {"prefixItems": [True]}}}),
        ({"const": {"items": [1]}}, {"const": {"items": [1]}}),
        (True, True),
    ],
)
def test_a_schema_of_draft_07_is_spelled_anew(old: Any, new: Any) -> None:
    assert modern(old) == new


def test_a_schema_that_needs_no_change_is_the_same_object() -> None:
    schema = {"type": "object", "properties": {"a": {"anyOf": [{"type": "string"}]}}}
    assert modern(schema) is schema
