"""`contractkit changelog` as a process: what it prints, and the requests that work now."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "contractkit", "changelog", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        timeout=120,
        check=False,
    )


def test_the_example_of_the_readme() -> None:
    done = run(EXAMPLES, "shop-1.0.yaml", "shop-1.1.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        done.stdout
        == """\
# `Shop`: from `1.0` to `1.1`

2 changes need your work.

## Change this now

Clients that were made for the old version fail here.

### `GET /orders/{}`

- `status` may now be "cancelled" too. (`response 200.body.status, in Order`)
  - Also in `POST /orders`
  - Before: `["confirmed", "failed", "pending"]`
  - Now: `["cancelled", "confirmed", "failed", "pending"]`
  - May be answered now: `200 {"id": 1001, "quantity": 2, "sku": "TEA-001", "status": "cancelled"}`

### `POST /orders`

- `maximum` of `quantity` fell from 100 to 50. (`request body.quantity, in OrderIn`)
  - Before: `100`
  - Now: `50`
  - Worked before, is refused now: `POST /orders {"quantity": 51, "sku": "TEA-001"}`
  - Why: `quantity: 51 is greater than the maximum of 50`
  - Works now: `POST /orders {"quantity": 1, "sku": "TEA-001"}`

## New, for you to use

Clients go on working without it.

### `GET /orders/{}`

- Property `note` is new. (`response 200.body.note, in Order`)
  - Also in `POST /orders`
"""
    )


def document(parameters: list[dict[str, Any]]) -> dict[str, Any]:
    path = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}, "example": 7}]
    operation = {"parameters": [*path, *parameters], "responses": {"200": {"description": "done"}}}
    return {"openapi": "3.1.0", "info": {"title": "A", "version": "1"}, "paths": {"/a/{id}": {"get": operation}}}


def examples(folder: Path, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str]]:
    for name, one in (("old", before), ("new", after)):
        (folder / f"{name}.json").write_text(json.dumps(one), encoding="utf-8")
    done = run(folder, "old.json", "new.json", "--format", "json", "-o", "out.json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    found = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    (change,) = found["groups"][0]["operations"][0]["changes"]
    return [(one["label"], one["text"]) for one in change["examples"]]


def test_a_new_header_is_shown_in_the_request_that_works(tmp_path: Path) -> None:
    header = {"name": "X-Shop", "in": "header", "required": True, "schema": {"type": "string"}, "example": "tea"}
    assert examples(tmp_path, document([]), document([header])) == [
        ("Worked before, is refused now", "GET /a/7"),
        ("Why", "the required header parameter `X-Shop` is missing"),
        ("Works now", "GET /a/7 (X-Shop: tea)"),
    ]


def test_what_is_gone_has_no_request_that_works(tmp_path: Path) -> None:
    gone = {**document([]), "paths": {}}
    assert examples(tmp_path, document([]), gone) == [
        ("Worked before, is refused now", "GET /a/7"),
        ("Why", "there is no GET on this path any more"),
    ]


def test_bad_input_is_one_line(tmp_path: Path) -> None:
    done = run(tmp_path, "old.json", "new.json")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert done.stderr.startswith("contractkit: old.json: no such file")
