"""A running app with the demo data, and those who call it."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from sample_app.demo import PASSWORD

TEXT = b"Dear customer,\nthank you.\n"
REGISTRATION = {
    "username": "erin",
    "password": "Battery-staple-9",
    "password_repeat": "Battery-staple-9",
    "birth_date": "1990-04-01",
    "display_name": "Erin",
    "tenant": "acme",
}
KEY = {"name": "Warehouse display", "scopes": ["reports:stock"]}


@dataclass(frozen=True)
class Shop:
    """The app, and an access token of each demo user."""

    app: FastAPI
    tokens: dict[str, str]

    def client(self, *, token: str | None = None) -> AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = ASGITransport(self.app, raise_app_exceptions=False)
        return AsyncClient(transport=transport, base_url="http://shop.example", headers=headers)

    @property
    def anonymous(self) -> AsyncClient:
        return self.client()

    @property
    def alice(self) -> AsyncClient:
        return self.client(token=self.tokens["alice"])

    @property
    def bob(self) -> AsyncClient:
        return self.client(token=self.tokens["bob"])

    @property
    def dave(self) -> AsyncClient:
        return self.client(token=self.tokens["dave"])

    @property
    def carol(self) -> AsyncClient:
        return self.client(token=self.tokens["carol"])

    async def tokens_of(self, username: str, *, scope: str = "") -> dict[str, Any]:
        """A new login."""
        form = {"username": username, "password": PASSWORD, "scope": scope}
        tokens: dict[str, Any] = good(await self.anonymous.post("/auth/token", data=form))
        return tokens

    async def with_scope(self, username: str, scope: str) -> AsyncClient:
        """A client whose token is good for this scope only."""
        return self.client(token=(await self.tokens_of(username, scope=scope))["access_token"])

    async def with_key(self, **changes: Any) -> AsyncClient:
        """A client with a new API key, for the stock report unless said otherwise."""
        client = self.client()
        client.headers["X-API-Key"] = good(await self.alice.post("/v2/api-keys", json={**KEY, **changes}))["api_key"]
        return client


@dataclass(frozen=True)
class Observation:
    """What a client observes.

    Attributes:
        fault: the fault that it shows.
        observe: sends the requests, and returns what to look at.
        right: what that is without the fault.
        wrong: what that is with the fault.
    """

    fault: str
    observe: Callable[[Shop], Awaitable[Any]]
    right: Any
    wrong: Any


def good(answer: Response) -> Any:
    """The body of an answer that has to be one of success, as the observation goes on from it."""
    assert answer.is_success, (answer.status_code, answer.text)
    return answer.json() if answer.content else None


async def signed_in_browser(shop: Shop) -> tuple[AsyncClient, dict[str, str]]:
    """Bob on the account page, and what his form for a note would send."""
    browser = shop.anonymous
    await browser.post("/account/session", data={"username": "bob", "password": PASSWORD})
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', (await browser.get("/account")).text)
    assert token is not None
    return browser, {"csrf_token": token[1], "text": "Order more Assam."}


async def upload(client: AsyncClient, content: bytes = TEXT) -> str:
    """The path of a new file."""
    file = good(await client.post("/v2/files", files={"file": ("note.txt", content)}))
    return f"/v2/files/{file['file_id']}"


async def order(client: AsyncClient, *, sku: str = "TEA-001", quantity: int = 1) -> str:
    """The path of a new order, which is decided when the answer is there."""
    placed = good(await client.post("/v2/orders", json={"sku": sku, "quantity": quantity}))
    return f"/v2/orders/{placed['order_id']}"


async def items_of(client: AsyncClient, path: str, **query: Any) -> list[Any]:
    items: list[Any] = good(await client.get(path, params=query))["items"]
    return items
