"""WebSockets are fuzzed like operations: in process and over the network, reproducibly, with findings that last."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.conftest import served

CHAT = """
import os
from typing import Literal

from fastapi import FastAPI, WebSocket
from pydantic import BaseModel, Field, ValidationError

import contractkit
from contractkit.websocket import messages

app = FastAPI(title="Chat", version="1.0.0")
contractkit.websocket.serve_docs(app)


class Say(BaseModel):
    type: Literal["say"]
    text: str = Field(min_length=1, max_length=20)


class Said(BaseModel):
    type: Literal["said"] = "said"
    text: str


class Refused(BaseModel):
    type: Literal["refused"] = "refused"
    reason: str


@app.get("/health")
def health() -> str:
    return "ok"


@app.websocket("/rooms/{room}")
@messages(receive=Say, send=Said | Refused, close={4400: "only text is taken"})
async def chat(websocket: WebSocket, room: int) -> None:
    await websocket.accept()
    while True:
        received = await websocket.receive()
        if received["type"] == "websocket.disconnect":
            return
        if received.get("text") is None:
            await websocket.close(4400)
            return
        try:
            said = Say.model_validate_json(received["text"])
        except ValidationError as error:
            if os.environ.get("CHAT") == "dies":
                raise
            await websocket.send_text(Refused(reason=str(error)).model_dump_json())
            continue
        if os.environ.get("CHAT") == "drifts" and len(said.text) > 10:
            await websocket.send_json({"type": "said"})
            continue
        await websocket.send_text(Said(text=said.text).model_dump_json())
