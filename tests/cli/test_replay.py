"""`contractkit record` and `contractkit replay`, from the command line: an app, and the same app changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

APP = """
import os
import secrets
import uuid
from datetime import datetime, timezone

from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel, Field

app = FastAPI(title="Tea", version="1.0.0")
ORDERS = {}


class OrderIn(BaseModel):
    sku: str = Field(min_length=1, max_length=20)
    quantity: int = Field(ge=1, le=100)


class Order(OrderIn):
    id: uuid.UUID
    created_at: datetime
    total: float
    tags: list[str]
    receipt_token: str


@app.post("/orders", status_code=201)
def create(order: OrderIn, response: Response) -> Order:
    key = str(uuid.uuid4())
    tags = list({"red", "green", "black", "white", "blue"})
    made = {"id": key, "created_at": datetime.now(timezone.utc), "total": order.quantity * 2.5, "tags": tags}
    ORDERS[key] = {**order.model_dump(), **made, "receipt_token": secrets.token_urlsafe(20)}
    response.headers["Location"] = f"/orders/{key}"
    return ORDERS[key]


@app.get("/orders/{order_id}")
def read(order_id: uuid.UUID) -> Order:
    if str(order_id) not in ORDERS:
        raise HTTPException(404)
    return ORDERS[str(order_id)]


@app.delete("/orders/{order_id}", status_code=204)
def remove(order_id: uuid.UUID) -> None:
    if ORDERS.pop(str(order_id), None) is None:
        raise HTTPException(404)
"""


class Project:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "tea.py").write_text(APP)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "contractkit", *words]
        # Python takes an old .pyc for a file that keeps its size and is changed within a second.
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=300
        )

    def change(self, before: str, after: str) -> None:
        text = (self.folder / "tea.py").read_text()
        assert before in text
        (self.folder / "tea.py").write_text(text.replace(before, after))

    def found(self, *words: str) -> tuple[int, list[tuple[str, str, str, Any, Any]]]:
        done = self.run("replay", "tea:app", "--workers", "1", "--format", "json", *words)
        assert done.stdout, done.stderr
        rows = json.loads(done.stdout)["findings"]
        keys = ("rule", "operation", "location", "before", "after")
        return done.returncode, [tuple(row[key] for key in keys) for row in rows]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    found = Project(tmp_path)
    done = found.run("record", "tea:app", "--workers", "1", "--requests", "2")
    assert done.returncode == 0, done.stderr
    return found


def test_the_same_version_answers_as_recorded_and_another_one_is_told_apart(project: Project) -> None:
    (file,) = (project.folder / "baselines" / "tea" / "1.0.0" / "recorded" / "main").iterdir()
    recorded = file.read_text()
    assert project.found() == (0, [])
    assert project.run("record", "tea:app", "--workers", "1", "--requests", "2").returncode == 0
    assert file.read_text() == recorded  # the same version, the same bytes
    project.change("order.quantity * 2.5", "order.quantity * 3.5")
    project.change("        raise HTTPException(404)\n    return", "        raise HTTPException(410)\n    return")
    body = ("recorded-body-changed", "POST /orders", "201.body.total", 2.5, 3.5)
    assert project.found() == (
        1,
        [
            ("recorded-body-changed", "GET /orders/{}", "200.body.total", 2.5, 3.5),
            ("recorded-status-changed", "GET /orders/{}", "404", 404, 410),
            body,
        ],
    )
    assert project.found("--fail-on", "never")[0] == 0


SOCKET = """

from fastapi import WebSocket
from pydantic import ValidationError

from contractkit.websocket import messages


class Bid(BaseModel):
    cents: int = Field(ge=1, le=100)


class Taken(BaseModel):
    id: uuid.UUID
    at: datetime
    cents: int


class Refused(BaseModel):
    reason: str


@app.websocket("/bids")
@messages(receive=Bid, send=Taken | Refused, close={4000: "a bid of 100 is the last"})
async def bids(websocket: WebSocket) -> None:
    await websocket.accept()
    while (event := await websocket.receive())["type"] == "websocket.receive":
        try:
            bid = Bid.model_validate_json(event.get("text") or "")
        except ValidationError:
            await websocket.send_text(Refused(reason="this is no bid").model_dump_json())
            continue
        made = Taken(id=uuid.uuid4(), at=datetime.now(timezone.utc), cents=bid.cents)
        await websocket.send_text(made.model_dump_json())
        if bid.cents == 100:
            return await websocket.close(4000)
