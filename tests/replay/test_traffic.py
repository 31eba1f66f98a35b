"""Requests that others sent: in HAR files, and in the tests of a project."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from contractkit.fuzz.message import Exchange, Request, Response
from contractkit.model.errors import InputError
from contractkit.replay.har import read_traffic
from contractkit.replay.listen import listening

ENTRY: dict[str, Any] = {
    "request": {
        "method": "POST",
        "url": "https://shop.example/orders?x=1",
        "headers": [{"name": ":method", "value": "POST"}, {"name": "Accept", "value": "*/*"}],
        "postData": {"mimeType": "application/json", "text": '{"sku": "TEA"}'},
    },
    "response": {
        "status": 201,
        "headers": [{"name": "Location", "value": "/orders/7"}],
        "content": {"mimeType": "application/json", "text": "eyJpZCI6IDd9", "encoding": "base64"},
    },
}
HEADERS = (("Accept", "*/*"), ("Content-Type", "application/json"))
READ = Exchange(
    "",
    Request("POST", "/orders?x=1", HEADERS, b'{"sku": "TEA"}'),
    Response(201, (("Location", "/orders/7"), ("content-type", "application/json")), b'{"id": 7}'),
)
OTHER = {**ENTRY, "request": {**ENTRY["request"], "url": "https://ads.example/"}}


def test_a_har_file_and_its_entries_line_by_line_are_the_same(tmp_path: Path) -> None:
    har, lines = tmp_path / "a.har", tmp_path / "a.ndjson"
    har.write_text(json.dumps({"log": {"entries": [ENTRY, OTHER, ENTRY]}}))
    lines.write_text("\n".join(json.dumps(one) for one in (ENTRY, OTHER, ENTRY)))
    assert read_traffic(har, "a.har") == read_traffic(lines, "a.ndjson") == [READ, READ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "a.har: not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("{}", "a.har: is no HAR file: it has no `log.entries`"),
        ('{"log": {"entries": [{"request": {}}]}}', "a.har: entry 1 cannot be read (KeyError: 'response')"),
    ],
)
def test_what_is_no_har_file_is_one_line(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "a.har").write_text(text)
    with pytest.raises(InputError) as caught:
        read_traffic(tmp_path / "a.har", "a.har")
    assert str(caught.value).startswith(f"{problem}; save it as HAR")


def test_what_tests_send_to_an_app_is_heard() -> None:
    app = FastAPI()

    @app.get("/orders")
    def orders(q: str) -> dict[str, str]:
        return {"q": q}

    async def call() -> None:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            assert (await client.get("/orders", params={"q": "b"})).json() == {"q": "b"}

    heard: list[Exchange] = []
    with listening(heard.append):
        assert TestClient(app).get("/orders?q=a").json() == {"q": "a"}
        asyncio.run(call())
    TestClient(app).get("/orders?q=c")
    found = [(one.request.method, one.request.target, one.response.status, one.response.json) for one in heard]
    assert found == [("GET", "/orders?q=a", 200, {"q": "a"}), ("GET", "/orders?q=b", 200, {"q": "b"})]
