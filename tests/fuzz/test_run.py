"""The command as a user runs it: processes, exit codes, reports, the same findings for the same seed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SHOP = """
import os
import time
from fastapi import FastAPI, HTTPException, Query

app = FastAPI(title="Shop", version="1.0.0")


@app.get("/share")
def share(people: int) -> dict[str, int]:
    return {"each": 100 // people}


@app.get("/teas/{number}", responses={404: {"description": "There is no such tea"}})
def read_tea(number: int = 1) -> dict[str, int]:
    return {"number": number}


@app.get("/teas")
def list_teas(limit: int = Query(10, ge=1, le=5)) -> list[int]:
    if limit == 4:
        raise HTTPException(418)
    return [1, 2, 3][:limit]


if os.environ.get("SHOP") == "dies":

    @app.get("/die")
    def die(hard: bool = False) -> None:
        if hard:
            os._exit(3)
"""


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        [sys.executable, "-m", "contractkit", "fuzz", *arguments],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(SHOP)
    return tmp_path


def report(folder: Path, *arguments: str, **environment: str) -> dict[str, Any]:
    done = run(folder, "shop:app", "--max-examples", "10", "--format", "json", *arguments, **environment)
    assert done.returncode == 1, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def told(found: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    return [(one["id"], one["rule"], one["operation"], one["severity"]) for one in found["findings"]]


def test_findings_do_not_depend_on_the_number_of_workers(shop: Path) -> None:
    first, second = report(shop, "-n", "1"), report(shop, "-n", "2")
    assert told(first) == told(second)
    assert not (shop / ".hypothesis").exists()
    assert {(one["rule"], one["operation"]) for one in first["findings"]} == {
        ("server-error", "GET /share"),
        ("undeclared-status", "GET /teas"),
    }
    assert first["operations"]["total"] == first["operations"]["tested"] == 3
    crash = next(one for one in first["findings"] if one["rule"] == "server-error")
    assert crash["source"] == {"file": "shop.py", "line": 11}
    assert crash["witness"]["url"] == "/share?people=0"
    status = next(one for one in first["findings"] if one["rule"] == "undeclared-status")
    assert status["source"] == {"file": "shop.py", "line": 22}
    assert status["mend"] == "declare it: responses={418: {...}}"


def test_shards_together_find_what_one_run_finds(shop: Path) -> None:
    whole = report(shop)
    for part in ("1/2", "2/2"):
        run(shop, "shop:app", "--max-examples", "10", "--shard", part, "--format", f"json:{part[0]}.json")
    done = run(shop, "--merge", "1.json", "--merge", "2.json", "--format", "json")
    assert done.returncode == 1
    merged = json.loads(done.stdout)
    assert told(merged) == told(whole)
    assert merged["operations"]["total"] == 3


def test_an_app_that_ends_its_process_is_a_finding(shop: Path) -> None:
    found = report(shop, "--check", "server-error", SHOP="dies")
    assert {(one["operation"], one["message"]) for one in found["findings"]} == {
        ("GET /share", found["findings"][-1]["message"]),
        ("GET /die", "the app's process ended itself with exit code 3 on this request"),
    }


def test_text_report_and_allowed_operations(shop: Path) -> None:
    done = run(shop, "shop:app", "--max-examples", "4", "--fail-on", "never")
    assert done.returncode == 0
    assert "curl" in done.stdout
    assert "3 of 3 operations tested" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("shop:app", "--check", "server-eror"), "did you mean `server-error`?"),
        (("shop:app", "--shard", "3/2"), "write I/N with I from 1 to N"),
        (("shop:ap",), "has the app `app`"),
        (("http://127.0.0.1:9/openapi.json",), "127.0.0.1:9"),
        (("shop:app", "--format", "jsn"), "it may be text, json, markdown, html, junit, sarif, github or gitlab"),
        (("shop:app", "--header", "token"), "write 'Name: value'"),
        ((), "no app is named"),
    ],
)
def test_bad_input_is_one_line(shop: Path, arguments: tuple[str, ...], line: str) -> None:
    done = run(shop, *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert line in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_answer_may_be_nested_deep(tmp_path: Path) -> None:
    """Deeper than the validator tells errors, and nearly as deep as Python reads JSON."""
    (tmp_path / "tree.py").write_text(
        "from __future__ import annotations\n"
        "from fastapi import FastAPI\n"
        "from fastapi.responses import Response\n"
        "from pydantic import BaseModel\n"
        "app = FastAPI()\n"
        "class Tree(BaseModel):\n"
        "    name: str\n"
        "    below: Tree | None = None\n"
        "@app.get('/trees', response_model=Tree)\n"
        "def read_tree() -> Response:\n"
        "    text = '{\"below\":' + '{\"name\":\"x\",\"below\":' * 900 + 'null' + '}' * 901\n"
        "    return Response(text, media_type='application/json')\n",
        encoding="utf-8",
    )
    done = run(tmp_path, "tree:app", "--format", "json", "--workers", "1")
    assert (done.returncode, done.stderr) == (1, "")
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["rule"], finding["operation"]) == ("response-body", "GET /trees")
    assert finding["message"] == "its 200 does not match the contract at the body: it is nested too deep to say where"