"""


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    (tmp_path / "chat.py").write_text(CHAT)
    return tmp_path


def fuzz(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "contractkit", "fuzz", *arguments],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def report(folder: Path, *arguments: str, **environment: str) -> dict[str, Any]:
    done = fuzz(folder, *arguments, "--format", "json", "--fail-on", "never", **environment)
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def told(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["id"], one["rule"], one["operation"]) for one in found["findings"]]


def test_a_sound_app_is_clean_and_its_sockets_count(chat: Path) -> None:
    found = report(chat, "chat:app", "--max-examples", "8")
    assert told(found) == []
    assert found["unstable"] == []
    assert found["operations"]["names"] == ["GET /health", "WS /rooms/{}"]
    assert found["operations"]["tested"] == 2


def test_findings_are_reduced_kept_and_the_same_for_any_number_of_workers(chat: Path) -> None:
    first = report(chat, "chat:app", "-n", "1", "--max-examples", "8", CHAT="dies")
    second = report(chat, "chat:app", "-n", "2", "--max-examples", "8", "--no-failures", CHAT="dies")
    assert told(first) == told(second)
    (finding,) = first["findings"]
    assert (finding["rule"], finding["operation"]) == ("socket-failure", "WS /rooms/{}")
    assert finding["source"] == {"file": "chat.py", "line": 47}
    witness = finding["witness"]
    assert (witness["method"], len(witness["body"]), witness["sequence"]) == ("WS", 1, [])
    assert witness["response"]["status"] == 101
    assert witness["response"]["body"] == {"messages": [], "code": 1011, "reason": "", "ended": True}
    assert "curl" not in witness
    kept = chat / ".contractkit" / "failures" / f"{finding['id']}.json"
    assert json.loads(kept.read_text())["steps"][0]["method"] == "WS"
    fixed = report(chat, "chat:app", "--only", "WS *", "--max-examples", "8")
    assert [note for note in fixed["notes"] if finding["id"] in note]
    assert not kept.exists()


def test_sockets_can_be_left_out(chat: Path) -> None:
    found = report(chat, "chat:app", "--only", "GET *", CHAT="dies")
    assert told(found) == []
    assert [one["operation"] for one in found["operations"]["untested"]] == ["WS /rooms/{}"]


def test_text_report(chat: Path) -> None:
    done = fuzz(chat, "chat:app", "--only", "WS *", "--check", "socket-message", CHAT="drifts")
    assert done.returncode == 1, done.stderr
    assert "WS /rooms/{}\n  breaking  it sends a message that the contract does not know; as a Said" in done.stdout
    assert "1 of 2 operations tested" in done.stdout


def test_every_report_tells_and_an_approval_holds(chat: Path) -> None:
    (chat / "pyproject.toml").write_text('[tool.contractkit]\napp = "chat:app"\napi = "chat"\n')
    contractkit = [sys.executable, "-m", "contractkit"]
    subprocess.run([*contractkit, "baseline", "save"], cwd=chat, check=True, capture_output=True)
    few = ("--max-examples", "4", "--only", "WS *")
    names = ("json", "markdown", "html", "junit", "sarif", "github", "gitlab")
    done = fuzz(chat, *few, *(part for name in names for part in ("--format", f"{name}:report.{name}")), CHAT="dies")
    assert done.returncode == 1, done.stderr
    (finding,) = json.loads((chat / "report.json").read_text())["findings"]
    told = {name: (chat / f"report.{name}").read_text() for name in names}
    assert {name for name, text in told.items() if "the socket dies of ValidationError" in text} == {*names}
    approve = [*contractkit, "approve", finding["id"], "--by", "Ann", "--reason", "known"]
    subprocess.run(approve, cwd=chat, check=True, capture_output=True)
    again = fuzz(chat, *few, CHAT="dies")
    assert (again.returncode, "1 of them approved" in again.stdout) == (0, True), again.stderr


@pytest.mark.parametrize("kind", ["dies", "drifts"])
def test_over_the_network_the_same_is_found(chat: Path, kind: str) -> None:
    with served(chat, "chat:app", CHAT=kind) as url:
        found = report(chat, f"{url}/openapi.json", "--no-failures", "--max-examples", "20")
    expected = {"dies": ["socket-failure"], "drifts": ["socket-message"]}[kind]
    assert [one["rule"] for one in found["findings"]] == expected
    assert found["operations"]["tested"] == 2


def test_a_server_without_an_asyncapi_document_is_told(chat: Path) -> None:
    text = CHAT.replace("contractkit.websocket.serve_docs(app)\n", "")
    (chat / "chat.py").write_text(text)
    with served(chat, "chat:app") as url:
        plain = fuzz(chat, f"{url}/openapi.json", "--max-examples", "2", "--no-failures")
        assert f"there is no AsyncAPI document at {url}/asyncapi.json: WebSockets are left out" in plain.stderr
        assert "1 of 1 operations tested" in plain.stdout
        subprocess.run(
            [sys.executable, "-m", "contractkit", "pull", "--asyncapi", "chat:app", "-o", "sockets.json"],
            cwd=chat,
            check=True,
        )
        named = fuzz(chat, f"{url}/openapi.json", "--contract", "sockets.json", "--max-examples", "2", "--no-failures")
    assert "2 of 2 operations tested" in named.stdout


def test_a_server_is_recorded_with_its_sockets_and_replayed_with_the_app(chat: Path) -> None:
    def contractkit(*words: str) -> str:
        command = [sys.executable, "-m", "contractkit", *words]
        done = subprocess.run(command, cwd=chat, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    with served(chat, "chat:app") as url:
        contractkit("record", f"{url}/openapi.json", "--base-url", url)
        again = contractkit("replay", f"{url}/openapi.json", "--base-url", url)
    cassettes = sorted(path.name for path in chat.glob("baselines/chat/1.0.0/recorded/main/*"))
    assert cassettes == ["health.json", "rooms.json"]
    assert "0 breaking, 0 risky, 0 safe · 2 of 2 operations replayed" in again
    assert "0 breaking, 0 risky, 0 safe · 2 of 2 operations replayed" in contractkit("replay", "chat:app")


def test_a_socket_that_never_falls_quiet_is_not_recorded(tmp_path: Path) -> None:
    (tmp_path / "ticks.py").write_text(TICKS)
    command = [sys.executable, "-m", "contractkit", "record", "ticks:app", "--workers", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    cassettes = sorted(path.name for path in tmp_path.glob("baselines/ticks/1/recorded/main/*"))
    assert cassettes == ["health.json"]


TICKS = """
import asyncio

from fastapi import FastAPI, WebSocket
from pydantic import BaseModel

from contractkit.websocket import messages

app = FastAPI(title="Ticks", version="1")


class Tick(BaseModel):
    number: int


@app.get("/health")
def health() -> str:
    return "ok"


@app.websocket("/ticks")
@messages(receive=Tick, send=Tick)
async def ticks(websocket: WebSocket) -> None:
    await websocket.accept()
    for number in range(1_000_000):
        await websocket.send_json({"number": number})
        await asyncio.sleep(0.001)
"""
