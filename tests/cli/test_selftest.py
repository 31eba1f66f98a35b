"""`contractkit selftest`: a gate that lets a break through is told, with the documents to look at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.shop import Shop

ALLOWED = """
[[levels]]
rules = ["request-maximum-decreased"]
level = "ignore"
reason = "read by ourselves"
"""
TOLD = """contract  Shop 1.0.0 (shop:app)
seed      1

breaking edits            made     caught    allowed  undecided     missed
parameter-added-required     2          2          .          .          .
request-maximum-lowered      1          .          1          .          .

equivalent rewrites  made      quiet  undecided  false alarms
operations-renamed      1          1          .             .

no place for: scope-added

breaks, and passes
  request-maximum-lowered at POST /orders body.quantity: a breaking finding, let through by an approval or the \
configuration (request-maximum-decreased)

to look at one: contractkit diff wrong/contract.json wrong/request-maximum-lowered-1.json

2 of 3 breaks are stopped, 1 of 1 rewrites pass
"""
BOXES = """
from fastapi import FastAPI
from pydantic import BaseModel, Field

app = FastAPI(title="Boxes", version="1.0.0")


class Box(BaseModel):
    label: str = Field(max_length=5)


@app.post("/boxes", status_code=201)
def make(box: Box) -> Box:
    return box


@app.get("/sizes")
def sizes(wide: bool) -> dict[str, int]:
    return {}
"""
NOTICED = """contract  Boxes 1.0.0 (boxes:app)
seed      1

broken behaviour  made    reached    by fuzz  by replay
field-dropped        1          1          1          1
status-changed       2          2          2          2
limit-lifted         1          1          1          1

4 of 4 broken behaviours are noticed
"""
KINDS = tuple(
    word
    for kind in ("parameter-added-required", "request-maximum-lowered", "operations-renamed", "scope-added")
    for word in ("--kind", kind)
)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_a_gate_that_works_is_green(shop: Shop) -> None:
    done = shop.run("selftest", "--format", "json", "--behaviour", "0")
    report = json.loads(done.stdout)
    assert (done.returncode, report["fails"], done.stderr) == (0, False, "")
    assert {trial["said"] for trial in report["trials"]} == {"caught", "quiet"}
    assert len(report["kinds"]) + len(report["absent"]) > 60


def test_a_gate_that_is_told_to_ignore_a_rule_is_red(shop: Shop) -> None:
    file = shop.folder / "contractkit.toml"
    file.write_text(file.read_text() + ALLOWED)
    done = shop.run("selftest", *KINDS, "--keep", "wrong")
    assert (done.returncode, done.stdout, done.stderr) == (1, TOLD, "")
    names = sorted(path.name for path in (shop.folder / "wrong").iterdir())
    assert names == ["contract.json", "request-maximum-lowered-1.json"]
    code, report = shop.diff("wrong/contract.json", "wrong/request-maximum-lowered-1.json")
    assert (code, [finding["rule"] for finding in report["findings"]]) == (0, ["request-maximum-decreased"])


def test_a_gate_that_never_fails_stops_nothing(shop: Shop) -> None:
    done = shop.run("selftest", "--fail-on", "never", *KINDS)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "0 of 3 breaks are stopped, 1 of 1 rewrites pass")


def test_an_approval_counts(shop: Shop) -> None:
    shop.change("le=100", "le=99")
    _, report = shop.diff()
    (finding,) = report["findings"]
    assert shop.run("approve", finding["id"], "--reason", "agreed").returncode == 0
    shop.change("le=99", "le=100")
    done = shop.run("selftest", "--format", "json", *KINDS)
    said = [(trial["kind"], trial["said"]) for trial in json.loads(done.stdout)["trials"] if not trial["passes"]]
    assert (done.returncode, said) == (1, [("parameter-added-required", "caught")] * 2)


def test_the_same_seed_gives_the_same_bytes(shop: Shop) -> None:
    command = [sys.executable, "-m", "contractkit", "selftest", "shop:app", "--each", "1", "--format", "json"]
    outputs = [
        subprocess.run(
            command, cwd=shop.folder, env={**os.environ, "PYTHONHASHSEED": one}, capture_output=True, check=True
        ).stdout
        for one in ("1", "77")
    ]
    assert outputs[0] == outputs[1]


def test_an_app_is_broken_and_fuzzed(shop: Shop) -> None:
    (shop.folder / "boxes.py").write_text(BOXES)
    kinds = ("--kind", "field-dropped", "--kind", "status-changed", "--kind", "limit-lifted")
    done = shop.run("selftest", "boxes:app", "--behaviour", "2", *kinds)
    assert (done.returncode, done.stdout, done.stderr) == (0, NOTICED, "")


def test_what_the_app_breaks_already_hides_no_other_break_of_its_kind(shop: Shop) -> None:
    failing = BOXES.replace("    return box", "    if not box.label:\n        raise HTTPException(409)\n    return box")
    (shop.folder / "boxes.py").write_text("from fastapi import HTTPException\n" + failing)
    done = shop.run("selftest", "boxes:app", "--behaviour", "1", "--kind", "status-changed", "--format", "json")
    (told,) = json.loads(done.stdout)["behaviours"]
    assert (told["where"], told["fuzz"]) == ("POST /boxes 201", ["undeclared-status"])


def test_what_fuzz_is_told_to_pass_over_replay_notices(shop: Shop) -> None:
    (shop.folder / "boxes.py").write_text(BOXES)
    file = shop.folder / "contractkit.toml"
    file.write_text(file.read_text() + '[fuzz]\nexclude-checks = ["undeclared-status"]\n')
    done = shop.run("selftest", "boxes:app", "--behaviour", "1", "--kind", "status-changed")
    assert (done.returncode, done.stdout.splitlines()[3:]) == (
        0,
        [
            "broken behaviour  made    reached    by fuzz  by replay",
            "status-changed       1          1          .          1",
            "",
            "1 of 1 broken behaviours are noticed",
        ],
    )


def test_a_kind_that_is_not_known_is_refused(shop: Shop) -> None:
    done = shop.run("selftest", "--kind", "operation-remove")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "contractkit: --kind operation-remove: there is no such kind of change; did you mean operation-removed?\n"
    )


def test_a_folder_that_cannot_be_made_is_refused(shop: Shop) -> None:
    (shop.folder / "wrong").write_text("")
    done = shop.run("selftest", "--fail-on", "never", *KINDS, "--keep", "wrong")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "contractkit: wrong: cannot be made (File exists); name another folder\n"
