"""The AsyncAPI document of the app's sockets."""

import json
from pathlib import Path

import pytest
from httpx import AsyncClient
from jsonschema import Draft7Validator

from contractkit.sources.live import contract_of
from sample_app.main import create_app

_SCHEMA = Path(__file__).parents[1] / "data" / "asyncapi-3.0.0.json"


def test_every_socket_says_what_it_takes_and_sends() -> None:
    contract = contract_of(create_app(), sockets=True)
    assert contract.hints == ()
    document = json.loads(json.dumps(contract.sockets))
    assert {
        channel["address"]: (list(channel["messages"]), list(channel["x-close-codes"]))
        for channel in document["channels"].values()
    } == {
        "/v2/ws/notifications": (
            ["Resume", "NotificationMessage", "ErrorMessage"],
            ["1009", "1011", "1012", "4401", "4408"],
        ),
        "/v2/ws/rooms/{room}": (
            ["Join", "Leave", "Send", "Typing", "Joined", "Left", "Message", "IsTyping", "ErrorMessage"],
            ["1009", "1011", "1012", "4401", "4408"],
        ),
    }
    official = Draft7Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))
    assert [error.message for error in official.iter_errors(document)] == []


@pytest.mark.anyio
async def test_the_document_and_a_page_are_served(anonymous: AsyncClient) -> None:
    document = await anonymous.get("/asyncapi.json")
    assert document.json() == contract_of(create_app(), sockets=True).sockets
    page = await anonymous.get("/asyncapi")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
