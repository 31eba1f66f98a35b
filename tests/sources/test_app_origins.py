"""From a finding back to the file and line in the app, or in the document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MAIN = """\
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Generic, TypeVar

from fastapi import APIRouter, Body, Depends, FastAPI, Header, Query
from pydantic import BaseModel, Field

from shop.models import Base, Item

T = TypeVar("T")
app = FastAPI(title="Shop", version="1.0.0")
router = APIRouter(prefix="/r")


class Colour(str, Enum):
    red = "red"
    blue = "blue"


class Page(BaseModel, Generic[T]):
    rows: list[T]
    total: int = Field(le=1000)


class Order(Base):
    quantity: int = Field(ge=1, le=100)
    items: list[Item]
    colour: Colour

    class Config:
        pass


@dataclass
class Point:
    x: Annotated[int, Field(le=10)]


def page(
    limit: Annotated[int, Query(le=100)] = 10,
    x_trace: Annotated[str | None, Header(max_length=20)] = None,
    kind: Annotated[str, Query(alias="type", max_length=8)] = "",
) -> int:
    return limit


class Filter:
    def __init__(
        self,
        word: Annotated[str, Query(max_length=9)] = "",
    ) -> None:
        self.word = word


@app.post(
    "/orders",
    status_code=201,
)
def create(order: Order) -> Order:
    return order


@router.get("/orders/{order_id}")
async def orders(order_id: int, page: Annotated[int, Depends(page)], by: Annotated[Filter, Depends()]) -> Page[Item]:
    raise NotImplementedError


@app.put("/point")
def point(point: Point, note: Annotated[str, Body(max_length=7)]) -> None: ...


app.include_router(router)
"""
MODELS = """\
from pydantic import BaseModel, Field


class Base(BaseModel):
    note: str = Field(alias="noteText", max_length=30)


class Item(BaseModel):
    sku: str = Field(max_length=12)
"""

CHANGES = [
    ("main", "le=100)\n    items", "le=50)\n    items", "body.quantity", "shop/main.py", "quantity: int"),
    ("models", "max_length=30", "max_length=20", "body.noteText", "shop/models.py", "note: str"),
    ("models", "max_length=12", "max_length=11", "body.items[].sku", "shop/models.py", "sku: str"),
    ("main", 'blue = "blue"', 'green = "green"', "body.colour", "shop/main.py", "class Colour"),
    ("main", "Query(le=100)", "Query(le=50)", "query.limit", "shop/main.py", "limit: Annotated"),
    ("main", "max_length=20", "max_length=10", "header.x-trace", "shop/main.py", "x_trace: Annotated"),
    (
        "main",
        'alias="type", max_length=8',
        'alias="type", max_length=7',
        "query.type",
        "shop/main.py",
        "kind: Annotated",
    ),
    ("main", "max_length=9", "max_length=8", "query.word", "shop/main.py", "word: Annotated"),
    ("main", "status_code=201", "status_code=200", "201", "shop/main.py", "def create"),
    ("main", "le=10)]", "le=9)]", "body.point.x", "shop/main.py", "x: Annotated"),
    ("main", "max_length=7", "max_length=6", "body.note", "shop/main.py", "def point"),
    ("main", "total: int = Field(le=1000)", "total: int", "200.body.total", "shop/main.py", "total: int"),
]


def contractkit(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "contractkit", *words],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop").mkdir()
    for name, text in (("main", MAIN), ("models", MODELS)):
        (folder / "shop" / f"{name}.py").write_text(text)
    git = ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "begin"]):
        subprocess.run([*git, *words], cwd=folder, check=True)
    assert contractkit(folder, "pull", "shop.main:app", "-o", "base.json").returncode == 0
    return folder


@pytest.mark.parametrize(("module", "old", "new", "location", "file", "line"), CHANGES)
def test_a_finding_names_the_line_of_the_code(
    shop: Path, module: str, old: str, new: str, location: str, file: str, line: str
) -> None:
    path = shop / "shop" / f"{module}.py"
    before = path.read_text()
    assert before.count(old) == 1
    path.write_text(before.replace(old, new))
    try:
        done = contractkit(shop, "diff", "base.json", "shop.main:app", "--format", "json")
    finally:
        path.write_text(before)
    found = {one["location"]: one["source"] for one in json.loads(done.stdout)["findings"] if one["severity"] != "safe"}
    text = {"shop/main.py": MAIN, "shop/models.py": MODELS}[file].splitlines()
    number = next(index for index, row in enumerate(text, 1) if line in row)
    assert found[location] == {"file": file, "line": number}


def test_an_app_at_a_revision_has_the_lines_of_that_revision(shop: Path) -> None:
    path = shop / "shop" / "main.py"
    document = json.loads((shop / "base.json").read_text())
    document["components"]["schemas"]["Order"]["properties"]["quantity"]["maximum"] = 200
    (shop / "wider.json").write_text(json.dumps(document))
    path.write_text("# moved\n" * 30 + MAIN)
    try:
        done = contractkit(shop, "diff", "wider.json", "HEAD!shop.main:app", "--format", "json")
    finally:
        path.write_text(MAIN)
    (found,) = [one["source"] for one in json.loads(done.stdout)["findings"] if one["severity"] == "breaking"]
    assert found == {
        "file": "shop/main.py",
        "line": MAIN.splitlines().index("    quantity: int = Field(ge=1, le=100)") + 1,
    }


@pytest.mark.parametrize("name", ["new.json", "new.yaml"])
def test_a_file_has_lines_and_columns(tmp_path: Path, name: str) -> None:
    def document(limit: int) -> str:
        return (
            '{"openapi": "3.1.0", "info": {"title": "A", "version": "1"},\n'
            ' "paths": {"/a": {"get": {\n'
            '   "parameters": [\n'
            '     {"in": "query", "name": "q",\n'
            f'      "schema": {{"type": "integer", "maximum": {limit}}}}}],\n'
            '   "responses": {"200": {"description": "ok"}}}}}}\n'
        )

    (tmp_path / "old.json").write_text(document(9))
    text = document(8) if name == "new.json" else "# comment\n" + document(8)
    (tmp_path / name).write_text(text)
    done = contractkit(tmp_path, "diff", "old.json", name, "--format", "json")
    (found,) = [one["source"] for one in json.loads(done.stdout)["findings"] if one["severity"] == "breaking"]
    assert found == {"file": name, "line": 4 if name == "new.json" else 5, "column": 6}
