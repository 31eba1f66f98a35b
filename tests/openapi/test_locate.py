"""Where the location of a finding stands in a document."""

from typing import Any

import pytest

from contractkit.openapi.locate import Locator

ORDER: dict[str, Any] = {
    "allOf": [{"$ref": "#/components/schemas/Base"}],
    "properties": {
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
        "pair": {"prefixItems": [{"type": "string"}, {"type": "integer"}]},
        "a.b": {"type": "string"},
        "free": {"additionalProperties": {"type": "string"}},
        "loop": {"$ref": "#/components/schemas/Order"},
    },
}
DOCUMENT: dict[str, Any] = {
    "paths": {
        "/orders/{order_id}": {
            "parameters": [{"in": "path", "name": "order_id", "schema": {"type": "string"}}],
            "post": {
                "parameters": [{"$ref": "#/components/parameters/Limit"}, {"in": "header", "name": "X-One"}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
                "responses": {
                    "200": {
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                    }
                },
            },
        }
    },
    "webhooks": {"paid": {"post": {"responses": {}}}},
    "components": {
        "parameters": {"Limit": {"in": "query", "name": "limit", "schema": {"properties": {"x": {}}}}},
        "schemas": {
            "Order": ORDER,
            "Base": {"properties": {"id": {"type": "string"}}},
            "Item": {"properties": {"qty": {"type": "integer"}}},
        },
    },
}
POST = "/paths/~1orders~1{order_id}/post"
SCHEMAS = "/components/schemas"
KEY = "POST /orders/{}"

PLACES = [
    ("", "", "", True),
    (KEY, "", POST, True),
    (KEY, "query.limit", f"{POST}/parameters/0", True),
    (KEY, "query.limit.x", "/components/parameters/Limit/schema/properties/x", True),
    (KEY, "path.order_id", "/paths/~1orders~1{order_id}/parameters/0", True),
    (KEY, "header.x-one", f"{POST}/parameters/1", True),
    (KEY, "query.gone", POST, False),
    (KEY, "body", f"{POST}/requestBody", True),
    (KEY, "body.items[].qty", f"{SCHEMAS}/Item/properties/qty", True),
    (KEY, "body.items[]", f"{SCHEMAS}/Order/properties/items/items", True),
    (KEY, "body.pair[1]", f"{SCHEMAS}/Order/properties/pair/prefixItems/1", True),
    (KEY, 'body."a.b"', f"{SCHEMAS}/Order/properties/a.b", True),
    (KEY, "body.free.*", f"{SCHEMAS}/Order/properties/free/additionalProperties", True),
    (KEY, "body.loop.loop.id", f"{SCHEMAS}/Base/properties/id", True),
    (KEY, "body.items[].gone", f"{SCHEMAS}/Order/properties/items/items", False),
    (KEY, "200.body.id", f"{SCHEMAS}/Base/properties/id", True),
    (KEY, "200.header.etag", f"{POST}/responses/200/headers/ETag", True),
    (KEY, "200.header.gone", f"{POST}/responses/200", False),
    (KEY, "404", f"{POST}/responses", False),
    ("webhook POST paid", "", "/webhooks/paid/post", True),
    ("webhook paid", "", "", False),
    (f"{KEY} callback done POST {{}}", "", POST, True),
    ("GET /gone", "", "", False),
]


@pytest.mark.parametrize(("operation", "location", "pointer", "exact"), PLACES)
def test_the_place(operation: str, location: str, pointer: str, exact: bool) -> None:
    found = Locator(DOCUMENT).find(operation, location)
    assert (found.pointer, found.exact) == (pointer, exact)


@pytest.mark.parametrize(
    ("steps", "pointer", "exact"),
    [
        ((), "", True),
        (("components", "schemas", "Item"), f"{SCHEMAS}/Item", True),
        (("components", "schemas", "Gone"), SCHEMAS, False),
        (("paths", "/orders/{order_id}", "parameters", "0", "name"), f"{POST[:-5]}/parameters/0/name", True),
        (("tags",), "", False),
    ],
)
def test_the_nearest_place_from_the_whole_document(steps: tuple[str, ...], pointer: str, exact: bool) -> None:
    found = Locator(DOCUMENT).nearest(steps)
    assert (found.pointer, found.exact) == (pointer, exact)


def test_a_reference_has_a_place_and_a_meaning() -> None:
    found = Locator(DOCUMENT).find(KEY, "query.limit")
    assert (found.value, found.target) == ({"$ref": "#/components/parameters/Limit"}, "/components/parameters/Limit")
    assert found.meant == DOCUMENT["components"]["parameters"]["Limit"]


@pytest.mark.parametrize("value", [3, [], None, {"paths": 3}, {"paths": {"/a": {"get": [1]}}}])
def test_what_is_malformed_has_the_place_around_it(value: Any) -> None:
    assert not Locator(value if isinstance(value, dict) else {}).find("GET /b", "body.a").exact


def test_references_in_a_circle_end() -> None:
    circle = {"$ref": "#/components/schemas/A"}
    document = {
        "paths": {"/a": {"get": {"requestBody": {"content": {"application/json": {"schema": circle}}}}}},
        "components": {"schemas": {"A": circle}},
    }
    assert not Locator(document).find("GET /a", "body.x").exact


def test_paths_of_one_key_are_tried_in_their_order() -> None:
    paths: dict[str, Any] = {"/a/{x}": {"get": {}}, "/a/{y}": {"get": {}, "put": {}}, "/a/{}": {"patch": {}}}
    locator = Locator({"paths": paths, "webhooks": {"/a/{x}": {"put": {}}}})
    methods = ("GET", "PUT", "PATCH", "DELETE", "webhook PUT")
    assert [locator.find(f"{method} /a/{{}}", "").pointer for method in methods] == [
        "/paths/~1a~1{x}/get",
        "/paths/~1a~1{y}/put",
        "/paths/~1a~1{}/patch",
        "",
        "/webhooks/~1a~1{x}/put",
    ]


def test_steps_of_one_name_at_two_places_are_two() -> None:
    inner = {name: {"properties": {"x": {"title": name}}} for name in ("a", "b")}
    body = {"content": {"application/json": {"schema": {"properties": inner}}}}
    locator = Locator({"paths": {"/x": {"post": {"requestBody": body}}}})
    found = [locator.find("POST /x", f"body.{name}.x").meant for name in ("a", "b", "a")]
    assert found == [{"title": "a"}, {"title": "b"}, {"title": "a"}]
