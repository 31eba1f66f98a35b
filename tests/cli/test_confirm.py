"""`contractkit diff --confirm` as a process: the breaks tried on the app itself, or on a server that runs it."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

APP = """
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, Field

print("hello from the app")
app = FastAPI(title="Shop", version="2.0.0")


class Order(BaseModel):
    quantity: int = Field(le=10)


@app.post("/orders", status_code=201)
def create_order(order: Order, key: Annotated[str, Depends(APIKeyHeader(name="X-Key"))]) -> dict[str, int]:
    return {"quantity": order.quantity}
"""
USERS = '[[tool.contractkit.fuzz.users]]\nname = "alice"\nheaders = { X-Key = "wonderland-7" }\n'


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "contractkit", "diff", "old.json", *arguments],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(APP)
    (tmp_path / "pyproject.toml").write_text(USERS)
    program = "import json, shop; print(json.dumps(shop.app.openapi()))"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    (tmp_path / "new.json").write_text(json.dumps(document))
    document["components"]["schemas"]["Order"]["properties"]["quantity"]["maximum"] = 100
    (tmp_path / "old.json").write_text(json.dumps(document))
    return tmp_path


@pytest.fixture
def server(shop: Path) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(20)
        command = [sys.executable, "-m", "uvicorn", "shop:app", "--fd", str(listener.fileno()), "--log-level", "error"]
        process = subprocess.Popen(command, cwd=shop, pass_fds=[listener.fileno()], stdout=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        yield address
    finally:
        process.kill()
        process.wait()


def test_the_app_is_asked(shop: Path) -> None:
    done = run(shop, "shop:app", "--confirm")
    assert (done.returncode, done.stderr) == (1, "")
    lines = re.sub(r"\d+\.\d\d s$", "T s", done.stdout, flags=re.MULTILINE).splitlines()
    assert lines[3:6] == [
        "POST /orders",
        "  breaking  `maximum` of `quantity` fell from 100 to 10",
        "    where      request body.quantity, in Order",
    ]
    assert lines[11].startswith("    confirmed  the app refuses it: 422")
    assert lines[12] == "    sent       POST /orders"
    assert lines[13].startswith('    got        {"detail": [{"type": "less_than_equal", "loc": ["body", "quantity"]')
    counts = "1 breaking, 0 risky, 0 safe · needs a major version, 3.0.0 or later"
    assert lines[-1] == f"{counts} · on the app: 1 confirmed · T s"


def test_a_server_is_asked(shop: Path, server: str) -> None:
    done = run(shop, "new.json", "--base-url", server, "--header", "X-Key: looking-glass", "--format", "json")
    assert (done.returncode, done.stderr) == (1, "")
    (finding,) = json.loads(done.stdout)["findings"]
    told = finding["confirmation"]
    assert (told["answer"], told["note"]) == ("confirmed", "the app refuses it: 422")
    assert told["request"] == {
        "method": "POST",
        "url": "/orders",
        "headers": {"Content-Type": "application/json"},
        "body": {"quantity": 11},
    }
    assert told["response"]["status"] == 422
    assert "looking-glass" not in done.stdout


def test_without_credentials_nothing_is_claimed(shop: Path) -> None:
    (shop / "pyproject.toml").write_text("")
    done = run(shop, "shop:app", "--confirm", "--format", "json")
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["confirmation"]["answer"], finding["confirmation"]["response"]["status"]) == ("unclear", 401)


def test_the_report_is_the_same_every_time(shop: Path) -> None:
    first, second = (run(shop, "shop:app", "--confirm", "--format", "json") for _ in range(2))
    assert first.stdout == second.stdout


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("new.json", "--confirm"),
            "contractkit: new.json: there is nothing to try the breaks on; add --base-url URL, a server that runs it",
        ),
        (
            ("HEAD!shop:app", "--confirm"),
            "contractkit: HEAD!shop:app: the app of a git revision is not run; check that revision out and name its "
            "app, or name a server that runs it with --base-url URL",
        ),
        (
            ("new.json", "--base-url", "http://127.0.0.1:9"),
            "contractkit: http://127.0.0.1:9: the server cannot be reached ([Errno 111] Connection refused); start it, "
            "or name another",
        ),
        (
            ("shop:app", "--confirm", "--header", "key"),
            "contractkit: --header: `key` has no colon; write 'Name: value'",
        ),
    ],
)
def test_bad_input_is_one_line(shop: Path, arguments: tuple[str, ...], line: str) -> None:
    done = run(shop, *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", line + "\n")