"""


def test_what_is_said_over_a_websocket_is_recorded_beside_the_stored_contract(project: Project) -> None:
    file = project.folder / "tea.py"
    file.write_text(file.read_text() + SOCKET)
    assert project.run("baseline", "save", "tea:app").returncode == 0
    done = project.run("record", "tea:app", "--workers", "1")
    assert (done.returncode, done.stdout.split(" beside ")[1].split(",")[0]) == (0, "@tea:1.0.0"), done.stderr
    folder = project.folder / "baselines" / "tea" / "1.0.0" / "recorded" / "main"
    assert sorted(one.name for one in folder.iterdir()) == ["bids.json", "orders.json"]
    steps = json.loads((folder / "bids.json").read_text())["steps"]
    assert {step["request"]["line"] for step in steps} == {"WS /bids"}
    assert [
        (step["request"]["json"], step["answer"]["json"], step["answer"].get("volatile"))
        for step in steps
        if {"json": {"cents": 100}} in step["request"]["json"][:1]
    ] == [
        (
            [{"json": {"cents": 100}}, {"wait": "close"}],
            {
                "messages": [{"json": {"id": "<uuid>", "at": "<date-time>", "cents": 100}}],
                "code": 4000,
                "reason": "",
                "ended": True,
            },
            ["body/messages/*/json/at", "body/messages/*/json/id"],
        )
    ]
    assert project.found() == (0, [])
    project.change("close(4000)", "close(4001)")
    project.change("this is no bid", "no")
    assert project.found() == (
        1,
        [
            ("recorded-body-changed", "WS /bids", "101.body.code", 4000, 4001),
            ("recorded-body-changed", "WS /bids", "101.body.messages[].json.reason", "this is no bid", "no"),
        ],
    )


def test_findings_are_approved_by_their_ids(project: Project) -> None:
    project.change("order.quantity * 2.5", "order.quantity * 3.5")
    first = json.loads(project.run("replay", "tea:app", "--format", "json").stdout)
    second = json.loads(project.run("replay", "tea:app", "--format", "json").stdout)
    ids = [row["id"] for row in first["findings"]]
    assert ids == [row["id"] for row in second["findings"]]
    assert project.run("approve", *ids, "-m", "prices rose", "--by", "Ann").returncode == 0
    done = project.run("replay", "tea:app", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)["counts"]["approved"]) == (0, len(ids))


def test_reports_come_in_all_formats(project: Project) -> None:
    project.change("order.quantity * 2.5", "order.quantity * 3.5")
    done = project.run(
        "replay", "tea:app", "--format", "github", "--format", "junit:junit.xml", "--format", "html:h.html"
    )
    assert done.returncode == 1, done.stderr
    assert [line.partition(" ")[0] for line in done.stdout.splitlines()] == ["::error", "::error", "contractkit:"]
    assert 'failures="2"' in (project.folder / "junit.xml").read_text()
    assert "recorded-body-changed" in (project.folder / "h.html").read_text()


def test_bad_input_is_one_line(project: Project) -> None:
    done = project.run("replay", "tea:app", "--name", "checkout")
    assert (done.returncode, done.stderr) == (
        2,
        "contractkit: @tea:1.0.0: has no recording `checkout`; there is main\n",
    )
    (file,) = (project.folder / "baselines" / "tea" / "1.0.0" / "recorded" / "main").iterdir()
    file.write_text('{"contractkit-cassette": 1, "clock": 0, "steps": [{}]}')
    done = project.run("replay", "tea:app")
    shown = file.relative_to(project.folder)
    problem = "step 1 cannot be read (KeyError: 'request'); record it again with `contractkit record`"
    assert (done.returncode, done.stderr.endswith(f"{shown}: {problem}\n")) == (2, True)


HAR_ENTRY = {
    "request": {
        "method": "POST",
        "url": "https://tea.example/orders",
        "headers": [{"name": "Authorization", "value": "Bearer very-secret"}],
        "postData": {"mimeType": "application/json", "text": '{"sku": "TEA", "quantity": 2}'},
    },
    "response": {"status": 201, "headers": [], "content": {"text": ""}},
}


def test_the_requests_of_a_har_file_are_recorded_and_replayed(project: Project) -> None:
    (project.folder / "live.har").write_text(json.dumps({"log": {"entries": [HAR_ENTRY]}}))
    done = project.run("record", "tea:app", "--har", "live.har", "--name", "live")
    assert (done.returncode, done.stdout) == (0, "recorded 1 requests in 1 cassette beside @tea:1.0.0, as live\n")
    text = (project.folder / "baselines" / "tea" / "1.0.0" / "recorded" / "live" / "live.json").read_text()
    assert "very-secret" not in text
    assert project.found("--name", "live") == (0, [])
    project.change("order.quantity * 2.5", "order.quantity * 3.5")
    assert project.found("--name", "live") == (
        1,
        [("recorded-body-changed", "POST /orders", "201.body.total", 5.0, 7.0)],
    )


TESTS = """
from fastapi.testclient import TestClient
from tea import app


def test_orders():
    client = TestClient(app)
    made = client.post("/orders", json={"sku": "TEA", "quantity": 4}).json()
    assert client.get(f"/orders/{made['id']}").status_code == 200
"""


@pytest.mark.parametrize("processes", ["0", "2"])
def test_what_the_tests_send_is_recorded_by_the_pytest_plugin(project: Project, processes: str) -> None:
    (project.folder / "test_tea.py").write_text(TESTS)
    (project.folder / "contractkit.toml").write_text('api = "tea"\napp = "tea:app"\n')
    command = [sys.executable, "-m", "pytest", "-q", "-n", processes, "-p", "no:cacheprovider", "--contractkit-record"]
    done = subprocess.run(
        command, cwd=project.folder, capture_output=True, text=True, check=False, timeout=300, env={**os.environ}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "contractkit: recorded 2 requests of the tests beside @tea:1.0.0, as tests\n" in done.stdout
    file = project.folder / "baselines" / "tea" / "1.0.0" / "recorded" / "tests" / "test-tea.json"
    assert '"line": "GET /orders/{{order_id}}"' in file.read_text()
    assert project.found("--name", "tests") == (0, [])
