"""A project with breaks to review, and the page served for it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cli.shop import APP

ENVIRONMENT = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}


def contractkit(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "contractkit", *words]
    return subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False
    )


def make(folder: Path) -> Path:
    """Write an app, store its contract, and break it twice."""
    (folder / "shop.py").write_text(APP)
    (folder / "contractkit.toml").write_text('app = "shop:app"\napi = "shop"\n')
    assert contractkit(folder, "baseline", "save").returncode == 0
    (folder / "shop.py").write_text(APP.replace("le=100", "le=50").replace("max_length=20", "max_length=10"))
    return folder


@contextmanager
def served(folder: Path, *words: str) -> Iterator[str]:
    """Serve the page, give the address with its token, and end it as Ctrl-C does."""
    command = [sys.executable, "-m", "contractkit", "review", "--no-browser", "--by", "Ann <ann@example.com>", *words]
    process = subprocess.Popen(
        command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        found = re.fullmatch(
            r"review the findings at (http://127\.0\.0\.1:\d+/\?token=\S{43})\n", process.stdout.readline()
        )
        assert found, process.communicate()
        yield found[1]
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert (process.stdout.read(), process.stderr.read()) == ("end with Ctrl-C\n", "")
    finally:
        process.kill()
        process.communicate()
