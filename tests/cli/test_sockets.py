"""WebSockets on the command line: compared, stored, told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

APP = """from typing import Literal
from fastapi import FastAPI, WebSocket
from pydantic import BaseModel, TypeAdapter
import contractkit

class Say(BaseModel):
    type: Literal["say"]
    text: str

class Said(BaseModel):
    type: Literal["said"]
    text: str

app = FastAPI(title="Chat", version="1.0.0")

@app.get("/rooms")
def rooms() -> list[str]: return []

@app.websocket("/chat/{room}")
@contractkit.websocket.messages(receive=TypeAdapter(Say), send=Said)
async def chat(websocket: WebSocket, room: str, limit: int = 5) -> None: ...
"""


def contractkit(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Run the program in a process of its own; return exit code, stdout and stderr."""
    # Python takes an old .pyc for a file that keeps its size and is changed within a second.
    settings = {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "contractkit", *arguments]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(APP)
    (tmp_path / "contractkit.toml").write_text('app = "shop:app"\napi = "chat"\n')
    return tmp_path


def test_the_sockets_of_the_app_are_stored_and_compared_with_it(folder: Path) -> None:
    assert contractkit(folder, "baseline", "save") == (0, "saved @chat:1.0.0 in baselines/chat/1.0.0\n", "")
    names = sorted(path.name for path in (folder / "baselines/chat/1.0.0").iterdir())
    assert names == ["asyncapi.json", "baseline.toml", "openapi.json"]
    assert contractkit(folder, "baseline", "show", "chat")[1].splitlines()[-1] == "sockets      1"
    code, out, _ = contractkit(folder, "pull", "--asyncapi", "@chat")
    assert (code, out) == (0, (folder / "baselines/chat/1.0.0/asyncapi.json").read_text())

    text = APP.replace(
        '    type: Literal["said"]\n    text: str\n', '    type: Literal["said"]\n    text: str | None\n'
    )
    (folder / "shop.py").write_text(text.replace("limit: int = 5", "limit: int"))
    code, out, err = contractkit(folder, "diff", "--format", "json")
    findings = json.loads(out)["findings"]
    keys = ("rule", "operation", "direction", "location", "component", "message", "witness", "source")
    assert (code, err) == (1, "")
    assert [tuple(one[key] for key in keys) for one in findings] == [
        (
            "default-changed",
            "WS /chat/{}",
            "request",
            "query.limit",
            None,
            "query parameter `limit` lost the default 5",
            None,
            {"file": "shop.py", "line": 21},
        ),
        (
            "parameter-became-required",
            "WS /chat/{}",
            "request",
            "query.limit",
            None,
            "query parameter `limit` became required",
            {"method": "WS", "url": "/chat/0", "refusal": "the required query parameter `limit` is missing"},
            {"file": "shop.py", "line": 21},
        ),
        (
            "response-null-added",
            "WS /chat/{}",
            "response",
            "send.Said.text",
            "Said",
            "`text` of the message `Said` may now be null",
            {
                "body": {"type": "said", "text": None},
                "status": "message",
                "refusal": 'text: null is not of type "string"',
            },
            {"file": "shop.py", "line": 12},
        ),
    ]
    approved = findings[2]["id"]
    assert contractkit(folder, "approve", approved, "--reason", "agreed", "--by", "Ann")[0] == 0
    assert contractkit(folder, "diff")[0] == 1
    (folder / "shop.py").write_text(text)
    code, out, _ = contractkit(folder, "diff")
    assert (code, out.splitlines()[-1].partition(" · ")[0]) == (0, "1 breaking, 0 risky, 0 safe, 1 of them approved")


def test_the_report_shows_what_may_be_sent(folder: Path) -> None:
    assert contractkit(folder, "pull", "--asyncapi", "shop:app", "-o", "old.yaml")[0] == 0
    (folder / "shop.py").write_text(
        APP.replace("    text: str\n", "    text: str\n    by: str\n", 1).replace('["said"]', '["told"]')
    )
    code, out, _ = contractkit(folder, "diff", "old.yaml", "shop:app")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert (code, lines[3:-2]) == (
        1,
        [
            "WS /chat/{}",
            "breaking `by` of the message `Say` is new and required",
            "where request receive.Say.by, in Say",
            "file shop.py:9",
            "before -",
            "after true",
            "proof WS /chat/0",
            'body {"text": "", "type": "say"}',
            'answer refused: "by" is a required property',
            "id ck1-0c831e3c568f3291 request-required-property-added",
            "",
            'breaking `type` of the message `Said` may be "told" and no longer "said"',
            "where response send.Said.type, in Said",
            "file shop.py:12",
            'before ["said"]',
            'after ["told"]',
            "proof the server may send",
            'body {"text": "", "type": "told"}',
            'client refuses it: type: "told" is not one of "said"',
            "id ck1-3b81bc73a6ef52b9 response-enum-value-added",
        ],
    )


def test_every_format_shows_it(folder: Path) -> None:
    assert contractkit(folder, "pull", "--asyncapi", "shop:app", "-o", "old.json")[0] == 0
    (folder / "shop.py").write_text(APP.replace('["said"]', '["told"]'))
    formats = [f"--format={name}:out.{name}" for name in ("markdown", "html", "junit", "sarif", "github", "gitlab")]
    assert contractkit(folder, "diff", "old.json", "shop:app", *formats)[0] == 1
    shown = {name: (folder / f"out.{name}").read_text() for name in ("markdown", "html", "junit")}
    assert {name: "the server may send" in text for name, text in shown.items()} == dict.fromkeys(shown, True)


def test_the_changelog_tells_of_messages(folder: Path) -> None:
    assert contractkit(folder, "pull", "--asyncapi", "shop:app", "-o", "old.json")[0] == 0
    (folder / "shop.py").write_text(APP.replace('["said"]', '["told"]'))
    code, out, err = contractkit(folder, "changelog", "old.json", "shop:app")
    assert (code, err) == (0, "")
    assert 'May be answered now: `message {"text": "", "type": "told"}`' in out


def test_a_command_that_needs_an_openapi_document_says_so(folder: Path) -> None:
    assert contractkit(folder, "pull", "--asyncapi", "shop:app", "-o", "a.json")[0] == 0
    message = "contractkit: a.json: is an AsyncAPI document; name its OpenAPI document\n"
    assert contractkit(folder, "validate", "a.json") == (2, "", message)
