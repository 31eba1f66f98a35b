"""Every part of a request as a model: query, bodies alone, together and embedded, forms, headers, cookies."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text

from sample_app.core.database import Database
from sample_app.preferences.schemas import Locale
from sample_app.quotes.schemas import written
from sample_app.shipping.rates import Zone, zone_of

pytestmark = pytest.mark.anyio

ADDRESS = {"street": "Teichstrasse 4", "postalCode": "20095", "city": "Hamburg", "countryCode": "DE"}
TEXT = ("note.txt", b"plain words", "text/plain")


def refused(answer: Response) -> list[Any]:
    assert answer.status_code == 422, answer.text
    return [error["location"] for error in answer.json()["errors"]]


async def test_an_embedded_body_with_names_in_camel_case(bob: AsyncClient, dave: AsyncClient) -> None:
    path = "/v2/users/me/address"
    missing = await bob.get(path)
    assert (missing.status_code, missing.json()["type"]) == (404, "https://sample-app.example/problems/no-address")
    for address in (ADDRESS, {**ADDRESS, "city": "Altona"}):
        assert (await bob.put(path, json={"address": address})).json() == address
        assert (await bob.get(path)).json() == address
    assert (await dave.get(path)).status_code == 404
    assert refused(await bob.put(path, json=ADDRESS)) == [["body", "address"]]
    wrong = {**ADDRESS, "countryCode": "de"}
    assert refused(await bob.put(path, json={"address": wrong})) == [["body", "address", "countryCode"]]


async def quote(client: AsyncClient, cookies: str = "", **body: Any) -> Response:
    items = [{"sku": "TEA-001", "quantity": 2}]
    sent = {"items": items, "delivery": {"address": ADDRESS}, **body}
    return await client.post("/v2/quotes", json=sent, headers={"Cookie": cookies} if cookies else {})


async def test_several_bodies_in_one(bob: AsyncClient, carol: AsyncClient) -> None:
    answer = await quote(bob, items=[{"sku": "TEA-001", "quantity": 2}, {"sku": "GIFT-001", "quantity": 40}])
    assert answer.json() == {
        "lines": [
            {"sku": "TEA-001", "quantity": 2, "price": {"amount": 990, "currency": "EUR"}},
            {"sku": "GIFT-001", "quantity": 40, "price": {"amount": 128000, "currency": "EUR"}},
        ],
        "zone": "domestic",
        "delivery": {"amount": 490, "currency": "EUR"},
        "total": {"amount": 129480, "currency": "EUR"},
        "total_text": "€1,294.80",
    }
    assert (await quote(carol)).json()["total"]["amount"] == 2 * 540 + 490
    assert (await quote(carol, items=[{"sku": "GIFT-001", "quantity": 1}])).status_code == 404
    assert refused(await quote(bob, items=[])) == [["body", "items"]]
    for other in ("2", True):
        assert refused(await quote(bob, items=[{"sku": "TEA-001", "quantity": other}])) == [
            ["body", "items", 0, "quantity"]
        ]
    for express in ("true", 1):
        assert refused(await quote(bob, delivery={"address": ADDRESS, "express": express})) == [
            ["body", "delivery", "express"]
        ]
    assert refused(await bob.post("/v2/quotes", json={})) == [["body", "items"], ["body", "delivery"]]
    assert (await bob.get("/v2/orders")).json()["total"] == 0


@pytest.mark.parametrize(
    ("cookies", "express", "delivery", "told"),
    [
        ("", None, 490, "€14.80"),
        ("locale=de", None, 490, "14,80 €"),
        ("locale=en; speed=express", None, 1290, "€22.80"),
        ("speed=express; locale=de", False, 490, "14,80 €"),
        ("speed=standard", True, 1290, "€22.80"),
    ],
)
async def test_a_quote_is_as_the_cookies_prefer(
    bob: AsyncClient, cookies: str, express: bool | None, delivery: int, told: str
) -> None:
    body = (await quote(bob, cookies, delivery={"address": ADDRESS, "express": express})).json()
    assert (body["delivery"]["amount"], body["total_text"]) == (delivery, told)


async def test_what_is_sold_in_dollars_is_not_quoted(app: FastAPI, bob: AsyncClient) -> None:
    database: Database = app.state.database
    async with database.transaction(all_tenants=True) as session:
        await session.execute(text("UPDATE products SET price_currency = 'USD' WHERE sku = 'TEA-001'"))
    answer = await quote(bob)
    assert (answer.status_code, answer.json()["type"]) == (409, "https://sample-app.example/problems/mixed-currencies")


async def test_cookies_are_set_and_read_by_everybody(anonymous: AsyncClient) -> None:
    everybody = {"locale": "en", "speed": "standard"}
    assert (await anonymous.get("/v2/preferences")).json() == everybody
    wanted = {"locale": "de", "speed": "express"}
    answer = await anonymous.put("/v2/preferences", json=wanted)
    assert answer.json() == wanted
    assert [line.partition(";")[0] for line in answer.headers.get_list("set-cookie")] == ["locale=de", "speed=express"]
    assert (await anonymous.get("/v2/preferences")).json() == wanted  # the client sends them back
    assert (await anonymous.put("/v2/preferences", json={})).json() == everybody


async def test_a_cookie_that_we_did_not_set_is_refused(anonymous: AsyncClient) -> None:
    answer = await anonymous.get("/v2/preferences", headers={"Cookie": "locale=fr"})
    assert refused(answer) == [["cookie", "locale"]]


async def test_a_form_with_a_file_and_headers(bob: AsyncClient) -> None:
    form = {"subject": "A broken box", "text": "What now?"}
    headers = {"X-Client-Platform": "ios", "X-Client-Version": "4.2.0"}
    answer = await bob.post("/v2/tickets", data=form, files={"attachment": TEXT}, headers=headers)
    ticket = answer.json()
    assert answer.status_code == 201
    assert ticket == {
        **form,
        "ticket_id": ticket["ticket_id"],
        "platform": "ios",
        "client_version": "4.2.0",
        "file_id": ticket["file_id"],
        "created_at": ticket["created_at"],
        "closed_at": None,
    }
    assert answer.headers["location"] == f"/v2/tickets/{ticket['ticket_id']}"
    assert (await bob.get(answer.headers["location"])).json() == ticket
    assert (await bob.get(f"/v2/files/{ticket['file_id']}")).content == b"plain words"
    await bob.delete(f"/v2/files/{ticket['file_id']}")
    assert (await bob.get(answer.headers["location"])).json() == {**ticket, "file_id": None}


async def test_a_form_without_a_file_and_headers(bob: AsyncClient) -> None:
    ticket = (await bob.post("/v2/tickets", files={"subject": (None, "A"), "text": (None, "B")})).json()
    assert [ticket[name] for name in ("subject", "text", "platform", "client_version", "file_id")] == [
        *"AB",
        "other",
        "",
        None,
    ]


async def test_forms_and_headers_are_checked(bob: AsyncClient) -> None:
    form = {"subject": "A", "text": "B"}
    assert refused(await bob.post("/v2/tickets", files={"attachment": TEXT})) == [["body", "subject"], ["body", "text"]]
    long = await bob.post("/v2/tickets", data={**form, "subject": "x" * 81}, files={"attachment": TEXT})
    assert refused(long) == [["body", "subject"]]
    for name, value in (("X-Client-Platform", "fridge"), ("X-Client-Version", "9" * 81)):
        answer = await bob.post("/v2/tickets", data=form, files={"attachment": TEXT}, headers={name: value})
        assert refused(answer) == [["header", name.lower()]]
    page = ("page.html", b"<!doctype html><script>alert(1)</script>", "text/html")
    assert (await bob.post("/v2/tickets", data=form, files={"attachment": page})).status_code == 415
    assert (await bob.get("/v2/tickets")).json() == {"items": [], "next_cursor": None}


async def test_tickets_are_seen_by_their_owner_and_closed_by_an_admin(
    bob: AsyncClient, dave: AsyncClient, alice: AsyncClient, carol: AsyncClient
) -> None:
    opened = [
        (await client.post("/v2/tickets", data={"subject": "A", "text": "B"}, files={"attachment": TEXT})).json()
        for client in (bob, bob, dave)
    ]
    ids = [ticket["ticket_id"] for ticket in opened]
    seen = {}
    for name, client in {"bob": bob, "dave": dave, "alice": alice, "carol": carol}.items():
        seen[name] = [item["ticket_id"] for item in (await client.get("/v2/tickets")).json()["items"]]
    assert seen == {"bob": [ids[1], ids[0]], "dave": [ids[2]], "alice": ids[::-1], "carol": []}

    path = f"/v2/tickets/{ids[0]}"
    answers = [await client.post(f"{path}/close") for client in (bob, alice, alice)]
    assert [answer.status_code for answer in answers] == [403, 200, 200]
    assert answers[0].json()["type"] == "https://sample-app.example/problems/role-required"
    assert answers[1].json() == answers[2].json() == (await bob.get(path)).json()
    assert answers[1].json()["closed_at"] >= opened[0]["created_at"]
    assert [(await client.get(path)).status_code for client in (dave, carol)] == [404, 404]
    first = (await alice.get("/v2/tickets", params={"limit": 2})).json()
    second = (await alice.get("/v2/tickets", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["ticket_id"] for page in (first, second) for item in page["items"]] == ids[::-1]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("cents", "english", "german"),
    [(0, "€0.00", "0,00 €"), (5, "€0.05", "0,05 €"), (123456789, "€1,234,567.89", "1.234.567,89 €")],
)
def test_amounts_are_written_as_people_do(cents: int, english: str, german: str) -> None:
    assert [written(cents, locale=locale) for locale in (Locale.ENGLISH, Locale.GERMAN)] == [english, german]


def test_zones() -> None:
    assert [zone_of(country) for country in ("DE", "FR", "US", "XX")] == [
        Zone.DOMESTIC,
        Zone.EUROPE,
        Zone.WORLD,
        Zone.WORLD,
    ]
