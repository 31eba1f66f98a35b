"""Each try of a finding has an app that nobody has used: what a module keeps is new too, not only a startup's."""

import json
from pathlib import Path

import pytest

from tests.fuzz.test_run import run

SHOP = """
from contextlib import asynccontextmanager
from fastapi import FastAPI, HTTPException

kept = {"open": True, "seen": 0}


@asynccontextmanager
async def lifespan(app):
    yield
    kept["open"] = False  # as a database in memory is gone once its only connection is closed


app = FastAPI(title="Shop", version="1.0.0", lifespan=lifespan)


@app.get("/teas", responses={503: {"description": "Closed"}})
def list_teas(limit: int = 10) -> list[int]:
    if not kept["open"]:
        raise HTTPException(503)
    if limit == 0:
        raise HTTPException(418)
    return []


@app.get("/first")
def first(again: bool = False) -> bool:
    kept["seen"] += 1
    if kept["seen"] == 1:
        raise HTTPException(425)
    return True
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(SHOP)
    return tmp_path


def test_a_finding_is_tried_on_the_app_as_it_was_imported(shop: Path) -> None:
    done = run(shop, "shop:app", "--max-examples", "6", "--format", "json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert {(one["operation"], one["message"].partition(",")[0]) for one in found["findings"]} == {
        ("GET /teas", "it answers 418 (I'm a Teapot)"),
        ("GET /first", "it answers 425 (Too Early)"),
    }
    assert [one["witness"]["sequence"] for one in found["findings"]] == [[], []]
    assert found["unstable"] == []


ALONE = """
import os
import time

os.close(os.open("lock", os.O_CREAT | os.O_EXCL))
time.sleep(0.3)
os.remove("lock")
"""


def test_no_two_processes_import_the_app_at_once(shop: Path) -> None:
    (shop / "shop.py").write_text(ALONE + SHOP)
    done = run(shop, "shop:app", "--max-examples", "2", "--only", "GET /first", "--fail-on", "never")
    assert done.returncode == 0, done.stderr


LOCKED = """
import sqlite3
from fastapi import FastAPI

app = FastAPI(title="Shop", version="1.0.0")


@app.get("/teas")
def list_teas(limit: int = 10) -> list[int]:
    if limit == 0:
        raise sqlite3.OperationalError("database is locked")
    return []
"""


def test_a_database_that_others_hold_says_nothing_of_the_request(shop: Path) -> None:
    (shop / "shop.py").write_text(LOCKED)
    done = run(shop, "shop:app", "--max-examples", "4", "--format", "json")
    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert [(one["rule"], one["operation"]) for one in found["unstable"]] == [("server-error", "GET /teas")]
    assert found["notes"] == [
        "the app's database file (SQLite) was locked by the app itself, or by other workers: try --workers 1"
    ]


HANDLED = """
from fastapi import FastAPI, HTTPException, Response

app = FastAPI(title="Shop", version="1.0.0")


@app.get("/teas")
def list_teas(response: Response) -> list[int]:
    try:
        found = {}["teas"]
    except KeyError:
        found = []
    response.status_code = 203
    return found


@app.get("/first")
def first() -> int:
    raise HTTPException(418)
"""


def test_what_the_app_handled_itself_is_not_where_its_answer_was_raised(shop: Path) -> None:
    (shop / "shop.py").write_text(HANDLED)
    done = run(shop, "shop:app", "--max-examples", "4", "--format", "json", "--check", "undeclared-status")
    found = json.loads(done.stdout)
    assert [(one["operation"], one["source"]) for one in found["findings"]] == [
        ("GET /first", {"file": "shop.py", "line": 19}),
        ("GET /teas", None),
    ]
