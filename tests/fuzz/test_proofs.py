"""The curl line of each finding, pasted into a shell, gets the answer that the finding tells of."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.conftest import served

APP = """
from typing import Annotated

from fastapi import FastAPI, Form, Header, HTTPException, Query, Request, UploadFile

TEXT = {"required": True, "content": {"text/plain": {"schema": {"type": "string"}}}}
app = FastAPI(title="Shop", version="1")


@app.post("/files")
async def keep(file: UploadFile) -> int:
    return int(await file.read() and b"a")


@app.post("/forms")
def fill(name: Annotated[str, Form()], note: Annotated[str, Form()] = "") -> int:
    return int(note and "a")


@app.put("/notes", openapi_extra={"requestBody": TEXT}, responses={422: {"description": "There is none"}})
async def note(request: Request) -> int:
    if not await request.body():
        raise HTTPException(422)
    return int(await request.body() and b"a")


@app.get("/teas")
def find(name: Annotated[str, Query()] = "", shop: Annotated[str, Header()] = "") -> int:
    return int(name and shop and "a")
"""


UNREADABLE = """
from fastapi import FastAPI

app = FastAPI(title="Shop", version="1")


@app.post("/teas")
def add(tea: dict[str, str]) -> int:
    return len(tea)
"""
FOUND = {
    APP: {
        ("GET /teas", "server-error"),
        ("POST /files", "server-error"),
        ("POST /files", "undeclared-status"),
        ("POST /forms", "server-error"),
        ("PUT /notes", "server-error"),
    },
    UNREADABLE: {("", "undeclared-status")},
}


@pytest.fixture(params=FOUND, ids=["forms", "unreadable"])
def app(request: pytest.FixtureRequest) -> str:
    text: str = request.param
    return text


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_each_line_gets_the_answer_that_is_told(app: str, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(app)
    command = [sys.executable, "-m", "contractkit", "fuzz", "shop:app", "--seed", "1", "--format", "json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout, done.stderr
    findings = json.loads(done.stdout)["findings"]
    assert {(one["operation"], one["rule"]) for one in findings} >= FOUND[app]
    assert [one["witness"]["sequence"] for one in findings] == [[]] * len(findings)
    answers = []
    with served(tmp_path, "shop:app") as url:
        for one in findings:
            line = one["witness"]["curl"].replace("http://127.0.0.1:8000", url)
            line = line.replace("curl ", "curl --silent --output answer --write-out '%{http_code}' ", 1)
            answer = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=True)
            answers.append((one["id"], int(answer.stdout)))
    assert answers == [(one["id"], one["witness"]["response"]["status"]) for one in findings]
