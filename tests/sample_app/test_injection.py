"""SQL in every text of a request: each string parameter and field of the document is attacked in turn.

The requests are made from the OpenAPI document, so a new route is attacked from its first day. An attack must be
answered as a harmless text is that nobody has heard of, must find nothing more, and must leave the tables as they are.
"""

import json
import re
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text

from sample_app.core.settings import Settings
from sample_app.demo import PASSWORD
from sample_app.main import create_app

pytestmark = pytest.mark.anyio

HARMLESS = "zzz-unheard-of"
# None is shorter than the harmless text: no lower bound tells them apart.
ATTACKS = (
    "' OR 'tea'='tea",
    "'; DROP TABLE users; --",
    '" OR "tea"="tea',
    "' UNION SELECT password_hash FROM users --",
    "'||(SELECT secret FROM missing)||'",
    "administrator'--",
    "%' OR 1=1 --",
    "\\'; DELETE FROM products; --",
)

DOCUMENT = create_app().openapi()

# The fields of forms that are files; attacked is their name.
FILES = {"file", "attachment"}


@dataclass(frozen=True)
class Slot:
    """One place for a text in a request: what part it is in, and the way to it."""

    where: str
    path: tuple[str | int, ...]

    def __str__(self) -> str:
        return ".".join(map(str, (self.where, *self.path)))


@dataclass
class Shop:
    """A running app, an administrator's client of it, and what a browser has that is signed in to the account page."""

    app: FastAPI
    client: AsyncClient
    cookie: str
    csrf_token: str
    registered: int = 0

    def new_username(self) -> str:
        self.registered += 1
        return f"user{self.registered}"


@dataclass(frozen=True)
class Draft:
    """A request that is complete and good, before a text in it is replaced."""

    method: str
    path: str
    parts: dict[str, Any] = field(default_factory=dict)
    media_type: str | None = None

    def with_text(self, slot: Slot, value: str) -> "Draft":
        parts = deepcopy(self.parts)
        place = parts[slot.where]
        for step in slot.path[:-1]:
            place = place[step]
        place[slot.path[-1]] = value
        if isinstance(place, dict) and (repeated := f"{slot.path[-1]}_repeat") in place:
            place[repeated] = value
        return replace(self, parts=parts)

    def completed(self, shop: Shop) -> "Draft":
        """With good credentials, and a user name that is not taken, so that the request gets as far as it can."""
        parts = deepcopy(self.parts)
        if "session" in parts["cookie"]:
            parts["cookie"]["session"] = shop.cookie
        if "csrf_token" in parts["body"]:
            parts["body"]["csrf_token"] = shop.csrf_token
        if self.path == "/v2/users":
            parts["body"]["username"] = shop.new_username()
        parts["header"].pop("X-API-Key", None)  # the client has a token
        return replace(self, parts=parts)

    async def send(self, client: AsyncClient) -> Response:
        path = self.path
        for name, value in self.parts["path"].items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        # A header is Latin-1, a cookie has no quotes or semicolons: what cannot be sent there is sent percent-encoded.
        headers = {name: str(value).encode("latin-1") for name, value in self.parts["header"].items()}
        if cookies := self.parts["cookie"]:
            pairs = (f"{name}={quote(str(value))}" for name, value in cookies.items())
            headers["Cookie"] = "; ".join(pairs).encode()
        body: dict[str, Any] = {}
        if self.media_type == "application/json":
            body["content"] = json.dumps(self.parts["body"])  # in ASCII, so that it can hold a lone surrogate
            headers["Content-Type"] = b"application/json"
        elif self.media_type == "application/x-www-form-urlencoded":
            body["data"] = self.parts["body"]
        elif self.media_type == "multipart/form-data":
            body["files"] = {
                name: (f"{value}.txt", b"harmless", "text/plain") if name in FILES else (None, str(value))
                for name, value in self.parts["body"].items()
            }
        return await client.request(self.method, path, params=self.parts["query"], headers=headers, **body)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without a reference, and of several choices the first that is not null."""
    while True:
        if "$ref" in schema:
            schema = DOCUMENT["components"]["schemas"][schema["$ref"].split("/")[-1]]
        elif choices := schema.get("anyOf") or schema.get("oneOf"):
            schema = next(choice for choice in choices if choice.get("type") != "null")
        else:
            return schema


def example(schema: dict[str, Any]) -> Any:
    """A good value."""
    if schema.get("examples"):
        return schema["examples"][0]
    schema = resolved(schema)
    if schema.get("examples"):
        return schema["examples"][0]
    if "properties" in schema:
        return {name: example(value) for name, value in schema["properties"].items()}
    for keyword in ("default", "const"):
        if schema.get(keyword) is not None:
            return schema[keyword]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "uuid":
        return "0b5f1c2e-3d4a-4b6c-8d7e-9f0a1b2c3d4e"
    if schema.get("format") == "date-time":
        return "2026-07-01T12:00:00Z"
    if schema.get("format") == "date":
        return "2000-07-01"
    kind = schema.get("type")
    if kind == "array":
        return [example(schema["items"])]
    if kind == "string":
        return "x" * max(schema.get("minLength", 0), 12)
    return {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1), "boolean": True}.get(str(kind))


def texts(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The ways to all texts in a value."""
    if isinstance(value, str):
        yield way
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, (*way, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, (*way, index))


