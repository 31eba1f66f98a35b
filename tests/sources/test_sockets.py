"""The AsyncAPI document of an app's WebSockets."""

import json
import logging
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from fastapi import APIRouter, Cookie, Depends, FastAPI, Header, Query, Security, WebSocket
from fastapi import Path as PathParameter
from fastapi.security import APIKeyCookie, OAuth2PasswordBearer
from jsonschema import Draft7Validator
from pydantic import BaseModel, Field, RootModel, TypeAdapter
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

import contractkit
from contractkit.sources.live import contract_of

Document = dict[str, Any]


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Join(BaseModel):
    """Come in."""

    type: Literal["join"]


class Say(BaseModel):
    type: Literal["say"]
    text: str = Field(default="", max_length=20)


class Said(BaseModel):
    type: Literal["said"] = "said"
    colour: Colour


JOIN = {
    "description": "Come in.",
    "properties": {"type": {"const": "join", "title": "Type", "type": "string"}},
    "required": ["type"],
    "title": "Join",
    "type": "object",
}
SAY = {
    "properties": {
        "type": {"const": "say", "title": "Type", "type": "string"},
        "text": {"default": "", "maxLength": 20, "title": "Text", "type": "string"},
    },
    "required": ["type"],
    "title": "Say",
    "type": "object",
}
SAID = {
    "properties": {
        "type": {"const": "said", "default": "said", "title": "Type", "type": "string"},
        "colour": {"$ref": "#/components/schemas/Colour"},
    },
    "required": ["colour"],
    "title": "Said",
    "type": "object",
}
COLOUR = {"enum": ["red", "blue"], "title": "Colour", "type": "string"}
PLAIN_BINDING = {"ws": {"method": "GET", "bindingVersion": "0.1.0"}}


@cache
def official() -> Draft7Validator:
    schema = json.loads((Path(__file__).parents[1] / "data" / "asyncapi-3.0.0.json").read_text(encoding="utf-8"))
    return Draft7Validator(schema)


def described(app: FastAPI) -> tuple[Document, tuple[str, ...]]:
    """Return the document, held against the official schema, and the hints about it."""
    contract = contract_of(app, sockets=True)
    assert contract.sockets is not None
    document = json.loads(json.dumps(contract.sockets))
    assert [error.message for error in official().iter_errors(document)] == []
    return document, tuple(hint for hint in contract.hints if "messages" in hint or "parameters" in hint)


def ref(*way: str) -> Document:
    return {"$ref": "#/" + "/".join(way)}


def payload(name: str) -> Document:
    return {"name": name, "payload": ref("components", "schemas", name)}


def test_a_whole_document() -> None:
    async def tenant(
        x_tenant: Annotated[str, Header(description="Whose.")],
        limit: Annotated[int, Query(ge=3)] = 5,
        visit: Annotated[str, Cookie()] = "first",
    ) -> None: ...

    router = APIRouter(prefix="/rooms")

    @router.websocket("/{room}")
    @contractkit.websocket.messages(
        receive=TypeAdapter(Annotated[Join | Say, Field(discriminator="type")]),
        send=Said | Join,
        close={4401: "the token has expired", 1011: ""},
    )
    async def chat(
        websocket: WebSocket,
        room: Annotated[str, PathParameter(pattern="^a", description="Which.")],
        colour: Colour,
        key: Annotated[str, Depends(APIKeyCookie(name="key"))],
    ) -> None:
        """Chat along."""

    outer = APIRouter(prefix="/v1")
    outer.include_router(router, dependencies=[Depends(tenant)])
    app = FastAPI(title="Shop", version="1.2", description="A shop.", license_info={"name": "MIT", "identifier": "MIT"})
    app.include_router(outer)
    messages = {name: payload(name) for name in ("Join", "Say", "Said")}
    place = ref("channels", "v1_rooms_room")

    def sent(*names: str) -> list[Document]:
        return [ref("channels", "v1_rooms_room", "messages", name) for name in names]

    security = [ref("components", "securitySchemes", "APIKeyCookie")]
    assert described(app) == (
        {
            "asyncapi": "3.0.0",
            "info": {"title": "Shop", "version": "1.2", "description": "A shop.", "license": {"name": "MIT"}},
            "defaultContentType": "application/json",
            "channels": {
                "v1_rooms_room": {
                    "address": "/v1/rooms/{room}",
                    "description": "Chat along.",
                    "parameters": {
                        "room": {
                            "description": "Which.",
                            "x-schema": {"pattern": "^a", "title": "Room", "type": "string"},
                        }
                    },
                    "messages": messages,
                    "bindings": {
                        "ws": {
                            "method": "GET",
                            "query": {
                                "type": "object",
                                "properties": {
                                    "colour": COLOUR,
                                    "limit": {"type": "integer", "minimum": 3, "default": 5, "title": "Limit"},
                                },
                                "required": ["colour"],
                            },
                            "headers": {
                                "type": "object",
                                "properties": {
                                    "x-tenant": {"type": "string", "title": "X-Tenant", "description": "Whose."}
                                },
                                "required": ["x-tenant"],
                            },
                            "x-cookies": {
                                "type": "object",
                                "properties": {"visit": {"type": "string", "default": "first", "title": "Visit"}},
                            },
                            "bindingVersion": "0.1.0",
                        }
                    },
                    "x-close-codes": {"1011": "", "4401": "the token has expired"},
                }
            },
            "operations": {
                "v1_rooms_room.receive": {
                    "action": "receive",
                    "channel": place,
                    "messages": sent("Join", "Say"),
                    "security": security,
                },
                "v1_rooms_room.send": {
                    "action": "send",
                    "channel": place,
                    "messages": sent("Said", "Join"),
                    "security": security,
                },
            },
            "components": {
                "schemas": {"Colour": COLOUR, "Join": JOIN, "Said": SAID, "Say": SAY},
                "securitySchemes": {"APIKeyCookie": {"type": "httpApiKey", "in": "cookie", "name": "key"}},
            },
        },
        (),
    )


