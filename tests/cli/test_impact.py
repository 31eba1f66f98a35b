"""`contractkit impact`: what recorded traffic says to each break, from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def document(most: int, fields: list[str]) -> dict[str, Any]:
    order = {"type": "object", "properties": {"quantity": {"type": "integer", "maximum": most}}}
    answer = {"type": "object", "required": fields, "properties": {name: {"type": "string"} for name in fields}}
    responses = {"200": {"description": "", "content": {"application/json": {"schema": answer}}}}
    body = {"required": True, "content": {"application/json": {"schema": order}}}
    paths = {"/orders": {"post": {"requestBody": body, "responses": responses}}, "/health": {"get": {"responses": {}}}}
    return {"openapi": "3.1.0", "info": {"title": "Tea", "version": "1.0.0"}, "paths": paths}


def entry(quantity: int, answer: dict[str, str], path: str = "/orders") -> dict[str, Any]:
    posted = {"mimeType": "application/json", "text": json.dumps({"quantity": quantity})}
    return {
        "request": {"method": "POST", "url": f"https://tea.example{path}", "headers": [], "postData": posted},
        "response": {"status": 200, "content": {"mimeType": "application/json", "text": json.dumps(answer)}},
    }


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "contractkit", "impact", "old.json", "new.json", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def test_each_break_is_counted_in_the_traffic(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(json.dumps(document(100, ["id", "note"])))
    (tmp_path / "new.json").write_text(json.dumps(document(10, ["id"])))
    rows = [entry(5, {"id": "a", "note": "x"}), entry(50, {"id": "b"}), entry(7, {"id": "c"}), entry(1, {}, "/other")]
    (tmp_path / "live.ndjson").write_text("\n".join(map(json.dumps, rows)))
    done = run(tmp_path, "--traffic", "live.ndjson", "--format", "json")
    assert (done.returncode, done.stderr) == (1, "")
    report = json.loads(done.stdout)
    keys = ("rule", "location", "calls", "touched", "hit", "example")
    assert (report["requests"], report["foreign"]) == (4, 1)
    assert [tuple(row[key] for key in keys) for row in report["findings"]] == [
        ("request-maximum-decreased", "body.quantity", 3, 3, 1, "POST /orders"),
        ("response-required-property-removed", "200.body.note", 3, 1, 1, "POST /orders"),
    ]
    text = run(tmp_path, "--traffic", "live.ndjson").stdout.splitlines()
    assert [line[:23] for line in text[:2]] == ["  calls  touched    hit", "      3        3      1"]
    assert text[-1] == "2 breaking findings, 4 recorded requests, 1 of them to no operation of the base"


def test_a_break_that_nobody_meets_fails_nothing(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(json.dumps(document(100, ["id"])))
    (tmp_path / "new.json").write_text(json.dumps(document(60, ["id"])))
    (tmp_path / "live.ndjson").write_text(json.dumps(entry(50, {"id": "b"})))
    done = run(tmp_path, "--traffic", "live.ndjson")
    assert (done.returncode, done.stdout.splitlines()[1][:23]) == (0, "      1        1      0")


def test_bad_traffic_is_one_line(tmp_path: Path) -> None:
    done = run(tmp_path, "--traffic", "live.har")
    mend = "save it as HAR (HTTP Archive 1.2), or as .ndjson with one of its entries a line"
    assert (done.returncode, done.stderr) == (2, f"contractkit: live.har: no such file; {mend}\n")