def draft_of(method: str, path: str, operation: dict[str, Any]) -> Draft:
    parts: dict[str, Any] = {"path": {}, "query": {}, "header": {}, "cookie": {}, "body": {}}
    for parameter in operation.get("parameters", []):
        parts[parameter["in"]][parameter["name"]] = example({**parameter, **parameter["schema"]})
    for requirement in operation.get("security", []):
        for name in requirement:
            scheme = DOCUMENT["components"]["securitySchemes"][name]
            if scheme["type"] == "apiKey":
                parts[scheme["in"]][scheme["name"]] = ""
    media_type = None
    if content := operation.get("requestBody", {}).get("content"):
        media_type, described = next(iter(content.items()))
        parts["body"] = example(described["schema"])
    return Draft(method=method.upper(), path=path, parts=parts, media_type=media_type)


def places() -> dict[str, tuple[Draft, Slot]]:
    """Every text of every operation; of a parameter that is a number or a choice, too: it comes as text."""
    found = {}
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            draft = draft_of(method, path, operation)
            for part, values in draft.parts.items():
                ways = texts(values) if part == "body" else ((name,) for name in values)
                for way in ways:
                    slot = Slot(part, way)
                    found[f"{method.upper()} {path} {slot}"] = (draft, slot)
    return found


PLACES = places()


def test_the_places_are_found_in_every_part_of_a_request() -> None:
    """Guards the generator: were it to find nothing, the attacks would pass."""
    assert {slot.where for _, slot in PLACES.values()} == {"path", "query", "header", "cookie", "body"}
    assert {
        "GET /account query.q",
        "GET /account cookie.session",
        "POST /account/notes body.text",
        "POST /auth/token body.username",
        "POST /v2/users body.display_name",
        "GET /v2/reports/stock header.X-API-Key",
        "GET /v2/orders/{order_id} path.order_id",
        "GET /v2/products query.category",
        "POST /v2/api-keys body.scopes.0",
    } <= set(PLACES)


@pytest.fixture(scope="module")
async def shop(
    demo: tuple[Any, dict[str, str]],
    tmp_path_factory: pytest.TempPathFactory,
    client_for: Callable[..., AsyncClient],
) -> AsyncIterator[Shop]:
    """One app for all attacks."""
    folder = tmp_path_factory.mktemp("injection") / "data"
    shutil.copytree(demo[0], folder)
    app = create_app(Settings(data_dir=folder))
    async with app.router.lifespan_context(app), client_for(app, demo[1]["alice"]) as client:
        browser = client_for(app)
        await browser.post("/account/session", data={"username": "bob", "password": PASSWORD})
        tokens = re.findall('name="csrf_token" value="([^"]+)"', (await browser.get("/account")).text)
        note = {"text": "not for everybody", "csrf_token": tokens[0]}
        assert (await browser.post("/account/notes", data=note)).status_code == 303
        yield Shop(app=app, client=client, cookie=browser.cookies["session"], csrf_token=tokens[0])


