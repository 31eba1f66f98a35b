"""A project with an app and a stored contract, under git."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

APP = """
from fastapi import FastAPI
from pydantic import BaseModel, Field

app = FastAPI(title="Shop", version="1.0.0")


class Order(BaseModel):
    sku: str = Field(max_length=20)
    quantity: int = Field(ge=1, le=100)


@app.post("/orders", status_code=201, operation_id="create")
def create(order: Order) -> None: ...


@app.put("/orders/{order_id}", operation_id="change")
def change(order_id: int, order: Order) -> None: ...
"""


class Shop:
    """A project with an app and a stored contract, under git."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "shop.py").write_text(APP)
        (folder / "contractkit.toml").write_text('app = "shop:app"\napi = "shop"\n')
        (folder / ".gitignore").write_text("__pycache__\n")
        self.git("init", "-b", "main")
        self.git("config", "user.name", "Ann")
        self.git("config", "user.email", "ann@example.com")
        self.run("baseline", "save")
        self.commit("begin")

    def git(self, *words: str) -> str:
        return subprocess.run(["git", *words], cwd=self.folder, check=True, capture_output=True, text=True).stdout

    def commit(self, message: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-m", message)

    def change(self, old: str, new: str) -> None:
        file = self.folder / "shop.py"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    def run(self, *words: str, day: str = "2030-06-15") -> subprocess.CompletedProcess[str]:
        from datetime import UTC, datetime

        epoch = int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
        return subprocess.run(
            [sys.executable, "-m", "contractkit", *words],
            cwd=self.folder,
            env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def diff(self, *words: str, day: str = "2030-06-15") -> tuple[int, dict[str, Any]]:
        done = self.run("diff", "--format", "json", *words, day=day)
        return done.returncode, json.loads(done.stdout)

    def failing(self, report: dict[str, Any]) -> set[str]:
        return {finding["rule"] for finding in report["findings"] if finding["fails"]}

    @property
    def approvals(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "baselines/shop").glob("approvals/*"))
