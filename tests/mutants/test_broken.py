"""A broken app: what each breakage does to its messages, and what it leaves alone."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Response
from pydantic import BaseModel, Field

from contractkit.mutants.behaviour import BEHAVIOURS, Breakage, breakages
from contractkit.mutants.broken import BrokenApp

app = FastAPI()


class Item(BaseModel):
    name: str = Field(max_length=5)
    count: int = Field(ge=1, le=9)


class Box(BaseModel):
    items: list[Item]
    label: str


@app.get("/boxes/{key}")
def read(key: str, response: Response) -> Box:
    response.headers["X-Key"] = key
    return Box(items=[Item(name="a", count=1), Item(name="b", count=2)], label=key)


@app.post("/boxes", status_code=201)
def make(box: Box) -> Box:
    return box


@app.get("/lost/{key}", status_code=404)
def lost(key: str) -> dict[str, str]:
    return {"label": key}


def answers(breakage: Breakage, *requests: tuple[str, str, Any]) -> tuple[list[httpx.Response], int]:
    """The answers of the app when it is broken, and how many messages were changed."""
    changed: list[None] = []

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(BrokenApp(app, breakage, lambda: changed.append(None)))
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            return [await client.request(method, path, json=body) for method, path, body in requests]

    return asyncio.run(ask()), len(changed)


def breakage(
    part: str, steps: tuple[str, ...], change: dict[str, Any], operation: str = "GET /boxes/{key}"
) -> Breakage:
    method, _, path = operation.partition(" ")
    return Breakage("kind", method, path, operation, part, steps, change)


BOX = {"items": [{"name": "a", "count": 1}, {"name": "b", "count": 2}], "label": "x"}


@pytest.mark.parametrize(
    ("steps", "change", "body"),
    [
        (("label",), {"drop": True}, {"items": BOX["items"]}),
        (("items", "[]", "name"), {"drop": True}, {"items": [{"count": 1}, {"count": 2}], "label": "x"}),
        (("items", "[]", "name"), {"value": 7}, {**BOX, "items": [{"name": 7, "count": 1}, {"name": 7, "count": 2}]}),
        (("label",), {"value": None}, {**BOX, "label": None}),
    ],
)
def test_a_body_is_changed_at_every_place(steps: tuple[str, ...], change: dict[str, Any], body: Any) -> None:
    (answer,), changed = answers(breakage("body", steps, change), ("GET", "/boxes/x", None))
    assert (answer.status_code, answer.json(), changed) == (200, body, 1)
    assert answer.headers["content-length"] == str(len(answer.content))


def test_a_status_and_a_header_are_changed() -> None:
    (answer,), changed = answers(breakage("status", (), {"status": 203}), ("GET", "/boxes/x", None))
    assert (answer.status_code, answer.json(), changed) == (203, BOX, 1)
    (answer,), changed = answers(breakage("header", ("x-key",), {"drop": True}), ("GET", "/boxes/x", None))
    assert ("x-key" in answer.headers, answer.json(), changed) == (False, BOX, 1)


def test_limits_are_lifted() -> None:
    lifted = breakage("request", ("items", "[]", "count"), {"minimum": 1, "maximum": 9}, "POST /boxes")
    box = {"items": [{"name": "a", "count": 12}, {"name": "b", "count": 3}], "label": "x"}
    (answer,), changed = answers(lifted, ("POST", "/boxes", box))
    assert (answer.status_code, [item["count"] for item in answer.json()["items"]], changed) == (201, [9, 3], 1)
    cut = breakage("request", ("items", "[]", "name"), {"maxLength": 5}, "POST /boxes")
    (answer, good), changed = answers(
        cut,
        ("POST", "/boxes", {"items": [{"name": "abcdefg", "count": 1}], "label": ""}),
        ("POST", "/boxes", {"items": [{"name": "abc", "count": 1}], "label": ""}),
    )
    assert (answer.json()["items"][0]["name"], good.json()["items"][0]["name"], changed) == ("abcde", "abc", 1)


def test_all_else_is_left_alone() -> None:
    requests = (("POST", "/boxes", BOX), ("GET", "/nothing", None), ("GET", "/boxes/x/y", None))
    found, changed = answers(breakage("body", ("label",), {"drop": True}), *requests)
    assert ([one.status_code for one in found], found[0].json(), changed) == ([201, 404, 404], BOX, 0)
    (answer,), changed = answers(
        breakage("body", ("label",), {"drop": True}, "GET /lost/{key}"), ("GET", "/lost/x", None)
    )
    assert (answer.status_code, answer.json(), changed) == (404, {"label": "x"}, 0)


def test_breakages_come_from_the_contract() -> None:
    found = breakages(app.openapi(), seed=1, each=100, kinds=BEHAVIOURS)
    assert sorted((one.kind, one.where) for one in found) == [
        ("field-dropped", "GET /boxes/{key} 200.body.items"),
        ("field-dropped", "GET /boxes/{key} 200.body.items[].count"),
        ("field-dropped", "GET /boxes/{key} 200.body.items[].name"),
        ("field-dropped", "GET /boxes/{key} 200.body.label"),
        ("limit-lifted", "POST /boxes body.items[].count"),
        ("limit-lifted", "POST /boxes body.items[].name"),
        ("null-answered", "GET /boxes/{key} 200.body.items"),
        ("null-answered", "GET /boxes/{key} 200.body.items[].count"),
        ("null-answered", "GET /boxes/{key} 200.body.items[].name"),
        ("null-answered", "GET /boxes/{key} 200.body.label"),
        ("status-changed", "GET /boxes/{key} 200"),
        ("status-changed", "POST /boxes 201"),
        ("type-changed", "GET /boxes/{key} 200.body.items"),
        ("type-changed", "GET /boxes/{key} 200.body.items[].count"),
        ("type-changed", "GET /boxes/{key} 200.body.items[].name"),
        ("type-changed", "GET /boxes/{key} 200.body.label"),
    ]
    assert [Breakage.read(one.text()) for one in found] == found
