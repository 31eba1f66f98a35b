"""Findings of `fuzz` are approved like those of `diff`, and the parts of a run are judged as a whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.shop import Shop

CRASH = """

@app.get("/crash")
def crash(n: int) -> None:
    raise RuntimeError(n)
"""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_findings_of_fuzz_are_approved_by_the_same_command(shop: Shop) -> None:
    file = shop.folder / "shop.py"
    file.write_text(file.read_text() + CRASH)
    words = (
        "fuzz",
        "--max-examples",
        "3",
        "--workers",
        "1",
        "--only",
        "GET /crash",
        "--no-failures",
        "--format",
        "json",
    )
    done = shop.run(*words)
    assert done.returncode == 1, done.stderr
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["rule"], finding["fails"]) == ("server-error", True)
    assert shop.run("approve", finding["id"], "-m", "to be mended next week", "--until", "2030-06-20").returncode == 0
    done = shop.run(*words)
    assert (done.returncode, json.loads(done.stdout)["counts"]["approved"]) == (0, 1)
    shop.change("raise RuntimeError(n)", "pass")
    assert shop.run(*words, "--strict-approvals", day="2030-06-20").returncode == 0  # not all was tested
    done = shop.run(*words, "--strict-approvals", day="2030-06-21")
    assert done.returncode == 1
    assert done.stderr.endswith("ended on 2030-06-20; `contractkit approvals prune` removes it\n")


def test_parts_of_a_run_are_judged_as_a_whole(shop: Shop) -> None:
    file = shop.folder / "shop.py"
    file.write_text(file.read_text() + CRASH)
    words = ("fuzz", "--max-examples", "3", "--workers", "1", "--only", "GET /crash", "--format", "json")
    report = json.loads(shop.run(*words).stdout)
    parts = []
    for number, reached in enumerate((["GET /crash"], ["POST /orders"])):
        part = json.loads(json.dumps(report))
        part["findings"][0].update(operation=reached[0], operations=reached)
        (shop.folder / f"{number}.json").write_text(json.dumps(part))
        parts += ["--merge", f"{number}.json"]
    identifier = report["findings"][0]["id"]
    merge = ("fuzz", *parts)
    assert shop.run(*merge).returncode == 1
    signed = shop.run("approve", identifier, "-m", "x", "--report", "0.json", "--until", "2030-06-20")
    assert signed.returncode == 0, signed.stderr
    backwards = ("fuzz", *parts[2:], *parts[:2])
    assert [shop.run(*merge).returncode, shop.run(*backwards).returncode] == [1, 1]  # not for POST /orders
    assert (
        shop.run("approve", identifier, "-m", "x", "--report", "1.json", "--operation", "POST /orders").returncode == 0
    )
    assert [shop.run(*merge).returncode, shop.run(*backwards).returncode] == [0, 0]
    assert shop.run(*merge, "--strict-approvals", day="2030-06-21").returncode == 1
    (shop.folder / "bad.json").write_text('{"kind": "fuzz", "unused_approvals": []}')
    done = shop.run("fuzz", "--merge", "bad.json")
    assert (done.returncode, done.stderr.startswith("contractkit: bad.json: this is no report: ")) == (2, True)
