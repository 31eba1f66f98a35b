"""A process that has one of the faults from its start, for what is decided when the app is imported."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def observed_in_a_process(fault: str, folder: Path, tokens: dict[str, str]) -> dict[str, Any]:
    """The OpenAPI document (`document`) of an app with a fault, and what a client observes of it (`observed`).

    Args:
        fault: its name.
        folder: the demo data, which is changed.
        tokens: an access token of each demo user.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAMPLE_APP_")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.sample_app.observing", fault, str(folder)],
        cwd=ROOT,
        env={**kept, "SAMPLE_APP_FAULT": fault, "SAMPLE_APP_LOG_LEVEL": "error"},
        input=json.dumps(tokens),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result
