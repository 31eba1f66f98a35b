"""The stored contract of the app, compared by the command `contractkit diff`; each fault: `test_contract_faults.py`."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from contractkit.sources.config import load_config
from contractkit.store.baselines import BaselineStore
from sample_app.main import create_app

ROOT = Path(__file__).parents[2]


def diff(fault: str | None) -> tuple[int, str, dict[str, Any]]:
    """`contractkit diff`, as in a user's project: the exit code, stderr and the report."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAMPLE_APP_")}
    done = subprocess.run(
        [sys.executable, "-m", "contractkit", "diff", "--format", "json"],
        cwd=ROOT,
        env={**kept, **({"SAMPLE_APP_FAULT": fault} if fault else {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr, json.loads(done.stdout)


def test_the_stored_contract_is_that_of_the_app() -> None:
    store = BaselineStore(load_config(ROOT).baselines)
    assert store.contract("sample-app").document == create_app().openapi()


def test_every_stored_contract_is_whole() -> None:
    checked = BaselineStore(load_config(ROOT).baselines).verify()
    assert [(folder.parent.name, folder.name, problem) for folder, problem in checked] == [
        ("inventory", "1.0.0", None),
        ("sample-app", "2.0.0", None),
    ]


def test_the_clean_app_is_identical() -> None:
    code, errors, report = diff(None)
    assert (code, errors, report["outcome"], report["findings"]) == (0, "", "identical", [])


def test_a_fault_is_found() -> None:
    code, errors, report = diff("order-country-required")
    assert (code, errors, report["outcome"], report["required_bump"]) == (1, "", "breaking", "major")
    assert [(finding["rule"], finding["operations"]) for finding in report["findings"]] == [
        ("request-required-property-added", ["POST /v2/orders"])
    ]
