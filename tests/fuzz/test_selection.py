import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from contractkit.fuzz.operation import Api
from contractkit.fuzz.selection import selected
from contractkit.model.contract import Contract
from contractkit.model.errors import InputError
from tests.fuzz.test_run import run

PATHS: dict[str, dict[str, dict[str, str]]] = {
    "/teas": {"get": {"operationId": "list_teas"}, "post": {"operationId": "create_tea"}},
    "/teas/{tea_id}": {"get": {"operationId": "read_tea"}, "delete": {}},
    "/teas/{tea_id}/cups[]": {"get": {"operationId": "list_cups"}},
    "/cups": {"get": {}},
}


def api() -> Api:
    info = {"title": "Teas", "version": "1"}
    paths = {path: {method: {**one, "responses": {}} for method, one in item.items()} for path, item in PATHS.items()}
    return Api(Contract("teas", {"openapi": "3.1.0", "info": info, "paths": paths}))


@pytest.mark.parametrize(
    ("patterns", "keys"),
    [
        (["GET /teas"], {"GET /teas"}),
        (["get /teas*"], {"GET /teas", "GET /teas/{}", "GET /teas/{}/cups[]"}),
        (["/teas"], {"GET /teas", "POST /teas"}),
        (["* /teas/{tea_id}"], {"GET /teas/{}", "DELETE /teas/{}"}),
        (["DELETE /teas/{}"], {"DELETE /teas/{}"}),
        (["read_tea", "create_*"], {"GET /teas/{}", "POST /teas"}),
        (["GET /teas/*/cups[]"], {"GET /teas/{}/cups[]"}),
        (["GET /cup?", "GET *tea_id}"], {"GET /cups", "GET /teas/{}"}),
    ],
)
def test_a_pattern_names_operations(patterns: list[str], keys: set[str]) -> None:
    assert selected(api(), patterns) == keys


@pytest.mark.parametrize(
    ("pattern", "mend"),
    [
        ("read", "did you mean `read_tea`?"),
        ("GET /tez", "did you mean `GET /teas`?"),
        ("read_teas", "did you mean `read_tea`?"),
        ("PUT /teas*", "did you mean `POST /teas`?"),
        ("everything", "write METHOD /path as the contract has it, with * for any text, or an operationId"),
    ],
)
def test_a_pattern_that_names_nothing_is_refused(pattern: str, mend: str) -> None:
    with pytest.raises(InputError) as refused:
        selected(api(), ["GET /teas", pattern])
    assert (refused.value.problem, refused.value.mend) == (f"no operation of the contract is `{pattern}`", mend)


SHOP = """
from fastapi import FastAPI, HTTPException

app = FastAPI(title="Shop", version="1.0.0")
MISSING = {404: {"description": "There is no such tea"}}
teas: list[str] = []


@app.post("/teas", status_code=201)
def create_tea() -> dict[str, int]:
    teas.append("assam")
    return {"tea_id": 4000 + len(teas)}


@app.get("/teas/{tea_id}", responses=MISSING)
def read_tea(tea_id: int) -> dict[str, str]:
    if not 4000 < tea_id <= 4000 + len(teas):
        raise HTTPException(404, "no such tea")
    return {"name": teas[tea_id - 4001]}


@app.get("/share")
def share(people: int) -> dict[str, int]:
    return {"each": 100 // people}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(SHOP)
    return tmp_path


def report(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_what_is_left_out_is_called_where_it_is_needed_and_said_to_be_left_out(shop: Path) -> None:
    done = run(shop, "shop:app", "--only", "read_tea_*", "--max-examples", "4", "--format", "json", "-n", "1")
    assert done.returncode == 0, done.stderr
    found = report(done)
    assert found["findings"] == []
    untested = [
        {"operation": key, "reason": "left out by --only", "allowed": True, "requests": 0}
        for key in ("GET /share", "POST /teas")
    ]
    names = ["GET /share", "POST /teas", "GET /teas/{}"]
    assert found["operations"] == {"total": 3, "tested": 1, "names": names, "untested": untested, "partial": []}


def test_the_text_report_counts_what_is_left_out(shop: Path) -> None:
    done = run(shop, "shop:app", "--only", "GET /teas*", "--only", "POST /teas", "--max-examples", "4")
    assert done.returncode == 0, done.stderr
    assert "Not tested\n  1 operation by choice (--only)\n" in done.stdout
    assert "2 of 3 operations tested" in done.stdout


def test_shards_together_tell_once_of_what_is_left_out(shop: Path) -> None:
    for part in ("1/2", "2/2"):
        file = f"json:{part[0]}.json"
        run(shop, "shop:app", "--only", "/teas*", "--max-examples", "4", "--shard", part, "--format", file)
    done = run(shop, "--merge", "1.json", "--merge", "2.json", "--format", "json")
    assert done.returncode == 0
    operations = report(done)["operations"]
    assert (operations["total"], operations["tested"]) == (3, 2)
    assert [one["operation"] for one in operations["untested"]] == ["GET /share"]


def test_a_pattern_that_names_nothing_is_one_line(shop: Path) -> None:
    done = run(shop, "shop:app", "--only", "GET /teaz/*")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--only: no operation of the contract is `GET /teaz/*`" in done.stderr
    assert len(done.stderr.splitlines()) == 1
