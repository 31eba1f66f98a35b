"""An API that is not where its document says."""

import json
from pathlib import Path

from tests.fuzz.test_run import run

MOUNTED = """
from fastapi import FastAPI

inner = FastAPI(title="Shop", version="1.0.0")


@inner.get("/teas")
def teas() -> list[int]:
    return [1]


app = FastAPI()
app.mount("/api", inner)
bare = FastAPI()
"""


def notes(folder: Path, app: str, code: int, *more: str) -> list[str]:
    (folder / "shop.py").write_text(MOUNTED)
    done = run(folder, app, "--contract", "shop:inner", "--max-examples", "2", "-n", "1", "--format", "json", *more)
    assert done.returncode == code
    found: list[str] = json.loads(done.stdout)["notes"]
    return found


def test_a_mount_that_the_document_leaves_out_is_found(tmp_path: Path) -> None:
    found = "the API is at /api, which its document does not say: add that to `servers`"
    lost = "every request was answered 404: the API is not at / there; name its prefix with --base-path"
    assert notes(tmp_path, "shop:app", 0) == [found]
    assert notes(tmp_path, "shop:app", 0, "--base-path", "/") == [found]
    assert notes(tmp_path, "shop:bare", 1) == [lost]


def test_with_the_prefix_all_is_tested(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(MOUNTED)
    done = run(
        tmp_path, "shop:app", "--contract", "shop:inner", "--base-path", "/api", "--max-examples", "2", "-n", "1"
    )
    assert done.returncode == 0, done.stdout
