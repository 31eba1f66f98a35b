"""A project as a CI job has it: a shallow clone of a branch, whose `main` is at the remote."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

APP = """
from fastapi import FastAPI

app = FastAPI(title="Shop", version="1.0.0")


@app.get("/teas")
def teas(most: int = 10) -> list[str]:
    return []
"""


class Clone:
    """The clone.

    Attributes:
        folder: where it lies.
        bin: a folder that comes first on PATH.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        self.bin = folder / "bin"
        self.bin.mkdir()
        origin = folder / "origin"
        origin.mkdir()
        (origin / "shop.py").write_text(APP)
        self._git(origin, "init", "-q", "-b", "main")
        self._git(origin, "add", ".")
        self._git(origin, "commit", "-q", "-m", "begin")
        self._git(origin, "checkout", "-q", "-b", "change")
        clone = ("--depth", "1", "--branch", "change", origin.as_uri(), str(self.folder))
        self._git(folder, "clone", "-q", *clone)

    def _git(self, folder: Path, *words: str) -> None:
        name = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *name, *words], cwd=folder, check=True, capture_output=True, timeout=60)

    def program(self, name: str, text: str) -> None:
        """Put a program on PATH."""
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def change(self, old: str, new: str) -> None:
        """Write the app, with one change."""
        assert old in APP
        (self.folder / "shop.py").write_text(APP.replace(old, new))

    def run(self, words: list[str], folder: str = ".", **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a program with stderr in its output, without what a CI service around these tests has set."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "CONTRACTKIT_"))}
        path = os.pathsep.join([str(self.bin), str(Path(sys.executable).parent), os.environ["PATH"]])
        return subprocess.run(
            words,
            cwd=self.folder / folder,
            env={**kept, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)
