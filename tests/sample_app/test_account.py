"""The account page: its cookie, and the attacks on it (forged requests, scripts, redirects to elsewhere)."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from pydantic import SecretStr
from sqlalchemy import text

from sample_app.core.settings import Environment, Settings
from sample_app.demo import PASSWORD
from sample_app.main import create_app

pytestmark = pytest.mark.anyio

PROBLEMS = "https://sample-app.example/problems/"
OWN = {"Origin": "http://shop.example", "Sec-Fetch-Site": "same-origin"}

SCRIPTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "</textarea></title><script src=//evil.example/x.js></script>",
    "{{ 7 * 7 }}<b>{% raw %}",
    "javascript:alert(1)",
]


class Page(HTMLParser):
    """What a browser would make of the page: its elements with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def shape(self) -> list[tuple[str, list[str]]]:
        """The elements and the names of their attributes."""
        return [(tag, sorted(attributes)) for tag, attributes in self.elements]

    def value_of(self, name: str) -> str | None:
        return next(attributes["value"] for _, attributes in self.elements if attributes.get("name") == name)


async def signed_in(client: AsyncClient, username: str, password: str = PASSWORD) -> AsyncClient:
    answer = await client.post("/account/session", data={"username": username, "password": password}, headers=OWN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account"), answer.text
    return client


async def page_of(client: AsyncClient, q: str = "") -> Page:
    answer = await client.get("/account", params={"q": q} if q else {})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return Page(answer.text)


async def write(client: AsyncClient, note: str, **changes: Any) -> Response:
    token = (await page_of(client)).value_of("csrf_token")
    form = {"text": note, "csrf_token": token, **changes.pop("form", {})}
    return await client.post("/account/notes", data=form, headers=changes.get("headers", OWN))


@pytest.fixture
async def browser(anonymous: AsyncClient) -> AsyncClient:
    """A browser that is signed in as bob."""
    return await signed_in(anonymous, "bob")


@pytest.fixture
async def other_browser(app: FastAPI, client_for: Callable[..., AsyncClient]) -> AsyncClient:
    """A browser that is signed in as dave."""
    return await signed_in(client_for(app), "dave")


async def test_the_page_shows_a_form_to_sign_in_then_the_profile_and_the_notes(anonymous: AsyncClient) -> None:
    assert "Sign in" in (await page_of(anonymous)).text
    await signed_in(anonymous, "bob")
    assert "bob, customer of acme" in (await page_of(anonymous)).text
    for note in ("Order more Assam", "100 % arabica", "call dave"):
        answer = await write(anonymous, note)
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    found = re.findall(r"</time> (.*)</li>", (await anonymous.get("/account")).text)
    assert found == ["call dave", "100 % arabica", "Order more Assam"]


@pytest.mark.parametrize(("q", "notes"), [("ASSAM", ["Assam"]), ("%", ["100 %"]), ("_", []), ("nothing", [])])
async def test_the_search_takes_every_character_for_itself(browser: AsyncClient, q: str, notes: list[str]) -> None:
    for note in ("Assam", "100 %"):
        await write(browser, note)
    assert re.findall(r"</time> (.*)</li>", (await browser.get("/account", params={"q": q})).text) == notes


async def test_the_notes_are_those_of_the_own_user(browser: AsyncClient, other_browser: AsyncClient) -> None:
    await write(browser, "a secret of bob")
    assert "a secret of bob" in (await page_of(browser)).text
    assert "a secret of bob" not in (await page_of(other_browser)).text


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(
    app: FastAPI, anonymous: AsyncClient, settings: Settings, client_for: Callable[..., AsyncClient]
) -> None:
    async def cookie(client: AsyncClient) -> Any:
        form = {"username": "bob", "password": PASSWORD}
        answer = await client.post("/account/session", data=form)
        return SimpleCookie(answer.headers["set-cookie"])["session"]

    first, second = await cookie(anonymous), await cookie(client_for(app))
    assert first.value != second.value
    assert len(first.value) >= 43
    flags = {name: first[name] for name in ("path", "max-age", "httponly", "samesite", "secure")}
    assert flags == {"path": "/account", "max-age": "28800", "httponly": True, "samesite": "lax", "secure": ""}

    production = create_app(
        settings.model_copy(
            update={"environment": Environment.PRODUCTION, "jwt_secret": SecretStr("0123456789abcdef0123456789abcdef")}
        )
    )
    async with production.router.lifespan_context(production), client_for(production) as client:
        assert (await cookie(client))["secure"] is True


async def test_the_cookie_changes_with_each_sign_in_and_the_old_one_ends(
    app: FastAPI, browser: AsyncClient, client_for: Callable[..., AsyncClient]
) -> None:
    """A cookie that somebody planted before the user signed in is of no use afterwards."""
    old = browser.cookies["session"]
    await signed_in(browser, "bob")
    assert browser.cookies["session"] != old
    thief = client_for(app)
    thief.cookies.set("session", old, path="/account")
    assert "Sign in" in (await page_of(thief)).text


async def test_signing_out_ends_the_session_also_for_a_copy_of_the_cookie(
    app: FastAPI, browser: AsyncClient, client_for: Callable[..., AsyncClient]
) -> None:
    copy = client_for(app)
    copy.cookies.set("session", browser.cookies["session"], path="/account")
    token = (await page_of(copy)).value_of("csrf_token")
    answer = await browser.post("/account/sign-out", data={"csrf_token": token}, headers=OWN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "session" not in browser.cookies
    assert "Sign in" in (await page_of(copy)).text
    for path, form in (("notes", {"text": "x", "csrf_token": token}), ("sign-out", {"csrf_token": token})):
        refused = await copy.post(f"/account/{path}", data=form, headers=OWN)
        assert (refused.status_code, refused.json()["type"]) == (401, f"{PROBLEMS}not-signed-in")
        assert refused.headers["www-authenticate"] == 'Cookie realm="account"'


async def test_a_browser_session_is_listed_and_can_be_ended_from_elsewhere(
    browser: AsyncClient, bob: AsyncClient
) -> None:
    sessions = (await bob.get("/auth/sessions")).json()
    assert [(session["kind"], session["scope"] == "") for session in sessions] == [("browser", True), ("token", False)]
    await bob.delete(f"/auth/sessions/{sessions[0]['session_id']}")
    assert "Sign in" in (await page_of(browser)).text


async def test_an_expired_session_is_over(browser: AsyncClient, app: FastAPI) -> None:
    async with app.state.database.transaction(all_tenants=True) as session:
        await session.execute(text("UPDATE logins SET expires_at = '2020-01-01' WHERE kind = 'browser'"))
    assert "Sign in" in (await page_of(browser)).text


async def test_the_cookie_is_no_access_token_and_the_access_token_no_cookie(
    browser: AsyncClient, bob: AsyncClient, app: FastAPI, client_for: Callable[..., AsyncClient]
) -> None:
    assert (await client_for(app, browser.cookies["session"]).get("/v2/users/me")).status_code == 401
    thief = client_for(app)
    thief.cookies.set("session", bob.headers["authorization"].split()[1], path="/account")
    assert "Sign in" in (await page_of(thief)).text


async def test_the_database_does_not_hold_the_cookie(browser: AsyncClient, app: FastAPI) -> None:
    async with app.state.database.transaction(read_only=True, all_tenants=True) as session:
        (row,) = (await session.execute(text("SELECT * FROM browser_sessions"))).all()
    assert [value for value in row if browser.cookies["session"] in str(value)] == []


@pytest.mark.parametrize("password", ["Wrong-horse-7", PASSWORD.lower()])
async def test_a_wrong_password_sets_no_cookie(anonymous: AsyncClient, password: str) -> None:
    answer = await anonymous.post("/account/session", data={"username": "bob", "password": password})
    assert (answer.status_code, answer.json()["type"]) == (401, f"{PROBLEMS}wrong-credentials")
    assert "set-cookie" not in answer.headers


FOREIGN = {
    "another site": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    "another origin of the site": {"Origin": "http://blog.shop.example", "Sec-Fetch-Site": "same-site"},
    "an old browser": {"Origin": "https://evil.example"},
    "another port": {"Origin": "http://shop.example:8080"},
    "a name that only begins alike": {"Origin": "http://shop.example.evil.example"},
    "a name before the host": {"Origin": "http://shop.example@evil.example"},
    "a sandboxed frame": {"Origin": "null"},
    "no origin told": {"Sec-Fetch-Site": "cross-site"},
    "a lie in one of the two": {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
}


@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_form_from_elsewhere_is_refused_even_with_cookie_and_token(browser: AsyncClient, origin: str) -> None:
    token = (await page_of(browser)).value_of("csrf_token")
    forms: list[tuple[str, dict[str, Any]]] = [
        ("/account/notes", {"text": "forged", "csrf_token": token}),
        ("/account/sign-out", {"csrf_token": token}),
        ("/account/session", {"username": "dave", "password": PASSWORD}),
    ]
    for path, form in forms:
        answer = await browser.post(path, data=form, headers=FOREIGN[origin])
        assert (answer.status_code, answer.json()["type"]) == (403, f"{PROBLEMS}forged-request")
        assert "set-cookie" not in answer.headers
    page = await page_of(browser)
    assert "bob, customer" in page.text
    assert "forged" not in page.text


async def test_a_form_without_the_token_of_its_session_is_refused(
    browser: AsyncClient, other_browser: AsyncClient
) -> None:
    theirs = (await page_of(other_browser)).value_of("csrf_token")
    for token, status in (
        (None, 422),
        ("", 422),
        ("x" * 101, 422),
        ("guessed", 403),
        ("gué", 403),
        (theirs, 403),
        (browser.cookies["session"], 403),
    ):
        for path, form in (("notes", {"text": "forged"}), ("sign-out", {})):
            sent = form if token is None else {**form, "csrf_token": token}
            assert (await browser.post(f"/account/{path}", data=sent, headers=OWN)).status_code == status
    page = await page_of(browser)
    assert "bob, customer" in page.text
    assert "forged" not in page.text


async def test_the_token_is_another_in_each_session_and_the_same_in_all_its_pages(
    app: FastAPI, browser: AsyncClient, client_for: Callable[..., AsyncClient]
) -> None:
    pages = [await page_of(browser), await page_of(browser), await page_of(await signed_in(client_for(app), "bob"))]
    first, again, elsewhere = (page.value_of("csrf_token") for page in pages)
    assert first == again != elsewhere


async def test_a_form_of_a_client_that_is_no_browser_needs_only_the_token(browser: AsyncClient) -> None:
    assert (await write(browser, "by a script of bob's own", headers={})).status_code == 303


@pytest.mark.parametrize("script", SCRIPTS)
async def test_a_script_in_a_note_is_shown_and_not_run(browser: AsyncClient, script: str) -> None:
    await write(browser, "harmless")
    harmless = await page_of(browser)
    token = harmless.value_of("csrf_token")
    await write(browser, script)
    attacked = await page_of(browser)
    assert script in attacked.text
    # One more list item with its time, and no other element or attribute.
    assert attacked.shape() == [*harmless.shape(), *harmless.shape()[-2:]]
    assert attacked.value_of("csrf_token") == token


@pytest.mark.parametrize("script", SCRIPTS)
async def test_a_script_in_the_search_is_shown_and_not_run(browser: AsyncClient, script: str) -> None:
    harmless, attacked = await page_of(browser, q="harmless"), await page_of(browser, q=script)
    assert attacked.shape() == harmless.shape()
    assert attacked.value_of("q") == script
    assert script in attacked.text


@pytest.mark.parametrize("script", SCRIPTS)
async def test_a_script_in_the_own_name_is_shown_and_not_run(
    app: FastAPI, anonymous: AsyncClient, browser: AsyncClient, client_for: Callable[..., AsyncClient], script: str
) -> None:
    async with app.state.database.transaction(all_tenants=True) as session:
        await session.execute(text("UPDATE users SET display_name = :name WHERE username = 'dave'"), {"name": script})
    attacked = await page_of(await signed_in(client_for(app), "dave"))
    assert attacked.shape() == (await page_of(browser)).shape()
    assert script in attacked.text


async def test_the_page_runs_no_script_whatever_slips_through(browser: AsyncClient) -> None:
    headers = (await browser.get("/account")).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("target", ["/docs", "/account?q=Assam", "/v2/products/TEA-001", "/"])
async def test_signing_in_leads_on_to_a_page_of_this_host(anonymous: AsyncClient, target: str) -> None:
    form = {"username": "bob", "password": PASSWORD, "next": target}
    answer = await anonymous.post("/account/session", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, target)


ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/account\r\nSet-Cookie: session=planted",
    "/account\nLocation: https://evil.example",
    "/account\r\n\r\n<script>alert(1)</script>",
    "/account\x00",
    "/account\n",
    "/é",
]


@pytest.mark.parametrize("target", ELSEWHERE)
async def test_signing_in_leads_nowhere_else_and_adds_no_header(anonymous: AsyncClient, target: str) -> None:
    form = {"username": "bob", "password": PASSWORD, "next": target}
    answer = await anonymous.post("/account/session", data=form)
    assert (answer.status_code, [part["location"] for part in answer.json()["errors"]]) == (422, [["body", "next"]])
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers
