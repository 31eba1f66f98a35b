"""The pages for people: they work without internet, because all that they load comes from the app."""

import asyncio
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx import ASGITransport, AsyncClient

pytestmark = pytest.mark.anyio

# What each page loads; the document is named in a script or an attribute of the page's own.
LOADS = {
    "/docs": {"/static-docs/swagger-ui.css", "/static-docs/swagger-ui-bundle.js", "/static-docs/favicon.png"},
    "/redoc": {"/static-docs/redoc.standalone.js", "/static-docs/favicon.png"},
    "/docs/oauth2-redirect": set(),
}
MEDIA_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "png": "image/png"}
ANOTHER_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//[\w\[]", re.IGNORECASE)


class Page(HTMLParser):
    """What a page loads, and its scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loads: set[str] = set()
        self.documents: set[str] = set()
        self.scripts: list[str] = []
        self._in_script = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        for name, value in attributes:
            if name in ("src", "href", "srcset", "data", "poster", "action") and value:
                self.loads.add(value)
            if name == "spec-url" and value:
                self.documents.add(value)

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts.append(data)
            self.documents |= set(re.findall(r"\burl: '([^']+)'", data))


@pytest.mark.parametrize("path", LOADS)
@pytest.mark.parametrize("root", ["", "/shop"])
async def test_everything_that_a_page_loads_comes_from_the_app(app: FastAPI, path: str, root: str) -> None:
    """Also behind a proxy that serves the app below a path."""
    async with AsyncClient(transport=ASGITransport(app, root_path=root), base_url="http://shop.example") as client:
        answer = await client.get(root + path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        page = Page(answer.text)
        assert page.loads == {root + file for file in LOADS[path]}
        for file in page.loads:
            loaded = await client.get(file)
            expected = (200, MEDIA_TYPES[file.rpartition(".")[2]])
            assert (loaded.status_code, loaded.headers["content-type"]) == expected
            assert len(loaded.content) > 1000
        assert page.documents == ({f"{root}/openapi.json"} if LOADS[path] else set())
        for document in page.documents:
            assert (await client.get(document)).json()["openapi"] == "3.1.0"


@pytest.mark.parametrize("path", LOADS)
async def test_no_other_host_is_named(anonymous: AsyncClient, path: str) -> None:
    answer = await anonymous.get(path)
    assert ANOTHER_HOST.findall(answer.text) == []
    policy = answer.headers["content-security-policy"]
    directives = {name: sources for name, *sources in (part.split() for part in policy.split(";"))}
    assert directives["default-src"] == ["'self'"]
    sources = {source for allowed in directives.values() for source in allowed}
    assert sources == {"'self'", "'unsafe-inline'", "'none'", "data:", "blob:"}


async def test_the_page_to_try_it_asks_no_validator_and_comes_back_to_the_app(anonymous: AsyncClient) -> None:
    (script,) = (script for script in Page((await anonymous.get("/docs")).text).scripts if "SwaggerUIBundle" in script)
    assert '"validatorUrl": "none"' in script
    assert "oauth2RedirectUrl: window.location.origin + '/docs/oauth2-redirect'" in script


async def test_the_files_cannot_be_left(anonymous: AsyncClient) -> None:
    for path in (
        "/static-docs/",
        "/static-docs/../core.py",
        "/static-docs/%2e%2e/__init__.py",
        "/static-docs//etc/passwd",
    ):
        assert (await anonymous.get(path)).status_code == 404


async def test_sync_and_async_routes_stand_side_by_side(app: FastAPI, bob: AsyncClient) -> None:
    routes = {context.path: context.endpoint for context in iter_route_contexts(app.routes)}
    kinds: dict[str, Callable[..., object] | None] = {
        path: routes[path] for path in ("/v2/exports/orders.csv", "/v2/products")
    }
    assert {path: asyncio.iscoroutinefunction(endpoint) for path, endpoint in kinds.items()} == {
        "/v2/exports/orders.csv": False,
        "/v2/products": True,
    }
    assert [(await bob.get(path)).status_code for path in kinds] == [200, 200]