def reaches_the_end(place: str) -> bool:
    """Whether the request is done when its text is harmless: then the attack is written, or looked for."""
    return place in {
        "GET /account query.q",
        "POST /account/notes body.text",
        "POST /v2/users body.display_name",
        "POST /v2/users body.password",
        "POST /v2/api-keys body.name",
        "POST /v2/files body.file",
        "POST /v2/tickets body.subject",
        "POST /v2/tickets body.text",
        "POST /v2/tickets body.attachment",
        "PUT /v2/users/me/address body.address.street",
        "PUT /v2/users/me/address body.address.city",
    }


async def what_must_stay(app: FastAPI) -> dict[str, Any]:
    """The tables, and the rows that no request may change."""
    queries = {
        "tables": "SELECT name, sql FROM sqlite_master ORDER BY name",
        "users": "SELECT username, password_hash, role, tenant_id FROM users "
        "WHERE username IN ('alice', 'bob', 'dave', 'carol') ORDER BY username",
        "products": "SELECT tenant_id, sku FROM products WHERE sku IN ('TEA-001', 'LAST-010') ORDER BY tenant_id, sku",
    }
    async with app.state.database.transaction(read_only=True, all_tenants=True) as session:
        return {name: (await session.execute(text(query))).all() for name, query in queries.items()}


def found(answer: Response) -> Any:
    """How much a list has, where the answer is one."""
    if answer.headers.get("content-type") == "application/json" and isinstance(body := answer.json(), dict):
        return body.get("total")
    return len(re.findall("<li>", answer.text))


@pytest.mark.parametrize("place", PLACES)
async def test_sql_in_a_text_is_nothing_but_a_text(shop: Shop, place: str) -> None:
    draft, slot = PLACES[place]
    before = await what_must_stay(shop.app)

    async def answer_to(value: str) -> Response:
        return await draft.completed(shop).with_text(slot, value).send(shop.client)

    # What a second request finds may be there because of the first (a name that is taken), so both answers count.
    harmless = [await answer_to(HARMLESS) for _ in range(2)]
    if reaches_the_end(place):
        assert [reference.status_code // 100 in (2, 3) for reference in harmless] == [True, True]
    for attack in ATTACKS:
        answer = await answer_to(attack)
        told = (attack, answer.status_code, answer.text[:300])
        # What a pattern keeps out does not get anywhere.
        expected = {reference.status_code // 100 for reference in harmless}
        assert answer.status_code == 422 or answer.status_code // 100 in expected, told
        assert answer.status_code < 500, told
        assert "sqlite" not in answer.text.lower(), told
        if draft.method == "GET" and answer.status_code < 300:
            assert found(answer) in {found(reference) for reference in harmless}, told
    assert await what_must_stay(shop.app) == before


@pytest.mark.parametrize("value", ["\x00", "a\x00b", "\ud800", "\U0001f375", "é", "\r\nSet-Cookie: x=1", "x" * 100_000])
@pytest.mark.parametrize("place", [place for place, (_, slot) in PLACES.items() if slot.where == "body"])
async def test_no_text_of_a_body_is_too_strange(shop: Shop, place: str, value: str) -> None:
    draft, slot = PLACES[place]
    if "\ud800" in value and draft.media_type != "application/json":
        pytest.skip("a lone surrogate cannot be sent in a form")
    answer = await draft.completed(shop).with_text(slot, value).send(shop.client)
    assert answer.status_code < 500, answer.text[:300]
    assert "set-cookie" not in answer.headers or draft.path == "/account/session"
