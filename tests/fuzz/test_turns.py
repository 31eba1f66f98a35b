"""A worker that is kept from run to run."""

import shutil
from pathlib import Path

import contractkit
from contractkit.fuzz.turns import KeptWorker
from contractkit.model.fuzz import FuzzVerdict
from contractkit.sources.options import LoadOptions

APP = """
from fastapi import FastAPI

app = FastAPI(title="Rare", version="1.0.0")
started = []


@app.get("/rare")
def rare(number: int) -> dict[str, int]:
    return {"left": 1 // (number % 13 - 4)}


@app.get("/usual")
def usual() -> dict[str, int]:
    return {"left": 1}
"""


def run(folder: Path, worker: KeptWorker | None, only: str, examples: int = 2) -> FuzzVerdict:
    options = LoadOptions(root=folder)
    return contractkit.fuzz(
        "rare:app", only=[only], max_examples=examples, checks=["server-error"], options=options, worker=worker
    )


def found(verdict: FuzzVerdict) -> list[str]:
    return [finding.operation for finding in verdict.findings]


def test_it_is_kept_and_begun_anew_for_failing_cases_that_it_does_not_know(tmp_path: Path) -> None:
    (tmp_path / "rare.py").write_text(APP, encoding="utf-8")
    cases, aside = tmp_path / ".contractkit/failures", tmp_path / "aside"
    assert found(run(tmp_path, None, "GET /rare", 200)) == ["GET /rare"]
    shutil.move(cases, aside)
    worker = KeptWorker()
    try:
        assert found(run(tmp_path, worker, "GET /rare")) == []
        process = worker.process
        assert found(run(tmp_path, worker, "GET /usual")) == []
        assert worker.process == process
        shutil.move(aside, cases)
        assert found(run(tmp_path, worker, "GET /usual")) == []
        assert worker.process == process
        assert found(run(tmp_path, worker, "GET /rare")) == ["GET /rare"]
        assert worker.process != process
    finally:
        worker.end()
    assert worker.process is None