def channels(app: FastAPI) -> Document:
    found: Document = described(app)[0]["channels"]
    return found


def test_an_app_without_sockets_has_no_channels() -> None:
    app = FastAPI(title="Shop", version="1")
    document = {"asyncapi": "3.0.0", "info": {"title": "Shop", "version": "1"}, "channels": {}}
    assert described(app) == (document, ())


def test_sockets_of_mounted_apps_have_the_prefix_and_starlettes_own_their_address() -> None:
    async def feed(websocket: WebSocket) -> None:
        """Send what comes."""

    inner = FastAPI()
    inner.websocket("/feed")(feed)
    lower = Starlette(routes=[WebSocketRoute("/raw/{rest:path}", feed)])
    app = FastAPI()
    app.mount("/inner", inner)
    inner.mount("/lower", lower)
    document, hints = described(app)
    assert document["channels"] == {
        "inner_feed": {"address": "/inner/feed", "description": "Send what comes.", "bindings": PLAIN_BINDING},
        "inner_lower_raw_rest": {
            "address": "/inner/lower/raw/{rest}",
            "description": "Send what comes.",
            "parameters": {"rest": {"x-schema": {"type": "string"}}},
            "bindings": PLAIN_BINDING,
        },
    }
    assert [(key, "messages" in row) for key, row in document["operations"].items()] == [
        ("inner_feed.receive", False),
        ("inner_feed.send", False),
        ("inner_lower_raw_rest.receive", False),
        ("inner_lower_raw_rest.send", False),
    ]
    assert hints == (
        "the messages of `WS /inner/feed`, `WS /inner/lower/raw/{rest}` are not known; "
        "describe the endpoint with `contractkit.websocket.messages`",
    )


class Either(RootModel[Join | Say]):
    pass


@pytest.mark.parametrize(
    ("kind", "messages", "schemas"),
    [
        (Join, {"Join": payload("Join")}, {"Join": JOIN}),
        (Either, {"Join": payload("Join"), "Say": payload("Say")}, {"Join": JOIN, "Say": SAY}),
        (
            list[int] | int,
            {
                "Array": {"name": "Array", "payload": {"type": "array", "items": {"type": "integer"}}},
                "Integer": {"name": "Integer", "payload": {"type": "integer"}},
            },
            {},
        ),
        (str, {"Text": {"name": "Text", "contentType": "text/plain", "payload": {"type": "string"}}}, {}),
        (
            bytes,
            {"Bytes": {"name": "Bytes", "contentType": "application/octet-stream", "payload": {"type": "string"}}},
            {},
        ),
    ],
)
def test_what_an_endpoint_takes(kind: Any, messages: Document, schemas: Document) -> None:
    app = FastAPI()

    @app.websocket("/")
    @contractkit.websocket.messages(receive=kind)
    async def endpoint(websocket: WebSocket) -> None: ...

    document, hints = described(app)
    assert document["channels"] == {"root": {"address": "/", "messages": messages, "bindings": PLAIN_BINDING}}
    assert document["operations"] == {
        "root.receive": {
            "action": "receive",
            "channel": ref("channels", "root"),
            "messages": [ref("channels", "root", "messages", name) for name in messages],
        }
    }
    assert (document.get("components", {}).get("schemas", {}), hints) == (schemas, ())


class Order(BaseModel):
    note: Annotated[str, Field(serialization_alias="remark")] = ""


def test_one_model_both_ways_is_two_messages_of_one_name_where_they_differ() -> None:
    app = FastAPI()

    @app.websocket("/orders")
    @contractkit.websocket.messages(receive=Order, send=Order)
    async def endpoint(websocket: WebSocket) -> None: ...

    document, _ = described(app)
    assert document["channels"]["orders"]["messages"] == {
        "Order": {"name": "Order", "payload": ref("components", "schemas", "Order-Input")},
        "Order_2": {"name": "Order", "payload": ref("components", "schemas", "Order-Output")},
    }
    assert sorted(document["components"]["schemas"]) == ["Order-Input", "Order-Output"]


def test_a_tag_inside_a_message_is_named_as_asyncapi_does() -> None:
    class Envelope(BaseModel):
        content: Annotated[Join | Say, Field(discriminator="type")]

    app = FastAPI()

    @app.websocket("/")
    @contractkit.websocket.messages(send=Envelope)
    async def endpoint(websocket: WebSocket) -> None: ...

    schemas = described(app)[0]["components"]["schemas"]
    assert schemas["Envelope"]["properties"]["content"] == {
        "discriminator": "type",
        "oneOf": [ref("components", "schemas", "Join"), ref("components", "schemas", "Say")],
        "title": "Content",
    }


def test_scopes_stand_in_the_scheme_of_the_operation() -> None:
    app = FastAPI()
    oauth = OAuth2PasswordBearer("/token", scopes={"read": "Read all."})

    @app.websocket("/")
    @contractkit.websocket.messages(send=int)
    async def endpoint(websocket: WebSocket, token: Annotated[str, Security(oauth, scopes=["read"])]) -> None: ...

    document, _ = described(app)
    scheme = {
        "type": "oauth2",
        "flows": {"password": {"availableScopes": {"read": "Read all."}, "tokenUrl": "/token"}},
    }
    assert document["components"] == {"securitySchemes": {"OAuth2PasswordBearer": scheme}}
    assert document["operations"]["root.send"]["security"] == [{**scheme, "scopes": ["read"]}]


def test_what_has_no_schema_is_told_and_the_rest_described() -> None:
    app = FastAPI()

    @app.websocket("/bad")
    @contractkit.websocket.messages(receive=int, send=logging.Logger)
    async def bad(websocket: WebSocket) -> None: ...

    @app.websocket("/good")
    @contractkit.websocket.messages(receive=int)
    async def good(websocket: WebSocket) -> None: ...

    document, hints = described(app)
    assert {name: sorted(channel) for name, channel in document["channels"].items()} == {
        "bad": ["address", "bindings"],
        "good": ["address", "bindings", "messages"],
    }
    assert hints == (
        "the messages of `WS /bad` (send) have no JSON Schema: Unable to generate pydantic-core schema for "
        "<class 'logging.Logger'>. Set `arbitrary_types_allowed=True` in the model_config to ignore this error or "
        "implement `__get_pydantic_core_schema__` on your type to fully support it.",
        "the messages of `WS /bad` are not known; describe the endpoint with `contractkit.websocket.messages`",
    )


def test_the_first_route_of_an_address_counts_and_ids_are_their_own() -> None:
    app = FastAPI()
    for path, words in (("/a/b", "One."), ("/a/b", "Two."), ("/a-b", "Three.")):

        async def endpoint(websocket: WebSocket) -> None: ...

        endpoint.__doc__ = words
        app.websocket(path)(endpoint)
    assert {name: (row["address"], row["description"]) for name, row in channels(app).items()} == {
        "a_b": ("/a-b", "Three."),
        "a_b_2": ("/a/b", "One."),
    }
